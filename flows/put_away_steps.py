"""What a scan at the put-away station means: goods at the dock, a bin, pieces, a lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from core.sentences import Sentence, gettext_noop
from flows.bins import BinsWanted, bins_wanted, content_of, find_bin
from flows.scanned_products import products_scanned
from flows.station_scans import Answered
from orders.models import Product
from warehouse.models import Condition, Inbound, InboundGoods, Location
from warehouse.rules.barcodes import ParsedScan, parse_scan
from warehouse.rules.presses import Press
from warehouse.rules.put_away import Content
from warehouse.rules.receiving import COMMANDS, Said, read_typed


@dataclass(frozen=True, slots=True)
class Step:
    """What a scan names: goods at the dock with the bins to look at, or the bin to put them into;
    else an answer."""

    goods: InboundGoods | None = None
    quantity: int = 0
    wants: BinsWanted | Location | None = None
    answer: Answered | None = None


def said(name: str, template: str, /, **params: object) -> Sentence:
    """A sentence with its values."""
    return Sentence(name, template, {key: str(value) for key, value in params.items()})


def _wrong(name: str, template: str, /, *expected: str, **params: object) -> Step:
    return Step(answer=Answered("wrong", said(name, template, **params), expected=expected))


def waiting_goods(inbound: Inbound) -> list[InboundGoods]:
    rows = InboundGoods.objects.filter(inbound=inbound, quantity__gt=F("put_away"))
    return list(rows.select_related("product").order_by("id"))


def look(inbound: Inbound, scan: Press, desk: dict[str, Any]) -> Step:
    """Find out what a scan means, in the owner's block; nothing is changed."""
    parsed = parse_scan(scan.raw)
    if parsed.problem is not None and parsed.kind == "unreadable":
        return Step(answer=Answered("error", parsed.problem))
    waiting = waiting_goods(inbound)
    if not waiting:
        text = gettext_noop("Nothing of {number} lies at the dock.")
        return _wrong("nothing_left", text, number=inbound.number)
    if parsed.kind == "command":
        return _command(COMMANDS.get(parsed.value.upper(), ""), parsed.value)
    if parsed.kind == "inbound" and parsed.value.rpartition("/")[2] == inbound.number:
        text = gettext_noop("{number}: this is what you are putting away. Scan its goods.")
        return Step(answer=Answered("accepted", said("this", text, number=inbound.number)))
    products = products_scanned(parsed)
    if len(products) > 1:
        text = gettext_noop("Two products have the code {code}: scan or type the SKU.")
        return _wrong("two_products", text, code=parsed.value)
    if products:
        return _goods(products[0], parsed, waiting, desk)
    return _typed(parsed.value or scan.raw, read_typed(scan.raw), inbound, waiting, desk)


def _typed(
    code: str,
    typed: Said | None,
    inbound: Inbound,
    waiting: Sequence[InboundGoods],
    desk: dict[str, Any],
) -> Step:
    """A lot, a number of pieces, or the code of a bin."""
    in_hand = next((row for row in waiting if row.pk == desk.get("goods_id")), None)
    if typed is not None and typed.lot:
        return _lot(typed.lot, waiting, desk)
    if typed is not None and typed.quantity:
        return _quantity(typed.quantity, in_hand)
    place = find_bin(code, warehouse_id=inbound.warehouse_id)
    skus = tuple(dict.fromkeys(row.product.sku for row in waiting[:5]))
    if place is None:
        text = gettext_noop("{code} is neither goods of this inbound nor a bin of this warehouse.")
        return _wrong("unknown", text, *skus, code=code)
    if in_hand is None:
        text = gettext_noop("Scan the product first, then the bin.")
        return _wrong("product_first", text, *skus)
    quantity = min(desk.get("quantity", 0), in_hand.quantity - in_hand.put_away)
    return Step(goods=in_hand, quantity=quantity, wants=place)


def _command(command: str, code: str) -> Step:
    if command not in ("good", "damaged"):
        text = gettext_noop("{code} is no command of this station.")
        return Step(answer=Answered("error", said("no_command", text, code=code)))
    good = gettext_noop("Good goods first. Scan the product.")
    damaged = gettext_noop("Damaged goods. Scan the product.")
    words = said(command, good if command == "good" else damaged)
    return Step(answer=Answered("accepted", words))


def _goods(
    product: Product, parsed: ParsedScan, waiting: Sequence[InboundGoods], desk: dict[str, Any]
) -> Step:
    rows = [row for row in waiting if row.product_id == product.pk]
    if not rows:
        text = gettext_noop("No {sku} of this inbound lies at the dock.")
        return _wrong("not_here", text, *(row.product.sku for row in waiting[:5]), sku=product.sku)
    if parsed.lot:
        rows = [row for row in rows if row.lot.casefold() == parsed.lot.casefold()]
        if not rows:
            text = gettext_noop("No {sku} of lot {lot} lies at the dock.")
            return _wrong("no_lot", text, sku=product.sku, lot=parsed.lot)
    # Good ones come first, unless the person has said that these are damaged.
    is_damaged = desk.get("condition") == "damaged"
    asked = [row for row in rows if (row.condition != Condition.GOOD) == is_damaged]
    rows = asked or rows
    if len({(row.lot, row.expires_on) for row in rows}) > 1:
        text = gettext_noop("{sku} lies there in several lots: type LOT and the one you hold.")
        lots = tuple(f"LOT {row.lot}" for row in rows if row.lot)
        return _wrong("several_lots", text, *lots, sku=product.sku)
    return _in_hand(rows[0], rows[0].quantity - rows[0].put_away)


def _lot(lot: str, waiting: Sequence[InboundGoods], desk: dict[str, Any]) -> Step:
    is_damaged = desk.get("condition") == "damaged"
    rows = [row for row in waiting if row.lot.casefold() == lot.casefold()]
    rows = [row for row in rows if (row.condition != Condition.GOOD) == is_damaged] or rows
    if len(rows) != 1:
        text = gettext_noop("No single product of lot {lot} lies at the dock.")
        return _wrong("no_lot_here", text, lot=lot)
    return _in_hand(rows[0], rows[0].quantity - rows[0].put_away)


def _quantity(pieces: int, in_hand: InboundGoods | None) -> Step:
    if in_hand is None:
        text = gettext_noop("Scan the product first, then type how many.")
        return _wrong("product_first", text)
    left = in_hand.quantity - in_hand.put_away
    if pieces > left:
        text = gettext_noop("Only {left} × {sku} lie at the dock.")
        return _wrong("too_many", text, left=left, sku=in_hand.product.sku)
    return _in_hand(in_hand, pieces)


def _in_hand(row: InboundGoods, quantity: int) -> Step:
    goods = goods_content(row, quantity)
    wanted = bins_wanted(warehouse_id=row.inbound.warehouse_id, goods=goods)
    return Step(goods=row, quantity=quantity, wants=wanted)


def goods_content(row: InboundGoods, quantity: int) -> Content:
    return content_of(
        row.product, quantity=quantity, lot=row.lot, expires_on=row.expires_on,
        condition=row.condition,
    )  # fmt: skip
