"""Addresses by the rules of their country: what must be there, and what belongs together.

``check_address`` first mends what has only one meaning (width, spacing, the punctuation of a
postal code, another spelling of a region, a region that the postal code tells) and then finds
what a person must decide, with a suggestion where one is near.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from orders.rules.countries import (
    Area,
    CountryFormat,
    country_code,
    country_format,
    fold,
    prints_region_code,
)
from orders.rules.facts import AddressFacts
from orders.rules.reasons import HoldFinding, found

SPACES = re.compile(r"\s+")
LONGEST = {"name": 120, "company": 120, "street": 120, "city": 80, "region": 80}
SHORTEST_LATIN_PREFIX, SHORTEST_HAN_PREFIX = 4, 2
CLOSENESS = 0.75
NOT_CODE = re.compile(r"[^0-9A-Z]")


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """``address`` is the normalised one, ``changes`` its fields that differ. ``region_code`` is the
    region's key in Google's data (``CA``, ``M``, ``广东省``), empty where there is none."""

    address: AddressFacts
    region_code: str
    changes: tuple[str, ...]
    findings: tuple[HoldFinding, ...]


def check_address(address: AddressFacts) -> AddressCheck:
    """Normalise and check an address; well below 1 ms once the country's data are loaded."""
    tidy = _tidied(address)
    code = country_code(tidy.country)
    if not code:
        finding = found("country_unknown", value=tidy.country)
        return AddressCheck(tidy, "", (), (finding,))
    form = country_format(code)
    normal = replace(tidy, country=code, postal_code=_punctuated(tidy.postal_code, form))
    region = _find(form.regions, normal.region)
    told = _region_of(normal.postal_code, form) if region is None else None
    # The postal code tells the region where none stands or where a longer name for it does
    # (Comunidad de Madrid for Madrid).
    if told is not None and fold(told.name) in (fold(normal.region) or fold(told.name)):
        region = told
        normal = replace(normal, region="")
    if region is not None:
        normal = replace(normal, region=_written(region, normal.region, form))
        city = _find(region.parts, normal.city)
        if city is not None and fold(normal.city) not in region.parts:
            normal = replace(normal, city=_in_script_of(city, normal.city))
    changes = tuple(
        name for name in AddressFacts.__slots__ if getattr(normal, name) != getattr(address, name)
    )
    region_code = region.key if region is not None else ""
    return AddressCheck(normal, region_code, changes, tuple(_findings(normal, form, region)))


def _written(region: Area, typed: str, form: CountryFormat) -> str:
    """The region as a label needs it; a full name that was typed stays as it was."""
    if prints_region_code(form.code):
        return region.key
    if typed and fold(typed) in form.regions:
        return typed
    return _in_script_of(region, typed)


def _in_script_of(area: Area, typed: str) -> str:
    return area.latin_name if typed and typed.isascii() else area.name


def _tidied(address: AddressFacts) -> AddressFacts:
    return AddressFacts(
        name=_tidy(address.name),
        company=_tidy(address.company),
        street_lines=tuple(tidy for line in address.street_lines if (tidy := _tidy(line))),
        city=_tidy(address.city),
        region=_tidy(address.region),
        postal_code=_tidy(address.postal_code).upper(),
        country=_tidy(address.country),
    )


def _tidy(text: str) -> str:
    """Single spaces, and full-width Latin letters and digits in their usual form."""
    if text.isascii():
        return " ".join(text.split())
    return SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def _punctuated(code: str, form: CountryFormat) -> str:
    """The postal code with the separator its country writes, where nothing else is wrong."""
    if not code or form.postal_code is None:
        return code
    bare = NOT_CODE.sub("", code)
    if bare.startswith(form.code) and not form.postal_code.fullmatch(code):
        bare = bare[2:]
    for candidate in (*_separated(bare, form), code, bare):
        if form.postal_code.fullmatch(candidate):
            return candidate
    return code


def _separated(bare: str, form: CountryFormat) -> Iterator[str]:
    if form.code == "GB" and len(bare) > 4:
        yield f"{bare[:-3]} {bare[-3:]}"
    shape = re.split(r"([^0-9A-Z])", form.example)
    if len(shape) == 3 and len(bare) == len(shape[0]) + len(shape[2]):
        yield f"{bare[: len(shape[0])]}{shape[1]}{bare[len(shape[0]) :]}"


