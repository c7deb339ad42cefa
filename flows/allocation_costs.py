"""What an order, or a part of it, would cost to ship from a country: by the rate card in force.

An estimate: the goods' master weight without carton, and no size. The booking prices the parcel.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from core.money import NoExchangeRate
from flows.allocation_stock import Wanted
from orders.models import Order, Product
from shipping.rules.catalogue import NoZone
from shipping.rules.catalogue import service as service_of
from shipping.rules.choice import NoServiceFits, choose_service, price_services
from shipping.rules.pricing import RateRow
from shipping.rules.services import ParcelFacts
from shipping.services import agreement_in_force
from shipping.services.terms import NoAgreement, rate_rows
from warehouse.rules.allocation import Lines, Quote, Quoting


class Estimator:
    """Prices orders on one day by the active merchant's terms; equal parcels are priced once."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._known: dict[ParcelFacts, Quote | None] = {}
        self._products: dict[int, tuple[int, str]] = {}
        self._rows: tuple[RateRow, ...] = ()
        try:
            self._rows = rate_rows(agreement_in_force(on=on))
        except NoAgreement:
            # Nothing can be priced: every building is as dear, and the explanation says so.
            self._rows = ()

    def learn(self, product_ids: Iterable[int]) -> None:
        """Read the weights and batteries of products, those not yet known."""
        fresh = [each for each in product_ids if each not in self._products]
        rows = Product.objects.filter(pk__in=fresh).values_list("id", "weight_g", "battery")
        self._products.update({key: (weight_g, battery) for key, weight_g, battery in rows})

    def quotes(
        self, order: Order, wanted: Wanted, countries: Collection[str]
    ) -> Mapping[str, Quoting]:
        """How to price the order's lines from each country."""
        return {country: self._quoting(order, wanted, country) for country in countries}

    def _quoting(self, order: Order, wanted: Wanted, country: str) -> Quoting:
        by_name = {name: product_id for product_id, name in wanted.names.items()}

        def quote(lines: Lines) -> Quote | None:
            part = {by_name[name]: units for name, units in lines.items()}
            return self.quote(order, part, wanted, country)

        return quote

    def quote(
        self, order: Order, part: Mapping[int, int], wanted: Wanted, country: str
    ) -> Quote | None:
        """Price a part of an order, units by product; None: no service goes there, or no price."""
        known = [self._products.get(product_id) for product_id in part]
        weight_g = sum(
            found[0] * units for found, units in zip(known, part.values(), strict=True) if found
        )
        if weight_g <= 0 or not self._rows:
            return None
        share = Decimal(sum(part.values())) / sum(wanted.units.values())
        facts = ParcelFacts(
            destination=order.country,
            origin=country,
            weight_g=weight_g,
            length_mm=0,
            width_mm=0,
            height_mm=0,
            value=(order.goods_value * share).quantize(Decimal("0.01")),
            currency=order.currency,
            battery=frozenset(found[1] for found in known if found),
            has_phone=bool(order.phone),
            ship_level=order.service_level,
            on=self._on,
        )
        if facts not in self._known:
            self._known[facts] = self._price(facts)
        return self._known[facts]

    def _price(self, facts: ParcelFacts) -> Quote | None:
        try:
            choice = choose_service(facts, price_services(facts, self._rows))
        except (NoServiceFits, NoExchangeRate, NoZone):
            return None
        return Quote(
            amount=choice.price.amount,
            currency=choice.price.currency,
            service=service_of(choice.service_code, self._on).name,
        )
