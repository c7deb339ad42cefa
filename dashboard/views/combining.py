"""Splitting and merging orders, and taking both back."""

from __future__ import annotations

import re
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.deadlocks import again_after_deadlock
from core.sentences import Sentence, gettext_noop
from core.spoken import run_on, say
from core.tenancy import merchant
from dashboard.readings.combining import FURTHER_PARTS, input_name, read_split, read_together
from dashboard.readings.order import find_order
from dashboard.views.screens import asked, show
from flows.combining import (
    LONGEST_REASON,
    NewPart,
    NotCombined,
    ReasonNeeded,
    merge_orders,
    split_order,
    undo,
)
from flows.parts import parts_by_hand, parts_by_stock, parts_by_value, parts_by_warehouse
from orders.models import Order, OrderLine
from orders.rules.combining import MOST_MERGED
from orders.services import SomebodyWasFirst

MOST_GROUPS = 50
LONGEST_TYPED = 20
AMOUNT = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{0,4})?")
MOVED_ON = Sentence("moved_on", gettext_noop("The order has moved on. Look at it again."))


@member_view("orders.view")
@require_safe
def orders_together(request: MemberRequest) -> HttpResponse:
    """Open orders that go to one recipient and address."""
    with merchant(request.caller.merchant_id):
        page = read_together(
            after=asked(request, "after"), caller=request.caller, now=timezone.now()
        )
    return show(request, "dashboard/orders/together.html", page, current="orders")


@member_view("orders.edit")
@require_POST
def orders_merge(request: MemberRequest) -> HttpResponse:
    """Merge the chosen groups (`selected`, ids with dashes), or the orders given as `order`."""
    groups = [text.split("-") for text in request.POST.getlist("selected")[:MOST_GROUPS]]
    alone = request.POST.getlist("order")
    if alone:
        groups = [alone]
    ids = [_ids(group) for group in groups]
    if not ids:
        messages.warning(request, _("Choose orders first, then what to do with them."))
        return HttpResponseRedirect(reverse("dashboard:orders_together"))
    made: list[Order] = []
    for group in ids:
        # Each in a transaction of its own: one that is refused leaves the others merged.
        try:
            with merchant(request.caller.merchant_id):
                made.append(
                    merge_orders(order_ids=group, actor=request.caller.actor, now=timezone.now())
                )
        except (NotCombined, SomebodyWasFirst) as error:
            messages.error(request, _words(error))
    if made:
        words = ngettext(
            "%(count)s combined order made.", "%(count)s combined orders made.", len(made)
        )
        messages.success(request, words % {"count": len(made)})
    if len(made) == 1 == len(ids):
        return HttpResponseRedirect(reverse("dashboard:order", args=[made[0].reference]))
    return HttpResponseRedirect(reverse("dashboard:orders_together"))


@member_view("orders.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def order_split(request: MemberRequest, reference: str) -> HttpResponse:
    """The form that splits an order, and the splitting."""
    typed = {
        name: str(text).replace("\x00", "").strip()[:LONGEST_REASON]
        for name, text in request.POST.items()
    }
    faults: tuple[Sentence, ...] = ()
    needs_reason = False
    if request.method == "POST":
        try:
            with merchant(request.caller.merchant_id):
                order = _find(reference)
                made = split_order(
                    order_id=order.pk,
                    parts=_parts(order, typed),
                    reason=typed.get("reason", ""),
                    actor=request.caller.actor,
                    now=timezone.now(),
                )
        except ReasonNeeded as asks:
            faults, needs_reason = asks.faults, True
        except NotCombined as error:
            faults = error.faults
        except SomebodyWasFirst:
            faults = (MOVED_ON,)
        else:
            words = ngettext(
                "The order is split into %(count)s part.",
                "The order is split into %(count)s parts.",
                len(made),
            )
            messages.success(request, words % {"count": len(made)})
            return _back(reference)
    with merchant(request.caller.merchant_id):
        page = read_split(
            order=_find(reference), typed=typed, faults=faults, needs_reason=needs_reason
        )
    status = 422 if faults else 200
    return show(request, "dashboard/orders/split.html", page, current="orders", status=status)


@member_view("orders.edit")
@require_POST
@again_after_deadlock
def order_undo(request: MemberRequest, reference: str) -> HttpResponse:
    """Take the split or merge of an order back."""
    try:
        with merchant(request.caller.merchant_id):
            order = _find(reference)
            back = undo(order_id=order.pk, actor=request.caller.actor, now=timezone.now())
    except (NotCombined, SomebodyWasFirst) as error:
        messages.error(request, _words(error))
        return _back(reference)
    messages.success(request, _("Taken back. The orders stand for themselves again."))
    return _back(back[0].reference)


def _parts(order: Order, typed: dict[str, str]) -> list[NewPart]:
    """The parts as the form asks for them. Raises `NotCombined`."""
    by = typed.get("by", "hand")
    if by == "stock":
        return parts_by_stock(order.pk)
    if by == "warehouse":
        return parts_by_warehouse(order.pk)
    if by == "value":
        return parts_by_value(order.pk, _amount(typed.get("limit", "")))
    line_ids = list(OrderLine.objects.filter(order=order).values_list("pk", flat=True))
    plans = [
        {line_id: pieces for line_id in line_ids
         if (pieces := _pieces(typed.get(input_name(part, line_id), "")))}
        for part in FURTHER_PARTS
    ]  # fmt: skip
    return parts_by_hand(order.pk, [plan for plan in plans if plan])


def _pieces(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_TYPED):
        raise NotCombined(
            Sentence(
                "not_a_quantity",
                gettext_noop("“{text}” is not a number of pieces: enter 0, 1, 2 and so on."),
                {"text": text[:LONGEST_TYPED]},
            )
        )
    return int(text)


def _amount(text: str) -> Decimal:
    # Digits only: with an exponent twenty letters are a number of a hundred thousand digits.
    is_plain = AMOUNT.fullmatch(text) is not None
    amount = Decimal(text.replace(",", ".")) if is_plain else Decimal(0)
    if amount <= 0:
        raise NotCombined(
            Sentence("not_an_amount", gettext_noop("Enter an amount above zero for each part."))
        )
    return amount


def _ids(texts: list[str]) -> list[int]:
    found = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
    return found[: MOST_MERGED + 1]


def _words(error: NotCombined | SomebodyWasFirst) -> str:
    faults = error.faults if isinstance(error, NotCombined) else (MOVED_ON,)
    return run_on(say(fault.as_dict()) for fault in faults)


def _find(reference: str) -> Order:
    order = find_order(reference)
    if order is None:
        raise Http404
    return order


def _back(reference: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:order", args=[reference]))
