"""When two orders are one order sent twice: the same buyer and the same goods within hours."""

import hashlib
import hmac

from orders.rules.countries import fold
from orders.rules.facts import AddressFacts, OrderFacts


def content_fingerprint(order: OrderFacts, *, key: bytes) -> str:
    """A keyed hash (64 hex digits) of recipient, address and goods.

    Case, accents, spacing and the order of lines do not count, nor do order number, time and
    price. ``key`` is a secret of the deployment: without it names could be guessed from hashes.
    """
    goods: dict[str, int] = {}
    for line in order.lines:
        goods[line.sku] = goods.get(line.sku, 0) + line.quantity
    bought = (f"{sku}={quantity}" for sku, quantity in sorted(goods.items()))
    return _keyed((*_door(order.address), *bought), key)


def recipient_fingerprint(address: AddressFacts, *, key: bytes) -> str:
    """A keyed hash (64 hex digits) of a recipient and address: the same door, the same person.

    Case, accents and spacing do not count. Empty where the name or the street is missing: nobody
    knows then whether two orders go to one door.
    """
    door = _door(address)
    if not door[0] or not door[2]:
        return ""
    return _keyed(("recipient", *door, fold(address.city)), key)


def _door(address: AddressFacts) -> tuple[str, ...]:
    return (
        fold(address.name),
        fold(address.company),
        "".join(fold(street) for street in address.street_lines),
        fold(address.postal_code),
        fold(address.country),
    )


def _keyed(parts: tuple[str, ...], key: bytes) -> str:
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()
