"""Shipments: list, detail, export."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.paging import newest_first, ordering, read_page
from dashboard.readings.shipment import read_shipment
from dashboard.readings.shipments import (
    SORTS,
    ShipmentFilters,
    shipment_rows,
    shipments_matching,
)
from dashboard.screens.common import Filter, Tab
from dashboard.screens.shipments import ShipmentsPage
from dashboard.views.screens import asked, csv_export, select, show, with_query
from tracking.models import TrackedParcel
from tracking.words import CARRIERS, carrier_words

CARRIER_CODES = tuple(code for code in CARRIERS if code not in ("partner", "waybridge"))


def _filters(request: MemberRequest) -> ShipmentFilters:
    return ShipmentFilters(
        query=asked(request, "q"),
        milestone=asked(request, "milestone", TrackedParcel.Milestone.values),
        carrier=asked(request, "carrier", CARRIER_CODES),
        has_problem=asked(request, "problem") == "1",
    )


def _milestones() -> list[tuple[str, str]]:
    """Where parcels stand. A parcel is followed from its booking on, before it is packed."""
    names = [(str(value), str(label)) for value, label in TrackedParcel.Milestone.choices]
    return [("packed", _("Booked or packed")), *names[1:]]


@member_view("shipments.view")
@require_safe
def shipment_list(request: MemberRequest) -> HttpResponse:
    """The list, newest first unless sorted otherwise."""
    filters = _filters(request)
    order = ordering(asked(request, "sort"), SORTS)
    with merchant(request.caller.merchant_id):
        rows = shipments_matching(filters)
        found = read_page(rows, order=order, cursor=request.GET.get("cursor", ""))
        shown = shipment_rows(found.rows)
    here = reverse("dashboard:shipments")
    page = ShipmentsPage(
        tabs=(
            Tab(label=_("All"), url=here, current=not filters.has_problem),
            Tab(label=_("With a problem"), url=f"{here}?problem=1", current=filters.has_problem),
        ),
        filters=(
            Filter(
                name="q",
                label=_("Search"),
                kind="search",
                value=filters.query,
                placeholder=_("Beginning of a tracking number"),
            ),
            select("milestone", _("Stands at"), filters.milestone, _milestones()),
            select(
                "carrier",
                _("Carrier"),
                filters.carrier,
                [(code, carrier_words(code)) for code in CARRIER_CODES],
            ),
            select(
                "problem",
                _("Problem"),
                "1" if filters.has_problem else "",
                [("1", _("Only with one"))],
            ),
        ),
        rows=shown,
        pager=found.pager,
        sort=order.word,
        is_filtered=filters.is_filtered,
        clear_url=here,
        export_url=with_query(request, "dashboard:shipments_export"),
        orders_url=reverse("dashboard:orders"),
    )
    return show(request, "dashboard/shipments/list.html", page, current="shipments")


@member_view("shipments.view")
@require_safe
def shipment_detail(request: MemberRequest, parcel_id: int) -> HttpResponse:
    """One shipment."""
    related = "booking__parcel__order"
    with merchant(request.caller.merchant_id):
        parcel = TrackedParcel.objects.select_related(related).filter(pk=parcel_id).first()
        if parcel is None:
            raise Http404
        page = read_shipment(parcel=parcel, caller=request.caller)
    return show(request, "dashboard/shipments/detail.html", page, current="shipments")


@member_view("shipments.view")
@require_safe
def shipment_export(request: MemberRequest) -> HttpResponseBase:
    """The filtered shipments as CSV."""
    filters = _filters(request)

    def fetch(below: int | None) -> list[TrackedParcel]:
        return newest_first(shipments_matching(filters), below=below)

    return csv_export(
        merchant_id=request.caller.merchant_id,
        name="shipments",
        header=(
            "tracking_number", "order", "external_order", "carrier", "service", "country",
            "weight_g", "milestone", "milestone_at", "problem", "booked_at", "delivered_at",
        ),
        fetch=fetch,
        cells=lambda parcel: (
            parcel.tracking_number, parcel.booking.parcel.order.reference,
            parcel.booking.parcel.order.external_order, parcel.carrier_code,
            parcel.booking.service_code, parcel.destination_country,
            parcel.booking.parcel.weight_g or parcel.booking.parcel.expected_weight_g,
            parcel.milestone, parcel.milestone_at, parcel.problem, parcel.booking.booked_at,
            parcel.delivered_at,
        ),
        key=lambda parcel: parcel.pk,
    )  # fmt: skip
