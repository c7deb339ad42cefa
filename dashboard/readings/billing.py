"""Charges, the money ledger and the balance in each currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Case, F, QuerySet, Sum, When
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.models import Charge, LedgerEntry
from core.models import Merchant
from core.money import Money
from core.tenancy import active_merchant_id
from dashboard.readings.words import ledger_words, sentence
from dashboard.screens.billing import ChargeRow
from dashboard.screens.today import MoneyFigure
from tracking.models import TrackedParcel

SORTS = {"charged_at": "id", "amount": "amount"}
LEDGER_SORTS = {"charged_at": "id", "amount": "amount"}
MERCHANT = LedgerEntry.Account.MERCHANT


def charges_since(since: date | None) -> QuerySet[Charge]:
    """The charges of a list, from a day in UTC on."""
    rows = Charge.objects.select_related("booking")
    return rows.filter(created_at__gte=_start(since)) if since else rows


def entries_since(since: date | None) -> QuerySet[LedgerEntry]:
    """The ledger's entries of a list, from a day in UTC on."""
    rows = LedgerEntry.objects.all()
    return rows.filter(at__gte=_start(since)) if since else rows


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo("UTC"))


def charge_rows(charges: Sequence[Charge]) -> tuple[ChargeRow, ...]:
    """Rows of the list of charges; one more query for any number of them."""
    bookings = [charge.booking_id for charge in charges]
    parcels = dict(
        TrackedParcel.objects.filter(booking_id__in=bookings).values_list("booking_id", "id")
    )
    return tuple(
        ChargeRow(
            number=charge.booking.reference,
            kind=str(charge.get_kind_display()),
            sentence=" ".join(map(sentence, charge.steps)),
            tracking_number=charge.booking.tracking_number,
            shipment_url=reverse("dashboard:shipment", args=[parcels[charge.booking_id]])
            if charge.booking_id in parcels
            else reverse("dashboard:shipments"),
            charged_at=charge.created_at,
            amount=Money(charge.amount, charge.currency),
        )
        for charge in charges
    )


def ledger_rows(entries: Sequence[LedgerEntry]) -> tuple[ChargeRow, ...]:
    """Rows of the ledger: what was taken from the balance is negative."""
    return tuple(
        ChargeRow(
            number=entry.reference,
            kind=ledger_words(entry),
            sentence=f"{entry.get_debit_display()} → {entry.get_credit_display()}",
            tracking_number=entry.reference,
            shipment_url=_subject_url(entry),
            charged_at=entry.at,
            amount=Money(signed(entry), entry.currency),
        )
        for entry in entries
    )


def signed(entry: LedgerEntry) -> Decimal:
    """An entry from the merchant's side: money received is positive, money owed negative."""
    return entry.amount if entry.credit == MERCHANT else -entry.amount


def _subject_url(entry: LedgerEntry) -> str:
    if entry.reason == "claim_payout":
        return reverse("dashboard:claim", args=[entry.reference])
    return f"{reverse('dashboard:search')}?q={entry.reference.split('-')[0]}"


def balances() -> tuple[MoneyFigure, ...]:
    """The balance in each currency: what the operator owes the merchant, negative when owed to.

    A sum over the merchant's whole ledger; a page shows it once.
    """
    amount = Case(When(credit=MERCHANT, then=F("amount")), default=-F("amount"))
    rows = list(
        LedgerEntry.objects.order_by("currency").values("currency").annotate(total=Sum(amount))
    )
    if not rows:
        owner = Merchant.objects.get(pk=active_merchant_id())
        nothing = Money(Decimal(0), owner.currency)
        return (MoneyFigure(label=_("Balance"), money=nothing, note=_("nothing charged yet")),)
    return tuple(
        MoneyFigure(
            label=_("Balance"),
            money=Money(row["total"], row["currency"]),
            note=_("you owe") if row["total"] < 0 else _("in your favour"),
            url=reverse("dashboard:billing"),
        )
        for row in rows
    )


def money_of_last_days(*, since: datetime) -> tuple[MoneyFigure, ...]:
    """What was charged and what was paid out since an instant, in each currency."""
    rows = (
        LedgerEntry.objects.filter(at__gte=since)
        .order_by("reason", "currency")
        .values("reason", "currency")
        .annotate(total=Sum("amount"))
    )
    labels = {
        "freight": _("Charged for carriage, 30 days"),
        "freight_reversed": _("Carriage taken back, 30 days"),
        "claim_payout": _("Claims paid, 30 days"),
    }
    return tuple(
        MoneyFigure(
            label=labels.get(row["reason"], row["reason"]),
            money=Money(row["total"], row["currency"]),
            url=reverse("dashboard:billing"),
        )
        for row in rows
    )
