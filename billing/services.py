"""The only writer of charges and of the money ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.models import Charge, LedgerEntry
from core.sentences import Sentence
from core.tenancy import active_merchant_id
from shipping.models import Agreement, Booking

FREIGHT = "freight"
FREIGHT_REVERSED = "freight_reversed"
CLAIM_PAYOUT = "claim_payout"


def charge_booking(
    *,
    booking: Booking,
    agreement: Agreement,
    amount: Decimal,
    currency: str,
    inputs: Mapping[str, Any],
    steps: list[Any],
    now: datetime,
) -> Charge:
    """Charge a booking once under the accepted terms and book it in the ledger."""
    charge, is_new = Charge.objects.get_or_create(
        merchant_id=active_merchant_id(),
        booking=booking,
        kind=Charge.Kind.FREIGHT,
        defaults={
            "agreement": agreement,
            "amount": amount,
            "currency": currency,
            "inputs": dict(inputs),
            "steps": steps,
            "created_at": now,
        },
    )
    if is_new and amount > 0:
        LedgerEntry.objects.create(
            debit=LedgerEntry.Account.MERCHANT,
            credit=LedgerEntry.Account.FREIGHT_INCOME,
            amount=amount,
            currency=currency,
            reason=FREIGHT,
            reference=booking.reference,
            at=now,
        )
    return charge


def reverse_charge(*, booking: Booking, step: Sentence, now: datetime) -> Charge | None:
    """Take back what was charged for a withdrawn booking, once; None where nothing was charged.

    `step` says why. What was charged stays on record: the reversal is a charge below zero.
    """
    charged = Charge.objects.filter(booking=booking, kind=Charge.Kind.FREIGHT).first()
    if charged is None:
        return None
    reversal, is_new = Charge.objects.get_or_create(
        merchant_id=active_merchant_id(),
        booking=booking,
        kind=Charge.Kind.FREIGHT_REVERSED,
        defaults={
            "agreement_id": charged.agreement_id,
            "amount": -charged.amount,
            "currency": charged.currency,
            "inputs": {"reverses": charged.pk},
            "steps": [step.as_dict()],
            "created_at": now,
        },
    )
    if is_new and charged.amount > 0:
        LedgerEntry.objects.create(
            debit=LedgerEntry.Account.FREIGHT_INCOME,
            credit=LedgerEntry.Account.MERCHANT,
            amount=charged.amount,
            currency=charged.currency,
            reason=FREIGHT_REVERSED,
            reference=booking.reference,
            at=now,
        )
    return reversal


def pay_claim(*, claim_number: str, amount: Decimal, currency: str, now: datetime) -> LedgerEntry:
    """Credit the merchant's balance with an approved claim, once per claim number."""
    entry, _ = LedgerEntry.objects.get_or_create(
        merchant_id=active_merchant_id(),
        reason=CLAIM_PAYOUT,
        reference=claim_number,
        defaults={
            "debit": LedgerEntry.Account.CLAIMS_PAID,
            "credit": LedgerEntry.Account.MERCHANT,
            "amount": amount,
            "currency": currency,
            "at": now,
        },
    )
    return entry
