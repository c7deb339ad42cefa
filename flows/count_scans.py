"""Counting by scan: the bin, then everything in it, then done; the ledger's figure is not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from flows.counting import finish_bin, outcome_said, said
from flows.scanned_products import products_scanned
from flows.station_scans import Answered, run_scans
from orders.models import Product
from warehouse.models import Condition, CountLine, CountList, CountTask
from warehouse.rules.barcodes import ParsedScan, parse_scan
from warehouse.rules.presses import Press
from warehouse.rules.receiving import COMMANDS, Said, lot_of, read_typed, too_many
from warehouse.services.counts import (
    NotYours,
    add_counted,
    begin_again,
    begin_count,
    counted_so_far,
    lots_in_bin,
)
from warehouse.services.station_scans import desk_of

COUNT = "count"
Status = CountTask.Status
TO_COUNT = (Status.OPEN, Status.COUNTING, Status.SECOND)


@dataclass(frozen=True, slots=True)
class CountState:
    """A list as its station shows it: bins, and what was counted in the one in hand."""

    count_list: CountList
    tasks: tuple[CountTask, ...]
    lines: tuple[CountLine, ...]
    desk: dict[str, Any]
    answers: tuple[dict[str, Any], ...] = ()

    @property
    def in_hand(self) -> CountTask | None:
        """The bin the person counts now."""
        return next((task for task in self.tasks if task.pk == self.desk.get("task_id")), None)


def count_by_scan(
    *, merchant_id: int, list_id: int, scans: Sequence[Press], actor: str, now: datetime
) -> CountState:
    """Take scans of the count station, in their order; the list's row is locked."""
    with merchant(merchant_id):
        found = CountList.objects.select_for_update().get(pk=list_id)

        def judge(scan: Press, desk: dict[str, Any]) -> Answered:
            return _Counter(found, scan, desk, actor, now).judge()

        answers = run_scans(
            station=COUNT, subject_id=found.pk, scans=scans, judge=judge, actor=actor, now=now
        )
        return _state(found, actor, answers)


def count_state(*, merchant_id: int, list_id: int, actor: str) -> CountState:
    """Return where a list stands."""
    with merchant(merchant_id):
        return _state(CountList.objects.get(pk=list_id), actor, ())


def _state(found: CountList, actor: str, answers: Sequence[dict[str, Any]]) -> CountState:
    desk = desk_of(station=COUNT, subject_id=found.pk, actor=actor)
    tasks = tuple(found.tasks.select_related("location").order_by("position"))
    in_hand = next((task for task in tasks if task.pk == desk.get("task_id")), None)
    lines: tuple[CountLine, ...] = ()
    if in_hand is not None:
        rows = CountLine.objects.filter(
            task=in_hand, attempt=in_hand.attempt + 1, counted__gt=0
        ).select_related("product")
        lines = tuple(rows.order_by("-id"))
    return CountState(found, tasks, lines, desk, tuple(answers))


