"""Today, and the search field of every page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.today import read_today
from dashboard.views.screens import asked, show
from orders.models import Order
from tracking.models import TrackedParcel


@member_view("orders.view")
@require_safe
def today(request: MemberRequest) -> HttpResponse:
    """What needs the merchant, what moved, the money."""
    now = timezone.now()
    with merchant(request.caller.merchant_id):
        page = read_today(now=now)
    return show(request, "dashboard/today.html", page, current="today", now=now)


@member_view("orders.view")
@require_safe
def search(request: MemberRequest) -> HttpResponse:
    """Go to the one parcel or order of that number, else to the orders that begin with it."""
    query = asked(request, "q")
    with merchant(request.caller.merchant_id):
        target = _target(query)
    return HttpResponseRedirect(target)


def _target(query: str) -> str:
    orders = reverse("dashboard:orders")
    if not query:
        return orders
    parcels = TrackedParcel.objects.filter(booking__tracking_number=query.upper())
    parcel_ids = list(parcels.values_list("id", flat=True)[:2])
    if len(parcel_ids) == 1:
        return reverse("dashboard:shipment", args=parcel_ids)
    reference = Order.objects.filter(reference=query.upper()).values_list("reference", flat=True)
    for found in reference[:1]:
        return reverse("dashboard:order", args=[found])
    return f"{orders}?{urlencode({'q': query})}"
