"""The merchant's rules asked of orders: at intake, whenever an order is checked anew, in dry runs.

A merchant without rules costs nothing: its rules come with the one reading that every batch makes,
and no rule means no work. What refers to warehouses or people is looked up only where a rule names
one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Self

from accounts.models import Member
from core.jobs import enqueue
from core.money import NoExchangeRate, convert
from core.sentences import Sentence
from core.tenancy import active_merchant_id
from flows.checking import ORIGIN
from flows.rule_notices import notice_works
from orders.models import AutomationRule, Channel, Hold, Order, OrderLine
from orders.querysets import StoredRule
from orders.rules.automation.definition import MEMBER, BadDefinition, Definition, read_definition
from orders.rules.automation.evaluation import (
    Asked,
    Outcome,
    Rule,
    RuleHold,
    Standing,
    ask_rules,
    faults_of,
)
from orders.rules.modes import suggest_mode
from orders.rules.reasons import found
from orders.services import NewOrder
from orders.services.automation import Ruled, record_ruled
from shipping.rules.catalogue import services
from shipping.rules.services import ParcelFacts, eligible_services
from warehouse.models import Warehouse

SECONDS_PER_HOUR = 3600
PARTS_OF_SORTING = 4
HELD_BY_RULE = ("rule_holds", "rule_holds_noted")


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A merchant's rules in their order, as they stand on a day."""

    rules: tuple[Rule, ...]
    on: date

    @classmethod
    def of(cls, rules: Sequence[StoredRule], *, on: date) -> Self:
        """Read stored rules, and what is broken about them on that day."""
        read = [(rule, *_read(rule.definition)) for rule in rules]
        definitions = [definition for _, definition, _ in read if definition is not None]
        standing = standing_of(definitions, on=on)
        return cls(
            tuple(
                Rule(
                    rule.id,
                    rule.name,
                    rule.version,
                    rule.stops,
                    definition,
                    faults if definition is None else faults_of(definition, standing),
                )
                for rule, definition, faults in read
            ),
            on,
        )

    def ask(
        self, order: Order, lines: Sequence[OrderLine], *, channel: Channel, now: datetime
    ) -> Outcome:
        """Ask every rule of an order; nothing is changed."""
        facts = facts_of(order, lines, channel=channel, now=now)

        def refusal(code: str) -> tuple[Sentence, ...]:
            return service_refusal(code, order, lines, on=self.on)

        return ask_rules(self.rules, facts, Asked(self._converted, refusal))

    def _converted(self, amount: Decimal, source: str, target: str) -> Decimal | None:
        try:
            return convert(amount, source, target, self.on).amount
        except NoExchangeRate:
            return None

    def apply(
        self,
        made: NewOrder,
        *,
        channel: Channel,
        now: datetime,
        released: Collection[tuple[str, str]] = (),
    ) -> NewOrder:
        """Write what the rules do into the rows of an order that is about to be written.

        `released` are (field, hash) of rule holds that a person let go: they are not raised again
        while the rule and what it looked at stay the same.
        """
        outcome = self.ask(made.order, made.lines, channel=channel, now=now)
        write_outcome(made.order, outcome)
        raised = [
            _hold(each, now)
            for each in outcome.holds
            if (hold_field(each.rule.id), each.facts_sha256) not in released
        ]
        return replace(made, holds=[*made.holds, *raised]) if raised else made


def write_outcome(order: Order, outcome: Outcome) -> None:
    """Put what the rules set into an order's row; all of it is theirs and of the last check."""
    order.tags = outcome.tags
    order.wanted_service = outcome.service
    order.wanted_warehouse = outcome.warehouse
    order.priority = outcome.priority
    order.ruled = outcome.ruled


def hold_field(rule_id: int) -> str:
    """What a rule's hold points at: one hold for each rule."""
    return f"rule:{rule_id}"


def _hold(each: RuleHold, now: datetime) -> Hold:
    params = {"rule": each.rule.name} | ({"note": each.note} if each.note else {})
    finding = found("rule_holds_noted" if each.note else "rule_holds", **params)
    return Hold(
        merchant_id=active_merchant_id(),
        code=finding.code,
        field=hold_field(each.rule.id),
        reason_code=finding.reason_code,
        params=finding.kept,
        reason=finding.sentence[:500],
        remedy=finding.remedy[:500],
        released_by_role=finding.released_by,
        facts_sha256=each.facts_sha256,
        raised_at=now,
    )


def rule_book(rules: Sequence[StoredRule], *, on: date) -> RuleBook | None:
    """Read a merchant's stored rules; None where there are none."""
    return RuleBook.of(rules, on=on) if rules else None


@lru_cache(maxsize=2000)
def _read(text: str) -> tuple[Definition | None, tuple[Sentence, ...]]:
    """A stored definition; kept, because every batch reads the same ones."""
    try:
        return read_definition(json.loads(text)), ()
    except BadDefinition as bad:
        return None, tuple(fault.said for fault in bad.faults)


def standing_of(definitions: Iterable[Definition], *, on: date) -> Standing:
    """What these rules may refer to today; nothing is read that none of them refers to."""
    actions = [action for definition in definitions for action in definition.actions]
    kinds = {action.kind for action in actions}
    is_member = any(
        value.startswith(MEMBER)
        for each in actions
        if each.kind == "notify"
        for value in each.values
    )
    warehouses = members = None
    if "warehouse" in kinds:
        rows = Warehouse.objects.filter(is_active=True)
        warehouses = frozenset(rows.values_list("code", flat=True))
    if is_member:
        people = Member.objects.filter(is_active=True).values_list("id", flat=True)
        members = frozenset(f"{MEMBER}{member_id}" for member_id in people)
    return Standing(frozenset(each.code for each in services(on)), warehouses, members)


