"""POST and GET /imports: files read by workers, with progress and a file of rejected rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint, UploadEndpoint
from accounts.schema import IDEMPOTENCY_KEY, answers, list_parameters, page_of
from core.fields import OneOf, StrictSerializer, Upload
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from flows.intake import queue_file, store_file
from orders.api.filters import ImportFilter
from orders.api.shapes import IMPORT, ImportShape
from orders.files.rejected import header_line, row_line
from orders.models import Import, RejectedRow

ROWS_AT_ONCE = 1000


class ImportBody(StrictSerializer):
    """A file and what it holds."""

    file = Upload(allow_empty_file=True, max_length=300)
    kind = OneOf(Import.Kind.values)


IMPORT_BODY = ImportBody()


@permission("orders.view", write="orders.edit")
class Imports(UploadEndpoint):
    """The merchant's uploaded files."""

    largest_bytes = settings.UPLOAD_MAX_BYTES

    @extend_schema(
        operation_id="list_imports",
        summary="List uploaded files, newest first",
        parameters=list_parameters(ImportFilter),
        responses=answers({200: page_of(ImportShape, "Import")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            return self.page(Import.objects.all(), ImportFilter, IMPORT.to_representation)

    @extend_schema(
        operation_id="create_import",
        summary="Upload a file of orders or products",
        description="CSV or tab-separated text, XLSX or XLS: an export of Amazon, eBay,"
        " AliExpress or Shopify, or our template. A worker reads it; follow GET /imports/{id}."
        " What was assumed"
        " about it stands in notes, rows that are no open orders in skipped by their reason.",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": ImportBody},
        responses=answers({202: ImportShape}, 400, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Store the bytes, then the row that asks for their reading."""
        body = self.read(IMPORT_BODY)
        if body["kind"] == Import.Kind.PRODUCTS and not self.caller.may("products.edit"):
            raise Problem(
                status=403,
                code="permission_denied",
                detail=_("Your key may not edit products."),
            )
        now = timezone.now()
        return self.answer(
            self._effect(body["file"], body["kind"], now),
            now=now,
            body=self.identity(body["file"], body["kind"]),
        )

    def _effect(self, upload: UploadedFile[Any], kind: str, now: datetime) -> Any:
        stored = store_file(merchant_id=self.caller.merchant_id, file=cast("BinaryIO", upload.file))

        def effect() -> tuple[int, Any]:
            queued = queue_file(
                stored=stored,
                kind=kind,
                filename=upload.name or "file",
                actor=self.caller.actor,
                now=now,
            )
            return 202, IMPORT.to_representation(queued)

        return effect


@permission("orders.view")
class OneImport(Endpoint):
    """One uploaded file."""

    @extend_schema(
        operation_id="get_import",
        summary="How far a file was read and what became of it",
        responses=answers({200: ImportShape}, 404),
    )
    def get(self, request: Request, import_id: int) -> Response:  # noqa: ARG002
        """Answer its progress."""
        with merchant(self.caller.merchant_id):
            return Response(IMPORT.to_representation(Import.objects.get(pk=import_id)))


@permission("orders.view")
class RejectedRows(Endpoint):
    """The rows of a file that could not be read."""

    @extend_schema(
        operation_id="get_rejected_rows",
        summary="The rejected rows as CSV, to be corrected and uploaded again",
        description="The columns of the uploaded file, then row, column, value, what was wrong and"
        " what would be right; these five are ignored when the file is uploaded again. Sound rows"
        " of the same orders stand in it, too, so that each order comes back whole.",
        responses={
            **answers({200: OpenApiTypes.STR}, content_type="text/csv"),
            **answers({}, 404),
        },
    )
    def get(self, request: Request, import_id: int) -> HttpResponseBase:  # noqa: ARG002
        """Stream them, a thousand in each transaction."""
        merchant_id = self.caller.merchant_id
        with merchant(merchant_id):
            upload = Import.objects.filter(pk=import_id).first()
        if upload is None:
            raise Http404
        return StreamingHttpResponse(
            _csv(merchant_id, upload),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="rejected-{import_id}.csv"',
                "X-Content-Type-Options": "nosniff",
            },
        )


def _csv(merchant_id: int, upload: Import) -> Iterator[bytes]:
    """Yield the file. It begins with a BOM so that spreadsheet programs show every script."""
    columns: list[str] = upload.header
    yield "\ufeff".encode() + _lines([header_line(columns)])
    last = 0
    while True:
        with merchant(merchant_id):
            rows = list(
                RejectedRow.objects.filter(source=upload, row_number__gt=last).order_by(
                    "row_number"
                )[:ROWS_AT_ONCE]
            )
        if not rows:
            return
        last = rows[-1].row_number
        yield _lines(
            row_line(
                columns, row.cells, (row.row_number, row.column, row.value, row.wrong, row.right)
            )
            for row in rows
        )


def _lines(rows: Any) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
