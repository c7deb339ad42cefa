"""Packing by scan: which scan of a parcel was right, and whether the parcel is complete.

Scans are given in the order they were recorded; each has a client-made id. The same id sent again
(a lost answer, a retry) gets the answer it had the first time and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from core.sentences import Sentence, gettext_noop, stored
from warehouse.rules.barcodes import ParsedScan, parse_scan
from warehouse.rules.gs1 import BadGs1, gtin14
from warehouse.rules.presses import Press

VerdictCode = Literal[
    "accepted", "wrong_item", "surplus", "double_press", "unreadable", "not_an_item"
]


ID_USED = Sentence(
    "id_used",
    gettext_noop("This press came under the number of an earlier one: not counted. Scan again."),
)
"""The answer to a scan whose client-made id belongs to a press about something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedItem:
    """One product of a parcel: how many units, and every code that names it."""

    sku: str
    quantity: int
    title: str = ""
    gtins: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise ValueError(f"quantity: {self.quantity} of {self.sku!r} must be above 0")


@dataclass(frozen=True, slots=True)
class ScanVerdict:
    """The answer to one scan. ``packed`` and ``expected`` count units of ``sku`` after it.

    ``read`` says what else stood in the code: lot, serial number, expiry.
    """

    client_id: str
    sequence: int
    code: VerdictCode
    sku: str
    count: int
    packed: int
    expected: int
    sentence: Sentence
    is_repeat: bool = False
    read: tuple[Sentence, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the scan's ``answer`` column."""
        return {
            "client_id": self.client_id,
            "sequence": self.sequence,
            "code": self.code,
            "sku": self.sku,
            "count": self.count,
            "packed": self.packed,
            "expected": self.expected,
            "sentence": self.sentence.as_dict(),
            "read": stored(self.read),
        }


@dataclass(frozen=True, slots=True)
class PackState:
    """Every answer in the order of the scans, and what lies in the parcel by SKU."""

    verdicts: tuple[ScanVerdict, ...]
    packed: Mapping[str, int]
    missing: Mapping[str, int]

    @property
    def is_complete(self) -> bool:
        """True when every expected unit was scanned."""
        return not self.missing


def fold_pack(
    expected: Iterable[ExpectedItem], scans: Iterable[Press], *, double_press_ms: int = 0
) -> PackState:
    """Judge the scans of one parcel.

    ``double_press_ms`` is how soon a second reading of the same code at the same station counts as
    the same press (``double_press_within(on)`` of the station rules); 0 judges every scan.
    Raises ValueError when the same SKU is expected twice.
    """
    items = _by_sku(expected)
    names = _names(items)
    packed = dict.fromkeys(items, 0)
    answers: dict[str, ScanVerdict] = {}
    last_press: dict[tuple[str, str], int] = {}
    verdicts = []
    for scan in scans:
        known = answers.get(scan.client_id)
        if known is not None:
            verdicts.append(_repeated(known))
            continue
        is_echo = _is_echo(scan, last_press, within=double_press_ms)
        verdict = _judge(scan, items=items, names=names, packed=packed, is_echo=is_echo)
        if verdict.code == "accepted":
            packed[verdict.sku] += verdict.count
        answers[scan.client_id] = verdict
        verdicts.append(verdict)
    missing = {
        sku: item.quantity - packed[sku]
        for sku, item in items.items()
        if packed[sku] < item.quantity
    }
    return PackState(verdicts=tuple(verdicts), packed=packed, missing=missing)


def _by_sku(expected: Iterable[ExpectedItem]) -> dict[str, ExpectedItem]:
    items: dict[str, ExpectedItem] = {}
    for item in expected:
        if items.setdefault(item.sku, item) is not item:
            raise ValueError(f"sku: {item.sku!r} is expected twice; add the quantities up")
    return items


def _names(items: Mapping[str, ExpectedItem]) -> dict[str, str]:
    """Every code that leads to an SKU. An SKU in another case is the same to a person."""
    names = {item.sku.casefold(): item.sku for item in items.values()}
    for item in items.values():
        for gtin in item.gtins:
            try:
                names.setdefault(gtin14(gtin), item.sku)
            except BadGs1:
                # A merchant's product number with a wrong check digit still names the product.
                names.setdefault(gtin.casefold(), item.sku)
    return names


def _is_echo(scan: Press, last_press: dict[tuple[str, str], int], *, within: int) -> bool:
    if scan.pressed_ms is None or within <= 0:
        return False
    press = (scan.station, scan.raw)
    before = last_press.get(press)
    last_press[press] = scan.pressed_ms
    return before is not None and abs(scan.pressed_ms - before) < within


def _repeated(known: ScanVerdict) -> ScanVerdict:
    return ScanVerdict(
        client_id=known.client_id,
        sequence=known.sequence,
        code=known.code,
        sku=known.sku,
        count=known.count,
        packed=known.packed,
        expected=known.expected,
        sentence=known.sentence,
        is_repeat=True,
        read=known.read,
    )


def _judge(
    scan: Press,
    *,
    items: Mapping[str, ExpectedItem],
    names: Mapping[str, str],
    packed: Mapping[str, int],
    is_echo: bool,
) -> ScanVerdict:
    parsed = parse_scan(scan.raw)
    codes = (parsed.gtin, parsed.value.casefold(), parsed.sku.casefold())
    sku = next((names[code] for code in codes if code in names), "")
    code, sentence = _answer(parsed, items.get(sku), items=items, packed=packed, is_echo=is_echo)
    accepted = parsed.count if code == "accepted" else 0
    return ScanVerdict(
        client_id=scan.client_id,
        sequence=scan.sequence,
        code=code,
        sku=sku,
        count=accepted,
        packed=packed.get(sku, 0) + accepted,
        expected=items[sku].quantity if sku else 0,
        sentence=sentence,
        read=parsed.read,
    )


def _answer(
    parsed: ParsedScan,
    item: ExpectedItem | None,
    *,
    items: Mapping[str, ExpectedItem],
    packed: Mapping[str, int],
    is_echo: bool,
) -> tuple[VerdictCode, Sentence]:
    if parsed.kind == "unreadable" and parsed.problem is not None:
        return "unreadable", parsed.problem
    if parsed.kind in ("order", "tote", "location", "parcel", "shipping_unit"):
        return "not_an_item", Sentence(
            "not_an_item",
            gettext_noop("{code} is not a product; scan the product's own code."),
            {"code": parsed.value},
        )
    if item is None:
        return "wrong_item", _wrong(parsed, items, packed)
    about = {
        "sku": item.sku,
        "title": item.title or item.sku,
        "quantity": str(item.quantity),
        "count": str(parsed.count),
    }
    now_packed = packed[item.sku] + parsed.count
    if is_echo:
        return "double_press", Sentence(
            "double_press", gettext_noop("The same press was read twice: counted once."), {}
        )
    if now_packed > item.quantity:
        return "surplus", Sentence(
            "surplus",
            gettext_noop("Too many of {sku}: {quantity} belong in this parcel. Put it back."),
            about,
        )
    return "accepted", Sentence(
        "accepted",
        gettext_noop("{title}: {packed} of {quantity}."),
        {**about, "packed": str(now_packed)},
    )


def _wrong(
    parsed: ParsedScan, items: Mapping[str, ExpectedItem], packed: Mapping[str, int]
) -> Sentence:
    wanted = [
        f"{item.quantity - packed[sku]} × {sku}"
        for sku, item in items.items()
        if packed[sku] < item.quantity
    ]
    if not wanted:
        return Sentence(
            "wrong_item",
            gettext_noop("{code} does not belong in this parcel, which is complete."),
            {"code": parsed.value},
        )
    template = gettext_noop("{code} does not belong in this parcel. Still expected: {wanted}.")
    if parsed.problem is not None:
        template = gettext_noop(
            "{code} does not belong in this parcel and looks misread. Still expected: {wanted}."
        )
    return Sentence("wrong_item", template, {"code": parsed.value, "wanted": ", ".join(wanted)})