@dataclass(slots=True)
class _Counter:
    """One scan; `desk` is what the person has in hand and is changed in place."""

    count_list: CountList
    scan: Press
    desk: dict[str, Any]
    actor: str
    now: datetime
    parsed: ParsedScan = field(init=False)

    def judge(self) -> Answered:
        """Answer it, and do what it asks for."""
        self.parsed = parsed = parse_scan(self.scan.raw)
        if parsed.problem is not None and parsed.kind == "unreadable":
            return Answered("error", parsed.problem)
        task = self._in_hand()
        command = COMMANDS.get(parsed.value.upper(), "") if parsed.kind == "command" else ""
        if parsed.kind == "command":
            return self._command(command, task)
        if parsed.kind != "location":
            products = products_scanned(parsed)
            if len(products) > 1:
                text = gettext_noop("Two products have the code {code}: scan or type the SKU.")
                return Answered("wrong", said("two_products", text, code=parsed.value))
            if products:
                return self._product(products[0], task)
            if typed := read_typed(self.scan.raw):
                return self._typed(typed, task)
        return self._place(parsed.value or self.scan.raw, task)

    def _in_hand(self) -> CountTask | None:
        """The bin in hand; none any more when somebody else has ended it."""
        rows = CountTask.objects.select_related("location", "count_list")
        task = rows.filter(pk=self.desk.get("task_id", 0), count_list=self.count_list).first()
        if task is None or (task.status, task.counter) != (Status.COUNTING, self.actor):
            self.desk.pop("task_id", None)
            return None
        return task

    def _place(self, code: str, task: CountTask | None) -> Answered:
        rows = CountTask.objects.select_related("location", "count_list").filter(
            count_list=self.count_list
        )
        named = rows.filter(location__code__iexact=code).first()
        if named is None:
            text = gettext_noop("{code} is neither a product nor a bin of this list.")
            return Answered("wrong", said("unknown", text, code=code))
        if task is not None and named.pk == task.pk:
            return self._done(task)
        if task is not None:
            text = gettext_noop("Finish {place} first: scan its code again, or press Done.")
            return Answered("wrong", said("finish", text, place=task.location.code))
        return self._begin(named)

    def _begin(self, task: CountTask) -> Answered:
        place = task.location.code
        if task.status not in TO_COUNT:
            text = gettext_noop("{place} is counted. Take another bin.")
            return Answered("duplicate", said("counted", text, place=place))
        try:
            begin_count(task=task, actor=self.actor, now=self.now)
        except NotYours:
            if task.status == Status.COUNTING:
                text = gettext_noop("Somebody else is counting {place}. Take another bin.")
                return Answered("wrong", said("taken", text, place=place))
            text = gettext_noop("You counted {place} the first time. Somebody else counts it now.")
            return Answered("wrong", said("not_twice", text, place=place))
        self.desk.clear()
        self.desk["task_id"] = task.pk
        text = gettext_noop("{place}: count everything in it.")
        return Answered("accepted", said("begun", text, place=place))

    def _command(self, command: str, task: CountTask | None) -> Answered:
        if task is None:
            return _bin_first()
        if command == "done":
            return self._done(task)
        if command == "again":
            begin_again(task=task)
            self.desk.clear()
            text = gettext_noop("{place} is forgotten. Scan it to count from the start.")
            return Answered("accepted", said("again", text, place=task.location.code))
        if command == "undo":
            return self._undo(task)
        if command in ("good", "damaged"):
            self.desk["condition"] = command
            good = gettext_noop("The next goods are good.")
            damaged = gettext_noop("The next goods are damaged, until you press Good.")
            return Answered("accepted", said(command, good if command == "good" else damaged))
        text = gettext_noop("{code} is no command of this station.")
        return Answered("error", said("no_command", text, code=self.parsed.value))

    def _done(self, task: CountTask) -> Answered:
        place = task.location.code
        if not counted_so_far(task=task) and not self.desk.get("empty"):
            self.desk["empty"] = True
            text = gettext_noop("Nothing was counted in {place}. Press Done again if it is empty.")
            return Answered("duplicate", said("empty", text, place=place))
        counted = finish_bin(task=task, actor=self.actor, now=self.now)
        self.desk.clear()
        verdict, words = outcome_said(counted, place)
        return Answered(verdict, words)

    def _product(self, product: Product, task: CountTask | None) -> Answered:
        if task is None:
            return _bin_first()
        many = too_many(self.parsed.count)
        if many is not None:
            return Answered("wrong", many)
        known = lots_in_bin(location_id=task.location_id, product_id=product.pk)
        lot, expires_on = self._lot(known)
        if lot is None:
            text = gettext_noop("{sku} lies there in several lots: type LOT and the one you count.")
            return Answered("wrong", said("several_lots", text, sku=product.sku))
        last = {
            "product_id": product.pk, "sku": product.sku, "lot": lot,
            "expires_on": expires_on.isoformat() if expires_on else "",
            "condition": self._condition(known), "quantity": self.parsed.count,
        }  # fmt: skip
        total = self._add(task, last, self.parsed.count)
        self.desk["last"] = last
        self.desk.pop("empty", None)
        return Answered("accepted", _counted(last, total), self.parsed.read)

    def _lot(self, known: Sequence[tuple[str, date | None, str]]) -> tuple[str | None, date | None]:
        """The lot as scanned, as typed, or the only one the ledger has there; None to be asked."""
        typed = self.desk.get("expires_on") or ""
        lot = self.parsed.lot or self.desk.get("lot", "")
        expires_on = self.parsed.expiry or (date.fromisoformat(typed) if typed else None)
        pairs = {(each[0], each[1]) for each in known}
        if lot:
            same = [pair for pair in pairs if pair[0].casefold() == lot.casefold()]
            if len(same) == 1 and expires_on in (None, same[0][1]):
                return same[0]
            return lot[:40], expires_on
        if len(pairs) > 1:
            return None, None
        return lot_of(pairs) if expires_on is None else ("", expires_on)

    def _condition(self, known: Sequence[tuple[str, date | None, str]]) -> str:
        """As the person says; else what all of it is in the ledger, such as in quarantine."""
        if "condition" in self.desk:
            return str(self.desk["condition"])
        conditions = {each[2] for each in known}
        return conditions.pop() if len(conditions) == 1 else str(Condition.GOOD)

    def _typed(self, typed: Said, task: CountTask | None) -> Answered:
        if task is None:
            return _bin_first()
        if typed.lot:
            self.desk["lot"] = typed.lot
            self.desk.pop("expires_on", None)
            text = gettext_noop("The next goods are of lot {lot}.")
            return Answered("accepted", said("lot_set", text, lot=typed.lot))
        if typed.expires_on:
            self.desk["expires_on"] = typed.expires_on.isoformat()
            text = gettext_noop("The next goods expire on {expiry}.")
            return Answered("accepted", said("expiry_set", text, expiry=typed.expires_on))
        last = self.desk.get("last")
        if not last:
            text = gettext_noop("Scan the product first, then type how many.")
            return Answered("wrong", said("product_first", text))
        total = self._add(task, last, typed.quantity - last["quantity"])
        last["quantity"] = typed.quantity
        return Answered("accepted", _counted(last, total))

    def _undo(self, task: CountTask) -> Answered:
        last = self.desk.pop("last", None)
        if not last:
            text = gettext_noop("There is no scan of yours to take back.")
            return Answered("wrong", said("no_last", text))
        self._add(task, last, -last["quantity"])
        text = gettext_noop("Taken back: {quantity} × {sku}.")
        words = said("undone", text, quantity=last["quantity"], sku=last["sku"])
        return Answered("accepted", words)

    def _add(self, task: CountTask, last: Mapping[str, Any], pieces: int) -> int:
        expires = last["expires_on"]
        expires_on = date.fromisoformat(expires) if expires else None
        goods = (last["product_id"], last["lot"], expires_on, last["condition"])
        return add_counted(task=task, goods=goods, pieces=pieces)


def _bin_first() -> Answered:
    text = gettext_noop("Scan the bin first.")
    return Answered("wrong", said("bin_first", text))


def _counted(last: Mapping[str, Any], total: int) -> Sentence:
    text = gettext_noop("{quantity} × {sku}. {total} so far.")
    return said("counted", text, quantity=last["quantity"], sku=last["sku"], total=total)
