"""The only writer of charges and of the money ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.models import Charge, LedgerEntry
from core.tenancy import active_merchant_id
from shipping.models import Agreement, Booking

FREIGHT = "freight"
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
