"""What a member may do to an order: check anew, correct, cancel, decide a conflict, block."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, member_view
from core.deadlocks import again_after_deadlock
from core.tenancy import merchant
from dashboard.readings.order import find_order
from flows.blocking import NothingToBlock, block_buyer_of
from flows.cancelling import TooLate, cancel_order
from flows.changes import CHOICES, CORRECTABLE, correct_recipient, decide
from flows.recheck import recheck_orders
from orders.models import BlockKind, Order, OrderConflict
from orders.services import AlreadyDecided
from orders.services.cancelling import LONGEST_REASON
from orders.words import too_late_words

LONGEST = 200


@member_view("orders.edit")
@require_POST
def order_recheck(request: MemberRequest, reference: str) -> HttpResponse:
    """Check an order anew with today's products and listings."""
    with merchant(request.caller.merchant_id):
        order = _find(reference)
        done = recheck_orders(order_ids=[order.pk], actor=request.caller.actor, now=timezone.now())
    if order.pk in done.accepted:
        messages.success(request, _("The order is accepted and goes on."))
    elif done.checked:
        messages.info(request, _("The order was checked anew."))
    else:
        messages.error(request, too_late_words(order.status))
    return _back(reference)


@member_view("orders.edit")
@require_POST
@again_after_deadlock
def order_correct(request: MemberRequest, reference: str) -> HttpResponse:
    """Correct the recipient: the fields that were sent, others stay."""
    sent = {
        name: request.POST[name].replace("\x00", "").strip()[:LONGEST]
        for name in CORRECTABLE
        if name in request.POST
    }
    with merchant(request.caller.merchant_id):
        order = _find(reference)
        try:
            done = correct_recipient(
                order_id=order.pk, corrections=sent, actor=request.caller.actor, now=timezone.now()
            )
        except TooLate as late:
            messages.error(request, too_late_words(late.status, late.why))
            return _back(reference)
    if order.pk in done.held:
        messages.warning(request, _("Corrected. See what still holds the order."))
    else:
        messages.success(request, _("Corrected; nothing holds the order."))
    return _back(reference)


@member_view("orders.edit")
@require_POST
@again_after_deadlock
def order_cancel(request: MemberRequest, reference: str) -> HttpResponse:
    """Cancel an order for a reason."""
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:LONGEST_REASON]
    caller = request.caller
    with merchant(caller.merchant_id):
        order = _find(reference)
        if not reason:
            messages.error(request, _("Say why the order is cancelled."))
            return _back(reference)
        try:
            cancel_order(order_id=order.pk, reason=reason, actor=caller.actor, now=timezone.now())
        except TooLate as late:
            messages.error(request, too_late_words(late.status, late.why))
        else:
            messages.success(request, _("The order is cancelled."))
    return _back(reference)


@member_view("orders.edit")
@require_POST
@again_after_deadlock
def conflict_decide(request: MemberRequest, reference: str, conflict_id: int) -> HttpResponse:
    """Decide what the channel says otherwise: keep ours, take theirs, or cancel."""
    choice = request.POST.get("choice", "")
    caller = request.caller
    with merchant(caller.merchant_id):
        order = _find(reference)
        found = OrderConflict.objects.filter(pk=conflict_id, order=order).first()
        if found is None:
            raise Http404
        if choice not in CHOICES or (choice == "take" and not found.theirs):
            messages.error(request, _("Choose what shall become of the order."))
            return _back(reference)
        try:
            decide(conflict_id=found.pk, choice=choice, actor=caller.actor, now=timezone.now())
        except AlreadyDecided:
            messages.info(request, _("It was decided before."))
        except TooLate as late:
            messages.error(request, too_late_words(late.status, late.why))
        else:
            messages.success(request, _("Decided."))
    return _back(reference)


@member_view("orders.edit")
@require_POST
def order_block(request: MemberRequest, reference: str) -> HttpResponse:
    """Put the buyer of an order on the block list."""
    kind = request.POST.get("kind", "")
    note = request.POST.get("note", "").replace("\x00", "").strip()[:LONGEST]
    caller = request.caller
    with merchant(caller.merchant_id):
        order = _find(reference)
        if kind not in BlockKind.values:
            messages.error(request, _("Choose by what the buyer is recognised."))
            return _back(reference)
        try:
            is_new = block_buyer_of(
                order_id=order.pk, kind=kind, note=note, actor=caller.actor, now=timezone.now()
            )
        except NothingToBlock:
            messages.error(request, _("The order says nothing of that kind about its buyer."))
            return _back(reference)
    told = _("The buyer is on your block list.") if is_new else _("The buyer was on it before.")
    messages.success(request, told)
    return _back(reference)


def _find(reference: str) -> Order:
    order = find_order(reference)
    if order is None:
        raise Http404
    return order


def _back(reference: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:order", args=[reference]))
