"""`manage.py` without addresses in the environment works on the installation of this checkout.

Somebody who ran `make run` expects `python manage.py …` to speak to the same database. `journey`
also starts the product when it does not run, and stops what it started.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Sequence
from pathlib import Path

from config.embedded import keys
from config.embedded.environment import NOWHERE
from config.embedded.stack import Stack, StackFailed
from config.embedded.state import read_state
from config.embedded.supervisor import ROOT

STARTS_THE_PRODUCT = ("journey",)
ROLES = {"journey": "operator", "reseal": "operator"}
HELP = {"--help", "-h", "help"}


def data_dir() -> Path:
    """Return the data folder of this checkout."""
    return Path(os.environ.get("DATA_DIR", ROOT / "var")).resolve()


def attach(words: Sequence[str]) -> Stack | None:
    """Take on the running installation's environment for the management command in `words`.

    `words` is the command line after `manage.py`. With DATABASE_URL set nothing happens but for a
    command that needs the whole product. Without it and without an installation, the settings say
    what is missing.
    """
    command = words[0] if words else ""
    if HELP & set(words):
        _stand_in_for_settings()
        return None
    if command in STARTS_THE_PRODUCT:
        try:
            stack = Stack.attach_or_start(data_dir(), port=int(os.environ.get("PORT", "0")))
        except StackFailed as fault:
            raise SystemExit(str(fault)) from fault
        atexit.register(stack.stop)
    elif "DATABASE_URL" in os.environ or read_state(data_dir()) is None:
        return None
    else:
        stack = Stack(data_dir())
    os.environ.update(stack.env_for(ROLES.get(command, "owner")))
    return stack


def _stand_in_for_settings() -> None:
    """Let a help text be printed where nothing is configured: these values open nothing."""
    for name in keys.MAKERS:
        os.environ.setdefault(name, "only-to-print-help")
    os.environ.setdefault("DATABASE_URL", NOWHERE)
