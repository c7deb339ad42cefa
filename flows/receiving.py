"""Goods come in: received at the dock by blind scan.

The receiver is not told what was announced. Every scan that counts is a row of the ledger, from
the supplier to the dock, under the scan's own id: sent twice it moves nothing twice. Goods at the
dock are not promised to orders; putting them away makes them so (flows/putting_away.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core.sentences import Sentence, gettext_noop
from core.states import MoveNotAllowed
from core.tenancy import merchant
from flows.inbound_papers import queue_inbound_labels
from flows.scanned_products import products_scanned
from flows.station_scans import Answered, run_scans
from orders.models import Product
from warehouse.models import Condition, Inbound, InboundGoods, InboundLine, InboundUnknown
from warehouse.rules.barcodes import ParsedScan, parse_scan
from warehouse.rules.presses import Press
from warehouse.rules.receiving import (
    COMMANDS,
    Compared,
    lot_of,
    read_typed,
    too_many,
)
from warehouse.services.receiving import (
    NothingToUndo,
    Receipt,
    begin_receiving,
    close_receiving,
    describe_unknown,
    receive_goods,
    reopen_receiving,
    result_of,
    set_aside,
)
from warehouse.services.station_scans import desk_of

RECEIVE = "receive"
Status = Inbound.Status
OPEN = (Status.ANNOUNCED, Status.RECEIVING)
CLOSED = (Status.RECEIVED, Status.PUT_AWAY)


@dataclass(frozen=True, slots=True)
class ReceiveState:
    """Where an inbound stands: what was scanned, and the comparison once it is closed."""

    inbound: Inbound
    goods: tuple[InboundGoods, ...]
    unknown: tuple[InboundUnknown, ...]
    result: tuple[tuple[Compared, Product], ...]
    desk: dict[str, Any]
    answers: tuple[dict[str, Any], ...] = ()


def receive_by_scan(
    *, merchant_id: int, inbound_id: int, scans: Sequence[Press], actor: str, now: datetime
) -> ReceiveState:
    """Take scans of the receive station, in their order.

    The inbound's row is locked: two tablets on one inbound take turns.
    """
    with merchant(merchant_id):
        inbound = Inbound.objects.select_for_update().get(pk=inbound_id)

        def judge(scan: Press, desk: dict[str, Any]) -> Answered:
            return _Dock(inbound, desk, scan, actor, now).judge()

        answers = run_scans(
            station=RECEIVE, subject_id=inbound.pk, scans=scans, judge=judge, actor=actor, now=now
        )
        return _state(inbound, actor, answers)


def receive_state(*, merchant_id: int, inbound_id: int, actor: str) -> ReceiveState:
    """Return where an inbound stands."""
    with merchant(merchant_id):
        return _state(Inbound.objects.get(pk=inbound_id), actor, ())


def _state(inbound: Inbound, actor: str, answers: Sequence[dict[str, Any]]) -> ReceiveState:
    result: tuple[tuple[Compared, Product], ...] = ()
    if inbound.status in CLOSED:
        rows = result_of(inbound)
        products = Product.objects.in_bulk([row.product_id for row in rows])
        result = tuple((row, products[row.product_id]) for row in rows)
    goods = InboundGoods.objects.filter(inbound=inbound, quantity__gt=0).select_related("product")
    return ReceiveState(
        inbound=inbound,
        goods=tuple(goods.order_by("-id")),
        unknown=tuple(InboundUnknown.objects.filter(inbound=inbound).order_by("id")),
        result=result,
        desk=desk_of(station=RECEIVE, subject_id=inbound.pk, actor=actor),
        answers=tuple(answers),
    )


def _said(name: str, template: str, /, **params: object) -> Sentence:
    return Sentence(name, template, {key: str(value) for key, value in params.items()})


@dataclass(slots=True)
class _Dock:
    """One scan at the dock; `desk` is what the person has in hand and is changed in place."""

    inbound: Inbound
    desk: dict[str, Any]
    scan: Press
    actor: str
    now: datetime
    read: tuple[Sentence, ...] = field(default=())

    def judge(self) -> Answered:
        """Answer it, and do what it asks for."""
        parsed = parse_scan(self.scan.raw)
        if parsed.problem is not None and parsed.kind == "unreadable":
            return Answered("error", parsed.problem)
        command = COMMANDS.get(parsed.value.upper()) if parsed.kind == "command" else None
        if self.inbound.status not in OPEN:
            return self._closed(command)
        if parsed.kind == "command":
            return self._command(command or "", parsed.value)
        if parsed.kind == "inbound":
            return self._inbound(parsed.value)
        if parsed.kind in ("gtin", "gs1", "sku"):
            return self._product(parsed)
        text = gettext_noop("{code} is no product. Scan the goods of this inbound.")
        return Answered("wrong", _said("no_product", text, code=parsed.value or parsed.raw))

    def _closed(self, command: str | None) -> Answered:
        if command == "reopen":
            try:
                reopen_receiving(inbound=self.inbound, actor=self.actor, now=self.now)
            except MoveNotAllowed:
                text = gettext_noop("All of it is put away. Announce what came later anew.")
                return Answered("wrong", _said("put_away", text))
            self.desk.clear()
            return Answered("accepted", _said("reopened", gettext_noop("Open again. Scan on.")))
        text = gettext_noop("{number} is closed. Put it away, or open it again if more came.")
        return Answered("wrong", _said("closed", text, number=self.inbound.number))

    def _inbound(self, code: str) -> Answered:
        number = code.rpartition("/")[2]
        if number == self.inbound.number:
            text = gettext_noop("{number}: this is what you are receiving. Scan its goods.")
            return Answered("accepted", _said("this_inbound", text, number=number))
        text = gettext_noop("{number} is another inbound. Leave this one and open that.")
        return Answered("wrong", _said("other_inbound", text, number=number))

    def _command(self, command: str, code: str) -> Answered:
        if command in ("good", "damaged"):
            self.desk["condition"] = command
            good = gettext_noop("The next goods are good.")
            damaged = gettext_noop("The next goods are damaged, until you press Good.")
            return Answered("accepted", _said(command, good if command == "good" else damaged))
        if command == "undo":
            return self._undo()
        if command == "aside":
            return self._aside()
        if command == "close":
            return self._close()
        text = gettext_noop("{code} is no command of this station.")
        return Answered("error", _said("no_command", text, code=code))

    def _undo(self) -> Answered:
        last = self.desk.get("last")
        if not last:
            text = gettext_noop("There is no scan of yours to take back.")
            return Answered("wrong", _said("no_last", text))
        try:
            self._receive(last, -last["quantity"])
        except NothingToUndo:
            text = gettext_noop("It was put away meanwhile and cannot be taken back here.")
            return Answered("wrong", _said("gone", text))
        self.desk.pop("last")
        text = gettext_noop("Taken back: {quantity} × {sku}.")
        return Answered(
            "accepted", _said("undone", text, quantity=last["quantity"], sku=last["sku"])
        )

    def _aside(self) -> Answered:
        code = self.desk.pop("unknown", "")
        if not code:
            text = gettext_noop("Scan the unknown thing first, then set it aside.")
            return Answered("wrong", _said("nothing_unknown", text))
        self._begin()
        kept = set_aside(
            inbound=self.inbound, code=code, quantity=1, actor=self.actor, now=self.now
        )
        self.desk["noting"] = kept.pk
        text = gettext_noop("{code} is set aside. Say in a few words what it is, then Enter.")
        return Answered("accepted", _said("aside", text, code=code))

    def _close(self) -> Answered:
        self._begin()
        close_receiving(inbound=self.inbound, actor=self.actor, now=self.now)
        queue_inbound_labels(inbound=self.inbound, now=self.now)
        self.desk.clear()
        text = gettext_noop("{number} is received. What differs stands beside.")
        return Answered("done", _said("received", text, number=self.inbound.number))

    def _product(self, parsed: ParsedScan) -> Answered:
        found = products_scanned(parsed)
        if len(found) == 1:
            return self._count(found[0], parsed)
        if found:
            text = gettext_noop("Two products have the code {code}: scan or type the SKU.")
            return Answered("wrong", _said("two_products", text, code=parsed.value))
        typed = read_typed(self.scan.raw)
        if typed is not None and typed.quantity and "noting" not in self.desk:
            return self._quantity(typed.quantity)
        if typed is not None and typed.lot:
            self.desk["lot"] = typed.lot
            text = gettext_noop("The next goods are of lot {lot}.")
            return Answered("accepted", _said("lot_set", text, lot=typed.lot))
        if typed is not None and typed.expires_on:
            self.desk["expires_on"] = typed.expires_on.isoformat()
            text = gettext_noop("The next goods expire on {expiry}.")
            return Answered("accepted", _said("expiry_set", text, expiry=typed.expires_on))
        if "noting" in self.desk:
            describe_unknown(unknown_id=self.desk.pop("noting"), note=self.scan.raw)
            return Answered("accepted", _said("noted", gettext_noop("Noted. Scan on.")))
        self.desk["unknown"] = parsed.value or self.scan.raw
        text = gettext_noop(
            "No product of this merchant has the code {code}. Scan another code of it, or set it"
            " aside as an unknown item."
        )
        return Answered("wrong", _said("unknown", text, code=parsed.value))

    def _count(self, product: Product, parsed: ParsedScan) -> Answered:
        many = too_many(parsed.count)
        if many is not None:
            return Answered("wrong", many)
        self._begin()
        if self.desk.get("lot_of") not in (None, product.pk):
            # A lot that was typed is of the product it was typed for.
            self.desk.pop("lot", None)
            self.desk.pop("expires_on", None)
        lot, expires_on = self._lot(product, parsed)
        if self.desk.get("lot") or self.desk.get("expires_on"):
            self.desk["lot_of"] = product.pk
        condition = self.desk.get("condition", Condition.GOOD)
        read = list(parsed.read)
        if expires_on is not None and expires_on < self.now.date() and condition == Condition.GOOD:
            condition = Condition.EXPIRED
            text = gettext_noop("It expired on {expiry}: kept apart, not for sale.")
            read.append(_said("expired", text, expiry=expires_on))
        last = {
            "product_id": product.pk, "sku": product.sku, "title": product.title, "lot": lot,
            "expires_on": expires_on.isoformat() if expires_on else "",
            "condition": str(condition), "quantity": parsed.count,
        }  # fmt: skip
        row = self._receive(last, parsed.count)
        self.desk["last"] = last
        self.desk.pop("unknown", None)
        self.desk.pop("noting", None)
        return Answered("accepted", self._counted(last, row.quantity), tuple(read))

    def _counted(self, last: dict[str, Any], total: int) -> Sentence:
        templates = {
            Condition.GOOD: gettext_noop("{quantity} × {sku}. {total} so far."),
            Condition.DAMAGED: gettext_noop("{quantity} × {sku}, damaged. {total} damaged so far."),
            Condition.EXPIRED: gettext_noop("{quantity} × {sku}, expired. {total} expired so far."),
        }
        template = templates[Condition(last["condition"])]
        return _said(
            f"counted_{last['condition']}", template, quantity=last["quantity"], sku=last["sku"],
            total=total,
        )  # fmt: skip

    def _lot(self, product: Product, parsed: ParsedScan) -> tuple[str, date | None]:
        """Lot and expiry: as scanned, else as typed, else the only ones announced."""
        typed = self.desk.get("expires_on") or ""
        lot = parsed.lot or self.desk.get("lot", "")
        expires_on = parsed.expiry or (date.fromisoformat(typed) if typed else None)
        if lot and expires_on:
            return lot[:40], expires_on
        known = InboundLine.objects.filter(inbound=self.inbound, product=product)
        pairs = list(known.values_list("lot", "expires_on"))
        if lot:
            pairs = [pair for pair in pairs if pair[0].casefold() == lot.casefold()]
        known_lot, known_expiry = lot_of(pairs)
        if expires_on and known_expiry not in (None, expires_on):
            known_lot = ""
        return (lot or known_lot)[:40], expires_on or known_expiry

    def _quantity(self, pieces: int) -> Answered:
        last = self.desk.get("last")
        if not last:
            text = gettext_noop("Scan the product first, then type how many.")
            return Answered("wrong", _said("product_first", text))
        try:
            row = self._receive(last, pieces - last["quantity"])
        except NothingToUndo:
            text = gettext_noop("It was put away meanwhile and cannot be taken back here.")
            return Answered("wrong", _said("gone", text))
        last["quantity"] = pieces
        return Answered("accepted", self._counted(last, row.quantity))

    def _receive(self, last: dict[str, Any], quantity: int) -> InboundGoods:
        expires = last["expires_on"]
        receipt = Receipt(
            product_id=last["product_id"],
            quantity=quantity,
            lot=last["lot"],
            expires_on=date.fromisoformat(expires) if expires else None,
            condition=last["condition"],
        )
        if not quantity:
            key = {"lot": receipt.lot, "expires_on": receipt.expires_on,
                   "condition": receipt.condition}  # fmt: skip
            return InboundGoods.objects.get(
                inbound=self.inbound, product_id=receipt.product_id, **key
            )
        return receive_goods(
            inbound=self.inbound, receipt=receipt, reference=self.scan.client_id,
            actor=self.actor, now=self.now,
        )  # fmt: skip

    def _begin(self) -> None:
        begin_receiving(inbound=self.inbound, actor=self.actor, now=self.now)
