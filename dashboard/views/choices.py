"""Which of a person's merchants is open."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, choose_merchant, member_view, memberships
from core.models import Merchant
from core.tenancy import merchant
from dashboard.readings.shell import read_shell
from dashboard.screens.common import Option


@member_view("orders.view", even_suspended=True)
@require_http_methods(["GET", "HEAD", "POST"])
def merchants(request: MemberRequest) -> HttpResponse:
    """The merchants a person belongs to; a POST of `merchant` goes over to that one."""
    mine = memberships(request)
    if request.method == "POST":
        wanted = request.POST.get("merchant", "")
        chosen = next((merchant_id for merchant_id in mine if str(merchant_id) == wanted), None)
        if chosen is None:
            messages.error(request, _("Choose one of your merchants."))
            return HttpResponseRedirect(reverse("dashboard:merchants"))
        name = choose_merchant(request, chosen)
        messages.success(request, _("What you see now is %(name)s.") % {"name": name})
        return HttpResponseRedirect(reverse("dashboard:today"))
    options = tuple(
        Option(
            value=str(merchant_id),
            label=_label(merchant_id, is_suspended=is_suspended),
            selected=merchant_id == request.caller.merchant_id,
        )
        for merchant_id, is_suspended in mine.items()
    )
    context = {
        "options": options,
        "shell": read_shell(request, current=""),
        "now": timezone.now(),
    }
    return render(request, "dashboard/merchants.html", context)


def _label(merchant_id: int, *, is_suspended: bool) -> str:
    with merchant(merchant_id):
        name = Merchant.objects.values_list("name", flat=True).get(pk=merchant_id)
    return _("%(name)s (suspended)") % {"name": name} if is_suspended else name
