"""The payout advice: what was paid for a claim, under which limit, and how it was worked out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.pdf import AddressBlock, Sheet, render_pdf
from core.pdf.columns import labelled
from core.templatetags.paper import amount, day

PAYOUT_ADVICE_STYLES = ("documents/base.css",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutAdvice:
    """One payout. ``steps`` are (words, amount) in the order they were computed, deductions
    negative, and must add up to ``total``; ``limit_sentence`` names the rule and its date."""

    number: str
    created_at: datetime
    claim_number: str
    reason: str
    payee: AddressBlock
    payer: AddressBlock
    order_reference: str
    tracking_number: str
    decided_on: date
    paid_on: date
    ledger_reference: str
    currency: str
    steps: tuple[tuple[str, Decimal], ...]
    total: Decimal
    limit_sentence: str

    def __post_init__(self) -> None:
        if sum((value for _, value in self.steps), Decimal(0)) != self.total:
            raise ValueError("steps: do not add up to total; give every amount that was counted")

    @property
    def facts(self) -> tuple[str, str]:
        """Header fields as two texts, labels and values."""
        return labelled(
            (
                ("Claim", self.claim_number),
                ("Reason", self.reason),
                ("Order", self.order_reference),
                ("Parcel", self.tracking_number),
                ("Decided", day(self.decided_on)),
                ("Paid", day(self.paid_on)),
                ("Ledger entry", self.ledger_reference),
            ),
            width=28,
        )

    @property
    def priced_steps(self) -> tuple[tuple[str, str], ...]:
        """The steps with their amounts as printed."""
        return tuple((words, amount(value, self.currency)) for words, value in self.steps)


def render_payout_advice(advice: PayoutAdvice) -> bytes:
    """The advice as a one-page A4 PDF."""
    return render_pdf(
        Sheet(
            template="documents/payout_advice.html",
            stylesheets=PAYOUT_ADVICE_STYLES,
            title=f"Payout advice {advice.number}",
            created_at=advice.created_at,
            context={"advice": advice},
        )
    )
