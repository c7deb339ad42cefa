"""How a claim is decided: refuse, ask for proof, or approve up to the limit. No clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from claims.rules.terms import (
    InvalidClaim,
    Limit,
    check_kind,
    claim_limit,
    filing_deadline,
    required_evidence,
    terms,
)
from core.money import check_currency, round_half_up
from core.sentences import Sentence, gettext_noop

ZERO = Decimal(0)
Outcome = Literal["approved", "refused", "needs_evidence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """Everything a decision rests on, as known on ``decided_on``.

    Money is in ``currency``. ``damaged_share`` is the part of the value that is lost (1 = all).
    ``evidence`` holds codes of ``evidence.csv`` that are attached. ``loss_confirmed``: the carrier
    said so. ``accepted_on`` is the day the carrier took the parcel.
    """

    service_code: str
    kind: str
    amount_claimed: Decimal
    declared_value: Decimal
    currency: str
    weight_g: int
    accepted_on: date
    filed_on: date
    decided_on: date
    delivered_on: date | None = None
    promised_by: date | None = None
    last_event_on: date | None = None
    has_delivery_proof: bool = False
    loss_confirmed: bool = False
    damaged_share: Decimal = Decimal(1)
    evidence: frozenset[str] = field(default_factory=frozenset)
    already_paid: Decimal = ZERO

    def __post_init__(self) -> None:
        check_currency(self.currency)
        check_kind(self.kind)
        if self.amount_claimed <= 0:
            raise InvalidClaim("amount_claimed", "it is not above 0", "say what is asked for")
        if self.declared_value < 0 or self.already_paid < 0:
            raise InvalidClaim("declared_value", "an amount is negative", "use 0 or more")
        if self.weight_g < 1:
            raise InvalidClaim("weight_g", f"{self.weight_g} g", "give the parcel's weight")
        if not 0 < self.damaged_share <= 1:
            raise InvalidClaim("damaged_share", f"{self.damaged_share}", "use 0.5 for half")
        if self.filed_on < self.accepted_on:
            raise InvalidClaim("filed_on", "before the carrier took it", "correct the dates")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome; ``amount`` (claim's currency) is 0 unless approved.

    ``missing_evidence`` lists what would let the claim be decided.
    """

    outcome: Outcome
    amount: Decimal
    currency: str
    reasons: tuple[Sentence, ...]
    missing_evidence: tuple[str, ...]
    limit: Limit


def decide(facts: ClaimFacts) -> Decision:
    """Approve, refuse, or say what proof is missing; the same facts always decide the same.

    Refusals come first (too late, paid already, delivered in order), then gaps in the proof, then
    the amount: the lowest of what is asked, what was damaged and the limit, less what was paid.
    """
    limit = claim_limit(
        facts.service_code,
        facts.kind,
        declared_value=facts.declared_value,
        currency=facts.currency,
        weight_g=facts.weight_g,
        on=facts.accepted_on,
    )
    refusal = _late(facts) or _REFUSALS[facts.kind](facts)
    if refusal:
        return _decision("refused", facts, limit, refusal)
    missing = tuple(e for e in required_evidence(facts.kind) if e not in facts.evidence)
    gap = _GAPS[facts.kind](facts)
    if gap or missing:
        reasons = [gap[1]] if gap else []
        if missing:
            text = gettext_noop("Proof is missing: {evidence}.")
            reasons.append(Sentence("evidence_missing", text, {"evidence": ", ".join(missing)}))
        wanted = ((gap[0],) if gap else ()) + missing
        return _decision("needs_evidence", facts, limit, *reasons, missing=wanted)
    damaged = round_half_up(facts.declared_value * facts.damaged_share, facts.currency)
    worth = min(facts.amount_claimed, damaged, limit.amount)
    amount = round_half_up(worth - facts.already_paid, facts.currency)
    if amount <= 0:
        code = "already_paid" if facts.already_paid else "no_liability"
        text = (
            gettext_noop("{paid} {currency} was paid already; no more is due ({rule}).")
            if facts.already_paid
            else gettext_noop("Nothing is due: {rule}.")
        )
        params = {
            "paid": str(facts.already_paid),
            "currency": facts.currency,
            "rule": limit.rule,
        }
        return _decision("refused", facts, limit, Sentence(code, text, params))
    approved = Sentence(
        "approved",
        gettext_noop("Approved: {amount} {currency} of {claimed} claimed ({rule})."),
        {
            "amount": f"{amount:f}",
            "currency": facts.currency,
            "claimed": f"{facts.amount_claimed:f}",
            "rule": limit.rule,
        },
    )
    return _decision("approved", facts, limit, approved, amount=amount)


