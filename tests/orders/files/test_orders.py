"""From rows to orders: columns by name, lines grouped, a bad row rejected alone."""

import io
from collections.abc import Mapping
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.files.faults import FileRefused, RejectedRow
from orders.files.orders import ParsedOrder, parse_orders
from orders.files.reader import open_table

ROW: Mapping[str, str] = {
    "order-id": "306-1",
    "order-item-id": "1",
    "purchase-date": "2026-10-05T06:00:00+02:00",
    "payments-date": "2026-10-05T06:25:00+02:00",
    "buyer-phone-number": "+49 30 901820",
    "sku": "MUG",
    "product-name": "Mug",
    "quantity-purchased": "2",
    "quantity-to-ship": "2",
    "recipient-name": "Jürgen Köhler",
    "ship-address-1": "Hauptstraße 1",
    "ship-city": "Berlin",
    "ship-postal-code": "10115",
    "ship-country": "DE",
}
Parsed = tuple[list[ParsedOrder], list[RejectedRow]]


def parsed(*rows: Mapping[str, str], columns: list[str] | None = None) -> Parsed:
    names = columns or list(dict.fromkeys(name for row in rows for name in row))
    lines = ["\t".join(names)] + ["\t".join(row.get(name, "") for name in names) for row in rows]
    with open_table(io.BytesIO("\n".join(lines).encode()), "orders.txt") as table:
        found = list(parse_orders(table))
    orders = [each for each in found if isinstance(each, ParsedOrder)]
    return orders, [each for each in found if isinstance(each, RejectedRow)]


def test_an_amazon_row_becomes_an_order() -> None:
    (order,), rejected = parsed(ROW)
    assert not rejected
    assert order.external_order == "306-1"
    assert order.placed_at is not None
    assert order.placed_at.isoformat() == "2026-10-05T04:00:00+00:00"
    assert order.street_lines == ("Hauptstraße 1",)
    (line,) = order.lines
    assert (line.external_line, line.quantity, line.unit_price) == ("1", 2, None)
    assert order.currency == ""


def test_columns_are_found_in_any_order_and_spelling() -> None:
    shuffled = list(ROW)
    Random(3).shuffle(shuffled)
    renamed = {name.upper().replace("-", " "): name for name in shuffled}
    row = {new: ROW[old] for new, old in renamed.items()} | {"my own column": "x"}
    assert parsed(row)[0] == parsed(ROW)[0]


def test_missing_optional_columns_are_tolerated() -> None:
    few = ("order-id", "sku", "quantity-purchased", "recipient-name", "ship-address-1")
    (order,), _none = parsed({n: ROW[n] for n in (*few, "ship-country")})
    assert (order.paid_at, order.phone, order.lines[0].external_line) == (None, "", "MUG#1")


def test_missing_required_columns_are_named() -> None:
    with pytest.raises(FileRefused, match="lacks the column sku, quantity-purchased"):
        parsed({n: v for n, v in ROW.items() if n not in {"sku", "quantity-purchased"}})


def test_a_file_without_known_columns_is_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        parsed({"foo": "1", "bar": "2"})
    assert caught.value.code == "columns_unknown"


def test_a_column_that_stands_twice_is_refused() -> None:
    with pytest.raises(FileRefused, match="has the column"):
        parsed({**ROW, "Order ID": "5"})


def test_a_file_with_only_a_header_is_refused() -> None:
    with pytest.raises(FileRefused) as caught:
        parsed(columns=list(ROW))
    assert caught.value.code == "no_rows"


