"""What eBay pushes: the endpoint's challenge, the signature, what changed.

Unverified, our reading of eBay's public event SDKs and the Notification contract v1.2.0: the
header X-EBAY-SIGNATURE is base64 of JSON {alg, kid, signature, digest}; the signature is ECDSA over
the body's bytes, in DER; the key is asked of eBay by `kid`. The vector published with eBay's SDK
holds (tests/integrations/channels/test_ebay_push.py).

The key says which algorithm and digest; what the message says of itself is not believed. The key is
eBay's, not the seller's: any seller's push passes, so the orders it names are read anew with the
account's own tokens, and a stranger's order is simply not found.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from integrations.answers import as_dict, as_list, parse_json, text
from integrations.channels.base import BadSignature, Push

SIGNATURE_HEADER = "x-ebay-signature"
KEY_LASTS = timedelta(hours=24)
KEYS_KEPT = 32
LARGEST_HEADER = 4096

# eBay signs with SHA-1 (its SDK's vector does). A forged push could only make us read an order.
DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "SHA1": hashes.SHA1,
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
_KID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_ARMOUR = re.compile(r"-----(BEGIN|END) PUBLIC KEY-----|\s")


def challenge_answer(code: str, *, verification_token: str, endpoint: str) -> dict[str, str]:
    """What the endpoint answers, with 200 and JSON, to eBay's `?challenge_code=`.

    `endpoint` is the address exactly as registered: eBay hashes the same text.
    """
    hashed = hashlib.sha256((code + verification_token + endpoint).encode())
    return {"challengeResponse": hashed.hexdigest()}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key of eBay's and how it signs."""

    key: ec.EllipticCurvePublicKey
    digest: hashes.HashAlgorithm

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> PublicKey:
        """From getPublicKey's answer. Raises `ValueError` for anything but an elliptic curve."""
        fields = dict(body)
        algorithm = text(fields, "algorithm").upper()
        digest = DIGESTS.get(text(fields, "digest").upper().replace("-", ""))
        if algorithm != "ECDSA" or digest is None:
            raise ValueError(f"a key for {algorithm} with {text(fields, 'digest')}")
        try:
            # eBay's PEM has no line breaks; its inside is DER in base64.
            der = base64.b64decode(_ARMOUR.sub("", text(fields, "key")), validate=True)
            key = load_der_public_key(der)
        except (binascii.Error, UnsupportedAlgorithm) as error:
            raise ValueError("a key that cannot be read") from error
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise ValueError("a key that is no elliptic curve")
        return cls(key, digest())


@dataclass(slots=True)
class KeyRing:
    """eBay's public keys by host and `kid`: at most `KEYS_KEPT`, each for a day."""

    _kept: OrderedDict[tuple[str, str], tuple[PublicKey, datetime]] = field(
        default_factory=OrderedDict
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(
        self, host: str, kid: str, *, now: datetime, fetch: Callable[[str], PublicKey]
    ) -> PublicKey:
        """The kept key, or what `fetch` gives. Raises what `fetch` raises, and keeps nothing."""
        with self._lock:
            kept = self._kept.get((host, kid))
            if kept and kept[1] > now:
                self._kept.move_to_end((host, kid))
                return kept[0]
        key = fetch(kid)
        with self._lock:
            self._kept[host, kid] = (key, now + KEY_LASTS)
            self._kept.move_to_end((host, kid))
            while len(self._kept) > KEYS_KEPT:
                self._kept.popitem(last=False)
        return key

    def __len__(self) -> int:
        return len(self._kept)


KEYS = KeyRing()
"""Of this process: all accounts share eBay's keys."""


def key_id_and_signature(headers: Mapping[str, str]) -> tuple[str, bytes]:
    """What the header claims, believed in nothing yet. Raises `BadSignature` for a broken one."""
    given = {name.lower(): value for name, value in headers.items()}.get(SIGNATURE_HEADER, "")
    if not given or len(given) > LARGEST_HEADER:
        raise BadSignature("the push carries no signature")
    try:
        claim = as_dict(json.loads(base64.b64decode(given, validate=True)))
        signature = base64.b64decode(text(claim, "signature"), validate=True)
    except (ValueError, RecursionError):
        raise BadSignature("the signature cannot be read") from None
    kid = text(claim, "kid")
    if not _KID.fullmatch(kid) or not signature:
        raise BadSignature("the signature names no key")
    return kid, signature


def check_signature(key: PublicKey, signature: bytes, body: bytes) -> None:
    """Raises `BadSignature` unless the key's owner signed exactly these bytes."""
    try:
        key.key.verify(signature, body, ec.ECDSA(key.digest))
    except (InvalidSignature, UnsupportedAlgorithm):
        raise BadSignature("eBay did not sign this push") from None


def push_of(body: bytes) -> Push:
    """What a checked push says. Raises `BadSignature` where eBay's signed bytes are no push."""
    parsed, is_json = parse_json(body)
    message = as_dict(parsed)
    notification = as_dict(message.get("notification"))
    event_id = text(notification, "notificationId")
    if not is_json or not event_id:
        raise BadSignature("the push is none: it has no notification id")
    return Push(
        event_id=event_id,
        topic=text(as_dict(message.get("metadata")), "topic"),
        external_orders=tuple(dict.fromkeys(_order_ids(notification.get("data"), depth=4))),
    )


def _order_ids(node: Any, *, depth: int) -> list[str]:
    """Every `orderId` inside: topics nest it differently, and the contract does not say how."""
    if depth == 0:
        return []
    if isinstance(node, list):
        return [found for each in as_list(node) for found in _order_ids(each, depth=depth - 1)]
    fields = as_dict(node)
    own = [text(fields, "orderId")] if text(fields, "orderId") else []
    nested = [_order_ids(each, depth=depth - 1) for each in fields.values()]
    return own + [found for each in nested for found in each]