def _find(areas: Mapping[str, Area], name: str) -> Area | None:
    """By any of its names, or by a beginning that only one of them has (广东 for 广东省)."""
    key = fold(name)
    if not key or not areas:
        return None
    exact = areas.get(key)
    shortest = SHORTEST_LATIN_PREFIX if key.isascii() else SHORTEST_HAN_PREFIX
    if exact is not None or len(key) < shortest:
        return exact
    matches = {id(area): area for known, area in areas.items() if known.startswith(key)}
    return next(iter(matches.values())) if len(matches) == 1 else None


def _region_of(postal_code: str, form: CountryFormat) -> Area | None:
    """The only region whose postal codes begin so."""
    if not postal_code or form.postal_code is None or not form.postal_code.fullmatch(postal_code):
        return None
    fitting = {
        area.name: area
        for area in form.regions.values()
        if area.postal_code is not None and area.postal_code.match(postal_code)
    }
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def _findings(a: AddressFacts, form: CountryFormat, region: Area | None) -> Iterator[HoldFinding]:
    yield from _missing(a, form)
    yield from _unprintable(a)
    if form.regions and a.region and region is None and "region" in form.required:
        yield _unknown("region", a.region, form.regions, country=form.code, region="")
    city_known = region is None or not region.parts or _find(region.parts, a.city) is not None
    if region is not None and a.city and not city_known and "city" in form.required:
        yield _unknown("city", a.city, region.parts, country=form.code, region=a.region)
    if a.postal_code and form.postal_code is not None:
        yield from _postal_code(a, form, region)


def _missing(a: AddressFacts, form: CountryFormat) -> Iterator[HoldFinding]:
    values = {
        "name": a.name or a.company,
        "street": " ".join(a.street_lines),
        "city": a.city,
        "region": a.region,
        "postal_code": a.postal_code,
    }
    parts = ["name", "street", "city", "region", "postal_code"]
    if not values["name"] and not values["street"]:
        # One reason instead of two: the report has no recipients at all.
        yield found("recipient_absent", field="name")
        parts = parts[2:]
    for part in parts:
        if not values[part] and (part in {"name", "street"} or part in form.required):
            yield found(
                "address_field_missing",
                part=part.replace("_", " "),
                country=form.code,
                field=part,
            )


def _unprintable(a: AddressFacts) -> Iterator[HoldFinding]:
    texts = [("name", a.name), ("company", a.company), ("city", a.city), ("region", a.region)]
    texts += [("street", line) for line in a.street_lines]
    for part, text in texts:
        if "\ufffd" in text:
            yield found("characters_lost", value=text[:80], field=part)
        if len(text) > LONGEST[part]:
            yield found("address_too_long", part=part, limit=str(LONGEST[part]), field=part)


def _unknown(
    kind: str, value: str, areas: Mapping[str, Area], *, country: str, region: str
) -> HoldFinding:
    near = get_close_matches(fold(value), areas, n=1, cutoff=CLOSENESS)
    params = {"value": value, "country": country, "region": region}
    if not near:
        return found(f"{kind}_unknown", **params)
    name = _in_script_of(areas[near[0]], value)
    return found(f"{kind}_unknown_suggested", likely=name, **params).suggesting(**{kind: name})


def _postal_code(
    a: AddressFacts, form: CountryFormat, region: Area | None
) -> Iterator[HoldFinding]:
    if form.postal_code is None or form.postal_code.fullmatch(a.postal_code):
        starts = region.postal_code if region is not None else None
        if region is not None and starts is not None and not starts.match(a.postal_code):
            yield found(
                "postal_code_elsewhere",
                value=a.postal_code,
                region=region.name,
            )
        return
    params = {"value": a.postal_code, "country": form.code, "example": form.example}
    # Spreadsheet programs take away leading zeros: 2139 for 02139.
    padded = _punctuated("0" + NOT_CODE.sub("", a.postal_code), form)
    starts = region.postal_code if region is not None else None
    if form.postal_code.fullmatch(padded) and (starts is None or starts.match(padded)):
        finding = found("postal_code_format_suggested", likely=padded, **params)
        yield finding.suggesting(postal_code=padded)
    else:
        yield found("postal_code_format", **params)
