"""Parts of an order, and orders that go together: what is lawful, whole and exact to the cent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from core.sentences import Sentence, gettext_noop
from orders.rules.bundles import shared

CENT = Decimal("0.01")
MOST_PARTS, MOST_COUNTED = 20, 1000
MOST_MERGED = 20
LONGEST_NUMBER = 80


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of an order: pieces of one product at one price."""

    line_id: int
    product_id: int
    quantity: int
    unit_price: Decimal


Part = Mapping[int, int]
"""Pieces by line id of the order that is split."""


def rest_of(lines: Sequence[Goods], parts: Sequence[Part]) -> dict[int, int]:
    """What the parts leave over, by line; nothing is below zero."""
    left = {line.line_id: line.quantity for line in lines}
    for part in parts:
        for line_id, pieces in part.items():
            if line_id in left:
                left[line_id] -= pieces
    return {line_id: pieces for line_id, pieces in left.items() if pieces > 0}


def part_fault(lines: Sequence[Goods], parts: Sequence[Part]) -> Sentence | None:
    """What is wrong with a plan: each piece must be in one part, and no part may be empty."""
    if len(parts) < 2:
        return Sentence(
            "one_part", gettext_noop("All pieces are in one part: choose what goes apart.")
        )
    if len(parts) > MOST_PARTS:
        return _sentence(
            "too_many_parts",
            gettext_noop("That would make {parts} parts; an order has at most {most}."),
            parts=len(parts),
            most=MOST_PARTS,
        )
    ordered = {line.line_id: line.quantity for line in lines}
    given = dict.fromkeys(ordered, 0)
    for number, part in enumerate(parts, start=1):
        if not part:
            return _sentence(
                "empty_part", gettext_noop("Part {number} has no pieces."), number=number
            )
        for line_id, pieces in part.items():
            if line_id not in given or pieces < 1:
                return _sentence(
                    "unknown_pieces",
                    gettext_noop("Part {number} names a line or a quantity that is not there."),
                    number=number,
                )
            given[line_id] += pieces
    for place, (line_id, pieces) in enumerate(given.items(), start=1):
        if pieces != ordered[line_id]:
            return _sentence(
                "pieces_do_not_add_up",
                gettext_noop("Line {line} has {ordered} pieces, and the parts have {given}."),
                line=place,
                ordered=ordered[line_id],
                given=pieces,
            )
    return None


def worth_of(lines: Sequence[Goods], part: Part) -> Decimal:
    """What the pieces of a part are worth."""
    prices = {line.line_id: line.unit_price for line in lines}
    return sum((prices[line_id] * pieces for line_id, pieces in part.items()), Decimal(0))


def apportion(
    amount: Decimal, weights: Sequence[Decimal], *, coin: Decimal = CENT
) -> list[Decimal]:
    """Share an amount by weight, exact to the coin: the shares add up to the amount.

    What is left of whole coins goes to the first share; without any weight all count alike.
    """
    coins = int((amount / coin).to_integral_value(ROUND_HALF_UP))
    even = [Decimal(1)] * len(weights)
    shares = [coin * each for each in shared(coins, weights if any(weights) else even)]
    shares[0] += amount - sum(shares)
    return shares


def by_houses(
    lines: Sequence[Goods], free: Mapping[str, Mapping[int, int]], *, most: int
) -> list[tuple[str, dict[int, int]]]:
    """Share pieces among at most `most` warehouses: each time the one that has most of the rest.

    `free` is what each warehouse (in order of preference) has of each product. Returns the chosen
    ones with their pieces; what nobody has is in none.
    """
    left = {line.line_id: line.quantity for line in lines}
    chosen: list[tuple[str, dict[int, int]]] = []
    houses = dict(free)
    while houses and len(chosen) < most and any(left.values()):
        offers = {code: _taken(lines, left, stock) for code, stock in houses.items()}
        code = max(offers, key=lambda each: sum(offers[each].values()))
        if not offers[code]:
            break
        chosen.append((code, offers[code]))
        del houses[code]
        for line_id, pieces in offers[code].items():
            left[line_id] -= pieces
    return chosen


def _taken(
    lines: Sequence[Goods], left: Mapping[int, int], stock: Mapping[int, int]
) -> dict[int, int]:
    have = dict(stock)
    taken: dict[int, int] = {}
    for line in lines:
        pieces = min(left[line.line_id], have.get(line.product_id, 0))
        if pieces > 0:
            taken[line.line_id] = pieces
            have[line.product_id] -= pieces
    return taken


