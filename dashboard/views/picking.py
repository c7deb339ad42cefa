"""Settings, picking: what becomes of an order whose goods are not all on the shelf."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.team import settings_tabs
from dashboard.screens.common import Option
from dashboard.screens.picking import PickingPage
from dashboard.views.screens import show
from warehouse.models import FloorPolicy
from warehouse.services.shorts import on_short, set_on_short


@member_view("orders.view", write="orders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def picking(request: MemberRequest) -> HttpResponse:
    """The choice; a POST changes it: {on_short}."""
    caller, status = request.caller, 200
    with merchant(caller.merchant_id):
        if request.method == "POST":
            wish = request.POST.get("on_short", "")
            if wish in FloorPolicy.OnShort.values:
                set_on_short(wish=wish, actor=caller.actor, now=timezone.now())
                messages.success(request, _("Saved. Short picks from now on follow it."))
                return HttpResponseRedirect(reverse("dashboard:picking"))
            messages.error(request, _("Choose what shall become of the order."))
            status = 400
        page = PickingPage(
            tabs=settings_tabs("picking"),
            choices=tuple(
                Option(value=str(each), label=str(each.label)) for each in FloorPolicy.OnShort
            ),
            chosen=on_short(),
            post_url=reverse("dashboard:picking") if caller.may("orders.edit") else "",
        )
    return show(request, "dashboard/settings/picking.html", page, current="settings", status=status)