def _decision(
    outcome: Outcome,
    facts: ClaimFacts,
    limit: Limit,
    *reasons: Sentence,
    missing: tuple[str, ...] = (),
    amount: Decimal = ZERO,
) -> Decision:
    return Decision(
        outcome=outcome,
        amount=amount,
        currency=facts.currency,
        reasons=reasons,
        missing_evidence=missing,
        limit=limit,
    )


def _late(facts: ClaimFacts) -> Sentence | None:
    deadline = filing_deadline(
        facts.service_code,
        facts.kind,
        accepted_on=facts.accepted_on,
        delivered_on=facts.delivered_on,
    )
    if deadline.last_day is None or facts.filed_on <= deadline.last_day:
        return None
    return Sentence(
        "filed_late",
        gettext_noop("Filed on {filed}; the last day was {last} ({days} days)."),
        {
            "filed": facts.filed_on.isoformat(),
            "last": deadline.last_day.isoformat(),
            "days": str(deadline.days),
        },
    )


def _loss_refusal(facts: ClaimFacts) -> Sentence | None:
    if facts.delivered_on is None or not facts.has_delivery_proof:
        return None
    return Sentence(
        "delivered_with_proof",
        gettext_noop("Delivered on {day} with proof."),
        {"day": facts.delivered_on.isoformat()},
    )


def _delay_refusal(facts: ClaimFacts) -> Sentence | None:
    if not (facts.delivered_on and facts.promised_by and facts.delivered_on <= facts.promised_by):
        return None
    return Sentence(
        "on_time",
        gettext_noop("Delivered on {day}, promised by {promised}."),
        {"day": facts.delivered_on.isoformat(), "promised": facts.promised_by.isoformat()},
    )


def _no_refusal(facts: ClaimFacts) -> Sentence | None:
    del facts
    return None


def _loss_gap(facts: ClaimFacts) -> tuple[str, Sentence] | None:
    """A loss is confirmed by the carrier, or presumed after the service's days of silence."""
    if facts.delivered_on is not None:
        text = gettext_noop("The carrier reports a delivery; the buyer must deny it in writing.")
        is_denied = "recipient_statement" in facts.evidence
        return None if is_denied else ("recipient_statement", Sentence("delivery_reported", text))
    if facts.loss_confirmed:
        return None
    silence_days = terms(facts.service_code, "loss", facts.accepted_on).silence_days
    silent_since = facts.last_event_on or facts.accepted_on
    if silence_days is not None and (facts.decided_on - silent_since).days >= silence_days:
        return None
    return "carrier_loss_confirmation", Sentence(
        "loss_not_confirmed",
        gettext_noop("Not confirmed lost; presumed lost after {days} days without news."),
        {"days": str(silence_days)},
    )


def _delivery_gap(facts: ClaimFacts) -> tuple[str, Sentence] | None:
    if facts.delivered_on is not None:
        return None
    text = gettext_noop("Not delivered yet: damage and delay are judged on arrival.")
    return "delivery", Sentence("not_delivered", text)


_REFUSALS = {"loss": _loss_refusal, "damage": _no_refusal, "delay": _delay_refusal}
_GAPS = {"loss": _loss_gap, "damage": _delivery_gap, "delay": _delivery_gap}
