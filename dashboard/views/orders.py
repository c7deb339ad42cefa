"""The orders: list, detail, release of holds, export."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from accounts.authentication import Caller
from core.tenancy import merchant
from dashboard.readings.order import find_order, read_order
from dashboard.readings.order_tabs import order_tabs
from dashboard.readings.orders import SORTS, OrderFilters, order_rows, orders_matching
from dashboard.readings.paging import newest_first, ordering, read_page
from dashboard.screens.common import BulkAction, Filter
from dashboard.screens.orders import OrdersPage
from dashboard.views.screens import (
    asked,
    asked_day,
    country_filter,
    csv_export,
    select,
    show,
    with_query,
)
from flows.intake import release_hold
from orders.models import Hold, Order
from orders.services import HoldAlreadyReleased, HoldStillApplies, NotYourHold
from orders.services.holds import may_release
from orders.words import hold_words
from tracking.words import stage_words

MOST_AT_ONCE = 200
STAGES = ("ordered", "allocated", "packed")


def _filters(request: MemberRequest) -> OrderFilters:
    return OrderFilters(
        query=asked(request, "q"),
        status=asked(request, "status", (*Order.Status.values, *STAGES)),
        country=asked(request, "country").upper()[:2],
        hold=asked(request, "hold", Hold.Code.values),
        since=asked_day(request, "since"),
        upload=_number(asked(request, "upload")),
        tag=asked(request, "tag")[:30],
        rule=_number(asked(request, "rule")),
    )


def _number(text: str) -> int | None:
    return int(text) if _is_id(text) else None


@member_view("orders.view")
@require_safe
def order_list(request: MemberRequest) -> HttpResponse:
    """The list, newest first unless sorted otherwise."""
    filters = _filters(request)
    order = ordering(asked(request, "sort"), SORTS)
    with merchant(request.caller.merchant_id):
        rows = orders_matching(filters).select_related("channel")
        found = read_page(rows, order=order, cursor=request.GET.get("cursor", ""))
        shown = order_rows(found.rows)
    may_act = request.caller.may("holds.release")
    page = OrdersPage(
        tabs=order_tabs(filters.status),
        filters=_filter_bar(filters),
        rows=shown,
        pager=found.pager,
        sort=order.word,
        is_filtered=filters.is_filtered,
        clear_url=reverse("dashboard:orders"),
        export_url=with_query(request, "dashboard:orders_export"),
        upload_url=reverse("dashboard:upload"),
        bulk_url=with_query(request, "dashboard:orders_bulk"),
        bulk_actions=(BulkAction(value="release", label=_("Release their holds")),)
        if may_act
        else (),
    )
    return show(request, "dashboard/orders/list.html", page, current="orders")


def _filter_bar(filters: OrderFilters) -> tuple[Filter, ...]:
    statuses: Iterable[tuple[str, object]] = (
        *((f"{stage}", _("Stage: %(stage)s") % {"stage": stage_words(stage)})
          for stage in STAGES if stage not in Order.Status.values),
        *Order.Status.choices,
    )  # fmt: skip
    return (
        Filter(
            name="q",
            label=_("Search"),
            kind="search",
            value=filters.query,
            placeholder=_("Beginning of a number"),
        ),
        select("status", _("Status"), filters.status, statuses),
        country_filter(filters.country),
        select("hold", _("Held for"), filters.hold, Hold.Code.choices),
        Filter(name="tag", label=_("Tag"), kind="search", value=filters.tag),
        Filter(
            name="since",
            label=_("Received since"),
            kind="date",
            value=filters.since.isoformat() if filters.since else "",
        ),
    )


@member_view("orders.view")
@require_safe
def order_export(request: MemberRequest) -> HttpResponseBase:
    """The filtered orders as CSV, newest first."""
    filters = _filters(request)

    def fetch(below: int | None) -> list[Order]:
        return newest_first(orders_matching(filters).select_related("channel"), below=below)

    return csv_export(
        merchant_id=request.caller.merchant_id,
        name="orders",
        header=(
            "reference", "external_order", "channel", "status", "placed_at", "received_at",
            "country", "goods_value", "currency", "weight_g",
        ),
        fetch=fetch,
        cells=lambda order: (
            order.reference, order.external_order, order.channel.kind, order.status,
            order.placed_at, order.created_at, order.country, order.goods_value, order.currency,
            order.weight_g,
        ),
        key=lambda order: order.pk,
    )  # fmt: skip


@member_view("orders.view")
@require_safe
def order_detail(request: MemberRequest, reference: str) -> HttpResponse:
    """One order."""
    with merchant(request.caller.merchant_id):
        order = _find(reference)
        page = read_order(order=order, caller=request.caller)
    return show(request, "dashboard/orders/detail.html", page, current="orders")


def _find(reference: str) -> Order:
    order = find_order(reference)
    if order is None:
        raise Http404
    return order


@member_view("holds.release")
@require_POST
def hold_release(request: MemberRequest, reference: str, hold_id: int) -> HttpResponse:
    """Release one hold of an order, when the caller's role is the one it names."""
    caller = request.caller
    with merchant(caller.merchant_id):
        order = _find(reference)
        hold = Hold.objects.filter(pk=hold_id, order=order).first()
        if hold is None:
            raise Http404
        try:
            is_last = release_hold(
                hold_id=hold.pk,
                role=_role(caller),
                actor=caller.actor,
                now=timezone.now(),
                note=request.POST.get("note", "").replace("\x00", "").strip(),
            )
        except HoldAlreadyReleased:
            messages.info(request, _("This hold was released before."))
        except HoldStillApplies:
            messages.error(request, " ".join(hold_words(hold)))
        except NotYourHold:
            messages.error(request, _("Your role may not release this hold."))
        else:
            told = (
                _("The order is accepted and goes on.") if is_last else _("The hold is released.")
            )
            messages.success(request, told)
    return HttpResponseRedirect(reverse("dashboard:order", args=[reference]))


