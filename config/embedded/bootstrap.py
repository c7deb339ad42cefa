"""From a bare Debian or Ubuntu to a virtualenv that can run Waybridge. Standard library only.

    python3 -I config/embedded/bootstrap.py [--with-tests]

Runs under any Python 3.8 or newer, finds one between 3.11 and 3.13, and does only what is missing:
system packages (apt as root or by `sudo -n`; otherwise it says what to install), the virtualenv,
the locked dependencies (only when a lock changed), the compiled translations.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST, NEWEST = (3, 11), (3, 13)

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
"""Shared libraries WeasyPrint loads, and the Debian packages that bring them."""

FONTS = {
    "NotoSansCJK*": "fonts-noto-cjk",
    "NotoSansArabic*": "fonts-noto-core",
}
"""Font files for Chinese, Japanese, Korean and Arabic documents, and their packages."""

FIRST_TIME = (
    "first start on this machine: packages are downloaded and installed, then a database is made. "
    "That takes two to six minutes with a fast line; later starts take seconds"
)

FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


class CannotSetUp(SystemExit):
    """What is missing and what to do about it, in one message."""


def say(line: str) -> None:
    """Print one line about what is being done."""
    print(f"set-up    | {line}", flush=True)


@contextlib.contextmanager
def telling(what: str, *, every_s: float = 15) -> Iterator[None]:
    """Say what is being done, from time to time that it still is, and at last how long it took."""
    say(what)
    began, is_over = time.monotonic(), threading.Event()

    def go_on_saying() -> None:
        while not is_over.wait(every_s):
            say(f"{what}: still at it after {time.monotonic() - began:.0f} s")

    teller = threading.Thread(target=go_on_saying, daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()
    say(f"{what}: done in {time.monotonic() - began:.0f} s")


def missing_packages(*, with_tests: bool, python: str) -> list[str]:
    """Return the Debian packages that have to be installed."""
    missing = [package for name, package in LIBRARIES.items() if not _loads(name)]
    missing += [package for pattern, package in FONTS.items() if not _has_font(pattern)]
    if with_tests and not os.environ.get("CHROMIUM") and shutil.which("chromium") is None:
        missing.append("chromium")
    if not PYTHON.exists() and not _can_make_venv(python):
        missing.append("python{}.{}-venv".format(*_version(python)))
    return missing


def install_packages(packages: list[str]) -> None:
    """Install Debian packages, or say exactly which command would."""
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    prefix = _root_prefix()
    if shutil.which("apt-get") is None or prefix is None:
        raise CannotSetUp(
            "These system packages are missing: " + ", ".join(packages) + ".\n"
            "Install them and start again:\n  sudo " + " ".join(command)
        )
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with telling("installing system packages: " + ", ".join(packages)):
        if subprocess.call([*prefix, *command], env=env, stdout=subprocess.DEVNULL) == 0:
            return
        # The lists of packages are old or absent on a fresh machine: fetch them, then once more.
        say("fetching apt's lists of packages first")
        subprocess.check_call([*prefix, "apt-get", "update", "-q"], stdout=subprocess.DEVNULL)
        if subprocess.call([*prefix, *command], env=env, stdout=subprocess.DEVNULL) != 0:
            raise CannotSetUp("apt could not install them. By hand:\n  sudo " + " ".join(command))


def find_python() -> str:
    """Return an interpreter between the oldest and the newest that are supported."""
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for candidate in [os.environ.get("PYTHON", ""), sys.executable, *names, "/usr/bin/python3"]:
        path = shutil.which(candidate) if candidate else None
        if path is not None and OLDEST <= _version(path) <= NEWEST:
            return path
    raise CannotSetUp(
        "Waybridge needs Python 3.11, 3.12 or 3.13 and none was found. Install one "
        "(sudo apt-get install python3 python3-venv), or name it: make run PYTHON=/path/to/python"
    )


def make_venv(python: str) -> None:
    """Make the virtualenv unless a working one is there."""
    if PYTHON.exists() and OLDEST <= _version(str(PYTHON)) <= NEWEST:
        return
    with telling(f"making the virtualenv {VENV.name} with {python}"):
        subprocess.check_call([python, "-m", "venv", "--clear", str(VENV)])


def install_lock(lock: Path) -> None:
    """Install one locked requirements file, when it changed since it was last installed."""
    stamp = VENV / f".{lock.stem}.sha256"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check",
               "--require-hashes", "-r", str(lock)]  # fmt: skip
    with telling(f"downloading and installing the {_count(lock)} packages of {lock.name}"):
        if subprocess.call(command, cwd=ROOT) != 0:
            raise CannotSetUp(f"pip could not install {lock.name}; its reason is above.")
    stamp.write_text(digest)


def _count(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text().splitlines())


def compile_messages() -> None:
    """Compile the translations whose text is newer than what was compiled from it."""
    stale = [
        source
        for source in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
        if not source.with_suffix(".mo").exists()
        or source.with_suffix(".mo").stat().st_mtime < source.stat().st_mtime
    ]
    if stale:
        say("compiling translations")
        script = ROOT / "config" / "embedded" / "messages.py"
        subprocess.check_call([str(PYTHON), "-I", str(script), *map(str, stale)])


def _root_prefix() -> list[str] | None:
    """Return what to put before a command to run it as root; None when that is not possible."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and not subprocess.call(
        ["sudo", "-n", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ):
        return ["sudo", "-n"]
    return None


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_font(pattern: str) -> bool:
    return any(next(folder.rglob(pattern), None) for folder in FONT_FOLDERS if folder.exists())


def _can_make_venv(python: str) -> bool:
    return (
        subprocess.call(
            [python, "-c", "import ensurepip, venv"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        == 0
    )


def _version(python: str) -> tuple[int, int]:
    """Return (major, minor) of an interpreter; (0, 0) when it does not run."""
    script = "import sys; print(sys.version_info[0], sys.version_info[1])"
    try:
        answer = subprocess.run(
            [python, "-c", script], capture_output=True, text=True, check=True
        ).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return (0, 0)
    return (int(answer[0]), int(answer[1]))


def main() -> None:
    """Set up what is missing, one process at a time per checkout."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--with-tests", action="store_true", help="also what the tests need")
    options = parser.parse_args()
    with (ROOT / ".set-up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        python = find_python()
        if not PYTHON.exists():
            say(FIRST_TIME)
        packages = missing_packages(with_tests=options.with_tests, python=python)
        if packages:
            install_packages(packages)
        make_venv(python)
        install_lock(ROOT / "requirements.txt")
        if options.with_tests:
            install_lock(ROOT / "requirements-test.txt")
        compile_messages()


if __name__ == "__main__":
    main()
