"""Orders from before recipients had a digest get theirs: they can then go together with others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.conf import settings

from core.tenancy import across_merchants, merchant
from orders.models import Order
from orders.rules.duplicates import recipient_fingerprint
from orders.rules.facts import AddressFacts

BATCH = 500
NEVER_AGAIN = (
    Order.Status.PACKED, Order.Status.SHIPPED, Order.Status.DELIVERED, Order.Status.LOST,
    Order.Status.CANCELLED,
)  # fmt: skip
"""Orders that nothing can go together with any more, whatever is undone."""


@dataclass(frozen=True, slots=True)
class Digested:
    """What one batch came to. `last_id` is where the next begins, 0 after the last."""

    digested: int
    last_id: int


def digest_batch(*, after_id: int) -> Digested:
    """Give the next orders without one their recipient's digest, a transaction a merchant.

    Orders that have theirs are passed over: what was interrupted goes on where it stopped. An
    order without a name or a street has none. Operator role.
    """
    with across_merchants("Orders of every merchant from before recipients had a digest get it."):
        rows = Order.objects.filter(address_digest="", pk__gt=after_id)
        rows = rows.exclude(status__in=NEVER_AGAIN).order_by("pk")
        found = list(rows.values_list("merchant_id", "pk")[:BATCH])
    done = 0
    for merchant_id, theirs in groupby(sorted(found), key=itemgetter(0)):
        with merchant(merchant_id):
            done += _digest([pk for _, pk in theirs])
    return Digested(digested=done, last_id=found[-1][1] if found else 0)


def _digest(ids: list[int]) -> int:
    # Locked and asked again: a person may be correcting an address meanwhile.
    rows = Order.objects.filter(pk__in=ids, address_digest="").order_by("pk").select_for_update()
    key = str(settings.KEY_PEPPER).encode()
    changed = []
    for order in rows:
        order.address_digest = recipient_fingerprint(_address(order), key=key)
        if order.address_digest:
            changed.append(order)
    Order.objects.bulk_update(changed, ["address_digest"])
    return len(changed)


def _address(order: Order) -> AddressFacts:
    return AddressFacts(
        name=order.recipient_name,
        company=order.company,
        street_lines=tuple(filter(None, (order.street_1, order.street_2, order.street_3))),
        city=order.city,
        region=order.region,
        postal_code=order.postal_code,
        country=order.country,
    )
