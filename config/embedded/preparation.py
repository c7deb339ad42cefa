"""What happens between the servers' start and the processes': migrations and demo data.

Both are skipped when nothing they depend on changed since they last ended well, which is what makes
a second `make run` quick.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

MIGRATIONS = ("*/migrations/*.py",)
DEMO = ("*/migrations/*.py", "*/management/commands/demo_seed.py", "*/demo*.py", "*/data/demo*")
LOGINS_NAME = "demo-logins.txt"


class PreparationFailed(RuntimeError):
    """A management command failed; the message carries the end of what it printed."""


def migrate(root: Path, data_dir: Path, env: Mapping[str, str], *, always: bool) -> bool:
    """Run the migrations as the owner; tell whether they were run."""
    stamp = Stamp(data_dir / ".migrated", root, MIGRATIONS)
    if not always and stamp.is_current():
        return False
    manage(root, env, "migrate", "--noinput", "--verbosity", "0")
    stamp.set()
    return True


def seed_demo(root: Path, data_dir: Path, env: Mapping[str, str], *, always: bool) -> str:
    """Make the demo data when it is not there, and return the demo logins as text."""
    stamp, logins = Stamp(data_dir / ".seeded", root, DEMO), data_dir / LOGINS_NAME
    if not always and stamp.is_current() and logins.exists():
        return logins.read_text()
    manage(root, env, "demo_seed")
    text = manage(root, env, "demo_seed", "--print-logins")
    logins.touch(mode=0o600)
    logins.write_text(text)
    stamp.set()
    return text


def manage(root: Path, env: Mapping[str, str], *words: str) -> str:
    """Run one management command to its end and return what it printed."""
    command: Sequence[str] = [sys.executable, str(root / "manage.py"), *words]
    result = subprocess.run(
        command, env=dict(env), cwd=root, check=False, capture_output=True, text=True
    )
    if result.returncode:
        end = "\n".join((result.stdout + result.stderr).splitlines()[-15:])
        raise PreparationFailed(f"manage.py {' '.join(words)} failed.\n{end}")
    return result.stdout


class Stamp:
    """A file that remembers the digest of the sources something was made from."""

    def __init__(self, path: Path, root: Path, patterns: Sequence[str]) -> None:
        self._path = path
        digest = hashlib.sha256()
        for source in sorted({file for pattern in patterns for file in root.glob(pattern)}):
            digest.update(str(source.relative_to(root)).encode() + b"\0" + source.read_bytes())
        self._digest = digest.hexdigest()

    def is_current(self) -> bool:
        """Tell whether the sources are those of the last time."""
        return self._path.exists() and self._path.read_text() == self._digest

    def set(self) -> None:
        """Remember the sources as they are."""
        self._path.write_text(self._digest)
