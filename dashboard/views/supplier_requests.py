"""What was asked of suppliers: list, one request, and its next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.paging import Ordering, read_page
from dashboard.readings.supply import (
    product_tabs,
    read_request,
    request_rows,
    requests_matching,
)
from dashboard.screens.supply import RequestsPage
from dashboard.views.screens import asked, select, show
from flows import supply
from flows.supply import OrderMovedOn
from warehouse.models import SupplierRequest, SupplierRequestLine
from warehouse.services import WrongStep

Posted = Mapping[str, str]
MOST_PIECES = 1_000_000
FURTHEST_DAY = timedelta(days=731)


class Missing(Exception):
    """A step lacks something; the text says what would be right."""


@member_view("products.view")
@require_safe
def request_list(request: MemberRequest) -> HttpResponse:
    """The requests, newest first."""
    status = asked(request, "status", SupplierRequest.Status.values)
    kind = asked(request, "kind", SupplierRequest.Kind.values)
    with merchant(request.caller.merchant_id):
        found = read_page(
            requests_matching(status, kind), order=Ordering(), cursor=asked(request, "cursor")
        )
        rows = request_rows(found.rows, now=timezone.now())
    page = RequestsPage(
        tabs=product_tabs("requests"),
        filters=(
            select("status", _("Status"), status, SupplierRequest.Status.choices),
            select("kind", _("Kind"), kind, SupplierRequest.Kind.choices),
        ),
        rows=rows,
        pager=found.pager,
        is_filtered=bool(status or kind),
        clear_url=reverse("dashboard:supplier_requests"),
    )
    return show(request, "dashboard/suppliers/requests.html", page, current="products")


@member_view("products.view")
@require_safe
def request_detail(request: MemberRequest, number: str) -> HttpResponse:
    """One request."""
    with merchant(request.caller.merchant_id):
        page = read_request(_find(number), caller=request.caller, now=timezone.now())
    return show(request, "dashboard/suppliers/request.html", page, current="products")


def _find(number: str) -> SupplierRequest:
    rows = SupplierRequest.objects.select_related("supplier", "warehouse", "order")
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404
    return found


@member_view("products.edit")
@require_POST
def request_act(request: MemberRequest, number: str) -> HttpResponse:
    """Take the next step; what has changed meanwhile is told."""
    step = STEPS.get(request.POST.get("action", ""))
    try:
        with merchant(request.caller.merchant_id):
            found = _find(number)
            if step is None:
                raise Missing(_("Choose what is to be done."))
            done = step(found, request.POST.dict(), request.caller.actor, timezone.now())
    except Missing as missing:
        messages.error(request, str(missing))
    except WrongStep:
        messages.info(request, _("The request has changed meanwhile; look again."))
    except OrderMovedOn:
        messages.error(
            request, _("Its order waits no more: it got stock, or was cancelled. Withdraw it.")
        )
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("dashboard:supplier_request", args=[number]))


Step = Callable[[SupplierRequest, Posted, str, datetime], str]


def _send(found: SupplierRequest, _said: Posted, actor: str, now: datetime) -> str:
    supply.send(request_id=found.pk, actor=actor, now=now)
    return _("We are writing to %(email)s.") % {"email": found.supplier.email}


def _accept(found: SupplierRequest, said: Posted, actor: str, now: datetime) -> str:
    day = _day(said.get("expected_on", ""))
    supply.accept(request_id=found.pk, expected_on=day, actor=actor, now=now)
    return _("Noted.")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise Missing(_("Write the day as year-month-day.")) from wrong
    if abs(day - timezone.now().date()) > FURTHEST_DAY:
        raise Missing(_("The day is more than two years away: look at its year."))
    return day


def _refuse(found: SupplierRequest, said: Posted, actor: str, now: datetime) -> str:
    why = _clean(said, "reason", 300)
    if not why:
        raise Missing(_("Say why the supplier refused."))
    supply.refuse(request_id=found.pk, why=why, actor=actor, now=now)
    return _("Noted. The orders wait for stock again, with the date they had.")


def _ship(found: SupplierRequest, said: Posted, actor: str, now: datetime) -> str:
    tracking_number = _clean(said, "tracking_number", 40)
    carrier = _clean(said, "carrier", 40)
    if found.order_id is not None and not (tracking_number and carrier):
        raise Missing(_("Say who carries it and under which tracking number."))
    supply.ship(
        request_id=found.pk, carrier=carrier, tracking_number=tracking_number, actor=actor, now=now
    )
    return _("Noted as shipped.")


def _receive(found: SupplierRequest, said: Posted, actor: str, now: datetime) -> str:
    received = {}
    for line in SupplierRequestLine.objects.filter(request=found).order_by("id"):
        text = said.get(f"received_{line.pk}", "").strip()
        # The length first: a number of thousands of digits is refused by Python itself.
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PIECES))
        if not is_number or int(text) > MOST_PIECES:
            raise Missing(_("Write for every line how many pieces came, 0 for none."))
        received[line.pk] = int(text)
    pieces = supply.receive(request_id=found.pk, received=received, actor=actor, now=now)
    return _("%(pieces)s pieces are in stock; orders that wait get them first.") % {
        "pieces": pieces
    }


def _close(found: SupplierRequest, said: Posted, actor: str, now: datetime) -> str:
    supply.close(request_id=found.pk, why=_clean(said, "reason", 300), actor=actor, now=now)
    return _("Closed.")


def _clean(said: Posted, name: str, most: int) -> str:
    text = "".join(letter for letter in said.get(name, "") if letter.isprintable())
    return text.strip()[:most]


STEPS: Mapping[str, Step] = {
    "send": _send,
    "accept": _accept,
    "refuse": _refuse,
    "ship": _ship,
    "receive": _receive,
    "withdraw": _close,
    "arrived": _close,
}