def broken_rules(
    definitions: Mapping[int, Definition | Any], *, on: date
) -> dict[int, tuple[Sentence, ...]]:
    """What is broken about each of these definitions, read or as stored; empty where nothing is."""
    read: dict[int, Definition] = {}
    found: dict[int, tuple[Sentence, ...]] = {}
    for key, definition in definitions.items():
        if isinstance(definition, Definition):
            read[key] = definition
            continue
        known, faults = _read(json.dumps(definition))
        if known is None:
            found[key] = faults
        else:
            read[key] = known
    standing = standing_of(read.values(), on=on)
    return found | {key: faults_of(each, standing) for key, each in read.items()}


def stored_rules(rules: Iterable[AutomationRule]) -> list[StoredRule]:
    """Rows of rules as the readings of intake give them."""
    return [
        StoredRule(
            rule.pk, rule.name, rule.position, rule.version, rule.stops, json.dumps(rule.definition)
        )
        for rule in rules
    ]


def note_rules(
    *,
    orders: Sequence[Order],
    actor: str,
    now: datetime,
    before: Mapping[int, tuple[Sequence[Mapping[str, Any]], Sequence[str]]] | None = None,
) -> None:
    """Write down, in the active block, what the rules did to these stored orders, and tell people.

    `before` is, by order id, what they had done and the tags before; nothing for a new order.
    """
    known = before or {}
    ruled = [
        Ruled(order, *known.get(order.pk, ((), ())))
        for order in orders
        if order.ruled or order.pk in known
    ]
    if not ruled:
        return
    notices = record_ruled(orders=ruled, actor=actor, now=now)
    enqueue(notice_works(notices, now=now), now=now)


def facts_of(
    order: Order, lines: Sequence[OrderLine], *, channel: Channel, now: datetime
) -> dict[str, Any]:
    """What rules may ask about an order, by `orders.rules.automation.fields.FIELDS`."""
    goods = [line.product for line in lines if line.product is not None]
    parts = order.sorting.split("/")
    zone, kind, weight, size = parts if len(parts) == PARTS_OF_SORTING else ("", "", "", "")
    mode = suggest_mode(
        order.sorting, country=order.country, reached_by=modes_to(order.country, now.date())
    )
    return {
        "country": order.country,
        "zone": zone,
        "region": order.region,
        "city": order.city,
        "postal_code": order.postal_code,
        "company": order.company,
        "recipient_name": order.recipient_name,
        "email_domain": order.email.rpartition("@")[2],
        "phone": order.phone,
        "recipient_id": order.recipient_id,
        "note": order.note,
        "channel_kind": channel.kind,
        "shop": channel.name,
        "external_order": order.external_order,
        "service_level": order.service_level,
        "currency": order.currency,
        "value": (order.goods_value, order.currency),
        "shipping_price": (order.shipping_price, order.currency),
        "weight_g": order.weight_g,
        "quantity": sum(line.quantity for line in lines),
        "line_count": len(lines),
        "placed_hours": _hours(order.placed_at, now),
        "paid_hours": _hours(order.paid_at, now),
        "ship_by_hours": _hours(now, order.ship_by),
        "sku": tuple(line.sku for line in lines),
        "title": tuple(line.title for line in lines),
        "unit_price": tuple((line.unit_price, line.currency) for line in lines),
        "line_quantity": tuple(line.quantity for line in lines),
        "brand": tuple(product.brand for product in goods),
        "model": tuple(product.model for product in goods),
        "gtin": tuple(product.gtin for product in goods),
        "nature": tuple(product.nature or "general" for product in goods),
        "battery": tuple(product.battery for product in goods),
        "hs_code": tuple(product.hs_code for product in goods),
        "origin_country": tuple(product.origin_country for product in goods),
        "tag": (),
        "sorting": order.sorting,
        "kind": kind,
        "weight_band": weight,
        "size_band": size,
        "mode": mode.mode if mode else "",
    }


def _hours(since: datetime | None, until: datetime | None) -> Decimal | None:
    if since is None or until is None:
        return None
    return Decimal(round((until - since).total_seconds())) / SECONDS_PER_HOUR


@lru_cache(maxsize=1000)
def modes_to(country: str, on: date) -> frozenset[str]:
    """The modes of the services on offer that go from our warehouses to a country."""
    return frozenset(
        service.mode
        for service in services(on)
        if service.leaves_from(ORIGIN) and service.goes_to(country)
    )


def service_refusal(
    code: str, order: Order, lines: Sequence[OrderLine], *, on: date
) -> tuple[Sentence, ...]:
    """Why a service does not take an order; empty where it does, or where nobody can say yet.

    An order with unknown goods is judged when it is checked anew; the parcel itself when it is
    booked.
    """
    if not lines or any(line.product is None for line in lines) or order.weight_g <= 0:
        return ()
    facts = ParcelFacts(
        destination=order.country,
        origin=ORIGIN,
        weight_g=order.weight_g,
        length_mm=0,
        width_mm=0,
        height_mm=0,
        value=order.goods_value,
        currency=order.currency,
        battery=frozenset(line.product.battery for line in lines),
        has_phone=bool(order.phone),
        on=on,
    )
    try:
        verdicts = eligible_services(facts)
    except NoExchangeRate:
        return ()
    return next((each.reasons for each in verdicts if each.service.code == code), ())
