"""Reading of uploaded files, by workers: batch by batch, each with its progress.

After a kill the file is read again and the batches that were saved are passed over; what they are
depends on the file and on the choice that was written down before the first of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO, cast

from django.core.files.storage import default_storage
from django.utils import timezone

from core.jobs import Later, enqueue, handler, wait_while_suspended
from core.tenancy import merchant
from flows.intake import reading_work, receive_orders, receive_products
from orders.files.choices import CHOSEN, Choice
from orders.files.encodings import NAMES
from orders.files.faults import ASKS, FileRefused, KeptRow, SkippedRows
from orders.files.faults import RejectedRow as UnreadableRow
from orders.files.forms import COMMA, DAY_FIRST, MIXED
from orders.files.layouts import WHY, ColumnMap, fingerprint
from orders.files.orders import ParsedOrder, parse_orders, prepare_orders
from orders.files.products import ParsedProduct, parse_products
from orders.files.reader import Table, open_table
from orders.models import Channel, ColumnPreset, Import
from orders.services import (
    add_rejected_rows,
    choose_columns,
    describe_import,
    ensure_channel,
    finish_import,
    refuse_import,
    save_preset,
    save_progress,
    start_reading,
)

BATCH = 500
PREVIEW_ROWS = 20
PREVIEW_CELL = 300


@handler("intake.read_file", queue="flow", waits_while_suspended=True)
def read_file(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Read one uploaded file batch by batch; after a kill, go on behind the last saved batch."""
    with merchant(merchant_id):
        upload = Import.objects.get(pk=payload["import_id"])
    if upload.status in (Import.Status.DONE, Import.Status.REFUSED):
        return
    header: tuple[str, ...] = ()
    preview: list[list[Any]] = []
    try:
        with (
            default_storage.open(upload.storage_name) as stored,
            open_table(cast("BinaryIO", stored.file), upload.file_name) as table,
        ):
            header = table.columns
            if upload.kind == Import.Kind.ORDERS:
                preview = _first_rows(table)
                entries: Iterator[Any] = _order_entries(merchant_id, upload, table)
            else:
                entries = parse_products(table)
                _describe(merchant_id, upload, table, layout="products")
            _read_batches(merchant_id, upload, entries)
    except FileRefused as fault:
        is_asking = fault.code in ASKS and upload.kind == Import.Kind.ORDERS
        with merchant(merchant_id):
            refuse_import(
                import_id=upload.pk,
                fault=fault,
                actor=upload.created_by,
                now=timezone.now(),
                header=header if is_asking else (),
                preview=preview if is_asking else (),
            )
        return
    with merchant(merchant_id):
        finish_import(import_id=upload.pk, actor=upload.created_by, now=timezone.now())


def read_as_chosen(
    *, import_id: int, choice: Choice, preset_name: str, actor: str, now: datetime
) -> None:
    """Read a refused file again, as a person said, in the active merchant block.

    With a `preset_name` the choice is kept for the next files with this header. Raises
    `orders.services.NotToBeChosen`.
    """
    choose_columns(import_id=import_id, choice=choice.as_json(), actor=actor, now=now)
    if preset_name:
        header = Import.objects.values_list("header", flat=True).get(pk=import_id)
        save_preset(
            name=preset_name,
            header_sha256=fingerprint(header),
            choice=choice.as_json(),
            actor=actor,
            now=now,
        )
    enqueue([reading_work(import_id)], now=now, again=True)


def _order_entries(merchant_id: int, upload: Import, table: Table) -> Iterator[Any]:
    choice, preset = Choice.from_json(upload.choice) if upload.choice else None, ""
    if choice is None and not upload.resume_after_row:
        with merchant(merchant_id):
            saved = ColumnPreset.objects.filter(header_sha256=fingerprint(table.columns)).first()
        if saved is not None:
            choice, preset = Choice.from_json(saved.choice), saved.name
    prepared = prepare_orders(table, choice)
    notes = file_notes(table, prepared.mapping)
    if preset:
        notes.insert(0, {"code": "preset_used", "params": {"name": preset}})
    _describe(
        merchant_id,
        upload,
        table,
        layout=prepared.mapping.layout.code,
        choice=choice,
        notes=notes,
    )
    return parse_orders(table, prepared)


