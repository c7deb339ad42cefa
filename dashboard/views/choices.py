"""What a person chooses for their own session: the merchant, and the language of every page."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from accounts.access import CHOSEN_MERCHANT, MemberRequest, member_view
from accounts.models import MembershipLookup, User
from core.models import Merchant
from core.routes import PUBLIC, permission
from core.tenancy import merchant
from dashboard.readings.shell import read_shell
from dashboard.screens.common import Option

MOST_MERCHANTS = 50


@permission(PUBLIC)
@require_POST
def language(request: HttpRequest) -> HttpResponseBase:
    """Keep the chosen language in a cookie and go back to the page."""
    return set_language(request)


@member_view("orders.view")
@require_http_methods(["GET", "HEAD", "POST"])
def merchants(request: MemberRequest) -> HttpResponse:
    """The merchants a person belongs to; a POST of `merchant` goes over to that one."""
    user = cast("User", request.user)
    rows = MembershipLookup.objects.filter(user=user).order_by("id")
    mine = list(rows.values_list("merchant_id", flat=True)[:MOST_MERCHANTS])
    if request.method == "POST":
        wanted = request.POST.get("merchant", "")
        chosen = next((merchant_id for merchant_id in mine if str(merchant_id) == wanted), None)
        if chosen is None:
            messages.error(request, _("Choose one of your merchants."))
            return HttpResponseRedirect(reverse("dashboard:merchants"))
        request.session[CHOSEN_MERCHANT] = chosen
        return HttpResponseRedirect(reverse("dashboard:today"))
    options = tuple(
        Option(
            value=str(merchant_id),
            label=_name(merchant_id),
            selected=merchant_id == request.caller.merchant_id,
        )
        for merchant_id in mine
    )
    context = {
        "options": options,
        "shell": read_shell(request, current=""),
        "now": timezone.now(),
    }
    return render(request, "dashboard/merchants.html", context)


def _name(merchant_id: int) -> str:
    with merchant(merchant_id):
        return Merchant.objects.values_list("name", flat=True).get(pk=merchant_id)
