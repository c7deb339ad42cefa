"""A worker knows every kind of job, although it loads no screen that would import its handler."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("billing", "claims", "core", "customs", "flows", "orders", "shipping", "tracking")
HANDLER = re.compile(r'^@handler\("([a-z_.]+)"', re.MULTILINE)
SAY = "import django; django.setup(); from core.jobs import _handlers; print(*sorted(_handlers))"


def test_a_process_that_only_works_has_every_handler() -> None:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    written = {kind for file in files for kind in HANDLER.findall(file.read_text("utf-8"))}
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    known = subprocess.run(
        [sys.executable, "-c", SAY], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    assert "channels.read" in written
    assert written <= set(known.stdout.split())
