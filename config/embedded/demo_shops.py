"""Shops for a first look: accounts of the stand-ins filled with orders, and connected.

    python -m config.embedded.demo_shops STAND_INS_URL

Runs once an installation, with the owner's environment, between the demonstration data and the
first worker. The product and the stand-ins meet here as they meet anywhere, over HTTP.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.embedded.demo_orders import ACCOUNTS, orders_for
from config.embedded.preparation import PreparationFailed, Stamp

SOURCES = ("flows/demo*.py", "config/embedded/demo_*.py")
UP_WITHIN_S = 20


def connect_demo_shops(
    root: Path, data_dir: Path, env: Mapping[str, str], *, stand_ins: str, public_url: str
) -> None:
    """Tell the stand-ins where consent leads back to; the first time, connect the shops as well.

    Raises `PreparationFailed`.
    """
    _wait_until_up(stand_ins)
    _call(stand_ins, "PUT", "/ebay/_ru_name", {
        "accept_url": f"{public_url}/settings/channels/ebay/return/",
    })  # fmt: skip
    stamp = Stamp(data_dir / ".shops", root, SOURCES)
    if stamp.is_current():
        return
    result = subprocess.run(
        [sys.executable, "-m", "config.embedded.demo_shops", stand_ins],
        env=dict(env), cwd=root, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if result.returncode:
        end = "\n".join((result.stdout + result.stderr).splitlines()[-15:])
        raise PreparationFailed(f"The demonstration's shops could not be connected.\n{end}")
    stamp.set()


def main() -> None:
    """Fill the accounts, open the shops, and come back from each page of consent."""
    import django  # noqa: PLC0415 - the supervisor imports this module and has no settings

    django.setup()
    from flows.demo_floor import bring_goods  # noqa: PLC0415 - needs the settings
    from flows.demo_shops import open_shops, return_with  # noqa: PLC0415 - needs the settings

    stand_ins, now = sys.argv[1], datetime.now(UTC)
    bring_goods(now=now)
    for kind, accounts in ACCOUNTS.items():
        for account in accounts:
            orders = [{"body": body} for body in orders_for(kind, account, now=now)]
            _call(stand_ins, "PUT", f"/_shops/{kind}/{account}/orders", {"orders": orders})
    for asked in open_shops(now=now):
        account = ACCOUNTS[asked.kind][0]
        answer = _call(
            stand_ins, "POST", f"/_shops/{asked.kind}/{account}/consent", {"state": asked.state}
        )
        return_with(kind=asked.kind, returned=answer["parameters"], now=now)


def _wait_until_up(stand_ins: str) -> None:
    end = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            _call(stand_ins, "GET", "/_health")
        except OSError as error:
            if time.monotonic() > end:
                raise PreparationFailed(f"The stand-ins do not answer: {error}") from error
            time.sleep(0.1)
        else:
            return


def _call(stand_ins: str, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - our own stand-ins
        stand_ins + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        words = refused.read().decode(errors="replace")[:500]
        raise PreparationFailed(f"{method} {path}: {refused.code} {words}") from refused


if __name__ == "__main__":
    main()
