"""Stage 1, intake: received, checked, held or accepted, sorted.

Files and the API come in through the same `receive_orders`. A batch is one transaction; a batch
that another request was first with is read and tried again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, OperationalError, transaction

from core.events import Change, record_many
from core.jobs import Work, enqueue
from core.tenancy import merchant
from flows.checking import check_context
from flows.new_orders import new_order, order_facts, payload_digest, product_facts
from orders.files.orders import ParsedOrder
from orders.models import Channel, Hold, Import, Order
from orders.querysets import earlier_orders, products_by_sku
from orders.rules.bounds import bounds
from orders.rules.checks import check_order
from orders.rules.duplicates import content_fingerprint
from orders.rules.facts import ProductFacts
from orders.services import (
    NewOrder,
    ProductCounts,
    insert_orders,
    start_import,
    upsert_products,
)
from orders.services import release_hold as release
from warehouse.models import Location
from warehouse.services import StockLine, open_stock

TRIES = 3
DEADLOCK = "40P01"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a batch: created orders, and the ids of known ones sent again.

    `new` are the created orders with their lines and holds.
    """

    created: tuple[Order, ...]
    unchanged: tuple[int, ...]
    different: tuple[int, ...]
    new: tuple[NewOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file whose bytes are in the storage and that no row names yet."""

    name: str
    sha256: str


def submit_file(
    *, merchant_id: int, kind: str, file: BinaryIO, filename: str, actor: str, now: datetime
) -> Import:
    """Store an uploaded file and queue its reading. The bytes are kept outside of the row."""
    stored = store_file(merchant_id=merchant_id, file=file)
    with merchant(merchant_id):
        return queue_file(stored=stored, kind=kind, filename=filename, actor=actor, now=now)


def store_file(*, merchant_id: int, file: BinaryIO) -> StoredFile:
    """Put an uploaded file's bytes into the storage, outside of any transaction."""
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    file.seek(0)
    name = default_storage.save(f"{merchant_id}/uploads/{digest.hexdigest()}", file)
    return StoredFile(name=name, sha256=digest.hexdigest())


def queue_file(
    *, stored: StoredFile, kind: str, filename: str, actor: str, now: datetime
) -> Import:
    """Write down a stored file and queue its reading, in the active merchant block."""
    upload = start_import(
        kind=kind,
        file_name=filename,
        storage_name=stored.name,
        sha256=stored.sha256,
        actor=actor,
        now=now,
    )
    enqueue([reading_work(upload.pk)], now=now)
    return upload


def reading_work(import_id: int) -> Work:
    """The job that reads one uploaded file (`flows.files.read_file`)."""
    return Work("intake.read_file", str(import_id), {"import_id": import_id})


def release_hold(*, hold_id: int, role: str, actor: str, now: datetime, note: str = "") -> bool:
    """Release a hold in the active block; an order that has no other goes on to allocation.

    Errors are those of `orders.services.release_hold`.
    """
    is_accepted = release(hold_id=hold_id, role=role, actor=actor, now=now, note=note)
    if is_accepted:
        order_id = Hold.objects.values_list("order_id", flat=True).get(pk=hold_id)
        enqueue([allocation_work(order_id)], now=now, again=True)
    return is_accepted


def receive_products(
    *, products: Sequence[ProductFacts], stock: Mapping[str, int], actor: str, now: datetime
) -> ProductCounts:
    """Write products and open the stock of those that never had any, in the active block.

    What another request was first with is read and tried again.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _write_products(products, stock, actor, now)
        except (IntegrityError, OperationalError) as error:
            if attempt == TRIES or not _was_first(error):
                raise
    raise AssertionError("unreachable")


def _was_first(error: Exception) -> bool:
    """Tell whether another request wrote the same row first, or both waited for each other."""
    code = getattr(error.__cause__, "pgcode", "")
    return isinstance(error, IntegrityError) or code == DEADLOCK


def _write_products(
    products: Sequence[ProductFacts], stock: Mapping[str, int], actor: str, now: datetime
) -> ProductCounts:
    counts = upsert_products(products=products, now=now)
    bins = list(
        Location.objects.filter(kind=Location.Kind.BIN, warehouse__is_active=True)
        .order_by("warehouse__priority", "warehouse_id", "pick_sequence")
        .select_related("warehouse")[:500]
    )
    if not bins:
        return counts
    bins = [place for place in bins if place.warehouse_id == bins[0].warehouse_id]
    supplier = Location.objects.get(warehouse_id=bins[0].warehouse_id, kind=Location.Kind.SUPPLIER)
    by_bin: dict[int, list[StockLine]] = {}
    for sku, quantity in stock.items():
        product_id = counts.ids[sku]
        place = product_id % len(bins)
        by_bin.setdefault(place, []).append(StockLine(product_id, quantity, sku))
    opened = 0
    for place, lines in sorted(by_bin.items()):
        opened += open_stock(lines=lines, supplier=supplier, to=bins[place], actor=actor, now=now)
    if opened:
        key = f"{now.isoformat()}"
        enqueue([Work("allocation.fill_backorders", key, {})], now=now)
    return counts


def receive_orders(
    *, orders: Sequence[ParsedOrder], channel: Channel, actor: str, now: datetime
) -> Received:
    """Check and insert orders in the active merchant block; accepted ones go on to allocation.

    An order is one by (channel, external order). The same content again is counted as unchanged;
    other content is left alone and recorded as a conflict on the known order.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _receive(orders, channel, actor, now)
        except (IntegrityError, OperationalError) as error:
            if attempt == TRIES or not _was_first(error):
                raise
    raise AssertionError("unreachable")


def _receive(
    orders: Sequence[ParsedOrder], channel: Channel, actor: str, now: datetime
) -> Received:
    said = [order_facts(order) for order in orders]
    digests = [content_fingerprint(each, key=_pepper()) for each in said]
    before = earlier_orders(
        channel_id=channel.pk,
        numbers=[order.external_order for order in orders],
        digests=digests,
        since=now - timedelta(hours=bounds().duplicate_window_hours),
    )
    known, earlier = before.known, before.same_buyer
    products = products_by_sku({line.sku for order in orders for line in order.lines})
    facts = {sku: product_facts(product) for sku, product in products.items()}
    context = check_context(now.date())
    new: list[NewOrder] = []
    for order, each, digest in zip(orders, said, digests, strict=True):
        if order.external_order in known:
            continue
        check = check_order(
            each,
            products=facts,
            context=replace(context, duplicate_of=earlier.get(digest, "")),
        )
        made = new_order(
            parsed=order,
            check=check,
            channel=channel,
            products=products,
            facts=facts,
            digest=digest,
            now=now,
        )
        earlier.setdefault(digest, made.order.external_order)
        new.append(made)
    created = insert_orders(orders=new, actor=actor, now=now) if new else []
    accepted = [order.pk for order in created if order.status == Order.Status.ACCEPTED]
    enqueue([allocation_work(order_id) for order_id in accepted], now=now)
    again = [order for order in orders if order.external_order in known]
    different = [
        known[order.external_order][0]
        for order in again
        if known[order.external_order][1] != payload_digest(order)
    ]
    record_many(
        [Change("order.sent_differently", "order", order_id) for order_id in different],
        actor=actor,
        now=now,
    )
    unchanged = [
        known[order.external_order][0]
        for order in again
        if known[order.external_order][1] == payload_digest(order)
    ]
    return Received(tuple(created), tuple(unchanged), tuple(different), tuple(new))


def allocation_work(order_id: int) -> Work:
    """The job that allocates one order."""
    return Work("allocation.allocate", str(order_id), {"order_id": order_id})


def _pepper() -> bytes:
    return str(settings.KEY_PEPPER).encode()
