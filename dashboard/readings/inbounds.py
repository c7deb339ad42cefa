"""What a merchant sends to warehouses: announced, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Count, Min, QuerySet, Sum
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from core.events import history
from core.models import Document, Job
from dashboard.readings.documents import document_rows, documents_of
from dashboard.readings.supply import product_tabs
from dashboard.readings.words import history_of, percent
from dashboard.screens.common import Badge, Destructive, Tone
from dashboard.screens.inbounds import (
    InboundFormPage,
    InboundLineRow,
    InboundPage,
    InboundRow,
    LabelsPage,
    RejectedLine,
    UnknownRow,
)
from dashboard.screens.today import Attention
from orders.files.faults import RejectedRow
from orders.models import Product
from warehouse.models import Inbound, InboundUnknown
from warehouse.rules.receiving import totals
from warehouse.services.receiving import result_of

EDIT = "products.edit"
SHOWN_REJECTED = 100
S = Inbound.Status
TONES: Mapping[str, Tone] = {
    S.RECEIVED: "progress",
    S.PUT_AWAY: "good",
    S.CANCELLED: "neutral",
}
RECEIVED = (S.RECEIVED, S.PUT_AWAY)


def inbounds_matching(status: str, differing: str) -> QuerySet[Inbound]:
    """The inbounds of a list; empty filters leave all."""
    rows = Inbound.objects.select_related("warehouse").annotate(pieces=Sum("lines__expected"))
    if status:
        rows = rows.filter(status=status)
    return rows.filter(has_differences=True, seen_at__isnull=True) if differing else rows


def inbound_rows(rows: Sequence[Inbound]) -> tuple[InboundRow, ...]:
    """Rows of the list; no further query."""
    return tuple(
        InboundRow(
            number=row.number,
            url=reverse("dashboard:inbound", args=[row.number]),
            reference=row.reference,
            warehouse=row.warehouse.name,
            badge=inbound_badge(row),
            expected_on=row.expected_on,
            pieces=vars(row)["pieces"] or 0,
            made_at=row.created_at,
            differs=_("Differs from what was announced") if row.has_differences else "",
        )
        for row in rows
    )


def inbound_badge(row: Inbound) -> Badge:
    """An inbound's status."""
    return Badge(label=str(row.get_status_display()), tone=TONES.get(row.status, "progress"))


def read_form(
    *,
    form: Form,
    inbound: Inbound | None,
    rejected: Sequence[RejectedRow] = (),
    refused: str = "",
) -> InboundFormPage:
    """The form with what was wrong with the goods given."""
    return InboundFormPage(
        tabs=product_tabs("inbounds"),
        number=inbound.number if inbound else "",
        back_url=reverse("dashboard:inbound", args=[inbound.number])
        if inbound
        else reverse("dashboard:inbounds"),
        form=form,
        rejected=tuple(map(_rejected, rejected[:SHOWN_REJECTED])),
        refused=refused,
    )


def _rejected(row: RejectedRow) -> RejectedLine:
    return RejectedLine(
        row=row.row,
        column=row.column,
        found=row.value,
        wrong=percent(row.wrong_template, row.params, stored=row.wrong),
        right=percent(row.right_template, row.params, stored=row.right),
    )


