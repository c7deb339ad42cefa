"""When two orders are one order sent twice: the same buyer and the same goods within hours."""

import hashlib
import hmac

from orders.rules.countries import fold
from orders.rules.facts import OrderFacts


def content_fingerprint(order: OrderFacts, *, key: bytes) -> str:
    """A keyed hash (64 hex digits) of recipient, address and goods.

    Case, accents, spacing and the order of lines do not count, nor do order number, time and
    price. ``key`` is a secret of the deployment: without it names could be guessed from hashes.
    """
    address = order.address
    goods: dict[str, int] = {}
    for line in order.lines:
        goods[line.sku] = goods.get(line.sku, 0) + line.quantity
    parts = (
        fold(address.name),
        fold(address.company),
        "".join(fold(street) for street in address.street_lines),
        fold(address.postal_code),
        fold(address.country),
        *(f"{sku}={quantity}" for sku, quantity in sorted(goods.items())),
    )
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()
