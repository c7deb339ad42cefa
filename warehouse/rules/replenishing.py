"""Which pieces go from reserve to a pick face, and the scans that do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.sentences import Sentence, gettext_noop
from warehouse.rules.barcodes import parse_scan
from warehouse.rules.gs1 import BadGs1, gtin14


@dataclass(frozen=True, slots=True)
class Lying:
    """Free pieces in a reserve bin; given in the order they are to go, first expired first."""

    key: int
    free: int


def fill_from(
    reserve: Sequence[Lying], *, at_hand: int, coming: int, minimum: int, maximum: int
) -> list[tuple[int, int]]:
    """What to bring, as (key, pieces): nothing while enough is at hand or on its way."""
    if at_hand + coming >= minimum:
        return []
    missing = maximum - at_hand - coming
    chosen: list[tuple[int, int]] = []
    for each in reserve:
        pieces = min(each.free, missing)
        if pieces > 0:
            chosen.append((each.key, pieces))
            missing -= pieces
    return chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Bring `quantity` of a product from one place to another. `is_in_hand`: it was taken."""

    sku: str
    gtin: str
    quantity: int
    start: str
    end: str
    is_in_hand: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer to one scan: `code` is taken, brought, wrong or unreadable."""

    code: str
    sentence: Sentence
    read: tuple[Sentence, ...] = ()


def judge_errand(raw: str, errand: Errand | None) -> Judged:
    """Judge a scan: the product (or its place) takes it in hand, the pick face ends the errand."""
    parsed = parse_scan(raw)
    if parsed.problem is not None and parsed.kind == "unreadable":
        return Judged("unreadable", parsed.problem)
    said = {each.casefold() for each in (parsed.value, parsed.sku) if each}
    if errand is None:
        text = gettext_noop("Nothing is to be filled up here.")
        return Judged("wrong", Sentence("nothing_to_fill", text))
    params = {
        "quantity": str(errand.quantity), "sku": errand.sku, "start": errand.start,
        "end": errand.end, "code": parsed.value or raw[:80],
    }  # fmt: skip
    if errand.is_in_hand:
        if errand.end.casefold() in said:
            text = gettext_noop("{quantity} × {sku} is at {end} now.")
            return Judged("brought", Sentence("brought", text, params))
        text = gettext_noop("{code} is not where it goes.")
        return Judged("wrong", Sentence("not_the_face", text, params))
    if said & {errand.sku.casefold(), errand.start.casefold()} or _is_gtin(errand, parsed.gtin):
        text = gettext_noop("Take {quantity} × {sku} and bring it to {end}.")
        return Judged("taken", Sentence("taken", text, params), parsed.read)
    text = gettext_noop("{code} is not what is to be taken.")
    return Judged("wrong", Sentence("not_this", text, params))


def _is_gtin(errand: Errand, scanned: str) -> bool:
    if not scanned or not errand.gtin:
        return False
    try:
        return gtin14(errand.gtin) == scanned
    except BadGs1:
        return False
