"""What a parcel holds in the channel's own words: its orders, its lines, its pieces.

A part of a split order, or several orders in one, are ours alone: each piece is traced to the line
that the channel sent. A bundle that was taken apart is told, whole, with the parcel in which the
first of its pieces leaves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orders.models import ChannelNotice, Order, OrderLine
from orders.services import hold_families
from warehouse.models import Parcel, ParcelItem

S = Order.Status
NOT_TO_COME = (S.CANCELLED, S.SPLIT, S.MERGED, S.SHIPPED, S.DELIVERED, S.LOST)


@dataclass(frozen=True, slots=True)
class Told:
    """One order of a channel in a parcel: its line numbers with pieces. `is_last`: nothing of it
    remains to be shipped."""

    order: Order
    lines: list[tuple[str, int]]
    is_last: bool


def told_of_parcels(parcel_ids: Sequence[int]) -> dict[int, list[Told]]:
    """What there is to tell of each parcel, in the active block and in the parcels' order."""
    items = list(
        ParcelItem.objects.filter(parcel_id__in=parcel_ids)
        .select_related("order_line__order")
        .order_by("id")
    )
    roots = _roots([item.order_line for item in items])
    made = {roots[item.order_line_id].order_id for item in items if item.order_line.source_line_id}
    if made:
        # Two parcels of one order at the same moment: the later one sees what the earlier told.
        hold_families(sorted(made))
    contents: dict[int, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    holders: dict[int, set[int]] = defaultdict(set)
    for item, many in _by_line(items):
        root = roots[item.order_line_id]
        pieces = contents[item.parcel_id][root.order_id]
        pieces[root.pk] = pieces.get(root.pk, 0) + many
        holders[item.parcel_id].add(item.order_line.order_id)
    leaving: dict[int, set[int]] = defaultdict(set)
    for parcel_id, found in contents.items():
        for order_id in found:
            leaving[order_id] |= holders[parcel_id]
    families = {order_id: _Family(order_id, leaving[order_id]) for order_id in sorted(made)}
    root_orders = {root.order_id for root in roots.values()}
    orders = Order.objects.in_bulk(root_orders)
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order_id__in=root_orders).order_by("id"):
        lines[line.order_id].append(line)
    told: dict[int, list[Told]] = {parcel_id: [] for parcel_id in parcel_ids}
    for parcel_id in parcel_ids:
        for order_id, pieces in contents[parcel_id].items():
            family = families.get(order_id)
            units = channel_units(lines[order_id], pieces, family.told if family else {})
            if units:
                is_last = family is None or family.takes(holders[parcel_id], units)
                told[parcel_id].append(Told(orders[order_id], list(units.items()), is_last))
    return told


def channel_units(
    lines: Sequence[OrderLine], pieces: Mapping[int, int], before: Mapping[str, int]
) -> dict[str, int]:
    """The channel's pieces by its line number, of our pieces by line id; without those told before.

    `lines` are all of the order: a bundle's components share the channel's line.
    """
    ordered: dict[tuple[str, int | None], int] = defaultdict(int)
    inside: dict[tuple[str, int | None], int] = defaultdict(int)
    sold: dict[str, int] = {}
    for line in lines:
        number = line.channel_line or line.external_line
        key = (number, line.product_id)
        ordered[key] += line.quantity
        inside[key] += pieces.get(line.pk, 0)
        sold[number] = line.channel_quantity or line.quantity
    units: dict[str, int] = {}
    for (number, product_id), count in inside.items():
        if count:
            whole = -(-count * sold[number] // ordered[number, product_id])
            units[number] = max(units.get(number, 0), whole)
    left = {
        number: min(many, sold[number] - before.get(number, 0)) for number, many in units.items()
    }
    return {number: many for number, many in left.items() if many > 0}


def _by_line(items: Sequence[ParcelItem]) -> Iterator[tuple[ParcelItem, int]]:
    """Items with the pieces of their line that they are. A kit's components lie in one parcel: the
    first stands for all of the line's kits."""
    kit_lines: set[tuple[int, int]] = set()
    for item in items:
        if item.product_id == item.order_line.product_id:
            yield item, item.quantity
        elif (item.parcel_id, item.order_line_id) not in kit_lines:
            kit_lines.add((item.parcel_id, item.order_line_id))
            yield item, item.order_line.quantity


def _roots(lines: Collection[OrderLine]) -> dict[int, OrderLine]:
    """The channel's line behind each line, by the line's id."""
    known = {line.pk: line for line in lines}
    wanted = {line.source_line_id for line in lines if line.source_line_id} - known.keys()
    while wanted:
        found = list(OrderLine.objects.filter(pk__in=wanted))
        known |= {line.pk: line for line in found}
        wanted = {line.source_line_id for line in found if line.source_line_id} - known.keys()

    def root(line: OrderLine) -> OrderLine:
        return root(known[line.source_line_id]) if line.source_line_id else line

    return {line.pk: root(line) for line in lines}


class _Family:
    """What was told of an order that was split or merged, and which orders of it are to come."""

    def __init__(self, order_id: int, leaving: Collection[int]) -> None:
        notices = ChannelNotice.objects.filter(order_id=order_id)
        self.told: dict[str, int] = defaultdict(int)
        parcels = set()
        for reference, said in notices.values_list("parcel_reference", "said"):
            parcels.add(reference)
            for number, pieces in said.get("lines", ()):
                self.told[number] += pieces
        gone = Parcel.objects.filter(reference__in=parcels).values_list("order_id", flat=True)
        self.to_come = (_holding(order_id) | set(leaving)) - set(gone)

    def takes(self, holders: Collection[int], units: Mapping[str, int]) -> bool:
        """Count a parcel of these orders as told; whether nothing is to come after it."""
        for number, many in units.items():
            self.told[number] += many
        self.to_come -= set(holders)
        return not self.to_come


def _holding(order_id: int) -> set[int]:
    """The orders that hold pieces of an order of a channel and have not left yet."""
    level = list(OrderLine.objects.filter(order_id=order_id).values_list("pk", flat=True))
    found: set[int] = set()
    while level:
        copies = OrderLine.objects.filter(source_line_id__in=level).select_related("order")
        rows = list(copies.order_by("pk"))
        found |= {line.order_id for line in rows if line.order.status not in NOT_TO_COME}
        level = [line.pk for line in rows]
    return found