def read_inbound(row: Inbound, *, caller: Caller) -> InboundPage:
    """One inbound: announced lines, or the comparison once it is received."""
    is_received = row.status in RECEIVED
    compared = result_of(row)
    products = Product.objects.in_bulk([each.product_id for each in compared])
    lines = []
    for each in compared:
        if not (is_received or each.expected):
            continue
        product = products[each.product_id]
        came = (each.good, each.damaged, each.over, each.short) if is_received else (0, 0, 0, 0)
        lines.append(
            InboundLineRow(
                sku=product.sku, title=product.title, lot=each.lot, expires_on=each.expires_on,
                expected=each.expected, good=came[0], damaged=came[1], over=came[2],
                short=came[3], has_barcode=bool(product.gtin),
            )
        )  # fmt: skip
    unknown = InboundUnknown.objects.filter(inbound=row).order_by("id") if is_received else ()
    may_edit = caller.may(EDIT)
    is_open = row.status == S.ANNOUNCED and may_edit
    waits = row.has_differences and row.seen_at is None and may_edit
    house = row.warehouse
    return InboundPage(
        tabs=product_tabs("inbounds"),
        number=row.number,
        list_url=reverse("dashboard:inbounds"),
        reference=row.reference,
        badge=inbound_badge(row),
        warehouse=(house.name, house.street, f"{house.postal_code} {house.city}", house.country),
        expected_on=row.expected_on,
        cartons=row.cartons,
        carrier_note=row.carrier_note,
        source=str(row.get_source_display()),
        arrived_at=row.arrived_at,
        received_at=row.received_at,
        put_away_at=row.put_away_at,
        is_received=is_received,
        lines=tuple(lines),
        unknown=tuple(
            UnknownRow(code=each.code, note=each.note, quantity=each.quantity) for each in unknown
        ),
        said=_said(row, compared, len(unknown)) if is_received else "",
        has_differences=row.has_differences,
        edit_url=reverse("dashboard:inbound_edit", args=[row.number]) if is_open else "",
        cancel=_cancel(row) if is_open else None,
        seen_url=reverse("dashboard:inbound_seen", args=[row.number]) if waits else "",
        documents=documents_of(subject_kind="inbound", subject_id=row.pk),
        history=history_of(history(subject_kind="inbound", subject_id=row.pk)),
    )


def _said(row: Inbound, compared: Sequence[object], unknown: int) -> str:
    """What came, in one sentence."""
    if not row.has_differences:
        return _("Everything came as announced.")
    sums = totals(compared)  # type: ignore[arg-type]  # rows of result_of
    parts = [
        (sums.over, _("%(count)s over")),
        (sums.short, _("%(count)s short")),
        (sums.damaged, _("%(count)s damaged or expired")),
        (unknown, _("%(count)s unknown and set aside")),
    ]
    return ", ".join(words % {"count": count} for count, words in parts if count)


def _cancel(row: Inbound) -> Destructive:
    return Destructive(
        label=_("Cancel the inbound…"),
        undoes=_("The warehouse does not expect it any more. Announce it anew if it comes."),
        url=reverse("dashboard:inbound_cancel", args=[row.number]),
        confirm_label=_("Cancel %(number)s") % {"number": row.number},
    )


def inbounds_attention() -> Iterator[Attention]:
    """Inbounds whose differences nobody has noted, for Today."""
    rows = Inbound.objects.filter(status__in=RECEIVED, has_differences=True, seen_at__isnull=True)
    found = rows.aggregate(many=Count("id"), oldest=Min("received_at"))
    if found["many"]:
        yield Attention(
            count=found["many"],
            label=_("Inbounds that differ from what you announced"),
            remedy=_("See what is over, short, damaged or unknown, and note it."),
            url=f"{reverse('dashboard:inbounds')}?differing=1",
            action=_("See inbounds"),
            oldest_at=found["oldest"],
        )


def read_labels(*, caller: Caller, form: Form, product: Product | None) -> LabelsPage:
    """The labels made of a product lately, or of any."""
    papers = Document.objects.filter(kind="product_labels", subject_kind="product")
    if product is not None:
        papers = papers.filter(subject_id=product.pk)
    rows = papers.select_related("replaces").order_by("-id")[:20]
    coming = Job.objects.filter(kind="papers.product_labels", status=Job.Status.QUEUED)
    return LabelsPage(
        tabs=product_tabs("products"),
        form=form if caller.may(EDIT) else None,
        documents=document_rows(rows),
        back_url=reverse("dashboard:products"),
        look_again=coming.exists(),
    )