def by_value(lines: Sequence[Goods], limit: Decimal) -> list[dict[int, int]] | Goods:
    """Parts that are worth no more than `limit` each, dearest pieces first into the first that
    takes them; the line of a single piece that is worth more. Counting ends at `MOST_COUNTED`
    parts, which are too many anyway: a hundred thousand pieces would keep a page busy."""
    parts: list[dict[int, int]] = []
    worth: list[Decimal] = []
    for line in sorted(lines, key=lambda each: (-each.unit_price, each.line_id)):
        if line.unit_price > limit:
            return line
        left, place = line.quantity, 0
        while left:
            if place == MOST_COUNTED:
                return parts
            if place == len(parts):
                parts.append({})
                worth.append(Decimal(0))
            room = limit - worth[place]
            fits = min(left, int(room // line.unit_price)) if line.unit_price else left
            if fits:
                parts[place][line.line_id] = fits
                worth[place] += fits * line.unit_price
                left -= fits
            place += 1
    return parts


def crosses(values: Sequence[Decimal], limit: Decimal) -> bool:
    """Whether a limit that one of the values kept is broken by their sum."""
    return sum(values) > limit and min(values) <= limit


def child_numbers(number: str, taken: Collection[str], many: int) -> list[str]:
    """`X/1`, `X/2`, … where `X` is the order's number; numbers that are taken are passed over."""
    found: list[str] = []
    last = 0
    while len(found) < many:
        last += 1
        name = _ended(number, f"/{last}")
        if name not in taken:
            found.append(name)
    return found


def combined_number(number: str, others: int, taken: Collection[str]) -> str:
    """`X+2` for an order and two others; `X+2.2` and on where that is taken."""
    end = f"+{others}"
    name, again = _ended(number, end), 1
    while name in taken:
        again += 1
        name = _ended(number, f"{end}.{again}")
    return name


def _ended(number: str, end: str) -> str:
    return number[: LONGEST_NUMBER - len(end)] + end


@dataclass(frozen=True, slots=True)
class MergeFacts:
    """What of an order decides whether it may go with others. `standing` says in the status's own
    word why it may not, and is empty where it may."""

    reference: str
    standing: str
    address_digest: str
    currency: str
    recipient_id: str
    service_level: str
    wanted_service: str
    wanted_warehouse: str
    parent_id: int | None
    has_conflict: bool
    knows_products: bool


def merge_faults(orders: Sequence[MergeFacts]) -> Iterator[Sentence]:
    """Why these orders may not be merged, as far as the orders themselves tell."""
    if len(orders) < 2:
        yield Sentence("too_few_orders", gettext_noop("Choose at least two orders."))
        return
    if len(orders) > MOST_MERGED:
        yield _sentence(
            "too_many_orders",
            gettext_noop("Those are {count} orders; at most {most} go into one."),
            count=len(orders),
            most=MOST_MERGED,
        )
        return
    for order in orders:
        yield from _standing_fault(order)
    first = orders[0]
    for other in orders[1:]:
        if not first.address_digest or other.address_digest != first.address_digest:
            yield _sentence(
                "other_recipient",
                gettext_noop("{other} goes to another recipient or address than {first}."),
                other=other.reference,
                first=first.reference,
            )
    yield from _one_word(orders)
    parents = [order.parent_id for order in orders if order.parent_id]
    if len(set(parents)) < len(parents):
        yield Sentence(
            "parts_of_one_order",
            gettext_noop("Two of them are parts of one order: undo its split instead."),
        )


def _standing_fault(order: MergeFacts) -> Iterator[Sentence]:
    if order.standing:
        yield Sentence(f"order_{order.standing}", STANDINGS[order.standing],
                       {"order": order.reference})  # fmt: skip
    elif order.has_conflict:
        yield _sentence(
            "order_in_conflict",
            gettext_noop("The channel says {order} otherwise: decide that first."),
            order=order.reference,
        )
    elif not order.knows_products:
        yield _sentence(
            "product_unknown",
            gettext_noop("{order} has a line without a known product: map it first."),
            order=order.reference,
        )


STANDINGS: Mapping[str, str] = {
    "held": gettext_noop("{order} is on hold: release its holds first."),
    "in_wave": gettext_noop(
        "{order} is in a wave, its parcel is planned or packed: it ships as it is."
    ),
    "gone": gettext_noop("{order} is packed, shipped, cancelled, split or merged already."),
}


def _one_word(orders: Sequence[MergeFacts]) -> Iterator[Sentence]:
    """One currency and tax number for all; of wishes no two that differ."""
    currencies = {order.currency for order in orders}
    if len(currencies) > 1:
        yield _sentence(
            "other_currency",
            gettext_noop("They are paid in different currencies: {currencies}."),
            currencies=", ".join(sorted(currencies)),
        )
    if len({order.recipient_id for order in orders if order.recipient_id}) > 1:
        yield Sentence(
            "other_recipient_id",
            gettext_noop("They name different tax numbers of the recipient."),
        )
    wishes = (
        {order.service_level for order in orders},
        {order.wanted_service for order in orders if order.wanted_service},
        {order.wanted_warehouse for order in orders if order.wanted_warehouse},
    )
    for wish in wishes:
        if len(wish) > 1:
            yield _sentence(
                "other_wishes",
                gettext_noop("They ask for different services or warehouses: {wishes}."),
                wishes=", ".join(sorted(each or "–" for each in wish)),
            )


def _sentence(code: str, template: str, **params: object) -> Sentence:
    return Sentence(code, template, {name: str(value) for name, value in params.items()})
