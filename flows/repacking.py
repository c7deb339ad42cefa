"""Stage 5, fulfilment: the packer takes another carton than was suggested.

Size, tare and expected weight follow at once; the booking follows when the parcel is weighed, so
that it is made anew once for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from flows.fulfilment import items_of, service_limits
from flows.rebooking import judge_booking
from orders.models import Order
from shipping.models import Booking
from warehouse.models import Parcel
from warehouse.rules.cartons import Carton, PackItem, describe_carton
from warehouse.rules.natures import nature_rules_on
from warehouse.services import NotPackable
from warehouse.services.cartons import all_cartons, take_carton


class UnknownCarton(LookupError):
    """Neither the merchant nor the operator has a carton of this code."""


class CartonRefused(Exception):
    """The goods may not go out in it; `sentence` says why."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(sentence.text)


@dataclass(frozen=True, slots=True)
class Repacked:
    """The carton taken, and why the label will be made anew; empty where it holds."""

    carton: Carton
    why: tuple[Sentence, ...]


def cartons_to_choose(*, merchant_id: int, now: datetime) -> tuple[Carton, ...]:
    """The cartons a packer may take for a merchant's goods."""
    with merchant(merchant_id):
        return all_cartons(now.date())


def repack(
    *, merchant_id: int, parcel_reference: str, carton_code: str, actor: str, now: datetime
) -> Repacked:
    """Put a parcel that is being packed into another carton; the same again changes nothing.

    Raises `UnknownCarton`, `CartonRefused`, `NotPackable` for a closed or cancelled parcel,
    `Parcel.DoesNotExist`.
    """
    with merchant(merchant_id):
        parcel = Parcel.objects.select_for_update().get(reference=parcel_reference)
        if parcel.status != Parcel.Status.PLANNED:
            raise NotPackable(f"The parcel stands {parcel.status}.")
        found = [each for each in all_cartons(now.date()) if each.code == carton_code]
        if not found:
            raise UnknownCarton(carton_code)
        carton = found[0]
        items = [
            PackItem(
                sku=item.product.sku,
                quantity=item.quantity,
                weight_g=item.product.weight_g,
                length_mm=item.product.length_mm,
                width_mm=item.product.width_mm,
                height_mm=item.product.height_mm,
                nature=item.product.nature,
            )
            for item in items_of(parcel)
        ]
        order = Order.objects.get(pk=parcel.order_id)
        limits = service_limits(parcel.warehouse.country, order.country, now.date())
        taken = describe_carton(items, carton, natures=nature_rules_on(now.date()), limits=limits)
        if taken.gross_weight_g > carton.max_gross_g:
            text = gettext_noop("{carton} carries {limit} g; with the goods it weighs {gross} g.")
            raise CartonRefused(Sentence("too_heavy", text, {
                "carton": carton.name, "limit": str(carton.max_gross_g),
                "gross": str(taken.gross_weight_g),
            }))  # fmt: skip
        if limits and not any(each.take(carton.outer, taken.gross_weight_g) for each in limits):
            text = gettext_noop("No service to {country} takes {carton}: take a smaller one.")
            raise CartonRefused(
                Sentence("beyond_limits", text, {"carton": carton.name, "country": order.country})
            )
        take_carton(parcel=parcel, taken=taken, actor=actor, now=now)
        booking = Booking.objects.filter(parcel=parcel, status=Booking.Status.BOOKED).first()
        why: tuple[Sentence, ...] = ()
        if booking is not None:
            why = judge_booking(parcel=parcel, booking=booking, is_other=True, now=now)
        return Repacked(carton, why)
