"""The rows of a new order, made from what the channel said and what the checks found."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

from django.conf import settings

from core.money import NoExchangeRate, convert, round_half_up
from core.tenancy import active_merchant_id
from flows.checking import declaration_findings, service_finding
from flows.lines import Line, Lines
from orders.files.cells import LARGEST_AMOUNT
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import Channel, Hold, Order, OrderLine, Product
from orders.querysets import parts_of_kits
from orders.rules.checks import OrderCheck
from orders.rules.duplicates import recipient_fingerprint
from orders.rules.facts import AddressFacts, LineFacts, OrderFacts, ProductFacts
from orders.rules.reasons import HoldFinding, found
from orders.rules.sorting import sort_order
from orders.rules.standing import finding_sha256
from orders.services import NewOrder
from orders.services.products import FIELDS

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 9
CENT = Decimal("0.01")
LARGEST_WEIGHT_G = 2**31 - 1


class Worth(TypedDict):
    """What the goods are worth, and the day of the exchange rates."""

    value: Decimal
    currency: str
    on: date


ROWS = ("row", "repeated_rows", "unread_rows")
SAID_OF_ORDER = tuple(part.name for part in fields(ParsedOrder) if part.name not in ROWS)
SELDOM_SAID = ("item_number", "brand", "model")
"""Left out where a channel does not tell them: an order is then the same from any door."""
SAID_OF_LINE = tuple(
    part.name for part in fields(ParsedLine) if part.name not in (*ROWS, *SELDOM_SAID)
)


def payload_said(order: ParsedOrder) -> str:
    """Return what the channel said as JSON, without the rows it said it in."""
    said = {name: getattr(order, name) for name in SAID_OF_ORDER}
    said["lines"] = [
        {name: getattr(line, name) for name in SAID_OF_LINE}
        | {name: told for name in SELDOM_SAID if (told := getattr(line, name))}
        for line in order.lines
    ]
    return json.dumps(said, sort_keys=True, default=str)


def payload_parsed(words: str) -> ParsedOrder:
    """Return the order that a channel's words, as `payload_said` wrote them, are about."""
    said = json.loads(words)
    instants = {
        name: datetime.fromisoformat(said[name]) if said[name] else None
        for name in ("placed_at", "paid_at", "ship_by")
    }
    lines = tuple(
        ParsedLine(**{**line, "row": row, "unit_price": _amount(line["unit_price"])})
        for row, line in enumerate(said["lines"], start=1)
    )
    streets = tuple(said["street_lines"])
    price = _amount(said["shipping_price"])
    values = {**said, **instants, "lines": lines, "street_lines": streets, "shipping_price": price}
    return ParsedOrder(**values)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def payload_digest(order: ParsedOrder) -> str:
    """Return the SHA-256 of what the channel said."""
    return hashlib.sha256(payload_said(order).encode()).hexdigest()


def product_facts(product: Product) -> ProductFacts:
    """Return what the checks need of a stored product, without what it is made of."""
    values = {name: getattr(product, name) for name in FIELDS}
    return ProductFacts(sku=product.sku, **values)


def facts_of_products(products: Mapping[str, Product]) -> dict[str, ProductFacts]:
    """Return what the checks need of products, by SKU; kits with their components, which are named
    too. A kit weighs what its components do."""
    facts = {sku: product_facts(product) for sku, product in products.items()}
    parts = parts_of_kits([product.pk for product in products.values()])
    for sku, product in products.items():
        components = tuple((product_facts(each), pieces) for each, pieces in parts[product.pk])
        if not components:
            continue
        weight_g = sum(each.weight_g * pieces for each, pieces in components)
        facts[sku] = replace(facts[sku], components=components, weight_g=weight_g)
        for each, _pieces in components:
            facts.setdefault(each.sku, each)
    return facts


def order_facts(order: ParsedOrder) -> OrderFacts:
    """Return what the checks need of an order as it came in."""
    return OrderFacts(
        external_order=order.external_order,
        address=AddressFacts(
            name=order.recipient_name,
            company=order.company,
            street_lines=order.street_lines,
            city=order.city,
            region=order.region,
            postal_code=order.postal_code,
            country=order.country,
        ),
        phone=order.phone,
        email=order.email,
        recipient_id=order.recipient_id,
        currency=order.currency,
        paid_at=order.paid_at,
        lines=tuple(
            LineFacts(line.external_line, line.sku, line.title, line.quantity, line.unit_price)
            for line in order.lines
        ),
        unread_rows=order.unread_rows,
    )


def new_reference() -> str:
    """Return our own number for one more order; unguessable, without letters that look alike."""
    return "WB" + "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))


