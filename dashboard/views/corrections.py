"""One declaration: what customs refused or what it lacks, and the merchant's correction of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, member_view
from customs.models import Declaration
from dashboard.readings.correction import read_correction
from dashboard.views.screens import show
from flows.corrections import (
    Correctable,
    NoExchangeRate,
    NotCorrectable,
    correct_declaration,
    correctable,
)
from orders.rules.customs_data import BadCustomsData, CustomsData, read_customs_data

FIELDS = ("hs_code", "origin_country", "customs_description", "weight_g")
LONGEST = 600
TEMPLATE = "dashboard/customs/declaration.html"


@member_view("customs.view", write="products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def declaration(request: MemberRequest, declaration_id: int) -> HttpResponseBase:
    """Show it; a post mends its products' data and sends it to customs anew."""
    merchant_id = request.caller.merchant_id
    try:
        found = correctable(merchant_id=merchant_id, declaration_id=declaration_id)
    except Declaration.DoesNotExist as error:
        raise Http404 from error
    if request.method == "POST":
        return _correct(request, found)
    page = read_correction(found, caller=request.caller)
    return show(request, TEMPLATE, page, current="customs")


def _correct(request: MemberRequest, found: Correctable) -> HttpResponseBase:
    try:
        fresh = correct_declaration(
            merchant_id=request.caller.merchant_id,
            declaration_id=found.declaration.pk,
            products=_products(request.POST, found),
            entries=(),
            actor=request.caller.actor,
            now=timezone.now(),
        )
    except BadCustomsData as error:
        return _again(request, found, _(error.sentence), status=400)
    except NotCorrectable:
        fault = _("It cannot be corrected now: customs has it, or somebody was first.")
        return _again(request, found, fault, status=409)
    except NoExchangeRate as error:
        return _again(request, found, str(error), status=409)
    if fresh.status == Declaration.Status.INCOMPLETE:
        messages.error(request, _("{lrn} still lacks something; see below.").format(lrn=fresh.lrn))
        return redirect("dashboard:declaration", fresh.pk)
    words = _("{lrn} is corrected and goes on to customs.").format(lrn=fresh.lrn)
    messages.success(request, words)
    return redirect("dashboard:customs")


def _again(request: MemberRequest, found: Correctable, fault: str, *, status: int) -> HttpResponse:
    page = read_correction(found, caller=request.caller, fault=fault)
    return show(request, TEMPLATE, page, current="customs", status=status)


def _products(sent: QueryDict, found: Correctable) -> dict[int, CustomsData]:
    """Read the products that were sent; one that was left out stays as it is."""
    read = {}
    for product in found.products:
        names = {name: f"product-{product.pk}-{name}" for name in FIELDS}
        if any(name in sent for name in names.values()):
            texts = {
                name: sent.get(field, str(getattr(product, name)))[:LONGEST]
                for name, field in names.items()
            }
            read[product.pk] = read_customs_data(**texts)
    return read