def test_rows_of_one_order_that_stand_apart_are_one_order() -> None:
    other = {**ROW, "order-id": "306-2"}
    orders, rejected = parsed(ROW, other, {**ROW, "order-item-id": "2", "sku": "CAP"})
    assert not rejected
    assert [(o.external_order, len(o.lines)) for o in orders] == [("306-2", 1), ("306-1", 2)]


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"order-id": ""}, "missing", "order-id"),
        ({"sku": ""}, "missing", "sku"),
        ({"quantity-purchased": "two"}, "not_a_count", "quantity-purchased"),
        ({"quantity-purchased": "0"}, "not_a_count", "quantity-purchased"),
        ({"quantity-purchased": "-1"}, "not_a_count", "quantity-purchased"),
        ({"quantity-purchased": "1.5"}, "not_a_count", "quantity-purchased"),
        ({"quantity-purchased": "9" * 40}, "not_a_count", "quantity-purchased"),
        ({"quantity-to-ship": "0"}, "nothing_to_ship", "quantity-to-ship"),
        ({"quantity-to-ship": "3"}, "not_a_count", "quantity-to-ship"),
        ({"purchase-date": "05/10/2026"}, "not_a_date", "purchase-date"),
        ({"purchase-date": "0001-01-01T00:00:00+14:00"}, "not_a_date", "purchase-date"),
        ({"unit-price": "cheap"}, "not_money", "unit-price"),
        ({"unit-price": "NaN"}, "not_money", "unit-price"),
        ({"unit-price": "1,299"}, "not_money", "unit-price"),
        ({"unit-price": "5"}, "no_currency", "currency"),
        ({"unit-price": "5", "currency": "XXX"}, "not_a_currency", "currency"),
        ({"sku": "x" * 65}, "too_long", "sku"),
    ],
)
def test_a_bad_row_is_rejected_alone(change: dict[str, str], code: str, column: str) -> None:
    good = {**ROW, "order-id": "306-9"}
    orders, (row,) = parsed(good, {**ROW, **change})
    assert [order.external_order for order in orders] == ["306-9"]
    assert (row.row, row.fault_code, row.column) == (3, code, column)
    assert row.wrong
    assert row.right
    assert "%(" not in row.wrong + row.right


def test_an_order_with_a_rejected_row_says_that_a_line_is_missing() -> None:
    (order,), (row,) = parsed(ROW, {**ROW, "order-item-id": "2", "quantity-purchased": "two"})
    assert order.unread_rows == (row.row,) == (3,)
    assert len(order.lines) == 1


def test_a_row_that_contradicts_its_order_is_rejected() -> None:
    (order,), (row,) = parsed(ROW, {**ROW, "order-item-id": "2", "ship-country": "FR"})
    assert (row.fault_code, row.column, order.unread_rows) == (
        "order_differs",
        "ship-country",
        (3,),
    )
    assert "FR" in row.wrong


def test_the_same_line_twice_is_one_line() -> None:
    (order,), rejected = parsed(ROW, ROW)
    assert not rejected
    assert (len(order.lines), order.repeated_rows) == (1, (3,))


def test_the_same_line_with_another_quantity_is_rejected() -> None:
    _orders, (row,) = parsed(ROW, {**ROW, "quantity-purchased": "3", "quantity-to-ship": "3"})
    assert row.fault_code == "line_differs"


def test_more_cells_than_columns_are_rejected() -> None:
    content = "order-id,sku,quantity-purchased,recipient-name,ship-address-1,ship-country\n"
    content += "1,MUG,1,Ann,High Street 1, Oxford,GB\n2,MUG,1,Bob,Low Street 2,GB\n"
    with open_table(io.BytesIO(content.encode()), "f.csv") as table:
        rejected, order = list(parse_orders(table))
    assert isinstance(rejected, RejectedRow)
    assert rejected.fault_code == "too_many_cells"
    assert isinstance(order, ParsedOrder)
    assert order.external_order == "2"


def test_item_price_is_the_price_of_the_whole_line() -> None:
    (order,), _none = parsed({**ROW, "item-price": "25.80", "currency": "eur"})
    assert (order.lines[0].unit_price, order.currency) == (Decimal("12.9000"), "EUR")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(list(ROW)),
            st.text(st.characters(exclude_categories=["C"]), max_size=30).filter(
                lambda text: not text.lstrip().startswith(("=", "@", "+", "-", '"'))
            ),
            max_size=4,
        ),
        max_size=6,
    )
)
def test_every_row_is_in_an_order_or_rejected(changes: list[dict[str, str]]) -> None:
    rows = [ROW, *({**ROW, **change} for change in changes)]
    orders, rejected = parsed(*rows, columns=list(ROW))
    placed = [line.row for order in orders for line in order.lines]
    repeated = [row for order in orders for row in order.repeated_rows]
    assert sorted(placed + repeated + [each.row for each in rejected]) == list(
        range(2, len(rows) + 2)
    )