def _role(caller: Caller) -> str:
    return f"member:{caller.role}"


@member_view("holds.release")
@require_POST
def orders_bulk(request: MemberRequest) -> HttpResponse:
    """Release the holds of the chosen orders that the caller's role may release."""
    # Back to the same filtered list: the query is ours to repeat, the path is fixed.
    back = with_query(request, "dashboard:orders")
    chosen = [int(text) for text in request.POST.getlist("selected") if _is_id(text)]
    if request.POST.get("action") != "release" or not chosen:
        messages.warning(request, _("Choose orders first, then what to do with them."))
        return HttpResponseRedirect(back)
    released, others = 0, 0
    for order_id in chosen[:MOST_AT_ONCE]:
        done, left = _release_all(request.caller, order_id)
        released, others = released + done, others + left
    if released:
        messages.success(
            request,
            ngettext("%(count)s hold released.", "%(count)s holds released.", released)
            % {"count": released},
        )
    if others:
        messages.warning(
            request,
            ngettext(
                "%(count)s hold is for another role to release.",
                "%(count)s holds are for another role to release.",
                others,
            )
            % {"count": others},
        )
    if not released and not others:
        messages.info(request, _("The chosen orders have no open hold."))
    return HttpResponseRedirect(back)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _release_all(caller: Caller, order_id: int) -> tuple[int, int]:
    """Release one order's holds in a transaction of its own; return (released, left to others)."""
    with merchant(caller.merchant_id):
        holds = list(Hold.objects.filter(order_id=order_id, released_at__isnull=True))
        mine = [hold for hold in holds if may_release(_role(caller), hold.released_by_role)]
        done = 0
        for hold in mine:
            try:
                release_hold(
                    hold_id=hold.pk, role=_role(caller), actor=caller.actor, now=timezone.now()
                )
            except (HoldAlreadyReleased, HoldStillApplies):
                continue
            done += 1
    return done, len(holds) - len(mine)
