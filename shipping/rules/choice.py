"""Which service a parcel takes, with the reason that is stored beside the booking.

In this order: what a rule of the merchant's asks for, where it takes the parcel; a wish for speed
or a high value takes the express service; a battery takes the cheapest service that carries it;
anything else the cheapest. The threshold of a high value is a dated row of
``shipping/data/choice_rules.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.dated import Dated, in_force, read_dated
from core.money import convert
from core.sentences import Sentence, gettext_noop
from shipping.rules.catalogue import DATA, Service, speed_wished, zone_of
from shipping.rules.pricing import NoPrice, Price, RateRow, price
from shipping.rules.services import Eligibility, ParcelFacts, eligible_services


class NoServiceFits(LookupError):
    """No service takes the parcel. ``reasons`` says for each what speaks against it.

    ``hold`` is the hold the order deserves: ``battery`` when only the battery stands in the way,
    ``phone`` when only the missing number does, ``value`` likewise, else ``restricted``.
    """

    def __init__(self, refused: tuple[Eligibility, ...]) -> None:
        self.refused = refused
        self.reasons = tuple(reason for verdict in refused for reason in verdict.reasons)
        super().__init__(" ".join(reason.text for reason in self.reasons) or "no service offered")

    @property
    def hold(self) -> str:
        """The hold code to put on the order."""
        alone = {verdict.reasons[0].code for verdict in self.refused if len(verdict.reasons) == 1}
        for code in ("phone", "battery", "value"):
            if code in alone:
                return code
        return "restricted"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A service that was not chosen: ``price`` when it could have been, else why not."""

    service_code: str
    price: Price | None
    reasons: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The service to book, why, and what else was looked at."""

    service_code: str
    price: Price
    reason: Sentence
    alternatives: tuple[Alternative, ...]

    @property
    def reason_code(self) -> str:
        """``rule``, ``rule_refused``, ``expedited``, ``high_value``, ``battery``, ``only`` or
        ``cheapest``."""
        return self.reason.code

    @property
    def reason_params(self) -> Mapping[str, str]:
        """The values of the reason's template."""
        return self.reason.params

    @property
    def reason_text(self) -> str:
        """The reason in English."""
        return self.reason.text

    def as_dict(self) -> dict[str, Any]:
        """Plain data for the booking's ``choice`` column."""
        return {
            "service_code": self.service_code,
            "amount": str(self.price.amount),
            "currency": self.price.currency,
            "chargeable_weight_g": self.price.chargeable_weight_g,
            "steps": [step.as_dict() for step in self.price.steps],
            "reason": self.reason.as_dict(),
            "alternatives": [
                {
                    "service_code": other.service_code,
                    "amount": str(other.price.amount) if other.price else None,
                    "currency": other.price.currency if other.price else None,
                    "reasons": [reason.as_dict() for reason in other.reasons],
                }
                for other in self.alternatives
            ],
        }


def price_services(facts: ParcelFacts, rows: tuple[RateRow, ...]) -> dict[str, Price]:
    """The price of every eligible service that the rate card covers, by service code."""
    prices = {}
    for verdict in eligible_services(facts):
        if not verdict.ok:
            continue
        service = verdict.service
        try:
            prices[service.code] = price(
                rows,
                service=service,
                zone=zone_of(service.code, facts.destination, facts.on),
                weight_g=facts.weight_g,
                length_mm=facts.length_mm,
                width_mm=facts.width_mm,
                height_mm=facts.height_mm,
                on=facts.on,
            )
        except NoPrice:
            # A card may leave a service out on purpose; choose_service names it as not priced.
            continue
    return prices


def choose_service(
    facts: ParcelFacts,
    prices: Mapping[str, Price],
    wish: str | None = None,
    *,
    wanted: str = "",
) -> Choice:
    """Choose among the services that take the parcel and have a price in ``prices``.

    ``wish`` is the order's service level; None takes ``facts.ship_level``. ``wanted`` is the code
    a rule of the merchant's asks for: it comes first where it takes the parcel; where it does not,
    the reason names it and the alternatives say why. Raises NoServiceFits,
    and ValueError when the prices are not all in one currency.
    """
    currencies = sorted({one.currency for one in prices.values()})
    if len(currencies) > 1:
        raise ValueError(f"prices: in {', '.join(currencies)}; compare them in one currency")
    verdicts = tuple(_priced(verdict, prices) for verdict in eligible_services(facts))
    open_to = [verdict.service for verdict in verdicts if verdict.ok]
    if not open_to:
        raise NoServiceFits(verdicts)
    open_to.sort(key=lambda service: (prices[service.code].amount, service.days_max, service.code))
    chosen, reason = _pick(facts, open_to, prices, facts.ship_level if wish is None else wish)
    if wanted:
        chosen, reason = _wanted(wanted, chosen, verdicts, prices)
    return Choice(
        service_code=chosen.code,
        price=prices[chosen.code],
        reason=reason,
        alternatives=tuple(
            Alternative(
                verdict.service.code,
                prices[verdict.service.code] if verdict.ok else None,
                verdict.reasons,
            )
            for verdict in verdicts
            if verdict.service.code != chosen.code
        ),
    )


