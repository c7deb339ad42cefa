"""One running program of stand-ins for all channel tests; each test has shops of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.program import Program

PLENTY = {"limits": {"points": {"rate_per_s": 100_000, "burst": 100_000}}}


@pytest.fixture(scope="session")
def running_stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(data=Path(tmp_path_factory.mktemp("stand-ins")), way_seconds=2)
    program.start()
    yield program
    program.stop()


@pytest.fixture
def stand_ins(running_stand_ins: Program) -> Iterator[Program]:
    """The stand-ins, without the limits of the vendors; faults and limits end with the test."""
    running_stand_ins.call("PUT", "/_shops/shopify/limits", PLENTY)
    yield running_stand_ins
    running_stand_ins.call("DELETE", "/_faults")
    running_stand_ins.call("PUT", "/_shops/aliexpress/limits", {"limits": {}})
