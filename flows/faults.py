"""What stopped a job, as sentences that are stored now and said in the reader's language later.

A partner's own words are kept as they came; everything around them, and all that our own checks
found before anything was sent, is ours to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.money import NoExchangeRate
from core.sentences import Sentence, gettext_noop, verbatim
from integrations.errors import AnswerLost, NotAuthorised, PartnerError, Refused
from shipping.rules.choice import NoServiceFits
from shipping.services.bookings import NoNumbersLeft
from shipping.services.terms import NoAgreement

PARTNERS: Mapping[str, str] = {
    "dhl_express": "DHL Express",
    "postal": gettext_noop("Post"),
    "line": "EastLine",
    "citydrop": "CityDrop",
    "delivery": "CityDrop",
    "customs": gettext_noop("Customs"),
    "amazon": "Amazon",
    "ebay": "eBay",
    "aliexpress": "AliExpress",
    "shopify": "Shopify",
}
FIELDS: Mapping[str, str] = {
    "name": gettext_noop("name"),
    "company": gettext_noop("company"),
    "street_lines": gettext_noop("street"),
    "city": gettext_noop("city"),
    "region": gettext_noop("region"),
    "postal_code": gettext_noop("postal code"),
    "country": gettext_noop("country"),
    "phone": gettext_noop("telephone number"),
    "email": gettext_noop("e-mail address"),
    "contents": gettext_noop("contents"),
    "description": gettext_noop("description of the goods"),
    "hs_code": gettext_noop("HS code"),
    "origin_country": gettext_noop("country of origin"),
    "unit_value": gettext_noop("value of one piece"),
    "quantity": gettext_noop("quantity"),
    "currency": gettext_noop("currency"),
    "weight_g": gettext_noop("weight"),
    "net_weight_g": gettext_noop("weight of one piece"),
    "length_mm": gettext_noop("length"),
    "width_mm": gettext_noop("width"),
    "height_mm": gettext_noop("height"),
    "declared_value": gettext_noop("declared value"),
    "invoice_number": gettext_noop("invoice number"),
    "tax_scheme_id": gettext_noop("number of the tax scheme"),
    "battery": gettext_noop("battery"),
    "number": gettext_noop("item number"),
    "reference": gettext_noop("our reference"),
    "service_code": gettext_noop("service"),
}
"""Our fields by the last part of their path, as a person would call them."""
FINDINGS: Mapping[str, str] = {
    "required": gettext_noop("{partner} needs the {field}, and it is missing. Fill it in."),
    "too_long": gettext_noop(
        "The {field} has {length} characters; {partner} takes {longest}. Shorten it."
    ),
    "too_many_lines": gettext_noop(
        "The {field} does not fit {partner}'s {count} lines of {longest} characters. Shorten it."
    ),
    "not_carried": gettext_noop("{partner} does not take batteries sent this way."),
    "mismatch": gettext_noop("All goods of a parcel must be priced in one currency for {partner}."),
    "ambiguous": gettext_noop("{partner} has more than one booking under our reference."),
}
"""What our own checks find before anything is sent, by the code of the refusal."""


def sentences_of(error: Exception, *, partner: str = "") -> tuple[Sentence, ...]:
    """What an error of a job says. `partner` names whom we meant to ask, where it does not."""
    if isinstance(error, PartnerError):
        return (_of_partner(error, partner),)
    if isinstance(error, NoServiceFits) and error.reasons:
        return error.reasons
    if isinstance(error, NoAgreement):
        text = gettext_noop("No terms are accepted. Accept the proposed terms under Settings.")
        return (Sentence("no_agreement", text),)
    if isinstance(error, NoExchangeRate):
        text = gettext_noop("No exchange rate of {currency} is known for {day}.")
        params = {"currency": error.currency, "day": error.on.isoformat()}
        return (Sentence("no_exchange_rate", text, params),)
    if isinstance(error, NoNumbersLeft):
        text = gettext_noop("The numbers the post gave us are used up; the operator asks for more.")
        return (Sentence("no_numbers_left", text),)
    return (verbatim(str(error)),)


def _of_partner(error: PartnerError, meant: str) -> Sentence:
    code = error.partner or meant
    params = {"partner": PARTNERS.get(code, code) or gettext_noop("The partner")}
    if isinstance(error, NotAuthorised):
        text = gettext_noop("{partner} does not accept our account; the operator must mend it.")
        return Sentence("not_authorised", text, params)
    if isinstance(error, AnswerLost):
        text = gettext_noop("{partner} did not answer: nobody knows yet whether it was done.")
        return Sentence("answer_lost", text, params)
    if isinstance(error, Refused) and error.status == 0:
        return _own_finding(error, params)
    text = gettext_noop("{partner} refused it: {words}")
    return Sentence("partner_refused", text, {**params, "words": error.message})


def _own_finding(refused: Refused, params: Mapping[str, str]) -> Sentence:
    code = "too_many_lines" if "count" in refused.params else refused.code
    template = FINDINGS.get(code)
    if template is None:
        text = gettext_noop("It does not fit {partner}: {words}")
        return Sentence("unfit", text, {**params, "words": refused.message})
    last = re.sub(r"\[\d+\]", "", refused.field).rpartition(".")[2]
    return Sentence(
        code, template, {**params, **refused.params, "field": FIELDS.get(last, refused.field)}
    )
