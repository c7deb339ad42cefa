"""What a parcel is planned to hold, from what is reserved for its order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from core.money import smallest_coin
from orders.models import OrderLine, Product
from orders.querysets import values_of
from orders.rules.kits import Component, component_prices
from warehouse.models import ParcelItem, Reservation


def planned_items(
    *, parcel_id: int, reservations: Iterable[Reservation], on: date
) -> Iterator[ParcelItem]:
    """The items of one parcel, not saved. A kit's components share its line's price by value.

    What is reserved counts, not what the kit is made of by now. The reservations come with their
    order lines and their balances' products.
    """
    pieces: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    lines: dict[int, OrderLine] = {}
    products: dict[int, Product] = {}
    for row in reservations:
        product = row.balance.product
        lines[row.order_line_id], products[product.pk] = row.order_line, product
        pieces[row.order_line_id][product.pk] += row.quantity
    for line_id, of_line in pieces.items():
        line = lines[line_id]
        if set(of_line) == {line.product_id}:
            yield from (_item(parcel_id, line, each, of_line[each], None) for each in of_line)
            continue
        parts = [products[product_id] for product_id in of_line]
        components = [
            Component(part.pk, part.sku, of_line[part.pk], value)
            for part, value in zip(parts, values_of(parts, on), strict=True)
        ]
        total, coin = line.unit_price * line.quantity, smallest_coin(line.currency)
        for product_id, quantity, price in component_prices(components, total=total, coin=coin):
            yield _item(parcel_id, line, product_id, quantity, price)


def _item(
    parcel_id: int, line: OrderLine, product_id: int, quantity: int, value: Decimal | None
) -> ParcelItem:
    return ParcelItem(
        parcel_id=parcel_id,
        order_line=line,
        product_id=product_id,
        quantity=quantity,
        unit_value=value,
    )
