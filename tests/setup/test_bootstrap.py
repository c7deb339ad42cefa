"""The bootstrap says exactly what is missing, and does nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.embedded import bootstrap

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "config" / "embedded" / "bootstrap.py"


def test_it_runs_on_the_standard_library_alone() -> None:
    result = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), "--help"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr


def test_a_second_run_installs_nothing() -> None:
    result = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), "--with-tests"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "installing" not in result.stdout


def test_a_missing_library_and_font_are_named_by_their_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "LIBRARIES", {"libnothing-here.so.0": "libnothing0"})
    monkeypatch.setattr(bootstrap, "FONTS", {"NoSuchFont*": "fonts-nothing"})
    missing = bootstrap.missing_packages(with_tests=False, python=sys.executable)
    assert missing == ["libnothing0", "fonts-nothing"]


def test_without_root_or_sudo_it_prints_the_command_to_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SystemExit, match=r"sudo apt-get install .* libpango-1\.0-0"):
        bootstrap.install_packages(["libpango-1.0-0"])


def test_a_python_outside_the_range_is_refused_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST", (3, 98))
    monkeypatch.setattr(bootstrap, "NEWEST", (3, 99))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11.*PYTHON="):
        bootstrap.find_python()


def test_a_changed_lock_is_installed_and_an_unchanged_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    lock = tmp_path / "empty.txt"
    lock.write_text("# nothing\n")
    bootstrap.install_lock(lock)
    stamp = tmp_path / ".empty.sha256"
    first = stamp.stat().st_mtime_ns
    bootstrap.install_lock(lock)
    assert stamp.stat().st_mtime_ns == first
    lock.write_text("# nothing, but another\n")
    bootstrap.install_lock(lock)
    assert stamp.stat().st_mtime_ns > first


def test_long_work_says_what_it_is_that_it_goes_on_and_how_long_it_took(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with bootstrap.telling("making tea", every_s=0.01):
        time.sleep(0.05)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "set-up    | making tea"
    assert "still at it" in said[1]
    assert "done in" in said[-1]
