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

from core.deadlocks import is_deadlock
from core.jobs import Work, enqueue
from core.tenancy import merchant
from flows.automation import note_rules, rule_book
from flows.changes import orders_sent_again, take_changes
from flows.checking import check_context
from flows.lines import collect_unknown, lines_of, products_sold, read_catalogue
from flows.listings import adopt_products
from flows.new_orders import facts_of_products, new_order, order_facts, payload_digest
from flows.recheck import allocation_work, recheck_orders, recheck_products_work
from flows.supply import look_again
from orders.files.orders import ParsedOrder
from orders.models import Channel, Hold, Import, Order
from orders.querysets import known_before
from orders.rules.blocks import blocked_by, buyer_digests
from orders.rules.bounds import bounds
from orders.rules.checks import check_order
from orders.rules.duplicates import content_fingerprint
from orders.rules.facts import ProductFacts
from orders.services import (
    NewOrder,
    ProductCounts,
    hold_catalogue,
    insert_orders,
    start_import,
    upsert_products,
)
from orders.services import release_hold as release
from orders.services.holds import NOT_BY_HAND
from warehouse.models import Location
from warehouse.services import StockLine, open_stock
from warehouse.services.homes import home_bins

TRIES = 3


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a batch: created orders, and the ids of known ones sent again: `unchanged`,
    `different` ones that wait for a person, and `updated` ones that took the new content over.

    `new` are the created orders with their lines and holds.
    """

    created: tuple[Order, ...]
    unchanged: tuple[int, ...]
    different: tuple[int, ...]
    new: tuple[NewOrder, ...] = ()
    updated: tuple[int, ...] = ()


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
    """Release a hold in the active block and check the order anew; with no other it goes on.

    Returns whether it does. A hold that its remedy has ended is found so by the check, whoever
    asks. Errors are those of `orders.services.release_hold`.
    """
    hold = Hold.objects.only("order_id", "reason_code", "released_at").get(pk=hold_id)
    if hold.reason_code in NOT_BY_HAND and hold.released_at is None:
        done = recheck_orders(order_ids=[hold.order_id], actor=actor, now=now)
        if Hold.objects.filter(pk=hold_id, released_at__isnull=False).exists():
            return hold.order_id in done.accepted
    release(hold_id=hold_id, role=role, actor=actor, now=now, note=note)
    return hold.order_id in recheck_orders(order_ids=[hold.order_id], actor=actor, now=now).accepted


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
    return isinstance(error, IntegrityError) or is_deadlock(error)


def _write_products(
    products: Sequence[ProductFacts], stock: Mapping[str, int], actor: str, now: datetime
) -> ProductCounts:
    hold_catalogue(shared=False)
    counts = upsert_products(products=products, actor=actor, now=now)
    if counts.fresh:
        adopt_products(ids=counts.fresh, actor=actor, now=now)
    if counts.changed:
        enqueue([recheck_products_work(counts.changed, now)], now=now)
    a_bin = (
        Location.objects.filter(kind=Location.Kind.BIN, warehouse__is_active=True)
        .order_by("warehouse__priority", "warehouse_id")
        .first()
    )
    if a_bin is None or not stock:
        return counts
    supplier = Location.objects.get(warehouse_id=a_bin.warehouse_id, kind=Location.Kind.SUPPLIER)
    homes = home_bins(
        warehouse_id=a_bin.warehouse_id, product_ids=[counts.ids[sku] for sku in stock], now=now
    )
    by_bin: dict[int, list[StockLine]] = {}
    for sku, quantity in stock.items():
        line = StockLine(counts.ids[sku], quantity, sku)
        by_bin.setdefault(homes[line.product_id].pk, []).append(line)
    places = {place.pk: place for place in homes.values()}
    opened = 0
    for place, lines in sorted(by_bin.items()):
        opened += open_stock(lines=lines, supplier=supplier, to=places[place], actor=actor, now=now)
    if opened:
        look_again(now=now)
    return counts


def receive_orders(
    *, orders: Sequence[ParsedOrder], channel: Channel, actor: str, now: datetime
) -> Received:
    """Check and insert orders in the active merchant block; accepted ones go on to allocation.

    An order is one by (channel, external order). The same content again is counted as unchanged;
    other content is taken over, or recorded as a conflict on the known order.
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
    key = _pepper()
    digests = [content_fingerprint(each, key=key) for each in said]
    buyers = [buyer_digests(each, key=key) for each in said]
    codes = {line.sku for order in orders for line in order.lines}
    before = known_before(
        channel_id=channel.pk,
        numbers=[order.external_order for order in orders],
        digests=digests,
        codes=codes,
        buyers=[digest for found in buyers for digest in found],
        since=now - timedelta(hours=bounds().duplicate_window_hours),
    )
    known, earlier = before.orders, before.same_buyer
    fresh = [order for order in orders if order.external_order not in known]
    catalogue = read_catalogue(codes=codes, listings=before.listings)
    if not all(catalogue.knows(line.sku) for order in fresh for line in order.lines):
        catalogue = collect_unknown(orders=fresh, channel_id=channel.pk, now=now)
    facts = facts_of_products(products_sold(catalogue))
    context = check_context(now.date())
    book = rule_book(before.rules, on=now.date())
    new: list[NewOrder] = []
    for order, each, digest, buyer in zip(orders, said, digests, buyers, strict=True):
        if order.external_order in known:
            continue
        resolved = lines_of(order, catalogue, on=now.date())
        judged = resolved.of(each)
        check = check_order(
            judged,
            products=facts,
            context=replace(
                context,
                duplicate_of=earlier.get(digest, ""),
                blocked_by=blocked_by(buyer, before.blocks),
            ),
        )
        made = new_order(
            parsed=order,
            said=judged,
            check=check,
            resolved=resolved,
            channel=channel,
            facts=facts,
            digest=digest,
            now=now,
        )
        earlier.setdefault(digest, made.order.external_order)
        new.append(book.apply(made, channel=channel, now=now) if book else made)
    created = insert_orders(orders=new, actor=actor, now=now) if new else []
    if book:
        note_rules(orders=created, actor=actor, now=now)
    accepted = [order.pk for order in created if order.status == Order.Status.ACCEPTED]
    enqueue([allocation_work(order_id) for order_id in accepted], now=now)
    unchanged, different = [], {}
    for order in orders:
        if order.external_order in known:
            order_id, digest = known[order.external_order]
            if digest == payload_digest(order):
                unchanged.append(order_id)
            else:
                different[order_id] = order
    orders_sent_again(unchanged, actor=actor, now=now)
    taken = take_changes(theirs=different, actor=actor, now=now)
    return Received(
        tuple(created), tuple(unchanged), taken.conflicts, tuple(new), updated=taken.updated
    )


def _pepper() -> bytes:
    return str(settings.KEY_PEPPER).encode()