def _wanted(
    code: str, otherwise: Service, verdicts: tuple[Eligibility, ...], prices: Mapping[str, Price]
) -> tuple[Service, Sentence]:
    """The service a rule asks for, else the one chosen without it, with the rule's wish named."""
    asked = next((verdict for verdict in verdicts if verdict.service.code == code), None)
    chosen = asked.service if asked and asked.ok else otherwise
    about = {
        "service": chosen.name,
        "amount": str(prices[chosen.code].amount),
        "currency": prices[chosen.code].currency,
    }
    if asked and asked.ok:
        text = gettext_noop("A rule of yours asks for {service}, at {amount} {currency}.")
        return chosen, Sentence("rule", text, about)
    text = gettext_noop(
        "A rule of yours asks for {wanted}, which does not take this parcel: "
        "{service} goes in its place, at {amount} {currency}."
    )
    wanted = asked.service.name if asked else code
    return chosen, Sentence("rule_refused", text, {**about, "wanted": wanted})


def _priced(verdict: Eligibility, prices: Mapping[str, Price]) -> Eligibility:
    if not verdict.ok or verdict.service.code in prices:
        return verdict
    unpriced = Sentence(
        "no_price",
        gettext_noop("The rate card has no price for {service}."),
        {"service": verdict.service.name},
    )
    return Eligibility(verdict.service, ok=False, reasons=(unpriced,))


def _pick(
    facts: ParcelFacts, by_price: list[Service], prices: Mapping[str, Price], wish: str
) -> tuple[Service, Sentence]:
    fast = next((service for service in by_price if service.speed == "expedited"), None)
    if fast and speed_wished(wish, facts.on) == "expedited":
        return fast, Sentence(
            "expedited",
            gettext_noop("The order asks for {wish}: {service} is the fast service."),
            {"wish": wish, "service": fast.name},
        )
    threshold, currency = _high_value_from(facts.on)
    if fast and convert(facts.value, facts.currency, currency, facts.on).amount >= threshold:
        return fast, Sentence(
            "high_value",
            gettext_noop(
                "Worth {value} {currency}, from {threshold} {threshold_currency} on a parcel "
                "goes by {service}."
            ),
            {
                "value": str(facts.value),
                "currency": facts.currency,
                "threshold": str(threshold),
                "threshold_currency": currency,
                "service": fast.name,
            },
        )
    best = by_price[0]
    about = {
        "service": best.name,
        "amount": str(prices[best.code].amount),
        "currency": prices[best.code].currency,
    }
    if facts.battery_kinds:
        return best, Sentence(
            "battery",
            gettext_noop(
                "Holds a battery ({kinds}): {service} is the cheapest that takes it, "
                "at {amount} {currency}."
            ),
            {**about, "kinds": ", ".join(sorted(facts.battery_kinds))},
        )
    if len(by_price) == 1:
        return best, Sentence(
            "only",
            gettext_noop("{service} is the only service that takes it, at {amount} {currency}."),
            about,
        )
    return best, Sentence(
        "cheapest",
        gettext_noop("{service} is the cheapest of {count} services, at {amount} {currency}."),
        {**about, "count": str(len(by_price))},
    )


@lru_cache(maxsize=1)
def _thresholds() -> tuple[Dated[tuple[str, Decimal, str]], ...]:
    return read_dated(
        DATA / "choice_rules.csv",
        lambda columns: (columns["rule"], Decimal(columns["amount"]), columns["currency"]),
    )


def _high_value_from(on: date) -> tuple[Decimal, str]:
    for rule, amount, currency in in_force(_thresholds(), on):
        if rule == "high_value_from":
            return amount, currency
    raise LookupError(f"choice_rules.csv: no high_value_from in force on {on.isoformat()}")
