"""The catalogues, compiled as the set-up compiles them, for every test of this folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.i18n.catalogues import LOCALES, ROOT


@pytest.fixture(autouse=True, scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Compile copies of the catalogues by the product's own compiler and speak from them."""
    tmp_path = tmp_path_factory.mktemp("locale")
    for locale in LOCALES:
        folder = tmp_path / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "locale" / locale / "LC_MESSAGES" / "django.po", folder)
    program = ROOT / "config" / "embedded" / "messages.py"
    files = sorted(map(str, tmp_path.glob("*/LC_MESSAGES/django.po")))
    subprocess.run([sys.executable, "-I", str(program), *files], check=True)
    with override_settings(LOCALE_PATHS=[tmp_path]):
        yield
