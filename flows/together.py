"""Which orders could go together to one door, and why some may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.money import NoExchangeRate, convert
from core.sentences import Sentence, gettext_noop
from customs.rules.thresholds import ValueThreshold, value_thresholds
from flows.allocation_stock import WITH_SUPPLIER, asked_to_ship
from flows.checking import ORIGIN
from flows.recheck import CHANGEABLE
from orders.models import GOES_TOGETHER, Order, OrderConflict, OrderLine
from orders.querysets import doors_with_many
from orders.rules.combining import MOST_MERGED, MergeFacts, crosses, merge_faults
from shipping.rules.choice import NoServiceFits
from shipping.rules.services import ParcelFacts, eligible_services
from warehouse.models import Parcel, SupplierRequest
from warehouse.rules.cartons import PackItem, suggest_carton
from warehouse.rules.natures import nature_rules_on
from warehouse.services.cartons import cartons_of_merchant

DOORS_AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Together:
    """Orders of one recipient and address, oldest first; `faults` say why they may not be merged.
    `digest` is the door's."""

    digest: str
    orders: tuple[Order, ...]
    faults: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class TogetherPage:
    """Groups of orders that go to one door, and where the next page begins; empty at the end."""

    groups: tuple[Together, ...]
    next_after: str


def orders_together(*, after: str, now: datetime, doors: int = DOORS_AT_ONCE) -> TogetherPage:
    """Doors to which several open orders go, in the active block, from the cursor `after` on.

    One index holds only orders that may still be combined: its length is that of the open work,
    not of all orders there ever were.
    """
    digests = doors_with_many(after=after, limit=doors)
    rows = Order.objects.filter(address_digest__in=digests, status__in=GOES_TOGETHER)
    by_door: dict[str, list[Order]] = {digest: [] for digest in digests}
    for order in rows.select_related("channel").order_by("pk")[: doors * MOST_MERGED]:
        by_door[order.address_digest].append(order)
    by_door = {door: orders for door, orders in by_door.items() if not _is_one_split(orders)}
    next_after = digests[-1] if len(digests) == doors else ""
    return TogetherPage(tuple(_judged(by_door, now)), next_after)


def _is_one_split(orders: Sequence[Order]) -> bool:
    """Whether all of them are parts of one order: somebody has just taken it apart."""
    parents = {order.parent_id for order in orders}
    return len(parents) == 1 and None not in parents


def orders_beside(order: Order, *, now: datetime) -> Together | None:
    """The open orders that go to the same door as this one, with it; None where there are none."""
    if not order.address_digest or order.status not in GOES_TOGETHER:
        return None
    rows = Order.objects.filter(address_digest=order.address_digest, status__in=GOES_TOGETHER)
    found = list(rows.select_related("channel").order_by("pk")[:MOST_MERGED])
    if len(found) < 2 or order not in found:
        return None
    return next(iter(_judged({order.address_digest: found}, now)), None)


def _judged(by_door: Mapping[str, Sequence[Order]], now: datetime) -> list[Together]:
    orders = [order for group in by_door.values() for order in group]
    lines = _lines(orders)
    facts = merge_facts(orders, lines)
    found = []
    for digest, group in by_door.items():
        fit = [order for order in group if facts[order.pk].standing != "in_wave"]
        if len(fit) > 1:
            faults = tuple(faults_of(fit, facts, lines, now))
            found.append(Together(digest, tuple(fit), faults))
    return found


def _lines(orders: Sequence[Order]) -> dict[int, list[OrderLine]]:
    found: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    rows = OrderLine.objects.filter(order_id__in=list(found)).select_related("product")
    for line in rows.order_by("pk"):
        found[line.order_id].append(line)
    return found


def merge_facts(
    orders: Sequence[Order], lines: Mapping[int, Sequence[OrderLine]]
) -> dict[int, MergeFacts]:
    """What decides about merging, by order id, in the active block."""
    ids = [order.pk for order in orders]
    live = Parcel.objects.filter(order_id__in=ids).exclude(status=Parcel.Status.CANCELLED)
    planned = set(live.values_list("order_id", flat=True))
    conflicts = OrderConflict.objects.filter(order_id__in=ids, resolved_at__isnull=True)
    disputed = set(conflicts.values_list("order_id", flat=True))

    def standing(order: Order) -> str:
        if order.pk in planned:
            return "in_wave"
        if order.status in (Order.Status.HELD, Order.Status.RECEIVED):
            return "held"
        return "" if order.status in CHANGEABLE else "gone"

    return {
        order.pk: MergeFacts(
            reference=order.reference,
            standing=standing(order),
            address_digest=order.address_digest,
            currency=order.currency,
            recipient_id=order.recipient_id,
            service_level=order.service_level,
            wanted_service=order.wanted_service,
            wanted_warehouse=order.wanted_warehouse,
            parent_id=order.parent_id,
            has_conflict=order.pk in disputed,
            knows_products=all(line.product_id for line in lines[order.pk]),
        )
        for order in orders
    }


