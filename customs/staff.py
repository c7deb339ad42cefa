"""The staff's declarations that stopped: refused or incomplete, mended and lodged again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, page_below, staff_page
from core.bodies import BadBody, Body, read_body, wants_json
from core.tenancy import across_merchants
from customs.models import Declaration
from customs.rules.declarations.entries import LONGEST, Entry, Path
from customs.words import entry_words, problem_sentences, refusal_words
from flows.corrections import (
    Correctable,
    NoExchangeRate,
    NotCorrectable,
    correct_declaration,
    correctable,
)
from orders.models import Product
from orders.rules.customs_data import BadCustomsData, CustomsData, read_customs_data

PAGE = 50
STOPPED = (Declaration.Status.REFUSED, Declaration.Status.INCOMPLETE)
FIELDS = ("hs_code", "origin_country", "customs_description", "weight_g")


@staff_page("staff.customs", "GET")
def declarations(request: StaffRequest) -> HttpResponse:
    """List declarations that customs refused or that lack something; ?below=ID goes on."""
    below = page_below(request)
    with across_merchants("Customs staff mend any merchant's declaration that stopped."):
        rows = Declaration.objects.filter(status__in=STOPPED, superseded_at__isnull=True)
        if below is not None:
            rows = rows.filter(pk__lt=below)
        found = list(
            rows.select_related("merchant", "booking__parcel__order").order_by("-id")[: PAGE + 1]
        )
    next_below = found[PAGE - 1].pk if len(found) > PAGE else None
    listed = [_row(each) for each in found[:PAGE]]
    if wants_json(request):
        return JsonResponse({"declarations": listed, "next_below": next_below})
    context = {"declarations": listed, "next_below": next_below, "now": timezone.now()}
    return render(request, "staff/declarations.html", context)


@staff_page("staff.customs", "GET", "POST")
def declaration(request: StaffRequest, declaration_id: int) -> HttpResponseBase:
    """Show one declaration with what was refused, and take its correction.

    A correction names products' data as `product-ID-hs_code`, `-origin_country`,
    `-customs_description`, `-weight_g`, and the declaration's own values by their keys.
    """
    merchant_id = _merchant_of(declaration_id)
    found = correctable(merchant_id=merchant_id, declaration_id=declaration_id)
    if request.method == "POST":
        return _correct(request, found)
    shown = {
        **_row(found.declaration),
        "is_open": found.is_open,
        "products": [_product_row(product) for product in found.products],
        "entries": [_entry_row(entry) for entry in found.entries],
        "corrects": found.declaration.corrects.lrn if found.declaration.corrects else "",
        "corrected_by": found.corrected_by.lrn if found.corrected_by else "",
        "corrected_by_url": reverse("staff_declaration", args=[found.corrected_by.pk])
        if found.corrected_by
        else "",
    }
    if wants_json(request):
        return JsonResponse({"declaration": shown})
    return render(request, "staff/declaration.html", {"it": shown, "now": timezone.now()})


def _correct(request: StaffRequest, found: Correctable) -> HttpResponseBase:
    body = read_body(request)
    try:
        fresh = correct_declaration(
            merchant_id=found.declaration.merchant_id,
            declaration_id=found.declaration.pk,
            products=_products(body, found),
            entries=_entries(body, found),
            actor=request.actor,
            now=timezone.now(),
        )
    except BadCustomsData as error:
        raise BadBody(
            field=error.field, fault=_(error.sentence), remedy=_("Correct it and send it again.")
        ) from error
    except NotCorrectable as error:
        raise BadBody(
            field="declaration", status=409,
            fault=_("It cannot be corrected now: customs has it, or somebody was first."),
            remedy=_("Read the list again."),
        ) from error  # fmt: skip
    except NoExchangeRate as error:
        raise BadBody(
            field="currency", fault=str(error), remedy=_("Load the missing exchange rate first."),
            status=409,
        ) from error  # fmt: skip
    if wants_json(request):
        url = reverse("staff_declaration", args=[fresh.pk])
        told = {"id": fresh.pk, "lrn": fresh.lrn, "status": fresh.status, "url": url}
        return JsonResponse({"declaration": told})
    if fresh.status == Declaration.Status.INCOMPLETE:
        messages.error(request, _("{lrn} still lacks something; see below.").format(lrn=fresh.lrn))
        return redirect("staff_declaration", fresh.pk)
    words = _("{lrn} is corrected and goes on to customs.").format(lrn=fresh.lrn)
    messages.success(request, words)
    return redirect("staff_declarations")


def _products(body: Body, found: Correctable) -> dict[int, CustomsData]:
    """Read the products that were sent; one that was left out stays as it is."""
    read = {}
    for product in found.products:
        sent = {name: f"product-{product.pk}-{name}" for name in FIELDS}
        if not any(name in body.fields for name in sent.values()):
            continue
        texts = {
            name: body.text(field, most=LONGEST, required=False)
            if field in body.fields
            else str(getattr(product, name))
            for name, field in sent.items()
        }
        read[product.pk] = read_customs_data(**texts)
    return read


def _entries(body: Body, found: Correctable) -> list[tuple[Path, str]]:
    """Read the declaration's own values that were sent otherwise than they stand."""
    changed = []
    for entry in found.entries:
        if entry.key in body.fields:
            text = body.text(entry.key, most=LONGEST, required=False)
            if text != entry.value.strip():
                changed.append((entry.path, text))
    return changed


def _merchant_of(declaration_id: int) -> int:
    with across_merchants("A declaration's number in an address does not say whose it is."):
        rows = Declaration.objects.filter(pk=declaration_id)
        merchant_id: int | None = rows.values_list("merchant_id", flat=True).first()
    if merchant_id is None:
        raise not_found("declaration", _("Declaration {number}").format(number=declaration_id))
    return merchant_id


def _row(found: Declaration) -> dict[str, Any]:
    order = found.booking.parcel.order
    return {
        "id": found.pk,
        "lrn": found.lrn,
        "merchant": found.merchant.code,
        "order": order.reference,
        "order_url": reverse("admin:orders_order_change", args=[order.pk]),
        "direction": found.direction,
        "direction_words": str(found.get_direction_display()),
        "country": found.country,
        "dataset": found.dataset,
        "status": found.status,
        "status_words": str(found.get_status_display()),
        "refused": [
            {"where": each.where, "value": each.value, "said": each.said, "code": each.code}
            for each in refusal_words(found)
        ],
        "problems": problem_sentences(found),
        "since": found.answered_at or found.lodged_at or found.created_at,
        "url": reverse("staff_declaration", args=[found.pk]),
    }


def _product_row(product: Product) -> dict[str, Any]:
    fields = {name: f"product-{product.pk}-{name}" for name in FIELDS}
    values = {name: getattr(product, name) for name in FIELDS}
    return {"id": product.pk, "sku": product.sku, "title": product.title, **values, "names": fields}


def _entry_row(entry: Entry) -> dict[str, Any]:
    return {"key": entry.key, "words": entry_words(entry), "value": entry.value, "line": entry.line}
