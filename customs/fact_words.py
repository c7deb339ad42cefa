"""The facts a landed cost rests on, in the reader's words: what it is, from whom, how sure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.templatetags.words import country_name

REGIME = re.compile(r"([A-Z]{2})-([a-z_]+)-(\d{4}-\d{2}-\d{2}|open)")
TARIFF = re.compile(r"([A-Z]{2})-(\d{6})")
RATE = re.compile(r"rate ([A-Z]{3})/([A-Z]{3})")
KINDS: Mapping[str, str] = {
    "vat_standard": gettext_noop("Rate of VAT or GST"),
    "duty_de_minimis": gettext_noop("Value up to which no duty is taken"),
    "flat_duty_per_item": gettext_noop("Fixed duty for each kind of goods"),
    "prepaid_scheme": gettext_noop("Tax taken with the purchase"),
    "valuation_basis": gettext_noop("How the customs value is made up"),
    "union_handling_fee": gettext_noop("Handling fee of the Union"),
    "national_parcel_fee": gettext_noop("National fee on parcels"),
    "charge_waiver": gettext_noop("Small charges that are not collected"),
    "formal_declaration_required": gettext_noop("When a full declaration is needed"),
}
OTHER_KIND = gettext_noop("Customs rule")
SOURCES: tuple[tuple[str, str], ...] = (
    ("pypi:eu-vat-rates-data", gettext_noop("European Commission, Taxes in Europe Database")),
    ("golden case", gettext_noop("a worked example")),
    ("from the trade's tariff summaries", gettext_noop("the trade's tariff summaries")),
    (
        "operator reference table",
        gettext_noop("the operator's monthly table, an illustration and no official rate"),
    ),
    ("operator", gettext_noop("the operator")),
    ("public source files", gettext_noop("program code that is public")),
)
CONFIDENCE: tuple[tuple[str, str], ...] = (
    ("source-official", gettext_noop("read at the official source")),
    ("source-public-code", gettext_noop("not confirmed at an official source")),
    ("source-secondary", gettext_noop("read at a secondary source, not in the law itself")),
    ("unverified", gettext_noop("not verified")),
    ("unconfirmed", gettext_noop("announced, not confirmed")),
    ("operator", gettext_noop("set by the operator")),
)
DOUBT = ("unverified", "unconfirmed", "not verified", "disputed")


@dataclass(frozen=True, slots=True)
class SourceWords:
    """Who says so; `url` is empty where it is no page on the web."""

    words: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FactWords:
    """One fact. `since` is the day it is in force from, where it is known."""

    what: str
    since: date | None
    sources: tuple[SourceWords, ...]
    confidence: str
    is_doubtful: bool


def facts_in_words(facts: Iterable[Mapping[str, Any]]) -> tuple[FactWords, ...]:
    """Facts as `LandedCost.as_dict` keeps them."""
    return tuple(_fact(**{name: str(fact.get(name, "")) for name in _NAMES}) for fact in facts)


_NAMES = ("id", "source", "confidence")


def _fact(*, id: str, source: str, confidence: str) -> FactWords:  # noqa: A002 - as it is stored
    what, since = _what(id)
    return FactWords(
        what=what,
        since=since,
        sources=tuple(_sources(source)),
        confidence=_(_first(CONFIDENCE, confidence) or gettext_noop("nobody noted how sure")),
        is_doubtful=any(word in confidence for word in DOUBT),
    )


def _what(fact_id: str) -> tuple[str, date | None]:
    if found := REGIME.fullmatch(fact_id):
        place, kind, day = found.groups()
        what = f"{_(KINDS.get(kind, OTHER_KIND))}, {country_name(place)}"
        return what, None if day == "open" else date.fromisoformat(day)
    if found := TARIFF.fullmatch(fact_id):
        place, hs6 = found.groups()
        words = _("Duty rate of HS %(code)s, %(place)s")
        return words % {"code": hs6, "place": country_name(place)}, None
    if found := RATE.fullmatch(fact_id):
        one, other = found.groups()
        return _("Exchange rate %(one)s to %(other)s") % {"one": one, "other": other}, None
    return fact_id, None


def _sources(text: str) -> Iterator[SourceWords]:
    for part in text.split(" | "):
        address = part.strip().partition(" ")[0]
        if address.startswith("https://"):
            host = urlsplit(address).hostname or address
            yield SourceWords(host.removeprefix("www."), address)
        else:
            words = _first(SOURCES, part.strip())
            yield SourceWords(_(words or gettext_noop("no source was noted")))


def _first(table: Iterable[tuple[str, str]], text: str) -> str:
    return next((words for start, words in table if text.startswith(start)), "")