def faults_of(
    orders: Sequence[Order],
    facts: Mapping[int, MergeFacts],
    lines: Mapping[int, Sequence[OrderLine]],
    now: datetime,
) -> Iterator[Sentence]:
    """Every reason why these orders may not be merged; none means they may."""
    faults = list(merge_faults([facts[order.pk] for order in orders]))
    asked = asked_to_ship([order.pk for order in orders], among=AT_SUPPLIER)
    faults += [at_supplier(order) for order in orders if order.pk in asked]
    yield from faults
    if faults:
        return
    try:
        yield from _customs_faults(orders, now)
        yield from _service_faults(orders, lines, now)
    except NoExchangeRate as error:
        yield Sentence(
            "no_exchange_rate",
            gettext_noop("There is no exchange rate for {currency}: nobody can tell the limits."),
            {"currency": error.currency},
        )


def at_supplier(order: Order) -> Sentence:
    """Why such an order stays as it is."""
    return Sentence(
        "order_at_supplier",
        gettext_noop("A supplier was asked to ship {order}: withdraw or refuse that first."),
        {"order": order.reference},
    )


AT_SUPPLIER = (SupplierRequest.Status.DRAFT, *WITH_SUPPLIER)
"""A draft counts, too: it is about the order as it stands."""


def _customs_faults(orders: Sequence[Order], now: datetime) -> Iterator[Sentence]:
    country, currency = orders[0].country, orders[0].currency
    values = [order.goods_value for order in orders]
    for threshold in value_thresholds(country, now.date()):
        there = [_worth(value, currency, threshold, now) for value in values]
        if crosses(there, threshold.amount):
            yield Sentence(
                "customs_threshold",
                gettext_noop(
                    "Together they are worth {value} {currency}, above the {limit} {limit_currency}"
                    " of {country}: {rule}."
                ),
                {
                    "value": f"{sum(values):f}",
                    "currency": currency,
                    **threshold_params(threshold, country),
                },
            )


def _worth(value: Decimal, currency: str, threshold: ValueThreshold, now: datetime) -> Decimal:
    return convert(value, currency, threshold.currency, now.date()).amount


def threshold_params(threshold: ValueThreshold, country: str) -> dict[str, str]:
    """A threshold's values for a sentence."""
    return {
        "limit": f"{threshold.amount.normalize():f}",
        "limit_currency": threshold.currency,
        "country": country,
        "rule": threshold.rule,
    }


def thresholds_undercut(
    whole: Decimal, parts: Sequence[Decimal], *, country: str, currency: str, now: datetime
) -> list[ValueThreshold]:
    """The customs limits that the whole was above and a part of it is not."""
    return [
        threshold
        for threshold in value_thresholds(country, now.date())
        if _worth(whole, currency, threshold, now) > threshold.amount
        and min(_worth(part, currency, threshold, now) for part in parts) <= threshold.amount
    ]


def _service_faults(
    orders: Sequence[Order], lines: Mapping[int, Sequence[OrderLine]], now: datetime
) -> Iterator[Sentence]:
    sold = [line for order in orders for line in lines[order.pk]]
    carton = suggest_carton(
        [
            PackItem(
                sku=line.sku,
                quantity=line.quantity,
                weight_g=line.product.weight_g,
                length_mm=max(line.product.length_mm, 1),
                width_mm=max(line.product.width_mm, 1),
                height_mm=max(line.product.height_mm, 1),
                nature=line.product.nature,
            )
            for line in sold
        ],
        cartons_of_merchant(now.date()),
        natures=nature_rules_on(now.date()),
    )
    verdicts = eligible_services(
        ParcelFacts(
            destination=orders[0].country,
            origin=ORIGIN,
            weight_g=carton.gross_weight_g,
            length_mm=carton.length_mm,
            width_mm=carton.width_mm,
            height_mm=carton.height_mm,
            value=sum((order.goods_value for order in orders), Decimal(0)),
            currency=orders[0].currency,
            battery=frozenset(line.product.battery for line in sold),
            has_phone=any(order.phone for order in orders),
            on=now.date(),
        )
    )
    if any(verdict.ok for verdict in verdicts):
        return
    refused = NoServiceFits(tuple(verdicts))
    code = "batteries_mixed" if refused.hold == "battery" else "service_limit"
    # Of services that never go there nobody wants to read.
    near = [each for each in verdicts if not any(r.code in NOT_THERE for r in each.reasons)]
    for verdict in near or verdicts[:1]:
        for reason in verdict.reasons:
            yield Sentence(code, reason.template, reason.params)


NOT_THERE = ("origin", "destination")
