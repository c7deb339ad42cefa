"""The screen on which a person says what a file's columns mean, from the rows kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from dashboard.readings.uploads import parsed_rejection, refusal_words
from dashboard.screens.common import Option
from dashboard.screens.uploads import ColumnField, ColumnsPage, RejectedRow, TriedOrder
from orders.files.choices import CONSTANT, FIELDS, REQUIRED, ZONES, Choice, guess_choice
from orders.files.faults import FileRefused
from orders.files.faults import RejectedRow as UnreadableRow
from orders.files.forms import COMMA, DAY_FIRST, MONTH_FIRST, POINT
from orders.files.orders import ParsedOrder, parse_orders, prepare_orders
from orders.files.preview import preview_table
from orders.models import Import

SHOWN_ROWS, SHOWN_ORDERS = 6, 8
LONGEST_SHOWN = 60


def read_columns(
    upload: Import,
    *,
    choice: Choice | None = None,
    preset: str = "",
    is_tried: bool = False,
    error: str = "",
) -> ColumnsPage:
    """The form with what was chosen, else with what is likely; tried on the first rows if asked."""
    said = choice or guess_choice(upload.header)
    examples = _examples(upload.header, upload.preview)
    orders, rejected, refusal = _tried(upload, said) if is_tried else ((), (), "")
    return ColumnsPage(
        file_name=upload.file_name,
        why=refusal_words(upload),
        header=tuple(column[:LONGEST_SHOWN] for column in upload.header),
        rows=tuple(_shown(row, len(upload.header)) for row in upload.preview[:SHOWN_ROWS]),
        fields=tuple(_field(name, upload.header, said, examples, is_tried) for name in FIELDS),
        dates=_options(
            said.dates,
            ("", _("As the file shows")),
            (DAY_FIRST, _("Day first: 31/10/2026")),
            (MONTH_FIRST, _("Month first: 10/31/2026")),
        ),
        numbers=_options(
            said.numbers,
            ("", _("As the file shows")),
            (POINT, _("Decimal point: 1,234.56")),
            (COMMA, _("Decimal comma: 1.234,56")),
        ),
        zones=_options(said.zone, *((zone, zone) for zone in ZONES)),
        preset=preset,
        post_url=reverse("dashboard:upload_columns", args=[upload.pk]),
        upload_url=reverse("dashboard:upload"),
        back_url=reverse("dashboard:upload_detail", args=[upload.pk]),
        error=error or refusal,
        is_tried=is_tried and not refusal,
        tried=orders,
        tried_rejected=rejected,
        tried_rows=len(upload.preview),
    )


def field_words() -> dict[str, tuple[str, str]]:
    """What each of our fields is called, and what belongs in it."""
    return {
        "external_order": (_("Order number"), _("The same on each row of one order.")),
        "external_line": (_("Order line number"), _("Leave open where the file has none.")),
        "placed_at": (_("Ordered at"), ""),
        "paid_at": (_("Paid at"), _("An order without it is held until it is paid.")),
        "ship_by": (_("Ship by"), ""),
        "sku": (_("SKU"), _("Your code of the product.")),
        "title": (_("Product title"), ""),
        "quantity": (_("Quantity"), ""),
        "unit_price": (_("Price of one piece"), _("Without it the product's own value counts.")),
        "line_price": (_("Price of the whole line"), _("Instead of the price of one piece.")),
        "currency": (_("Currency"), _("Three letters, for example EUR.")),
        "shipping_price": (_("Shipping price"), ""),
        "recipient_name": (_("Recipient"), ""),
        "company": (_("Company"), ""),
        "street_1": (_("Street"), ""),
        "street_2": (_("Street, second line"), ""),
        "street_3": (_("Street, third line"), ""),
        "city": (_("City"), ""),
        "region": (_("Region"), ""),
        "postal_code": (_("Postal code"), ""),
        "country": (_("Country"), _("Two letters or the name.")),
        "phone": (_("Phone"), ""),
        "email": (_("E-mail"), ""),
        "recipient_id": (_("Recipient's tax number"), ""),
        "service_level": (_("Service"), ""),
        "note": (pgettext("order", "Note"), ""),
    }


def _options(chosen: str, *options: tuple[str, str]) -> tuple[Option, ...]:
    return tuple(
        Option(value=value, label=label, selected=value == chosen) for value, label in options
    )


def _shown(row: Sequence[object], width: int) -> tuple[int, tuple[str, ...]]:
    number, *cells = row
    texts = [str(cell)[:LONGEST_SHOWN] for cell in cells[:width]]
    return int(str(number)), (*texts, *[""] * (width - len(texts)))


def _examples(header: Sequence[str], rows: Sequence[Sequence[object]]) -> dict[str, str]:
    """The first filled cell below each header."""
    found: dict[str, str] = {}
    for _number, *cells in rows:
        for column, cell in zip(header, cells, strict=False):
            if cell and column not in found:
                found[column] = str(cell)[:LONGEST_SHOWN]
    return found


def _field(
    name: str, header: Sequence[str], said: Choice, examples: dict[str, str], is_tried: bool
) -> ColumnField:
    label, help_text = field_words()[name]
    chosen = said.columns.get(name, "")
    columns = [column for column in dict.fromkeys(header) if column]
    return ColumnField(
        name=name,
        label=label,
        help=help_text,
        options=_options(
            chosen, ("", _("none")), *((column, column[:LONGEST_SHOWN]) for column in columns)
        ),
        is_required=name in REQUIRED,
        is_missing=is_tried and name in said.missing,
        has_constant=name in CONSTANT,
        constant=said.constants.get(name, ""),
        example=examples.get(chosen, ""),
    )


def _tried(
    upload: Import, choice: Choice
) -> tuple[tuple[TriedOrder, ...], tuple[RejectedRow, ...], str]:
    """The orders and faults that the choice makes of the first rows, or why it makes none."""
    if choice.missing:
        names = ", ".join(field_words()[name][0] for name in choice.missing)
        return (), (), _("Say which column is: %(fields)s.") % {"fields": names}
    try:
        with preview_table(upload.file_name, upload.header, upload.preview) as table:
            entries = list(parse_orders(table, prepare_orders(table, choice)))
    except FileRefused as fault:
        return (), (), _(fault.template) % fault.params
    orders = [_order(each) for each in entries if isinstance(each, ParsedOrder)]
    rejected = [parsed_rejection(each) for each in entries if isinstance(each, UnreadableRow)]
    return tuple(orders[:SHOWN_ORDERS]), tuple(rejected[:SHOWN_ORDERS]), ""


def _order(order: ParsedOrder) -> TriedOrder:
    prices = [
        line.unit_price * line.quantity for line in order.lines if line.unit_price is not None
    ]
    return TriedOrder(
        number=order.external_order,
        placed_at=order.placed_at,
        recipient=order.recipient_name,
        address=_joined([*order.street_lines, order.postal_code, order.city, order.region]),
        country=order.country,
        goods=tuple(f"{line.quantity} × {line.sku}" for line in order.lines),
        value=f"{sum(prices):.2f} {order.currency}" if prices else "",
    )


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(filter(None, parts))
