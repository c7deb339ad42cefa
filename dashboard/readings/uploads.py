"""Uploaded files: how far their reading has come, and what was rejected."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dashboard.readings.words import actor_words, import_badge, percent
from dashboard.screens.common import Option
from dashboard.screens.uploads import RejectedRow, UploadPage, UploadProgress, UploadRow
from orders.files.cells import WRONG
from orders.files.faults import REFUSALS
from orders.models import Channel, Import, Order
from orders.models import RejectedRow as StoredRow

SHOWN_REJECTED = 100
STATES = {
    Import.Status.WAITING: "waiting",
    Import.Status.READING: "reading",
    Import.Status.DONE: "done",
    Import.Status.REFUSED: "failed",
}
MAX_MEGABYTES = settings.UPLOAD_MAX_BYTES // (1024 * 1024)


def read_upload_page(*, kind: str, error: str = "") -> UploadPage:
    """The upload form with the newest uploads below it."""
    kinds = {
        Import.Kind.ORDERS: _("Orders: Amazon report or our template"),
        Import.Kind.PRODUCTS: _("Products and stock"),
    }
    return UploadPage(
        kinds=tuple(
            Option(value=value, label=label, selected=value == kind)
            for value, label in kinds.items()
        ),
        accept=".txt,.tsv,.csv,.xlsx",
        limit_words=_("CSV, tab-separated text or XLSX, up to %(size)s MB")
        % {"size": MAX_MEGABYTES},
        template_url=reverse("dashboard:upload_template", args=[kind]),
        recent=tuple(map(_upload_row, Import.objects.order_by("-id")[:10])),
        list_url=reverse("dashboard:orders"),
        post_url=reverse("dashboard:upload"),
        error=error,
    )


def _upload_row(upload: Import) -> UploadRow:
    return UploadRow(
        file_name=upload.file_name,
        url=reverse("dashboard:upload_detail", args=[upload.pk]),
        kind=str(upload.get_kind_display()),
        uploaded_at=upload.created_at,
        uploaded_by=actor_words(upload.created_by),
        badge=import_badge(upload),
        accepted=upload.entries_in_file,
        rejected=upload.rows_rejected,
    )


def read_progress(upload: Import) -> UploadProgress:
    """One upload's progress with its first rejected rows."""
    is_orders = upload.kind == Import.Kind.ORDERS
    rejected = StoredRow.objects.filter(source=upload).order_by("row_number", "id")
    rows = tuple(map(rejected_row, rejected[:SHOWN_REJECTED])) if upload.rows_rejected else ()
    list_url = reverse("dashboard:orders" if is_orders else "dashboard:products")
    since = f"?since={upload.created_at.date().isoformat()}" if is_orders else ""
    return UploadProgress(
        file_name=upload.file_name,
        kind=str(upload.get_kind_display()),
        state=STATES[Import.Status(upload.status)],  # type: ignore[arg-type]
        uploaded_at=upload.created_at,
        rows_total=upload.rows_read if upload.finished_at else None,
        rows_done=upload.rows_read,
        created=upload.entries_created,
        updated=upload.entries_updated,
        unchanged=max(upload.entries_in_file - upload.entries_created - upload.entries_updated, 0),
        held=_held_of(upload) if is_orders and upload.entries_created else 0,
        rejected=upload.rows_rejected,
        progress_url=reverse("dashboard:upload_progress", args=[upload.pk]),
        orders_url=f"{list_url}{since}",
        upload_url=f"{reverse('dashboard:upload')}?kind={upload.kind}",
        list_url=list_url,
        rejected_url=reverse("dashboard:upload_rejected", args=[upload.pk]) if rows else "",
        rejected_rows=rows,
        failure=refusal_words(upload),
    )


def _held_of(upload: Import) -> int:
    """Orders that came in by upload while this file was read and are held still.

    An order does not name its file; the span of the reading does, since one file of a merchant
    is read after the other.
    """
    until = upload.finished_at or timezone.now()
    held = Order.objects.filter(
        status=Order.Status.HELD,
        channel__kind=Channel.Kind.UPLOAD,
        created_at__gte=upload.created_at,
        created_at__lte=until,
    )
    return held.count()


def refusal_words(upload: Import) -> str:
    """Why the whole file was refused, in the reader's language; empty when it was not."""
    template = REFUSALS.get(upload.refusal_code)
    if template is None:
        return upload.refusal
    return percent(template, upload.refusal_params, stored=upload.refusal)


def rejected_row(row: StoredRow) -> RejectedRow:
    """One rejected row in the reader's language."""
    wrong, right = WRONG.get(row.fault_code, (row.wrong, row.right))
    return RejectedRow(
        row=row.row_number,
        column=row.column,
        value=row.value,
        wrong=percent(wrong, row.params, stored=row.wrong),
        right=percent(right, row.params, stored=row.right),
    )
