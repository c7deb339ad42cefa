"""One calculation in progress: values in the regime's currency, and everything said on the way."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.money import Converted, ExchangeRates, round_half_up
from core.sentences import Sentence, gettext_noop
from customs.rules.facts import Regime, TariffRate, tariff_rate
from customs.rules.landed_cost.types import (
    ZERO,
    Collected,
    FactUsed,
    LandedCost,
    LandedCostInput,
    OtherFee,
    Status,
)

STALE_AFTER_DAYS = 62


@dataclass(frozen=True, slots=True)
class ValuedLine:
    """A line in the regime's currency; ``hs_code`` digits only, ``value`` for all its pieces."""

    number: int
    hs_code: str
    value: Decimal
    duty_rate: Decimal | None

    @property
    def hs6(self) -> str:
        """The international subheading."""
        return self.hs_code[:6]


class Working:
    """Collects steps, facts, caveats and gaps; ends in exactly one ``LandedCost``.

    Raises NoExchangeRate when the order's currency cannot be converted on the day.
    """

    def __init__(self, question: LandedCostInput, currency: str, rates: ExchangeRates) -> None:
        self.question = question
        self.currency = currency
        self._rates = rates
        self._steps: list[Sentence] = []
        self._facts: dict[str, FactUsed] = {}
        self._caveats: dict[str, Sentence] = {}
        self._missing: list[Sentence] = []
        self._say_rate()
        self.lines = tuple(
            ValuedLine(
                number=number,
                hs_code=line.hs_code.replace(".", "").replace(" ", ""),
                value=self._converted(line.unit_price * line.quantity).amount,
                duty_rate=line.duty_rate,
            )
            for number, line in enumerate(question.lines, start=1)
        )
        self.goods = sum((line.value for line in self.lines), ZERO)
        self.shipping = self._converted(question.shipping).amount
        self.insurance = self._converted(question.insurance).amount

    @property
    def transport(self) -> Decimal:
        """Shipping and insurance together."""
        return self.shipping + self.insurance

    def round(self, amount: Decimal) -> Decimal:
        """To the minor unit of the regime's currency, half up."""
        return round_half_up(amount, self.currency)

    def _converted(self, amount: Decimal) -> Converted:
        return self._rates.convert(amount, self.question.currency, self.currency, self.question.on)

    def _say_rate(self) -> None:
        used = self._converted(Decimal(1))
        if used.from_currency == used.currency:
            return
        self.step(
            "conversion",
            gettext_noop("1 {from_currency} = {rate} {currency}, rate of {rate_date} ({source})"),
            from_currency=used.from_currency,
            rate=f"{used.rate:f}",
            currency=used.currency,
            rate_date=used.rate_date.isoformat(),
            source=used.source,
        )
        self._note(f"rate {used.from_currency}/{used.currency}", used.source, used.confidence)
        if (self.question.on - used.rate_date).days > STALE_AFTER_DAYS:
            self.caveat(
                "stale_exchange_rate",
                gettext_noop("The newest exchange rate is of {rate_date}; load a newer one."),
                rate_date=used.rate_date.isoformat(),
            )

    def step(self, code: str, template: str, **params: object) -> None:
        """Record one step of the calculation."""
        self._steps.append(Sentence(code, template, {k: str(v) for k, v in params.items()}))

    def caveat(self, code: str, template: str, **params: object) -> None:
        """Record something the reader of the amount has to know; said once."""
        sentence = Sentence(code, template, {k: str(v) for k, v in params.items()})
        self._caveats[sentence.text] = sentence

    def lacks(self, code: str, template: str, **params: object) -> None:
        """Record what must be given before an amount can be said."""
        self._missing.append(Sentence(code, template, {k: str(v) for k, v in params.items()}))

    def use(self, fact: Regime | TariffRate) -> None:
        """Record that the calculation rests on this row; an unverified one is a visible caveat."""
        self._note(fact.id, fact.source, fact.confidence)

    def _note(self, fact_id: str, source: str, confidence: str) -> None:
        self._facts[fact_id] = FactUsed(fact_id, source, confidence)
        if "unverified" in confidence or "unconfirmed" in confidence:
            self.caveat(
                "unverified_fact",
                gettext_noop("Not verified at the source: {fact} ({confidence})."),
                fact=fact_id,
                confidence=confidence,
            )

    def use_method(self, fact: Regime | None) -> None:
        """Record a rule without an amount (how customs value is formed) when there is a row."""
        if fact is not None:
            self.use(fact)

    def check_goods(self) -> None:
        """Every line needs a code and a value: a free sample still has a customs value."""
        for line in self.lines:
            if len(line.hs_code) < 6 or not line.hs_code.isdigit():
                self.lacks(
                    "hs_code",
                    gettext_noop("Line {line}: an HS code of at least six digits is needed."),
                    line=line.number,
                )
            if line.value <= 0:
                self.lacks(
                    "customs_value",
                    gettext_noop("Line {line}: a customs value above 0 is needed."),
                    line=line.number,
                )

    def ad_valorem(self, territory: str, *, with_transport: bool) -> Decimal | None:
        """Duty at each line's own rate on its value (plus its share of transport when CIF).

        Transport is shared by value; the last line takes the rounding, so the shares add up.
        None, with the gaps recorded, when a rate is not known.
        """
        rates = [self._rate(line, territory) for line in self.lines]
        known = [rate for rate in rates if rate is not None]
        if len(known) < len(rates):
            return None
        duty, shared = ZERO, ZERO
        for line, rate in zip(self.lines, known, strict=True):
            share = ZERO
            if with_transport:
                is_last = line is self.lines[-1]
                share = self.transport - shared
                if not is_last:
                    share = self.round(self.transport * line.value / self.goods)
                shared += share
            base = line.value + share
            amount = self.round(base * rate)
            self.step(
                "ad_valorem_duty",
                gettext_noop("Line {line}: duty = ({value} + {transport}) x {rate} = {duty}"),
                line=line.number,
                value=line.value,
                transport=share,
                rate=f"{rate:f}",
                duty=amount,
            )
            duty += amount
        return duty

    def _rate(self, line: ValuedLine, territory: str) -> Decimal | None:
        if line.duty_rate is not None:
            return line.duty_rate
        held = tariff_rate(territory, line.hs6, self.question.on)
        if held is not None:
            self.use(held)
            return held.rate
        self.lacks(
            "duty_rate",
            gettext_noop(
                "Line {line}: the duty rate of HS {hs6} in {territory} is not known; "
                "give the product a duty rate or load the tariff row."
            ),
            line=line.number,
            hs6=line.hs6,
            territory=territory,
        )
        return None

    def tax(self, rate: Decimal, duty: Decimal) -> Decimal:
        """Tax on goods, transport and duty together, with its step."""
        base = self.goods + self.transport + duty
        amount = self.round(base * rate)
        self.step(
            "tax",
            gettext_noop("tax = ({goods} + {transport} + {duty}) x {rate} = {exact} -> {tax}"),
            goods=self.goods,
            transport=self.transport,
            duty=duty,
            rate=f"{rate.normalize():f}",
            exact=f"{(base * rate).normalize():f}",
            tax=amount,
        )
        return amount

    def end(self, status: Status, *, scheme: str = "", collected: Collected = "") -> LandedCost:
        """An answer without amounts."""
        return LandedCost(
            status=status,
            destination=self.question.destination,
            scheme=scheme,
            collected=collected,
            currency=self.currency,
            goods_value=self.goods,
            duty=None,
            tax=None,
            fees=None,
            total_charges=None,
            buyer_total=None,
            fees_other_currency=(),
            steps=tuple(self._steps),
            facts=tuple(self._facts.values()),
            caveats=tuple(self._caveats.values()),
            missing=tuple(self._missing),
        )

    def quote(
        self,
        *,
        scheme: str,
        collected: Collected,
        duty: Decimal,
        tax: Decimal,
        fees: Decimal = ZERO,
        other: tuple[OtherFee, ...] = (),
    ) -> LandedCost:
        """The answer with its amounts; everything is to the minor unit."""
        total = self.round(duty + tax + fees)
        return LandedCost(
            status="quoted",
            destination=self.question.destination,
            scheme=scheme,
            collected=collected,
            currency=self.currency,
            goods_value=self.round(self.goods),
            duty=self.round(duty),
            tax=self.round(tax),
            fees=self.round(fees),
            total_charges=total,
            buyer_total=self.round(self.goods + self.transport + total),
            fees_other_currency=other,
            steps=tuple(self._steps),
            facts=tuple(self._facts.values()),
            caveats=tuple(self._caveats.values()),
            missing=(),
        )

    @property
    def has_gaps(self) -> bool:
        """Whether something is missing so far."""
        return bool(self._missing)
