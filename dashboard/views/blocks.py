"""Settings, blocked buyers: added by hash, shown without the value, removed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.blocks import read_blocks
from dashboard.views.screens import show
from flows.blocking import NothingToBlock, block_typed
from orders.models import BlockKind
from orders.services import unblock_buyer

LONGEST = 254


@member_view("orders.view")
@require_safe
def blocked_buyers(request: MemberRequest) -> HttpResponse:
    """The list; nobody reads on it who is blocked."""
    return _page(request, fault="")


@member_view("orders.edit")
@require_POST
def blocked_buyer_add(request: MemberRequest) -> HttpResponse:
    """Add an e-mail address or a phone number, of which only a hash is kept."""
    fault = _add(request)
    if fault:
        return _page(request, fault=fault)
    return HttpResponseRedirect(reverse("dashboard:blocked_buyers"))


def _page(request: MemberRequest, *, fault: str) -> HttpResponse:
    caller = request.caller
    with merchant(caller.merchant_id):
        page = read_blocks(caller=caller, cursor=request.GET.get("cursor", ""), fault=fault)
    template = "dashboard/settings/blocked_buyers.html"
    return show(request, template, page, current="orders", status=400 if fault else 200)


def _add(request: MemberRequest) -> str:
    def sent(name: str) -> str:
        return request.POST.get(name, "").replace("\x00", "").strip()[:LONGEST]

    kind, caller = sent("kind"), request.caller
    with merchant(caller.merchant_id):
        try:
            is_new = block_typed(
                kind=kind,
                text=sent("value"),
                country=sent("country").upper()[:2],
                note=sent("note"),
                actor=caller.actor,
                now=timezone.now(),
            )
        except NothingToBlock:
            return (
                _("Enter a phone number with at least six digits and the country of its orders.")
                if kind == BlockKind.PHONE
                else _("Enter an e-mail address, for example name@example.com.")
            )
    told = _("The buyer is on your block list.") if is_new else _("The buyer was on it before.")
    messages.success(request, told)
    return ""


@member_view("orders.edit")
@require_POST
def blocked_buyer_remove(request: MemberRequest, block_id: int) -> HttpResponse:
    """Take a buyer off the list."""
    caller = request.caller
    with merchant(caller.merchant_id):
        if not unblock_buyer(block_id=block_id, actor=caller.actor, now=timezone.now()):
            raise Http404
    messages.success(request, _("Removed. Orders held for it stay held until they are checked."))
    return HttpResponseRedirect(reverse("dashboard:blocked_buyers"))
