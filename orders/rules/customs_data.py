"""What customs must know of a product, as a person enters it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.sentences import gettext_noop
from orders.rules.countries import country_codes

HS_CODE = re.compile(r"\d{6,10}")
LAST_CHAPTER = 97
LONGEST_DESCRIPTION = 512
HEAVIEST_G = 1_000_000

NOT_AN_HS_CODE = gettext_noop(
    "The commodity code has six to ten digits and begins with a chapter from 01 to 97."
)
NOT_A_COUNTRY = gettext_noop("The country of origin is a code of two letters, such as CN.")
NO_DESCRIPTION = gettext_noop(
    "The description says in at most 512 letters what it is, what it is made of and what it is for."
)
NOT_A_WEIGHT = gettext_noop("The weight of one piece is a whole number of grams from 1 to 1000000.")


class BadCustomsData(ValueError):
    """A value cannot be right; `field` names it, `sentence` is an English template to be shown."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class CustomsData:
    """The part of a product that declarations are built from; weight in grams of one piece."""

    hs_code: str
    origin_country: str
    customs_description: str
    weight_g: int


def read_customs_data(
    *, hs_code: str, origin_country: str, customs_description: str, weight_g: str
) -> CustomsData:
    """Read what a person typed; raise `BadCustomsData` for what cannot be right."""
    code = re.sub(r"[.\s]", "", hs_code)
    if not (code.isascii() and HS_CODE.fullmatch(code) and 0 < int(code[:2]) <= LAST_CHAPTER):
        raise BadCustomsData("hs_code", NOT_AN_HS_CODE)
    country = origin_country.strip().upper()
    if country not in country_codes():
        raise BadCustomsData("origin_country", NOT_A_COUNTRY)
    words = " ".join(customs_description.split())
    if not words or len(words) > LONGEST_DESCRIPTION or "\x00" in words:
        raise BadCustomsData("customs_description", NO_DESCRIPTION)
    grams = weight_g.strip()
    is_whole = grams.isascii() and grams.isdigit() and len(grams) <= len(str(HEAVIEST_G))
    if not is_whole or not 1 <= int(grams) <= HEAVIEST_G:
        raise BadCustomsData("weight_g", NOT_A_WEIGHT)
    return CustomsData(code, country, words, int(grams))
