"""Running servers as somebody who is not root, without changing the mode of any parent folder.

Postgres refuses to run as root, and Redis has no business being root. When root starts Waybridge,
both run as a system account, and what they need (programs, data) is placed where that account can
reach it. Everybody else runs them as themselves.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SYSTEM_FOLDER = Path("/var/lib/waybridge")
"""Where programs and data go when root runs from a folder that only root can enter."""

ACCOUNTS = ("waybridge", "postgres", "nobody")
"""System accounts in order of preference; Debian and Ubuntu always have the last."""


class NoAccount(RuntimeError):
    """Root asked for servers, and there is no system account to run them as."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account servers run as. `switch` is false when that is the account we already are."""

    uid: int
    gid: int
    switch: bool

    def run(self, command: Sequence[str | Path], **options: Any) -> int:
        """Run `command` to its end as this account and return its exit status."""
        process = self.start(command, **options)
        return process.wait()

    def start(
        self,
        command: Sequence[str | Path],
        *,
        on_parent_death: str = "",
        **options: Any,
    ) -> subprocess.Popen[bytes]:
        """Start `command` as this account in a process group of its own.

        `on_parent_death` names the signal the child gets should we be killed without a chance to
        stop it (`setpriv` is part of every Debian and Ubuntu; elsewhere it is left out).
        """
        setpriv = shutil.which("setpriv")
        words = [str(word) for word in command]
        if on_parent_death and setpriv:
            words = [setpriv, "--pdeathsig", on_parent_death, *words]
        identity: dict[str, Any] = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        )
        return subprocess.Popen(words, cwd="/", start_new_session=True, **identity, **options)

    def can_enter(self, path: Path) -> bool:
        """Tell whether this account can enter folder `path` (or execute file `path`)."""
        if not self.switch:
            return os.access(path, os.X_OK)
        return self.run(["test", "-x", path]) == 0

    def own(self, path: Path) -> None:
        """Give this account one file or folder of ours; nothing above it is touched."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def server_account(existing: Path | None = None) -> Account:
    """Return the account for servers: ourselves, or for root the owner of `existing` data."""
    if os.geteuid() != 0:
        return Account(os.getuid(), os.getgid(), switch=False)
    if existing is not None and existing.exists() and existing.stat().st_uid != 0:
        status = existing.stat()
        return Account(status.st_uid, status.st_gid, switch=True)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    raise NoAccount(
        "Root cannot run Postgres, and none of the accounts "
        f"{', '.join(ACCOUNTS)} exists. Add one: useradd --system waybridge"
    )


def private_folder(account: Account) -> Path:
    """Make a short-named folder that only `account` (and root) can enter, for sockets."""
    # /tmp and not TMPDIR: the path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="wb-", dir="/tmp"))
    account.own(folder)
    return folder


def data_folder(wanted: Path, account: Account) -> Path:
    """Return a folder for a server's data: `wanted`, or one under `SYSTEM_FOLDER`.

    The second only when `account` cannot enter the folder above `wanted` (a checkout in /root).
    The name carries a digest of that folder, so two checkouts never share data.
    """
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if not account.can_enter(wanted.parent):
        digest = hashlib.sha256(str(wanted.parent.resolve()).encode()).hexdigest()[:12]
        wanted = SYSTEM_FOLDER / "data" / digest / wanted.name
    if not wanted.exists():
        wanted.mkdir(parents=True)
        wanted.chmod(0o700)
        account.own(wanted)
    return wanted


def reachable_programs(tree: Path, probe: str, account: Account, libraries: Path | None) -> Path:
    """Return `tree`, or a copy of it that `account` can execute.

    `probe` is a program inside `tree`. `libraries` is a folder its programs find by a path relative
    to `tree`'s parent, and is copied beside it. A copy is made once per version of the program.
    """
    program = tree / probe
    if account.can_enter(program):
        return tree
    stamp = program.stat()
    name = f"{tree.name}-{stamp.st_size}-{int(stamp.st_mtime)}"
    home = SYSTEM_FOLDER / "programs" / name
    copy = home / tree.parent.name / tree.name
    if not copy.exists():
        unfinished = home.with_name(f"{name}.{os.getpid()}")
        shutil.copytree(
            tree, unfinished / tree.parent.name / tree.name, symlinks=True, dirs_exist_ok=True
        )
        if libraries is not None and libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        for folder in (SYSTEM_FOLDER, SYSTEM_FOLDER / "programs"):
            folder.chmod(0o755)
        try:
            unfinished.rename(home)
        except OSError:  # another start made the same copy at the same moment
            shutil.rmtree(unfinished)
    return copy