def new_order(
    *,
    parsed: ParsedOrder,
    said: OrderFacts,
    check: OrderCheck,
    resolved: Lines,
    channel: Channel,
    facts: Mapping[str, ProductFacts],
    digest: str,
    now: datetime,
    is_settled: Callable[[HoldFinding], bool] | None = None,
) -> NewOrder:
    """Build the rows of one order of these lines; `said` are the facts that `check` judged.

    `is_settled` tells of a finding whether a person has released it: it then counts as none.
    """
    lines, currency, unvalued = _lines(parsed, resolved.lines, now)
    goods_value = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
    shipping_price = _to_cents(parsed.shipping_price or Decimal(0))
    known = tuple(line for line in said.lines if line.sku in facts)
    sorting = sort_order(known, products=facts, country=check.address.country) if known else None
    streets = (*check.address.street_lines, "", "", "")
    words = payload_said(parsed)
    order = Order(
        merchant_id=active_merchant_id(),
        channel=channel,
        external_order=parsed.external_order,
        reference=new_reference(),
        content_sha256=hashlib.sha256(words.encode()).hexdigest(),
        said=words,
        buyer_digest=digest,
        address_digest=recipient_fingerprint(check.address, key=str(settings.KEY_PEPPER).encode()),
        placed_at=parsed.placed_at,
        paid_at=parsed.paid_at,
        ship_by=parsed.ship_by,
        service_level=parsed.service_level[:40],
        currency=currency,
        goods_value=min(goods_value, LARGEST_AMOUNT),
        shipping_price=min(shipping_price, LARGEST_AMOUNT),
        weight_g=min(sorting.weight_g, LARGEST_WEIGHT_G) if sorting else 0,
        sorting=sorting.category if sorting else "",
        recipient_name=check.address.name[:120],
        company=check.address.company[:120],
        street_1=streets[0][:200],
        street_2=streets[1][:200],
        street_3=" ".join(filter(None, streets[2:]))[:200],
        city=check.address.city[:100],
        region=check.address.region[:100],
        postal_code=check.address.postal_code[:20],
        country=check.address.country if len(check.address.country) == 2 else "",
        phone=(check.phone_e164 or parsed.phone)[:30],
        email=parsed.email[:254],
        recipient_id=parsed.recipient_id[:40],
        note=parsed.note[:500],
        created_at=now,
    )
    findings = [*check.findings, *unvalued]
    if is_settled:
        findings = [finding for finding in findings if not is_settled(finding)]
    weight_g = sorting.weight_g if sorting else 0
    if max(goods_value, shipping_price) > LARGEST_AMOUNT or weight_g > LARGEST_WEIGHT_G:
        worth = {"value": f"{goods_value + shipping_price:f}", "currency": currency}
        findings.append(found("order_too_large", weight=str(weight_g), **worth))
    money: Worth = {"value": order.goods_value, "currency": currency, "on": now.date()}
    if not findings:
        refusal = service_finding(said, check, facts, **money)
        findings += [refusal] if refusal else []
    if not findings:
        findings += declaration_findings(said, check, facts, **money)
    if is_settled:
        findings = [finding for finding in findings if not is_settled(finding)]
    holds = _holds(findings, said, facts, now) if findings else []
    return NewOrder(
        order=order, lines=lines, holds=holds, changes=check.changes, left_out=resolved.left_out
    )


def _lines(
    parsed: ParsedOrder, resolved: Sequence[Line], now: datetime
) -> tuple[list[OrderLine], str, list[HoldFinding]]:
    """Return the lines, priced in one currency: the file's, else the first product's.

    A line whose value cannot be told in that currency is priced at zero, with a finding.
    """
    first = next((line.product for line in resolved if line.product), None)
    currency = parsed.currency or (first.currency if first else "EUR")
    lines = []
    unvalued: dict[str, HoldFinding] = {}
    for line in resolved:
        price = line.unit_price
        if price is None:
            try:
                price = _value_in(line.product, currency, now)
            except NoExchangeRate as error:
                price = Decimal(0)
                unvalued[error.currency] = found("no_exchange_rate", currency=error.currency)
        unit_price = min(_to_cents(round_half_up(price, currency)), LARGEST_AMOUNT)
        if line.product and not unit_price and not unvalued:
            # Above zero, and yet nothing in the smallest coin: it would be declared as worthless.
            unvalued[line.sku] = found("value_missing", sku=line.sku)
        lines.append(
            OrderLine(
                merchant_id=active_merchant_id(),
                external_line=line.external_line,
                sku=line.sku,
                title=(line.title or (line.product.title if line.product else ""))[:300],
                product=line.product,
                quantity=line.quantity,
                unit_price=unit_price,
                currency=currency,
                channel_line=line.channel_line,
                channel_code=line.channel_code,
                channel_quantity=line.channel_quantity,
                listing_id=line.listing_id,
            )
        )
    return lines, currency, list(unvalued.values())


def _to_cents(amount: Decimal) -> Decimal:
    """Round as the columns do, so that a sum is the sum of what is stored."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def _value_in(product: Product | None, currency: str, now: datetime) -> Decimal:
    if product is None:
        return Decimal(0)
    return convert(product.unit_value, product.currency, currency, now.date()).amount


def hold_place(finding: HoldFinding) -> str:
    """What a hold points at: a field, and the SKU of a finding about a product."""
    return ":".join(filter(None, (finding.field, finding.params.get("sku", ""))))[:120]


def _holds(
    findings: Sequence[HoldFinding],
    said: OrderFacts,
    facts: Mapping[str, ProductFacts],
    now: datetime,
) -> list[Hold]:
    """One hold per (code, what it points at); a finding about a product points at its SKU too."""
    holds: dict[tuple[str, str], Hold] = {}
    for finding in findings:
        place = hold_place(finding)
        holds.setdefault(
            (finding.code, place),
            Hold(
                merchant_id=active_merchant_id(),
                code=finding.code,
                field=place,
                reason_code=finding.reason_code,
                params=finding.kept,
                suggestion=dict(finding.suggestion),
                reason=finding.sentence[:500],
                remedy=finding.remedy[:500],
                released_by_role=finding.released_by,
                facts_sha256=finding_sha256(finding, said, facts),
                raised_at=now,
            ),
        )
    return list(holds.values())
