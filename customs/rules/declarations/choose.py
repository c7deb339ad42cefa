"""Which data set a parcel is declared with, and why; and which postal customs form it carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.money import convert
from core.sentences import Sentence, gettext_noop
from customs.rules.facts import is_eu_member, limit

NOT_REQUIRED = "NONE"
CN_LIST = "CN_EXPORT_LIST_9610"
CN_FULL = "CN_BGD_报关单"
EU_LOW_VALUE = "EU_H7"
EU_STANDARD = "EU_H1"
GENERIC = "GENERIC"
GENERIC_IMPORT = "GENERIC_IMPORT"


@dataclass(frozen=True, slots=True)
class DatasetChoice:
    """The data set with its reason; ``is_required`` is false when no border is crossed."""

    dataset: str
    reason: Sentence
    confidence: str

    @property
    def is_required(self) -> bool:
        """Whether anything has to be declared."""
        return self.dataset != NOT_REQUIRED


@dataclass(frozen=True, slots=True)
class CustomsForm:
    """CN22 or CN23 with the value in special drawing rights and the rate used."""

    form: str
    value_sdr: Decimal
    rate: Decimal
    rate_date: date
    reason: Sentence
    confidence: str


def choose_dataset(
    *,
    direction: str,
    origin: str,
    destination: str,
    value: Decimal,
    currency: str,
    on: date,
    needs_licence: bool = False,
    claims_preference: bool = False,
) -> DatasetChoice:
    """Choose for one parcel; ``value`` is the intrinsic value (goods alone).

    Raises NoExchangeRate where a threshold is in a currency without a rate, and ValueError for a
    direction other than ``export`` and ``import``.
    """
    if direction not in {"export", "import"}:
        raise ValueError(f"direction: {direction!r}; use export or import")
    if origin == destination or (is_eu_member(origin) and is_eu_member(destination)):
        reason = Sentence("no_border", gettext_noop("The goods stay inside one customs territory."))
        return DatasetChoice(NOT_REQUIRED, reason, "exact")
    if direction == "export":
        return _export(origin, value, currency, on, needs_licence=needs_licence)
    if is_eu_member(destination):
        barred = needs_licence or claims_preference
        return _import_eu(value, currency, on, barred=barred)
    reason = Sentence(
        "generic_import",
        gettext_noop("The data set of {country} is not held: a general one, our reading."),
        {"country": destination},
    )
    return DatasetChoice(GENERIC_IMPORT, reason, "our reading")


def _under(name: str, value: Decimal, currency: str, on: date) -> tuple[bool, dict[str, str], str]:
    """Whether the value is at most the named limit; the sentence's values; the confidence."""
    bound = limit(name, on)
    if bound is None:
        return False, {"value": str(value), "currency": currency, "limit": "-"}, "unverified"
    amount = convert(value, currency, bound.unit, on).amount
    params = {"value": f"{amount:f}", "currency": bound.unit, "limit": f"{bound.value:f}"}
    return amount <= bound.value, params, bound.confidence


def _export(
    origin: str, value: Decimal, currency: str, on: date, *, needs_licence: bool
) -> DatasetChoice:
    if origin != "CN":
        reason = Sentence(
            "generic_export",
            gettext_noop("Export from {country}: a general data set, our reading."),
            {"country": origin},
        )
        return DatasetChoice(GENERIC, reason, "our reading")
    is_small, params, confidence = _under("cn_9610_list_value", value, currency, on)
    if needs_licence:
        reason = Sentence(
            "cn_licence", gettext_noop("Licensed goods need a full export declaration.")
        )
        return DatasetChoice(CN_FULL, reason, confidence)
    if is_small:
        reason = Sentence(
            "cn_list",
            gettext_noop("{value} {currency} is at most {limit}: export list, mode 9610."),
            params,
        )
        return DatasetChoice(CN_LIST, reason, confidence)
    reason = Sentence(
        "cn_full",
        gettext_noop("{value} {currency} is above {limit}: full export declaration."),
        params,
    )
    return DatasetChoice(CN_FULL, reason, confidence)


def _import_eu(value: Decimal, currency: str, on: date, *, barred: bool) -> DatasetChoice:
    is_low, params, confidence = _under("h7_value", value, currency, on)
    if barred:
        reason = Sentence(
            "eu_h7_barred",
            gettext_noop("Licensed goods and preference claims need a standard declaration."),
        )
        return DatasetChoice(EU_STANDARD, reason, confidence)
    if is_low:
        reason = Sentence(
            "eu_h7",
            gettext_noop("Intrinsic value {value} {currency} is at most {limit}: H7."),
            params,
        )
        return DatasetChoice(EU_LOW_VALUE, reason, confidence)
    reason = Sentence(
        "eu_h1",
        gettext_noop("Intrinsic value {value} {currency} is above {limit}: H1."),
        params,
    )
    return DatasetChoice(EU_STANDARD, reason, confidence)


def customs_form(value: Decimal, currency: str, gross_weight_g: int, on: date) -> CustomsForm:
    """CN22 up to 300 SDR and 2 kg, else CN23; raises NoExchangeRate without a rate of the day."""
    most_value, most_weight = limit("cn22_value", on), limit("cn22_weight", on)
    if most_value is None or most_weight is None:
        raise LookupError(f"cn22 limits: none in force on {on.isoformat()}; add them to limits.csv")
    converted = convert(value, currency, most_value.unit, on)
    params = {
        "value": f"{converted.amount:f}",
        "limit": f"{most_value.value:f}",
        "weight": str(gross_weight_g),
        "most": f"{most_weight.value:f}",
    }
    if converted.amount > most_value.value:
        form, template = "CN23", gettext_noop("{value} SDR is above {limit} SDR.")
    elif gross_weight_g > most_weight.value:
        form, template = "CN23", gettext_noop("{weight} g is above {most} g.")
    else:
        form = "CN22"
        template = gettext_noop("{value} SDR and {weight} g are within {limit} SDR and {most} g.")
    return CustomsForm(
        form=form,
        value_sdr=converted.amount,
        rate=converted.rate,
        rate_date=converted.rate_date,
        reason=Sentence(form.lower(), template, params),
        confidence=f"{most_value.confidence} | rate {converted.confidence}",
    )
