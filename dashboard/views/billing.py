"""Billing: charges with how they were computed, the ledger, the balance in each currency."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_view
from billing.models import Charge, LedgerEntry
from core.tenancy import merchant
from dashboard.readings.billing import (
    SORTS,
    balances,
    charge_rows,
    charges_since,
    entries_since,
    ledger_rows,
    signed,
)
from dashboard.readings.paging import newest_first, ordering, read_page
from dashboard.screens.billing import BillingPage
from dashboard.screens.common import Filter, Option, Tab
from dashboard.views.screens import asked, asked_day, csv_export, show, with_query

LEDGER = "ledger"


@member_view("billing.view")
@require_safe
def billing(request: MemberRequest) -> HttpResponse:
    """The charges, or with `?view=ledger` every movement of the balance."""
    is_ledger = asked(request, "view") == LEDGER
    since = asked_day(request, "since")
    order = ordering(asked(request, "sort"), SORTS)
    cursor = request.GET.get("cursor", "")
    with merchant(request.caller.merchant_id):
        figures = balances()
        if is_ledger:
            entries = read_page(entries_since(since), order=order, cursor=cursor)
            rows, pager = ledger_rows(entries.rows), entries.pager
        else:
            charges = read_page(charges_since(since), order=order, cursor=cursor)
            rows, pager = charge_rows(charges.rows), charges.pager
    here = reverse("dashboard:billing")
    page = BillingPage(
        figures=figures,
        tabs=(
            Tab(label=_("Charges"), url=here, current=not is_ledger),
            Tab(label=_("Ledger"), url=f"{here}?view={LEDGER}", current=is_ledger),
        ),
        filters=(
            Filter(
                name="view",
                label=_("Show"),
                value=LEDGER if is_ledger else "",
                options=(
                    Option(value="", label=_("Charges"), selected=not is_ledger),
                    Option(value=LEDGER, label=_("Ledger"), selected=is_ledger),
                ),
            ),
            Filter(
                name="since",
                label=_("Since"),
                kind="date",
                value=since.isoformat() if since else "",
            ),
        ),
        rows=rows,
        pager=pager,
        sort=order.word,
        is_filtered=since is not None,
        clear_url=f"{here}?view={LEDGER}" if is_ledger else here,
        export_url=with_query(request, "dashboard:billing_export"),
    )
    return show(request, "dashboard/billing/list.html", page, current="billing")


@member_view("billing.view")
@require_safe
def billing_export(request: MemberRequest) -> HttpResponseBase:
    """The charges, or the ledger, as CSV."""
    merchant_id, since = request.caller.merchant_id, asked_day(request, "since")
    if asked(request, "view") == LEDGER:
        return csv_export(
            merchant_id=merchant_id,
            name="ledger",
            header=("at", "reason", "reference", "debit", "credit", "amount", "currency"),
            fetch=lambda below: newest_first(entries_since(since), below=below),
            cells=_entry_cells,
            key=lambda entry: entry.pk,
        )
    return csv_export(
        merchant_id=merchant_id,
        name="charges",
        header=("booking", "tracking_number", "kind", "amount", "currency", "charged_at"),
        fetch=lambda below: newest_first(charges_since(since), below=below),
        cells=_charge_cells,
        key=lambda charge: charge.pk,
    )


def _entry_cells(entry: LedgerEntry) -> tuple[object, ...]:
    return (
        entry.at, entry.reason, entry.reference, entry.debit, entry.credit, signed(entry),
        entry.currency,
    )  # fmt: skip


def _charge_cells(charge: Charge) -> tuple[object, ...]:
    return (
        charge.booking.reference, charge.booking.tracking_number, charge.kind, charge.amount,
        charge.currency, charge.created_at,
    )  # fmt: skip
