"""Invented recipients with addresses, phones and tax numbers in their country's real form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import phonenumbers
from stdnum.br import cpf
from stdnum.cl import rut


@dataclass(frozen=True, slots=True)
class Recipient:
    """As a marketplace would write them."""

    name: str
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    phone: str
    email: str
    recipient_id: str


@cache
def places() -> Mapping[str, Any]:
    """Country → names, streets and places."""
    path = Path(__file__).parent / "places.json"
    countries: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))["countries"]
    return countries


def invent_recipient(country: str, *, rng: Random, number: int) -> Recipient:
    """A recipient that no other ``number`` has: the number is part of street and e-mail."""
    known = places()[country]
    city, region, postal_code = rng.choice(known["places"])
    return Recipient(
        name=rng.choice(known["names"]),
        street=rng.choice(known["streets"]).format(n=number),
        city=city,
        region=region,
        postal_code=postal_code,
        country=country,
        phone=invent_phone(country, rng=rng),
        email=f"buyer{number}.{country.lower()}@example.com",
        recipient_id=invent_recipient_id(country, rng=rng),
    )


def invent_phone(country: str, *, rng: Random) -> str:
    """A valid mobile number, written internationally or as dialled inside the country."""
    mobile = phonenumbers.PhoneNumberType.MOBILE
    example = phonenumbers.example_number_for_type(country, mobile)
    if example is None or example.national_number is None:
        raise ValueError(f"country: {country!r} has no example phone number; use an ISO code")
    while True:
        national = example.national_number // 10**5 * 10**5 + rng.randrange(10**5)
        number = phonenumbers.PhoneNumber(example.country_code, national)
        if phonenumbers.is_valid_number(number):
            break
    form = rng.choice(
        (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.NATIONAL)
    )
    return phonenumbers.format_number(number, form)


def invent_recipient_id(country: str, *, rng: Random) -> str:
    """The identifier customs ask for in Brazil, Korea and Chile; empty elsewhere."""
    if country == "BR":
        body = f"{rng.randrange(10**8, 10**9)}"
        numbers = (f"{body}{check:02d}" for check in range(100))
        return str(cpf.format(next(number for number in numbers if cpf.is_valid(number))))
    if country == "KR":
        return f"P{rng.randrange(10**11, 10**12)}"
    if country == "CL":
        body = f"{rng.randrange(5 * 10**6, 25 * 10**6)}"
        return f"{body}-{rut.calc_check_digit(body)}"
    return ""
