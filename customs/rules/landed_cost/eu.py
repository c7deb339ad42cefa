"""European Union: IOSS, special arrangements and the standard declaration.

Low value is an intrinsic value (goods alone) of at most the scheme's threshold. From 2026-07-01
such goods pay a flat duty per distinct HS6 subheading (per ten-digit code in a standard
declaration) instead of none; above the threshold the tariff applies on CIF.
"""

from __future__ import annotations

from decimal import Decimal

from core.sentences import gettext_noop
from customs.rules.facts import Regime, is_of_class, regime, regimes
from customs.rules.landed_cost.types import ZERO, LandedCost, OtherFee
from customs.rules.landed_cost.working import Working

CURRENCY = "EUR"


def quote_eu(work: Working) -> LandedCost:
    """Landed cost in euro into a member state; not covered before IOSS began (2021-07-01)."""
    question = work.question
    vat = regime(question.destination, "vat_standard", question.on)
    low_value = regime("EU", "prepaid_scheme", question.on)
    if vat is None or vat.rate is None or low_value is None or low_value.threshold is None:
        work.lacks(
            "no_regime",
            gettext_noop("No EU import regime is held for {on}."),
            on=question.on.isoformat(),
        )
        return work.end("not_covered")
    work.use(low_value)
    is_low = work.goods <= low_value.threshold
    work.step(
        "intrinsic_value",
        gettext_noop("intrinsic value {value} is at most {limit}")
        if is_low
        else gettext_noop("intrinsic value {value} is above {limit}"),
        value=work.goods,
        limit=low_value.threshold,
    )
    scheme = _scheme(work, is_low=is_low)
    duty = _duty(work, scheme=scheme, is_low=is_low)
    if duty is None:
        return work.end("incomplete", scheme=scheme)
    work.use(vat)
    tax = work.tax(vat.rate, duty)
    _warn_of_reduced_rates(work)
    fees, other = _national_fees(work) if is_low else (ZERO, ())
    if scheme != "IOSS":
        duty, tax = _waived(work, duty, tax)
        work.caveat(
            "brokerage_not_included",
            gettext_noop("The carrier's own fee for clearing the parcel is not included."),
        )
    return work.quote(
        scheme=scheme,
        collected="at_sale" if scheme == "IOSS" else "at_import",
        duty=duty,
        tax=tax,
        fees=fees,
        other=other,
    )


def _scheme(work: Working, *, is_low: bool) -> str:
    asked = work.question.scheme
    if not is_low:
        if asked == "IOSS":
            work.step(
                "ioss_not_usable",
                gettext_noop("IOSS ends at the threshold: a standard declaration is needed"),
            )
        return "standard_H1"
    return asked if asked in {"IOSS", "standard_H1"} else "special_arrangements"


def _duty(work: Working, *, scheme: str, is_low: bool) -> Decimal | None:
    on = work.question.on
    if is_low:
        flat = regime("EU", "flat_duty_per_item", on)
        if flat is not None and flat.threshold is not None and work.goods <= flat.threshold:
            return _flat_duty(work, flat, scheme)
        relief = regime("EU", "duty_de_minimis", on)
        has_perfume = any(is_of_class("perfume", line.hs_code) for line in work.lines)
        if relief is not None and work.goods <= (relief.threshold or ZERO) and not has_perfume:
            work.use(relief)
            work.step(
                "duty_relief",
                gettext_noop("no duty: relief up to {limit} on {on}"),
                limit=relief.threshold,
                on=on.isoformat(),
            )
            return ZERO
    work.use_method(regime("EU", "valuation_basis", on))
    work.step(
        "customs_value",
        gettext_noop("customs value CIF = {goods} + {transport} = {value}"),
        goods=work.goods,
        transport=work.transport,
        value=work.goods + work.transport,
    )
    return work.ad_valorem("EU", with_transport=True)


def _flat_duty(work: Working, flat: Regime, scheme: str) -> Decimal:
    digits = 10 if scheme == "standard_H1" else 6
    codes = sorted({line.hs_code[:digits] for line in work.lines})
    rate = flat.rate or ZERO
    duty = work.round(len(codes) * rate)
    work.use(flat)
    work.step(
        "flat_duty",
        gettext_noop("{count} distinct codes ({codes}) x {rate} = {duty}"),
        count=len(codes),
        codes=", ".join(codes),
        rate=rate,
        duty=duty,
    )
    if digits == 10 and any(len(line.hs_code) < 10 for line in work.lines):
        work.caveat(
            "short_codes",
            gettext_noop("A standard declaration counts ten-digit codes; shorter ones were given."),
        )
    return duty


def _national_fees(work: Working) -> tuple[Decimal, tuple[OtherFee, ...]]:
    fees = ZERO
    other: list[OtherFee] = []
    for row in regimes(work.question.destination, "national_parcel_fee", work.question.on):
        pieces = len({line.hs6 for line in work.lines}) if row.unit == "per_hs6" else 1
        amount = pieces * (row.rate or ZERO)
        work.use(row)
        work.step(
            "national_parcel_fee",
            gettext_noop("national fee of {country}: {pieces} x {rate} {currency} = {fee}"),
            country=row.destination,
            pieces=pieces,
            rate=row.rate,
            currency=row.currency,
            fee=amount,
        )
        work.caveat(
            "fee_tax_not_established",
            gettext_noop("Whether VAT is due on the national parcel fee is not established."),
        )
        if row.currency == CURRENCY:
            fees += amount
        else:
            other.append(OtherFee(row.rule_kind, amount.quantize(Decimal("0.01")), row.currency))
    handling = regime("EU", "union_handling_fee", work.question.on)
    if handling is not None and handling.rate is None:
        # Start and amount are not confirmed in force: named, never charged.
        work.caveat(
            "union_handling_fee_not_included",
            gettext_noop("The EU handling fee per item is not included: {confidence}."),
            confidence=handling.confidence,
        )
    return fees, tuple(other)


def _waived(work: Working, duty: Decimal, tax: Decimal) -> tuple[Decimal, Decimal]:
    waiver = regime(work.question.destination, "charge_waiver", work.question.on)
    if waiver is None or waiver.threshold is None or not 0 < duty + tax < waiver.threshold:
        return duty, tax
    work.use(waiver)
    work.step(
        "charge_waiver",
        gettext_noop("import charges of {charges} are below {limit}: not levied"),
        charges=duty + tax,
        limit=waiver.threshold,
    )
    return ZERO, ZERO


def _warn_of_reduced_rates(work: Working) -> None:
    if any(is_of_class("reduced_vat", line.hs_code) for line in work.lines):
        work.caveat(
            "standard_tax_rate_used",
            gettext_noop("The standard rate was used; some of these goods may be taxed less."),
        )
