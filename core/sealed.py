"""Others' secrets at rest: AES-256-GCM, bound to the place they stand in.

A sealed text opens only at its own merchant, table, row and field: copied into another row it is
worthless. `FIELD_KEY` holds one or more 32-byte keys in base64, the newest first, comma between
them; a key's id is made of the key itself, so a sealed text says which one opens it. To change the
key, put the new one in front, run `manage.py reseal`, then take the old one away.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = "1"
KEY_BYTES = 32
NONCE_BYTES = 12


class Unsealable(Exception):
    """The text was sealed for another place, with a key we no longer have, or was changed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed text stands: part of what is authenticated."""

    merchant_id: int
    table: str
    row: str
    field: str

    def as_bytes(self) -> bytes:
        """Return one spelling that no other place shares."""
        return json.dumps([self.merchant_id, self.table, self.row, self.field]).encode()


def seal(plain: str, *, place: Place) -> str:
    """Encrypt `plain` for `place` with the newest key: `1.KEYID.BASE64(nonce, text and tag)`."""
    key_id, key = next(iter(keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    box = nonce + AESGCM(key).encrypt(nonce, plain.encode(), place.as_bytes())
    return ".".join((VERSION, key_id, base64.urlsafe_b64encode(box).decode()))


def unseal(sealed: str, *, place: Place) -> str:
    """Return what was sealed for `place`. Raises `Unsealable`, whose text holds no secret."""
    version, _, rest = sealed.partition(".")
    key_id, _, box = rest.partition(".")
    key = keys().get(key_id)
    if version != VERSION or key is None:
        raise Unsealable(f"No key {key_id!r} for {place.table}.{place.field}: see FIELD_KEY.")
    try:
        raw = base64.urlsafe_b64decode(box)
        nonce, text = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, text, place.as_bytes()).decode()
    except (InvalidTag, binascii.Error, ValueError) as fault:
        raise Unsealable(f"{place.table}.{place.field} was sealed for another place.") from fault


def is_newest(sealed: str) -> bool:
    """Tell whether `sealed` needs no resealing."""
    return sealed.split(".")[1:2] == [next(iter(keys()))]


def keys() -> dict[str, bytes]:
    """Return the keys by their ids, the newest first. Raises `ImproperlyConfigured`."""
    return _keys(settings.FIELD_KEY)


@lru_cache(maxsize=4)
def _keys(texts: str) -> dict[str, bytes]:
    found = {}
    for text in filter(None, (each.strip() for each in texts.split(","))):
        try:
            key = base64.urlsafe_b64decode(text)
        except (binascii.Error, ValueError) as fault:
            raise ImproperlyConfigured("FIELD_KEY is not base64.") from fault
        if len(key) != KEY_BYTES:
            raise ImproperlyConfigured("Each key of FIELD_KEY must be 32 bytes in base64.")
        found[hashlib.sha256(key).hexdigest()[:8]] = key
    if not found:
        raise ImproperlyConfigured("FIELD_KEY is empty: 32 random bytes in base64.")
    return found
