"""One product's stock: minimum and maximum, kit, and how long its pieces must last."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.readings.product_stock import read_product_stock
from dashboard.views.parts import BadPart, parts_of, typed_parts
from dashboard.views.screens import show
from flows.kits import BadParts, KitHasStock, KitInKit, define_kit, need_days_left
from flows.stock_picture import BadLevel, Level, stock_of_product, want_level
from orders.models import Product
from orders.services.kits import MOST_DAYS_LEFT

LONGEST_NUMBER = 9


@member_view("products.view", write="products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def product_stock(request: MemberRequest, product_id: int) -> HttpResponse:
    """Show it; a POST with `action` level, kit or lasting changes one thing."""
    caller, now, fault = request.caller, timezone.now(), ""
    with merchant(caller.merchant_id):
        product = Product.objects.filter(pk=product_id).first()
        if product is None:
            raise Http404
        if request.method == "POST":
            act = ACTS.get(request.POST.get("action", ""), _no_act)
            fault = act(request, product, now)
            if not fault:
                messages.success(request, _("Saved."))
                here = reverse("dashboard:product_stock", args=[product_id])
                return HttpResponseRedirect(here)
        page = read_product_stock(
            product,
            may_edit=caller.may("products.edit"),
            now=now,
            fault=fault,
            typed=typed_parts(request) if fault else (),
        )
    status = 400 if fault else 200
    return show(request, "dashboard/products/stock.html", page, current="products", status=status)


def _level(request: MemberRequest, product: Product, now: datetime) -> str:
    """Set minimum and maximum of a warehouse; return what is wrong, empty when it is done."""
    code = request.POST.get("warehouse", "")
    known = stock_of_product(product_id=product.pk, now=now).houses
    if code not in {house.warehouse.code for house in known}:
        return _("There is no such warehouse.")
    try:
        level = Level(_whole(request, "minimum"), _whole(request, "maximum"))
    except ValueError:
        return _("Write whole numbers, or leave the fields empty.")
    try:
        want_level(
            product_id=product.pk, house_code=code, level=level, actor=request.caller.actor,
            now=now,
        )  # fmt: skip
    except BadLevel:
        return _("A maximum needs a minimum that is not above it.")
    return ""


def _kit(request: MemberRequest, product: Product, now: datetime) -> str:
    """Say what the product is made of; return what is wrong, empty when it is done."""
    try:
        define_kit(
            product_id=product.pk,
            parts=parts_of(typed_parts(request)),
            actor=request.caller.actor,
            now=now,
        )
    except BadPart as error:
        return str(error)
    except KitHasStock as error:
        words = _("{pieces} pieces of it lie in stock: a kit has none of its own.")
        return words.format(pieces=error.pieces)
    except KitInKit:
        return _("A kit is made of products, not of kits.")
    except BadParts:
        return _("Name other products, each once, with 1 to 1,000 pieces.")
    return ""


def _lasting(request: MemberRequest, product: Product, now: datetime) -> str:
    """Set how many days a piece must have left; return what is wrong, empty when it is done."""
    try:
        days = _whole(request, "days") or 0
    except ValueError:
        return _("Write whole numbers, or leave the fields empty.")
    if days > MOST_DAYS_LEFT:
        return _("At most %(days)s days.") % {"days": MOST_DAYS_LEFT}
    need_days_left(product_id=product.pk, days=days, actor=request.caller.actor, now=now)
    return ""


def _no_act(_request: MemberRequest, _product: Product, _now: datetime) -> str:
    return _("Choose what to save.")


ACTS = {"level": _level, "kit": _kit, "lasting": _lasting}


def _whole(request: MemberRequest, name: str) -> int | None:
    """A number that was typed, None for an empty field; raises `ValueError`."""
    said = request.POST.get(name, "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) <= LONGEST_NUMBER):
        raise ValueError(name)
    return int(said)