def _describe(
    merchant_id: int,
    upload: Import,
    table: Table,
    *,
    layout: str,
    choice: Choice | None = None,
    notes: list[dict[str, Any]] | None = None,
) -> None:
    """Write down how the file is read; a reading after a kill finds it written."""
    if upload.resume_after_row:
        return
    with merchant(merchant_id):
        describe_import(
            import_id=upload.pk,
            layout=layout,
            header=[column for column in table.columns if not column.casefold().startswith(WHY)],
            choice=choice.as_json() if choice else {},
            notes=file_notes(table) if notes is None else notes,
        )


def file_notes(table: Table, mapping: ColumnMap | None = None) -> list[dict[str, Any]]:
    """What was assumed about a file, each as a code of `orders.files.faults.NOTES` with values."""
    notes: list[dict[str, Any]] = []
    if table.encoding.is_assumed:
        code = "encoding_doubtful" if table.encoding.rival else "encoding_assumed"
        names = {
            "encoding": NAMES[table.encoding.name],
            "other": NAMES.get(table.encoding.rival, ""),
        }
        notes.append({"code": code, "params": names})
    if mapping is None:
        return notes
    forms, said = mapping.forms, mapping.layout.forms
    if forms.dates != said.dates:
        is_day_first = forms.dates == DAY_FIRST
        code = "dates_day_first" if is_day_first else "dates_month_first"
        notes.append({"code": code, "params": {}})
    if forms.numbers != said.numbers and forms.numbers in (COMMA, MIXED):
        notes.append({"code": f"numbers_{forms.numbers}", "params": {}})
    if forms.zone != "UTC" and mapping.layout.code != CHOSEN:
        notes.append({"code": "zone_assumed", "params": {"zone": forms.zone}})
    if "recipient_name" not in mapping.layout.fields:
        notes.append({"code": "no_recipients", "params": {}})
    return notes


def _first_rows(table: Table) -> list[list[Any]]:
    """What a person needs to see to say what the columns mean."""
    rows = islice(table.rows(), PREVIEW_ROWS)
    return [[row.number, *(cell[:PREVIEW_CELL] for cell in row.cells)] for row in rows]


def _read_batches(merchant_id: int, upload: Import, entries: Iterator[Any]) -> None:
    """Take entries in batches; the counts are saved in the transaction that writes the batch."""
    take = _take_orders if upload.kind == Import.Kind.ORDERS else _take_products
    position = upload.resume_after_row
    remaining = islice(entries, position, None)
    while batch := list(islice(remaining, BATCH)):
        apart = [entry for entry in batch if isinstance(entry, UnreadableRow | KeptRow)]
        rejected = sum(isinstance(entry, UnreadableRow) for entry in apart)
        skipped = Counter[str]()
        for entry in batch:
            if isinstance(entry, SkippedRows):
                skipped[entry.reason] += entry.rows
        readable = [
            entry for entry in batch if not isinstance(entry, UnreadableRow | KeptRow | SkippedRows)
        ]
        now = timezone.now()
        with merchant(merchant_id):
            wait_while_suspended(merchant_id)
            if not start_reading(import_id=upload.pk, after_row=position):
                raise Later(5, "Another worker is reading this file.")
            if apart:
                add_rejected_rows(import_id=upload.pk, rows=apart)
            rows, created, updated = take(readable, upload, now) if readable else (0, 0, 0)
            save_progress(
                import_id=upload.pk,
                read=len(batch),
                rows=rows + rejected + skipped.total(),
                entries=len(readable),
                created=created,
                updated=updated,
                rejected=rejected,
                skipped=skipped,
            )
        position += len(batch)


def _take_orders(orders: list[ParsedOrder], upload: Import, now: datetime) -> tuple[int, int, int]:
    channel = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=now)
    received = receive_orders(orders=orders, channel=channel, actor=upload.created_by, now=now)
    rows = sum(len(order.lines) for order in orders)
    return rows, len(received.created), len(received.updated)


def _take_products(
    products: list[ParsedProduct], upload: Import, now: datetime
) -> tuple[int, int, int]:
    counts = receive_products(
        products=[entry.product for entry in products],
        stock={entry.product.sku: entry.stock for entry in products},
        actor=upload.created_by,
        now=now,
    )
    return len(products), counts.created, counts.updated
