"""One undisturbed run for all tests of this folder."""

from __future__ import annotations

import pytest

from config.embedded.stack import Stack
from tests.journey.running import Files, Ran, make_files, run_journey


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files every run of this folder takes."""
    return make_files(tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="session")
def undisturbed(stack: Stack, files: Files, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The first run of the files, on the installation the session shares."""
    return run_journey(stack, files, tmp_path_factory.mktemp("first"))
