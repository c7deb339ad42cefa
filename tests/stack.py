"""The whole product for tests that need it: `def test_x(stack): stack.public_url ...`.

It runs once per test session, on a data folder and ports of its own, exactly as `make run` runs it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.embedded.stack import Stack

SERVICE_VARIABLES = (
    "DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "TENANT_DB_ROLES", "DATA_DIR",
    "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "KEY_PEPPER", "FIELD_KEY", "SANDBOX_URL",
)  # fmt: skip


@contextmanager
def ephemeral_stack(**env: str) -> Iterator[Stack]:
    """Run the product on a folder that is gone afterwards. `env` adds to its environment."""
    folder = Path(tempfile.mkdtemp(prefix="wb-stack-", dir="/tmp"))
    # Our own new folder: the servers' account has to be able to enter it.
    folder.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        for name in SERVICE_VARIABLES:
            patch.delenv(name, raising=False)
        for name, value in env.items():
            patch.setenv(name, value)
        running = Stack.attach_or_start(folder)
    try:
        yield running
    finally:
        running.stop()
        if not os.environ.get("KEEP_STACK"):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The product, shared by the session: tests leave it able to serve the next one."""
    with ephemeral_stack(SANDBOX_WAY_SECONDS="2") as running:
        yield running
