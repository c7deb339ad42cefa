"""Orders checked anew with today's products, listings and addresses.

Used wherever the world behind an order changed: a code mapped, a product added or corrected, an
address corrected, a hold released. Lines are linked anew, every check runs, holds that no longer
apply are released by "check". What a person released is not raised again while it is the same
finding from the same facts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from core.jobs import Work, enqueue, handler
from core.tenancy import merchant
from flows.allocation_stock import asked_to_ship
from flows.automation import note_rules, rule_book
from flows.checking import check_context
from flows.families import own_lines, said_again
from flows.lines import Catalogue, collect_unknown, lines_of, products_sold, read_catalogue
from flows.new_orders import (
    facts_of_products,
    hold_place,
    new_order,
    order_facts,
    payload_parsed,
)
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import Hold, KitPart, Order, OrderLine
from orders.querysets import known_before
from orders.rules.blocks import blocked_by, buyer_digests
from orders.rules.bounds import bounds
from orders.rules.checks import check_order
from orders.rules.facts import OrderFacts, ProductFacts
from orders.rules.reasons import REASONS, HoldFinding
from orders.rules.standing import finding_sha256
from orders.services import Rewritten, rewrite_orders
from orders.services.holds import CHECK, NOT_BY_HAND
from orders.services.rewriting import ORDER_FACTS, same_line
from warehouse.models import Parcel
from warehouse.services import release_reservations

OPEN = (Order.Status.RECEIVED, Order.Status.HELD, Order.Status.ACCEPTED, Order.Status.BACKORDERED)
"""Orders that nothing was promised to yet: what changes behind them changes them."""
CHANGEABLE = (*OPEN, Order.Status.ALLOCATED)
"""Orders that may still be changed: an allocated one while no parcel is planned for it."""
AS_IT_CAME = frozenset({"content_sha256", "said", "buyer_digest"})
"""What a check leaves alone: the channel's words."""
BATCH = 200


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Ids: `checked` of all that were; `accepted` of those that go on to allocation now; `held`."""

    checked: tuple[int, ...] = ()
    accepted: frozenset[int] = frozenset()
    held: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class SaidAnew:
    """What an order is to be from now on. `words` are the channel's, in their hash `sha256` and
    with their `buyer_digest`; empty where a person corrects the order and the channel said nothing.
    """

    parsed: ParsedOrder
    words: str = ""
    sha256: str = ""
    buyer_digest: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """The columns that keep the channel's words."""
        if not self.words:
            return {}
        return {
            "said": self.words,
            "content_sha256": self.sha256,
            "buyer_digest": self.buyer_digest,
        }


