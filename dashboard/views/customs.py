"""Customs: what is missing, the declarations, and their export with the landed cost."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from customs.models import Declaration, LandedCost
from dashboard.readings.customs import (
    SORTS,
    CustomsFilters,
    declaration_reason,
    declaration_rows,
    declarations_matching,
    read_missing,
)
from dashboard.readings.paging import newest_first, ordering, read_page
from dashboard.screens.common import Tab
from dashboard.screens.customs import CustomsPage
from dashboard.views.screens import asked, country_filter, csv_export, select, show, with_query

S = Declaration.Status
TABS = (S.INCOMPLETE, S.HELD, S.REFUSED, S.RELEASED)


def _filters(request: MemberRequest) -> CustomsFilters:
    return CustomsFilters(
        status=asked(request, "status", S.values),
        direction=asked(request, "direction", Declaration.Direction.values),
        country=asked(request, "country").upper()[:2],
    )


@member_view("customs.view")
@require_safe
def declaration_list(request: MemberRequest) -> HttpResponse:
    """What is missing, and the declarations, newest first."""
    filters = _filters(request)
    order = ordering(asked(request, "sort"), SORTS)
    with merchant(request.caller.merchant_id):
        missing = read_missing()
        rows = declarations_matching(filters)
        found = read_page(rows, order=order, cursor=request.GET.get("cursor", ""))
        shown = declaration_rows(found.rows)
    here = reverse("dashboard:customs")
    page = CustomsPage(
        missing=missing,
        tabs=(
            Tab(label=_("All"), url=here, current=not filters.status),
            *(
                Tab(
                    label=str(status.label),
                    url=f"{here}?status={status.value}",
                    current=filters.status == status.value,
                )
                for status in TABS
            ),
        ),
        filters=(
            select("status", _("Status"), filters.status, S.choices),
            select("direction", _("Direction"), filters.direction, Declaration.Direction.choices),
            country_filter(filters.country),
        ),
        rows=shown,
        pager=found.pager,
        sort=order.word,
        is_filtered=filters.is_filtered,
        clear_url=here,
        export_url=with_query(request, "dashboard:customs_export"),
    )
    return show(request, "dashboard/customs/list.html", page, current="customs")


@member_view("customs.view")
@require_safe
def declaration_export(request: MemberRequest) -> HttpResponseBase:
    """The filtered declarations as CSV, import ones with the landed cost."""
    filters = _filters(request)
    costs: dict[int, LandedCost] = {}

    def fetch(below: int | None) -> list[Declaration]:
        rows = newest_first(declarations_matching(filters), below=below)
        costs.clear()
        found = LandedCost.objects.filter(booking_id__in=[row.booking_id for row in rows])
        costs.update((cost.booking_id, cost) for cost in found)
        return rows

    def cells(row: Declaration) -> Iterable[object]:
        cost = costs.get(row.booking_id) if row.direction == "import" else None
        amounts: tuple[object, ...] = ("", "", "", "", "")
        if cost is not None:
            amounts = (cost.duty, cost.tax, cost.fees, cost.total_charges, cost.currency)
        return (
            row.lrn, row.mrn, row.direction, row.country, row.dataset, row.status,
            declaration_reason(row), row.booking.parcel.order.reference,
            row.booking.tracking_number, row.lodged_at, row.answered_at, *amounts,
        )  # fmt: skip

    return csv_export(
        merchant_id=request.caller.merchant_id,
        name="declarations",
        header=(
            "our_number", "customs_number", "direction", "country", "dataset", "status", "reason",
            "order", "tracking_number", "lodged_at", "answered_at", "duty", "tax", "fees",
            "charges", "currency",
        ),
        fetch=fetch,
        cells=cells,
        key=lambda row: row.pk,
    )  # fmt: skip
