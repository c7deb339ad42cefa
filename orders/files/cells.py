"""Reading of single cells: whole numbers, money, instants. A bad cell names what would be right."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from core.sentences import gettext_noop as _
from orders.files.faults import RejectedRow
from orders.files.forms import Unreadable, read_instant, read_money
from orders.files.layouts import DATA, ColumnMap
from orders.files.reader import Row

WRONG: Mapping[str, tuple[str, str]] = {
    "missing": (_("The cell is empty."), _("Fill in %(name)s.")),
    "too_long": (
        _("The text has %(length)s characters."),
        _("At most %(limit)s characters."),
    ),
    "not_a_count": (
        _("This is not a whole number of pieces."),
        _("A whole number from 1 to %(limit)s, in digits, for example 2."),
    ),
    "nothing_to_ship": (
        _("Nothing of this line is left to ship."),
        _("The number of pieces still to ship, 1 or more; remove the row if all were shipped."),
    ),
    "not_a_number": (
        _("This is not a whole number."),
        _("A whole number from %(lowest)s to %(limit)s, in digits without a unit."),
    ),
    "not_money": (
        _("This is not an amount of money."),
        _("Digits with a decimal point, not negative: 19.90."),
    ),
    "too_much": (
        _("This is more money than a price can be."),
        _("An amount up to %(limit)s."),
    ),
    "no_currency": (
        _("The row has a price but no currency."),
        _("The three letters of the currency, for example EUR."),
    ),
    "not_a_currency": (
        _("This is not a currency in use."),
        _("The three letters of the currency, for example EUR."),
    ),
    "not_a_date": (
        _("This is not a date that can be read without guessing."),
        _("Year, month, day: 2026-10-31, or with the time 2026-10-31T14:05:00+00:00."),
    ),
    "currency_differs": (
        _("The amount is in %(found)s, but the order is in %(expected)s."),
        _("One order has one currency."),
    ),
    "no_products": (
        _("No products can be read from this cell."),
        _("The cell as the marketplace writes it: each product with its number, SKU and quantity."),
    ),
    "same_order": (
        _("This row was read well; it stands here because another row of its order was rejected."),
        _("Leave it as it is."),
    ),
    "too_many_cells": (
        _("The row has more cells than the header has columns."),
        _("One cell for each column; put a text that holds the separator in quotation marks."),
    ),
    "order_differs": (
        _("The row says %(found)s, but row %(other)s of the same order says %(expected)s."),
        _("One order has one recipient country, postal code and currency."),
    ),
    "line_differs": (
        _("Row %(other)s has the same order line with another content."),
        _("Each order line stands once."),
    ),
    "repeated": (
        _("Row %(other)s already has this SKU."),
        _("Each SKU stands once."),
    ),
    "same_lot": (
        _("Row %(other)s has the same SKU in the same lot."),
        _("Each SKU stands once for each lot; add the pieces up."),
    ),
    "no_product": (
        _("No product of your list has this SKU."),
        _("A SKU of your products, written as there; upload the product first if it is new."),
    ),
    "not_a_day": (
        _("This is not a day."),
        _("Year, month, day, for example 2027-05-31."),
    ),
    "bad_gtin": (
        _("This is not a GTIN: its length or its check digit is wrong."),
        _("8, 12, 13 or 14 digits as printed under the barcode, or leave the cell empty."),
    ),
    "bad_hs_code": (
        _("This is not a tariff code."),
        _("6 to 10 digits of the Harmonised System, for example 851762; with its leading zero."),
    ),
    "bad_country": (
        _("This is not a country code."),
        _("The two letters of the country, for example CN."),
    ),
    "not_one_of": (_("This value is not known."), _("One of: %(choices)s.")),
}
COUNT = re.compile(r"\+?([0-9]{1,15})(?:[.,]0+)?")
POSTAL_APOSTROPHE = re.compile(r"'(?=[0-9])")
LARGEST_AMOUNT = Decimal("9999999999.99")
"""What the columns of prices and values hold."""


class CellFault(Exception):
    """A cell that cannot be read; ``code`` is a key of ``WRONG``."""

    def __init__(self, code: str, field: str, **params: str | int) -> None:
        super().__init__(code)
        self.code, self.field, self.params = code, field, params


class Cells:
    """The cells of one row by our field names; absent columns read as their constant, or empty.

    ``signs`` are the currencies that signs of its amounts named.
    """

    def __init__(self, row: Row, mapping: ColumnMap) -> None:
        self.row, self._mapping = row, mapping
        self.signs: set[str] = set()

    def raw(self, field: str) -> str:
        """The text of the cell as it stands, or the constant."""
        place = self._mapping.columns.get(field)
        value = self.row.cells[place[0]] if place and place[0] < len(self.row.cells) else ""
        return value or self._mapping.constants.get(field, "")

    def text(self, field: str, *, required: bool = False) -> str:
        """The text of the cell, at most the field's length in ``values.json``."""
        value = self.raw(field)
        if not value:
            if required:
                raise CellFault("missing", field, name=self.header(field))
            return ""
        if value[0] == "'" and field == "postal_code":
            value = POSTAL_APOSTROPHE.sub("", value)
        limit = lengths().get(field, 200)
        if len(value) > limit:
            raise CellFault("too_long", field, length=len(value), limit=limit)
        return value

    def header(self, field: str) -> str:
        """The column as the file names it, or its usual name where the file lacks it."""
        place = self._mapping.columns.get(field)
        return place[1] if place else self._mapping.layout.fields.get(field, (field,))[0]

    def number(self, field: str, *, lowest: int, limit: int, code: str = "not_a_number") -> int:
        """A whole number within bounds; ``12.0`` is 12, ``12.5`` and ``two`` are faults."""
        match = COUNT.fullmatch(self.text(field, required=True))
        if not match or not lowest <= int(match.group(1)) <= limit:
            raise CellFault(code, field, lowest=lowest, limit=limit)
        return int(match.group(1))

    def money(self, field: str) -> Decimal | None:
        """An amount, or ``None`` for an empty cell; what may mean two things is a fault."""
        value = self.text(field)
        if not value:
            return None
        try:
            amount, currency = read_money(value, self._mapping.forms)
        except Unreadable as error:
            raise CellFault("not_money", field) from error
        if amount > LARGEST_AMOUNT:
            raise CellFault("too_much", field, limit=str(LARGEST_AMOUNT))
        if currency:
            if currency not in values()["currencies"]:
                raise CellFault("not_money", field)
            self.signs.add(currency)
        return amount

    def currency(self, field: str) -> str:
        """An ISO 4217 code in capitals, or an empty text."""
        value = self.text(field).upper()
        if value and value not in values()["currencies"]:
            raise CellFault("not_a_currency", field)
        return value

    def instant(self, field: str) -> dt.datetime | None:
        """An aware UTC instant, or ``None``; without a zone it is read in that of the file."""
        value = self.text(field)
        if not value:
            return None
        try:
            return read_instant(value, self._mapping.forms)
        except Unreadable as error:
            raise CellFault("not_a_date", field) from error

    def choice(self, field: str, choices: list[str]) -> str:
        """One of ``choices``, whatever its case."""
        value = self.text(field, required=True).lower()
        if value not in choices:
            raise CellFault("not_one_of", field, choices=", ".join(choices))
        return value

    def rejected(self, fault: CellFault) -> RejectedRow:
        """The row as the user gets it back."""
        wrong, right = WRONG[fault.code]
        return RejectedRow(
            row=self.row.number,
            column=self.header(fault.field),
            value=self.raw(fault.field)[:200],
            fault_code=fault.code,
            wrong_template=wrong,
            right_template=right,
            params=fault.params,
            cells=self.row.cells,
        )

    def refuse_surplus(self, first_field: str, columns: int) -> None:
        """A filled cell beyond the header means that every cell may stand in a wrong column."""
        if len(self.row.cells) > columns:
            raise CellFault("too_many_cells", first_field)


@cache
def values() -> Mapping[str, Any]:
    """Currencies, natures, battery kinds and field lengths (``orders/data/values.json``)."""
    loaded: Mapping[str, Any] = json.loads((DATA / "values.json").read_text(encoding="utf-8"))
    return {**loaded, "currencies": frozenset(loaded["currencies"])}


@cache
def lengths() -> Mapping[str, int]:
    """The longest text each field may hold, in characters."""
    limits: Mapping[str, int] = values()["lengths"]
    return limits
