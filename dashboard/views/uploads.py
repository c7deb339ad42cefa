"""Upload of order and product files, its progress, and the file of rejected rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from contextlib import suppress
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.upload_columns import read_columns
from dashboard.readings.uploads import (
    MAX_MEGABYTES,
    read_progress,
    read_upload_page,
    rejected_row,
)
from dashboard.screens.uploads import ColumnsPage
from dashboard.views.screens import asked, csv_export, show
from flows.files import read_as_chosen
from flows.intake import submit_file
from orders.files.choices import checked_choice
from orders.files.rejected import header_line, row_line
from orders.files.template import write_template
from orders.models import Import, RejectedRow
from orders.services import NotToBeChosen, remove_preset

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRODUCT_COLUMNS = (
    "sku", "title", "gtin", "weight_g", "length_mm", "width_mm", "height_mm", "hs_code",
    "origin_country", "customs_description", "unit_value", "currency", "battery", "stock",
    "brand", "model", "nature",
)  # fmt: skip


@member_view("orders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: MemberRequest) -> HttpResponse:
    """The form; a POST stores the file and queues its reading."""
    if request.method != "POST":
        kind = asked(request, "kind", Import.Kind.values) or Import.Kind.ORDERS
        return _form(request, kind)
    kind = request.POST.get("kind", "")
    file = request.FILES.get("file")
    if kind not in Import.Kind.values:
        return _form(request, Import.Kind.ORDERS, error=_("Say what is in the file."))
    if not isinstance(file, UploadedFile):
        return _form(request, kind, error=_("Choose a file first."))
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        too_big = _("The file is larger than %(size)s MB: split it into smaller files.")
        return _form(request, kind, error=too_big % {"size": MAX_MEGABYTES})
    stored = submit_file(
        merchant_id=request.caller.merchant_id,
        kind=kind,
        file=cast("BinaryIO", file),
        filename=_clean(file.name or ""),
        actor=request.caller.actor,
        now=timezone.now(),
    )
    return HttpResponseRedirect(reverse("dashboard:upload_detail", args=[stored.pk]))


def _clean(name: str, *, otherwise: str | None = None) -> str:
    """A browser's file name without what a database or a terminal would stumble over."""
    printable = "".join(letter for letter in name if letter.isprintable())
    return printable.strip()[-200:] or (_("file") if otherwise is None else otherwise)


def _form(request: MemberRequest, kind: str, *, error: str = "") -> HttpResponse:
    with merchant(request.caller.merchant_id):
        page = read_upload_page(kind=kind, error=error)
    status = 400 if error else 200
    current = "products" if kind == Import.Kind.PRODUCTS else "orders"
    return show(request, "dashboard/orders/upload.html", page, current=current, status=status)


@member_view("orders.view")
@require_safe
def upload_detail(request: MemberRequest, import_id: int) -> HttpResponse:
    """One upload: its progress, then its result."""
    with merchant(request.caller.merchant_id):
        found = _find(import_id)
        page = read_progress(found)
    current = "products" if found.kind == Import.Kind.PRODUCTS else "orders"
    return show(request, "dashboard/orders/upload_detail.html", page, current=current)


@member_view("orders.view")
@require_safe
def upload_progress(request: MemberRequest, import_id: int) -> HttpResponse:
    """The part of the page that is asked for every second while the file is read."""
    with merchant(request.caller.merchant_id):
        page = read_progress(_find(import_id))
    response = render(request, "dashboard/orders/_upload_progress.html", {"page": page})
    response["Cache-Control"] = "no-store"
    return response


def _find(import_id: int) -> Import:
    found = Import.objects.filter(pk=import_id).first()
    if found is None:
        raise Http404
    return found


@member_view("orders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def upload_columns(request: MemberRequest, import_id: int) -> HttpResponse:
    """Say what the columns of a file mean: try it on the first rows, then have it read so."""
    with merchant(request.caller.merchant_id):
        upload = _find(import_id)
        if upload.kind != Import.Kind.ORDERS or not upload.preview:
            return HttpResponseRedirect(reverse("dashboard:upload_detail", args=[import_id]))
        if request.method != "POST":
            return _columns(request, read_columns(upload))
        choice = checked_choice({key: request.POST.get(key, "") for key in request.POST})
        preset = _clean(request.POST.get("preset", ""), otherwise="")[:80]
        page = read_columns(upload, choice=choice, preset=preset, is_tried=True)
        if page.error or request.POST.get("act") != "read":
            return _columns(request, page, status=400 if page.error else 200)
        with suppress(NotToBeChosen):
            # Somebody chose meanwhile: the page of the upload shows what comes of it.
            read_as_chosen(
                import_id=upload.pk,
                choice=choice,
                preset_name=preset,
                actor=request.caller.actor,
                now=timezone.now(),
            )
    return HttpResponseRedirect(reverse("dashboard:upload_detail", args=[import_id]))


def _columns(request: MemberRequest, page: ColumnsPage, *, status: int = 200) -> HttpResponse:
    template = "dashboard/orders/upload_columns.html"
    return show(request, template, page, current="orders", status=status)


@member_view("orders.edit")
@require_POST
def preset_remove(request: MemberRequest, preset_id: int) -> HttpResponse:
    """Forget a saved choice of columns."""
    with merchant(request.caller.merchant_id):
        if not remove_preset(preset_id=preset_id, actor=request.caller.actor, now=timezone.now()):
            raise Http404
    return HttpResponseRedirect(reverse("dashboard:upload"))


@member_view("orders.view")
@require_safe
def upload_rejected(request: MemberRequest, import_id: int) -> HttpResponseBase:
    """The rejected rows as CSV in the file's own columns, with the sound rows of their orders."""
    with merchant(request.caller.merchant_id):
        columns: list[str] = _find(import_id).header

    def fetch(after: int | None) -> list[RejectedRow]:
        rows = RejectedRow.objects.filter(source_id=import_id)
        if after is not None:
            rows = rows.filter(row_number__gt=after)
        return list(rows.order_by("row_number")[:500])

    def cells(row: RejectedRow) -> Iterable[object]:
        shown = rejected_row(row)
        why = (shown.row, shown.column, shown.value, shown.wrong, shown.right)
        return row_line(columns, row.cells, why)

    return csv_export(
        merchant_id=request.caller.merchant_id,
        name=f"rejected-{import_id}",
        header=header_line(columns),
        fetch=fetch,
        cells=cells,
        key=lambda row: row.row_number,
    )


@member_view("orders.view")
@require_safe
def upload_template(request: MemberRequest, kind: str) -> HttpResponse:  # noqa: ARG001 - a route
    """The empty template: a workbook for orders, CSV for products."""
    if kind == Import.Kind.ORDERS:
        book = io.BytesIO()
        write_template(book)
        response = HttpResponse(book.getvalue(), content_type=XLSX)
        name = "waybridge-orders.xlsx"
    elif kind == Import.Kind.PRODUCTS:
        text = io.StringIO(newline="")
        csv.writer(text).writerow(PRODUCT_COLUMNS)
        response = HttpResponse(
            text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
        )
        name = "waybridge-products.csv"
    else:
        raise Http404
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
