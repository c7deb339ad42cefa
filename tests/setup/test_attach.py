"""`python manage.py …` beside a running product speaks to that product's database."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from config.embedded.roles import OWNER
from config.embedded.stack import Stack
from config.embedded.supervisor import ROOT
from tests.stack import SERVICE_VARIABLES


def manage(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run manage.py with nothing of ours in the environment but `env`."""
    clean = {key: value for key, value in os.environ.items() if key not in SERVICE_VARIABLES}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT, env=clean | env, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.stack
def test_a_command_works_on_the_running_installation_as_its_owner(stack: Stack) -> None:
    script = "from django.db import connection as c; c.connect(); print(c.settings_dict['USER'])"
    result = manage("shell", "--verbosity", "0", "-c", script, DATA_DIR=str(stack.data_dir))
    assert result.stdout.strip() == OWNER, result.stderr


def test_without_an_installation_the_missing_setting_is_named(tmp_path: os.PathLike[str]) -> None:
    result = manage("check", DATA_DIR=str(tmp_path))
    assert result.returncode != 0
    assert "SECRET_KEY is not set" in result.stderr
    assert "make run" in result.stderr


def test_help_needs_nothing(tmp_path: os.PathLike[str]) -> None:
    result = manage("migrate", "--help", DATA_DIR=str(tmp_path))
    assert result.returncode == 0
    assert "usage:" in result.stdout
