"""Uploaded files: how far their reading has come, and what was rejected."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.spoken import run_on
from dashboard.readings.orders import of_upload
from dashboard.readings.words import actor_words, import_badge, percent
from dashboard.screens.common import Option
from dashboard.screens.uploads import (
    PresetRow,
    RejectedRow,
    UploadPage,
    UploadProgress,
    UploadRow,
)
from orders.files.cells import WRONG
from orders.files.faults import REFUSALS
from orders.files.faults import RejectedRow as UnreadableRow
from orders.models import ColumnPreset, Import, Order
from orders.models import RejectedRow as StoredRow
from orders.services import SAME_ORDER
from orders.words import note_words, skip_words

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
        Import.Kind.ORDERS: _("Orders: Amazon, eBay, AliExpress, Shopify or our template"),
        Import.Kind.PRODUCTS: _("Products and stock"),
    }
    return UploadPage(
        kinds=tuple(
            Option(value=value, label=label, selected=value == kind)
            for value, label in kinds.items()
        ),
        accept=".txt,.tsv,.csv,.xlsx,.xls",
        limit_words=_("CSV, tab-separated text, XLSX or XLS, up to %(size)s MB")
        % {"size": MAX_MEGABYTES},
        template_url=reverse("dashboard:upload_template", args=[kind]),
        recent=tuple(map(_upload_row, Import.objects.order_by("-id")[:10])),
        list_url=reverse("dashboard:orders"),
        post_url=reverse("dashboard:upload"),
        presets=tuple(map(_preset_row, ColumnPreset.objects.order_by("name", "id")[:50])),
        error=error,
    )


def _preset_row(preset: ColumnPreset) -> PresetRow:
    return PresetRow(
        name=preset.name,
        saved_by=actor_words(preset.created_by),
        saved_at=preset.updated_at,
        remove_url=reverse("dashboard:preset_remove", args=[preset.pk]),
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
    rejected = rejected.exclude(fault_code=SAME_ORDER)
    rows = tuple(map(rejected_row, rejected[:SHOWN_REJECTED])) if upload.rows_rejected else ()
    list_url = reverse("dashboard:orders" if is_orders else "dashboard:products")
    made_by = f"?upload={upload.pk}" if is_orders and upload.entries_created else ""
    held = _held_of(upload) if is_orders and upload.entries_created else 0
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
        held=held,
        rejected=upload.rows_rejected,
        progress_url=reverse("dashboard:upload_progress", args=[upload.pk]),
        orders_url=f"{list_url}{made_by}",
        upload_url=f"{reverse('dashboard:upload')}?kind={upload.kind}",
        list_url=list_url,
        rejected_url=reverse("dashboard:upload_rejected", args=[upload.pk]) if rows else "",
        rejected_rows=rows,
        failure=refusal_words(upload),
        result=_result(upload, held=held),
        columns_url=(
            reverse("dashboard:upload_columns", args=[upload.pk])
            if is_orders and upload.preview
            else ""
        ),
        layout=layout_words(upload.layout),
        notes=tuple(filter(None, map(note_words, upload.notes))),
        skipped=tuple(
            (skip_words(reason), rows) for reason, rows in sorted(upload.skipped.items())
        ),
    )


def layout_words(code: str) -> str:
    """What a layout of order files is called."""
    words = {
        "amazon_unshipped": _("Amazon unshipped orders"),
        "amazon_all_orders": _("Amazon all orders"),
        "ebay_us": _("eBay orders"),
        "ebay_uk": _("eBay orders (United Kingdom)"),
        "ebay_de": _("eBay orders (Germany)"),
        "ebay_fr": _("eBay orders (France)"),
        "ebay_es": _("eBay orders (Spain)"),
        "aliexpress": _("AliExpress orders"),
        "shopify": _("Shopify orders"),
        "waybridge_template": _("Our template"),
        "chosen": _("Columns as chosen"),
    }
    return words.get(code, "")


def _held_of(upload: Import) -> int:
    """Orders that came in by this file and are held still."""
    return of_upload(Order.objects.filter(status=Order.Status.HELD), upload).count()


def _result(upload: Import, *, held: int) -> str:
    """What came of a file that was read to its end, in a few short sentences."""
    if upload.status != Import.Status.DONE:
        return ""
    is_orders = upload.kind == Import.Kind.ORDERS
    made, changed = upload.entries_created, upload.entries_updated
    known = max(upload.entries_in_file - made - changed, 0)
    told = [_came_in(made, is_orders=is_orders)]
    if held:
        told.append(
            _many(ngettext("%(count)s of them is held.", "%(count)s of them are held.", held), held)
        )
    if changed:
        told.append(
            _many(
                ngettext(
                    "%(count)s was brought up to date.",
                    "%(count)s were brought up to date.",
                    changed,
                ),
                changed,
            )
        )
    if known:
        told.append(
            _many(
                ngettext("%(count)s was here already.", "%(count)s were here already.", known),
                known,
            )
        )
    if upload.rows_rejected:
        told.append(
            _many(
                ngettext(
                    "%(count)s row was rejected.",
                    "%(count)s rows were rejected.",
                    upload.rows_rejected,
                ),
                upload.rows_rejected,
            )
        )
    return run_on([_("The file is read."), *told])


def _came_in(made: int, *, is_orders: bool) -> str:
    if is_orders:
        return _many(ngettext("%(count)s order came in.", "%(count)s orders came in.", made), made)
    return _many(ngettext("%(count)s product came in.", "%(count)s products came in.", made), made)


def _many(template: str, count: int) -> str:
    return template % {"count": count}


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


def parsed_rejection(row: UnreadableRow) -> RejectedRow:
    """A row that was rejected just now, in the reader's language."""
    return RejectedRow(
        row=row.row,
        column=row.column,
        value=row.value,
        wrong=percent(row.wrong_template, row.params, stored=row.wrong),
        right=percent(row.right_template, row.params, stored=row.right),
    )
