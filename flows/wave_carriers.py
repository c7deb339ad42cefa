"""By which carrier an order that waits will probably go: what its booking would choose today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from core.money import NoExchangeRate
from orders.models import Order
from shipping.rules.catalogue import NoZone, services
from shipping.rules.catalogue import service as service_of
from shipping.rules.choice import NoServiceFits, choose_service, price_services
from shipping.rules.pricing import RateRow
from shipping.rules.services import ParcelFacts
from shipping.services import agreement_in_force
from shipping.services.terms import NoAgreement, rate_rows
from tracking.words import carrier_words
from warehouse.models import Reservation, Warehouse


class CarrierForecast:
    """Chooses as the booking does, from master weights, before a carton is known; equal orders are
    chosen for once. The booking has the last word: it knows the carton."""

    def __init__(self, warehouse: Warehouse, on: date) -> None:
        self._warehouse, self._on = warehouse, on
        self._known: dict[tuple[ParcelFacts, str], str] = {}
        self._rows: tuple[RateRow, ...] = ()
        try:
            self._rows = rate_rows(agreement_in_force(on=on))
        except NoAgreement:
            # No order of this merchant can be booked by any carrier.
            self._rows = ()

    def orders_by(self, carrier_code: str, orders: Sequence[Order]) -> set[int]:
        """Return the ids of the orders that would go by a carrier, in the active block."""
        goods: Mapping[int, list[tuple[int, str]]] = defaultdict(list)
        promised = Reservation.objects.filter(
            order_line__order__in=[order.pk for order in orders],
            status=Reservation.Status.RESERVED,
        )
        for order_id, units, weight_g, battery in promised.values_list(
            "order_line__order_id", "quantity", "balance__product__weight_g",
            "balance__product__battery",
        ):  # fmt: skip
            goods[order_id].append((units * weight_g, battery))
        return {
            order.pk for order in orders if self._carrier(order, goods[order.pk]) == carrier_code
        }

    def _carrier(self, order: Order, goods: Sequence[tuple[int, str]]) -> str:
        weight_g = sum(grams for grams, _battery in goods)
        if not self._rows or weight_g <= 0:
            return ""
        facts = ParcelFacts(
            destination=order.country,
            origin=self._warehouse.country,
            weight_g=weight_g,
            length_mm=0,
            width_mm=0,
            height_mm=0,
            value=order.goods_value,
            currency=order.currency,
            battery=frozenset(battery for _grams, battery in goods),
            has_phone=bool(order.phone),
            ship_level=order.service_level,
            on=self._on,
        )
        key = (facts, order.wanted_service)
        if key not in self._known:
            self._known[key] = self._choose(facts, order.wanted_service)
        return self._known[key]

    def _choose(self, facts: ParcelFacts, wanted: str) -> str:
        try:
            choice = choose_service(facts, price_services(facts, self._rows), wanted=wanted)
        except (NoServiceFits, NoExchangeRate, NoZone):
            return ""
        return service_of(choice.service_code, self._on).carrier


def carrier_choices(on: date) -> list[tuple[str, str]]:
    """The carriers whose services are on offer on a day, with their names."""
    codes = sorted({service.carrier for service in services(on)})
    return [(code, carrier_words(code)) for code in codes]


def carrier_name(code: str) -> str:
    """What a carrier is called, in the reader's language."""
    return carrier_words(code)
