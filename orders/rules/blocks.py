"""Which buyer it is: keyed hashes of what a buyer can be recognised by.

Without the key nobody can find out from a stored hash whose it is by trying addresses.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from orders.rules.countries import fold
from orders.rules.email import is_address
from orders.rules.facts import AddressFacts, OrderFacts

KINDS = ("email", "phone", "address")
DIGITS_KEPT = 8
"""Of a phone number: with more, the same number with and without its country code would differ."""
FEWEST_DIGITS = 6
DOTLESS = frozenset({"gmail.com", "googlemail.com"})
NOT_DIGIT = re.compile(r"\D")


def buyer_digests(order: OrderFacts, *, key: bytes) -> tuple[str, ...]:
    """The hashes by which an order's buyer may be on the block list."""
    return tuple(
        _digest(text, key)
        for text in (
            _email(order.email),
            _phone(order.phone, order.address.country),
            _address(order.address),
        )
        if text
    )


def block_digest(kind: str, order: OrderFacts, *, key: bytes) -> str:
    """The hash of one thing an order's buyer is recognised by; empty where it says nothing of it.

    Raises `KeyError` for a kind that is none of `KINDS`.
    """
    read = {
        "email": lambda: _email(order.email),
        "phone": lambda: _phone(order.phone, order.address.country),
        "address": lambda: _address(order.address),
    }
    text = read[kind]()
    return _digest(text, key) if text else ""


def typed_digest(kind: str, text: str, *, country: str, key: bytes) -> str:
    """The hash of an e-mail address or phone number that a person typed; empty if it is none.

    `country` is the one of the phone's orders (ISO code). Raises `KeyError` for another kind.
    """
    read = {"email": lambda: _email(text), "phone": lambda: _phone(text, country)}
    normal = read[kind]()
    return _digest(normal, key) if normal else ""


def _digest(text: str, key: bytes) -> str:
    return hmac.new(key, f"buyer-block\x1f{text}".encode(), hashlib.sha256).hexdigest()


def _email(email: str) -> str:
    """Without case, without a tag behind `+`, without Gmail's meaningless dots."""
    text = email.strip().casefold()
    if not is_address(text):
        return ""
    local, _, domain = text.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"email\x1f{local}@{domain}"


def _phone(phone: str, country: str) -> str:
    digits = NOT_DIGIT.sub("", phone)
    if len(digits) < FEWEST_DIGITS:
        return ""
    return f"phone\x1f{country.strip().upper()}\x1f{digits[-DIGITS_KEPT:]}"


def _address(address: AddressFacts) -> str:
    """Country, postal code and streets; who lives there does not count."""
    streets = "".join(map(fold, address.street_lines))
    if not streets:
        return ""
    return "\x1f".join(
        ("address", fold(address.country), fold(address.postal_code), fold(address.city), streets)
    )


def blocked_by(digests: Sequence[str], blocks: Mapping[str, str]) -> tuple[str, ...]:
    """Name what a buyer of these hashes is blocked by; `blocks` is hash → kind."""
    if not blocks:
        return ()
    found = {blocks[digest] for digest in digests if digest in blocks}
    return tuple(kind for kind in KINDS if kind in found)