def changeable_orders(order_ids: Collection[int]) -> list[Order]:
    """Lock these orders in key order and return those that may still be changed.

    Not those with a planned parcel, nor those a supplier was asked to ship to the buyer.
    """
    orders = list(
        Order.objects.filter(pk__in=order_ids, status__in=CHANGEABLE)
        .select_related("channel")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    packing = set(
        Parcel.objects.filter(order_id__in=[order.pk for order in orders])
        .exclude(status=Parcel.Status.CANCELLED)
        .values_list("order_id", flat=True)
    )
    away = packing | asked_to_ship([order.pk for order in orders])
    return [order for order in orders if order.pk not in away]


def recheck_orders(*, order_ids: Collection[int], actor: str, now: datetime) -> Rechecked:
    """Check orders anew in the active block; those that are too far on their way are left alone."""
    orders = changeable_orders(order_ids)
    return write_anew(
        orders=orders,
        said={},
        kind="order.rechecked",
        told={},
        actor=actor,
        now=now,
    )


def write_anew(
    *,
    orders: Sequence[Order],
    said: Mapping[int, SaidAnew],
    kind: str,
    told: Mapping[int, Mapping[str, Any]],
    actor: str,
    now: datetime,
) -> Rechecked:
    """Check locked, changeable orders anew and write what came of it.

    `said` are orders that change; the others stay as they were said. `told` goes into the event,
    which is named `kind`.
    """
    if not orders:
        return Rechecked()
    lines_now, holds_now = _lines(orders), _holds(orders)
    parsed = {
        order.pk: said[order.pk].parsed
        if order.pk in said
        else parsed_again(order, lines_now[order.pk])
        for order in orders
    }
    rewritten: list[Rewritten] = []
    by_channel: dict[int, list[Order]] = {}
    for order in orders:
        by_channel.setdefault(order.channel_id, []).append(order)
    for channel_id, group in sorted(by_channel.items()):
        work = _Recheck(channel_id, group, parsed, now)
        rewritten += [
            work.rewritten(
                order,
                lines=lines_now[order.pk],
                holds=holds_now[order.pk],
                words=said[order.pk].columns if order.pk in said else {},
                told=told.get(order.pk, {}),
            )
            for order in group
        ]
    moved = [
        each.order.pk
        for each in rewritten
        if each.order.status == Order.Status.ALLOCATED and (each.lines is not None or each.holds)
    ]
    if moved and release_reservations(order_ids=moved, actor=actor, now=now):
        enqueue([Work("allocation.fill_backorders", now.isoformat(), {})], now=now, again=True)
    before = {order.pk: order.status for order in orders}
    ruled = {order.pk: (order.ruled, order.tags) for order in orders}
    status = rewrite_orders(orders=rewritten, kind=kind, actor=actor, now=now)
    note_rules(orders=orders, before=ruled, actor=actor, now=now)
    accepted = frozenset(
        order_id
        for order_id, after in status.items()
        if after == Order.Status.ACCEPTED and before[order_id] != after
    )
    changed = {
        each.order.pk
        for each in rewritten
        if each.lines is not None or "wanted_warehouse" in each.facts
    }
    again = accepted | {
        order_id
        for order_id, after in status.items()
        if order_id in changed and after in (Order.Status.ACCEPTED, Order.Status.BACKORDERED)
    }
    enqueue([allocation_work(order_id) for order_id in sorted(again)], now=now, again=True)
    held = frozenset(pk for pk, after in status.items() if after == Order.Status.HELD)
    return Rechecked(tuple(status), accepted, held)


def allocation_work(order_id: int) -> Work:
    """The job that allocates one order."""
    return Work("allocation.allocate", str(order_id), {"order_id": order_id})


def recheck_products_work(product_ids: Sequence[int], now: datetime) -> Work:
    """The job that checks the open orders of corrected products anew."""
    key = f"{min(product_ids)}-{max(product_ids)}-{now.isoformat()}"
    return Work("orders.recheck_products", key, {"product_ids": list(product_ids)})


@handler("orders.recheck_products", queue="flow")
def recheck_products(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Check the open orders of these products, and of kits made of them, anew, in batches; twice
    does no harm."""
    after = 0
    while True:
        with merchant(merchant_id):
            kits = KitPart.objects.filter(component_id__in=payload["product_ids"])
            sold = {*payload["product_ids"], *kits.values_list("kit_id", flat=True)}
            lines = OrderLine.objects.filter(
                product_id__in=sold, order_id__gt=after, order__status__in=OPEN
            )
            order_ids = list(
                lines.order_by("order_id").values_list("order_id", flat=True).distinct()[:BATCH]
            )
            recheck_orders(order_ids=order_ids, actor=CHECK, now=timezone.now())
        if len(order_ids) < BATCH:
            return
        after = order_ids[-1]


def parsed_again(order: Order, lines: Sequence[OrderLine]) -> ParsedOrder:
    """An order as it would come in today: the channel's lines, and the recipient as corrected."""
    said = payload_parsed(order.said) if order.said else None
    parsed = _parsed(order, said, lines)
    return said_again(parsed, lines) if order.made_by else parsed


def _parsed(order: Order, said: ParsedOrder | None, lines: Sequence[OrderLine]) -> ParsedOrder:
    return ParsedOrder(
        external_order=order.external_order,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        ship_by=order.ship_by,
        currency=said.currency if said else order.currency,
        shipping_price=said.shipping_price if said else order.shipping_price,
        recipient_name=order.recipient_name,
        company=order.company,
        street_lines=tuple(filter(None, (order.street_1, order.street_2, order.street_3))),
        city=order.city,
        region=order.region,
        postal_code=order.postal_code,
        country=order.country or (said.country if said else ""),
        phone=order.phone,
        email=order.email,
        recipient_id=order.recipient_id,
        service_level=order.service_level,
        note=order.note,
        lines=said.lines if said else _stored_lines(lines),
    )


def _stored_lines(lines: Sequence[OrderLine]) -> tuple[ParsedLine, ...]:
    """The lines of an order that came in before its words were kept: none of them was a bundle."""
    return tuple(
        ParsedLine(
            row=row,
            external_line=line.external_line,
            sku=line.channel_code or line.sku,
            title=line.title,
            quantity=line.quantity,
            unit_price=line.unit_price or None,
        )
        for row, line in enumerate(lines, start=1)
    )


def _lines(orders: Sequence[Order]) -> dict[int, list[OrderLine]]:
    found: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    for line in OrderLine.objects.filter(order_id__in=list(found)).order_by("pk"):
        found[line.order_id].append(line)
    return found


def _holds(orders: Sequence[Order]) -> dict[int, list[Hold]]:
    found: dict[int, list[Hold]] = {order.pk: [] for order in orders}
    for hold in Hold.objects.filter(order_id__in=list(found)).order_by("pk"):
        found[hold.order_id].append(hold)
    return found


class _Recheck:
    """Today's knowledge about the orders of one channel."""

    def __init__(
        self,
        channel_id: int,
        orders: Sequence[Order],
        parsed: Mapping[int, ParsedOrder],
        now: datetime,
    ) -> None:
        self.now, self.parsed = now, parsed
        self.said = {order.pk: order_facts(parsed[order.pk]) for order in orders}
        key = str(settings.KEY_PEPPER).encode()
        self.buyers = {pk: buyer_digests(facts, key=key) for pk, facts in self.said.items()}
        codes = {line.sku for order in orders for line in parsed[order.pk].lines}
        known = known_before(
            channel_id=channel_id,
            numbers=[],
            digests=[],
            codes=codes,
            buyers=[digest for found in self.buyers.values() for digest in found],
            since=now,
        )
        self.blocks = known.blocks
        self.book = rule_book(known.rules, on=now.date())
        self.catalogue = self._catalogue(channel_id, orders, codes, known.listings)
        self.facts = facts_of_products(products_sold(self.catalogue))
        self.duplicates = _duplicates(orders)

    def _catalogue(
        self,
        channel_id: int,
        orders: Sequence[Order],
        codes: set[str],
        listings: Mapping[str, tuple[int, str]],
    ) -> Catalogue:
        catalogue = read_catalogue(codes=codes, listings=listings)
        if all(map(catalogue.knows, codes)):
            return catalogue
        parsed = [self.parsed[order.pk] for order in orders]
        return collect_unknown(orders=parsed, channel_id=channel_id, now=self.now)

    def rewritten(
        self,
        order: Order,
        *,
        lines: Sequence[OrderLine],
        holds: Sequence[Hold],
        words: Mapping[str, str],
        told: Mapping[str, Any],
    ) -> Rewritten:
        """What the order is to be now."""
        parsed = self.parsed[order.pk]
        if order.made_by:
            resolved = own_lines(parsed, self.catalogue.products)
        else:
            resolved = lines_of(parsed, self.catalogue, on=self.now.date())
        judged = resolved.of(self.said[order.pk])
        check = check_order(
            judged,
            products=self.facts,
            context=replace(
                check_context(self.now.date()),
                duplicate_of=self.duplicates.get(order.pk, ""),
                blocked_by=blocked_by(self.buyers[order.pk], self.blocks),
            ),
        )
        fresh = new_order(
            parsed=parsed,
            said=judged,
            check=check,
            resolved=resolved,
            channel=order.channel,
            facts=self.facts,
            digest=order.buyer_digest,
            now=self.now,
            is_settled=_settled_by_people(holds, judged, self.facts),
        )
        if self.book:
            fresh = self.book.apply(
                fresh, channel=order.channel, now=self.now, released=_released_by_people(holds)
            )
        wanted: dict[str, Any] = {
            name: getattr(fresh.order, name) for name in ORDER_FACTS if name not in AS_IT_CAME
        } | dict(words)
        if order.made_by and not wanted["wanted_warehouse"]:
            # The house that a split was made for; only a rule of the merchant's outweighs it.
            wanted["wanted_warehouse"] = order.wanted_warehouse
        facts = {name: value for name, value in wanted.items() if value != getattr(order, name)}
        _keep_sources(lines, fresh.lines)
        is_same = len(lines) == len(fresh.lines) and all(map(same_line, lines, fresh.lines))
        open_now = [hold for hold in holds if hold.released_at is None]
        found = {(hold.code, hold.field): hold for hold in fresh.holds}
        settled = [
            hold
            for hold in open_now
            if _is_checked(hold) and not _same(hold, found.get((hold.code, hold.field)))
        ]
        staying = {(hold.code, hold.field) for hold in open_now if hold not in settled}
        left_out = (
            {"left_out": list(resolved.left_out)} if resolved.left_out and not is_same else {}
        )
        return Rewritten(
            order=order,
            facts=facts,
            lines=None if is_same else fresh.lines,
            holds=[hold for place, hold in found.items() if place not in staying],
            settled=settled,
            told={**told, **left_out},
        )


def _keep_sources(before: Sequence[OrderLine], after: Sequence[OrderLine]) -> None:
    """Lines written anew stay the pieces of the lines that they were of."""
    sources = {line.external_line: line.source_line_id for line in before}
    for line in after:
        line.source_line_id = sources.get(line.external_line)


def _is_checked(hold: Hold) -> bool:
    """Tell whether a hold is one that each check finds anew."""
    reason = REASONS.get(hold.reason_code)
    return reason is not None and reason.is_checked


def _same(hold: Hold, found: Hold | None) -> bool:
    if found is None or (hold.reason_code, hold.params) != (found.reason_code, found.params):
        return False
    # A rule's hold says nothing of what the rule saw: only its hash tells that it saw the same.
    return hold.code != Hold.Code.RULE or hold.facts_sha256 == found.facts_sha256


def _released_by_people(holds: Sequence[Hold]) -> set[tuple[str, str]]:
    """The holds of rules that a person let go, with what those rules had seen."""
    return {
        (hold.field, hold.facts_sha256)
        for hold in holds
        if hold.code == Hold.Code.RULE
        and hold.released_at is not None
        and hold.released_by != CHECK
    }


def _settled_by_people(
    holds: Sequence[Hold], said: OrderFacts, products: Mapping[str, ProductFacts]
) -> Any:
    """A test of findings: whether a person released the same one, made from the same facts."""
    released = {
        (hold.code, hold.field, hold.facts_sha256)
        for hold in holds
        if hold.released_at is not None and hold.released_by != CHECK
    }
    # Holds from before their facts were kept stand by reason and values.
    old = {
        (hold.code, hold.field, hold.reason_code, json.dumps(hold.params, sort_keys=True))
        for hold in holds
        if hold.released_at is not None and hold.released_by != CHECK and not hold.facts_sha256
    }

    def is_settled(finding: HoldFinding) -> bool:
        if not released or finding.reason_code in NOT_BY_HAND:
            return False
        place = (finding.code, hold_place(finding))
        if (*place, finding_sha256(finding, said, products)) in released:
            return True
        kept = json.dumps(finding.kept, sort_keys=True)
        return (*place, finding.reason_code, kept) in old

    return is_settled


def _duplicates(orders: Sequence[Order]) -> dict[int, str]:
    """For each order the number of an earlier one of the same buyer and content, if any stands."""
    hours = timedelta(hours=bounds().duplicate_window_hours)
    digests = {order.buyer_digest for order in orders if order.buyer_digest}
    if not digests:
        return {}
    oldest = min(order.created_at for order in orders) - hours
    same = (
        Order.objects.filter(buyer_digest__in=digests, created_at__gte=oldest)
        .exclude(status=Order.Status.CANCELLED)
        .order_by("pk")
        .values_list("pk", "buyer_digest", "created_at", "external_order")
    )
    by_digest: dict[str, list[tuple[int, datetime, str]]] = {}
    for pk, digest, created_at, number in same:
        by_digest.setdefault(digest, []).append((pk, created_at, number))
    found = {}
    for order in orders:
        for pk, created_at, number in by_digest.get(order.buyer_digest, ()):
            if pk < order.pk and created_at >= order.created_at - hours:
                found[order.pk] = number
                break
    return found
