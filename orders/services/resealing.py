"""Credentials sealed anew with the newest key, so that an older one can be taken away."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from core.sealed import Unsealable, keys
from core.tenancy import across_merchants, merchant
from orders.models import ChannelConnection
from orders.services.connections import reseal_connection

BATCH = 100


@dataclass(frozen=True, slots=True)
class Resealed:
    """What one batch came to. `last_id` is where the next begins, 0 after the last."""

    resealed: int
    unreadable: tuple[int, ...]
    last_id: int


def reseal_batch(*, after_id: int) -> Resealed:
    """Reseal the next credentials that an older key opens, a transaction each. Operator role.

    Those under the newest key are passed over: what was interrupted goes on where it stopped.
    """
    newest = f"1.{next(iter(keys()))}."
    with across_merchants("Credentials of every merchant are sealed with the newest key."):
        rows = ChannelConnection.objects.filter(
            (~Q(sealed_tokens="") & ~Q(sealed_tokens__startswith=newest))
            | (~Q(sealed_return="") & ~Q(sealed_return__startswith=newest)),
            pk__gt=after_id,
        )
        found = list(rows.order_by("pk").values_list("pk", "merchant_id")[:BATCH])
    unreadable = []
    for connection_id, merchant_id in found:
        try:
            with merchant(merchant_id):
                reseal_connection(connection_id=connection_id)
        except Unsealable:
            unreadable.append(connection_id)
    return Resealed(
        resealed=len(found) - len(unreadable),
        unreadable=tuple(unreadable),
        last_id=found[-1][0] if found else 0,
    )
