"""Secrets of an installation of our own: made once, kept in one file only its owner can read."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

FILE_NAME = "secrets.env"


def _url_safe() -> str:
    return secrets.token_urlsafe(32)


MAKERS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "KEY_PEPPER": _url_safe,
    "FIELD_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "POSTGRES_ROOT_PASSWORD": _url_safe,
    "POSTGRES_OWNER_PASSWORD": _url_safe,
    "POSTGRES_APP_PASSWORD": _url_safe,
    "POSTGRES_OPERATOR_PASSWORD": _url_safe,
}


def load_or_make(data_dir: Path) -> dict[str, str]:
    """Return every secret of `MAKERS`; those the file does not have yet are made and kept.

    The file is replaced in one step with mode 0600. Nothing in it is ever changed: another
    KEY_PEPPER would make every API key worthless.
    """
    path = data_dir / FILE_NAME
    kept = _read(path)
    missing = {name: make() for name, make in MAKERS.items() if name not in kept}
    if missing:
        kept |= missing
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text("".join(f"{name}={value}\n" for name, value in kept.items()))
        fresh.rename(path)
    return kept


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs}
