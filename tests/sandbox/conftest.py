"""The stand-ins as the product meets them: a separate process on a free loopback port."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.program import Program


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A running program whose parcels take 2 s; one per test file, the data its own."""
    program = Program(data=tmp_path_factory.mktemp("stand-ins"), way_seconds=2)
    program.start()
    yield program
    program.stop()


@pytest.fixture(autouse=True)
def _no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "stand_ins" in request.fixturenames:
        request.getfixturevalue("stand_ins").call("DELETE", "/_faults")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Program]:
    """A program of the test's own, not started yet."""
    program = Program(data=tmp_path / "state", way_seconds=2)
    yield program
    program.stop()
