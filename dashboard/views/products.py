"""Products & stock: list, export, and one product that a person changes."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.forms_products import ProductForm
from dashboard.readings.paging import newest_first, ordering, read_page
from dashboard.readings.product import read_product
from dashboard.readings.products import SORTS, product_rows, products_matching, stock_of
from dashboard.readings.supply import product_tabs
from dashboard.screens.common import Filter, Option
from dashboard.screens.products import ProductsPage
from dashboard.views.screens import asked, csv_export, show, with_query
from flows.products import ProductChanged, edit_product
from orders.models import Product


@member_view("products.view")
@require_safe
def product_list(request: MemberRequest) -> HttpResponse:
    """The list, newest first unless sorted otherwise."""
    query = asked(request, "q")
    is_low = _is_low(request)
    order = ordering(asked(request, "sort"), SORTS)
    with merchant(request.caller.merchant_id):
        found = read_page(
            products_matching(query, now=timezone.now(), is_low=is_low),
            order=order,
            cursor=request.GET.get("cursor", ""),
        )
        rows = product_rows(found.rows)
    page = ProductsPage(
        tabs=product_tabs("products"),
        filters=(
            Filter(
                name="q",
                label=_("Search"),
                kind="search",
                value=query,
                placeholder=_("Beginning of a SKU"),
            ),
            Filter(
                name="low",
                label=_("Stock"),
                value="1" if is_low else "",
                options=(
                    Option(value="", label=_("All"), selected=not is_low),
                    Option(value="1", label=_("Runs low"), selected=is_low),
                ),
            ),
        ),
        rows=rows,
        pager=found.pager,
        sort=order.word,
        is_filtered=bool(query or is_low),
        clear_url=reverse("dashboard:products"),
        export_url=with_query(request, "dashboard:products_export"),
        upload_url=f"{reverse('dashboard:upload')}?kind=products",
    )
    return show(request, "dashboard/products/list.html", page, current="products")


def _is_low(request: MemberRequest) -> bool:
    return asked(request, "low", ("1",)) == "1"


@member_view("products.view")
@require_safe
def product_export(request: MemberRequest) -> HttpResponseBase:
    """The filtered products as CSV."""
    query, is_low = asked(request, "q"), _is_low(request)

    def fetch(below: int | None) -> list[Product]:
        found = products_matching(query, now=timezone.now(), is_low=is_low)
        return newest_first(found, below=below)

    return csv_export(
        merchant_id=request.caller.merchant_id,
        name="products",
        header=(
            "sku", "title", "gtin", "weight_g", "length_mm", "width_mm", "height_mm", "hs_code",
            "origin_country", "customs_description", "unit_value", "currency", "battery",
            "on_hand", "reserved", "available",
        ),
        fetch=fetch,
        cells=lambda product: (
            product.sku, product.title, product.gtin, product.weight_g, product.length_mm,
            product.width_mm, product.height_mm, product.hs_code, product.origin_country,
            product.customs_description, product.unit_value, product.currency, product.battery,
            *stock_of(product),
        ),
        key=lambda product: product.pk,
    )  # fmt: skip


@member_view("products.view", write="products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def product(request: MemberRequest, product_id: int) -> HttpResponse:
    """One product; a POST writes what a person says it is."""
    caller, now, fault = request.caller, timezone.now(), ""
    form = ProductForm(request.POST) if request.method == "POST" else None
    with merchant(caller.merchant_id):
        found = Product.objects.filter(pk=product_id).first()
        if found is None:
            raise Http404
        if form and form.is_valid():
            try:
                words = _write(request, form, found.sku, now)
            except ProductChanged:
                fault = _(
                    "Somebody changed it meanwhile. This is what it is now; yours was not saved."
                )
                found.refresh_from_db()
            else:
                messages.success(request, words)
                return HttpResponseRedirect(reverse("dashboard:product", args=[product_id]))
        shown = None if fault else form
        page = read_product(found, caller=caller, form=shown, fault=fault, on=now.date())
    status = 409 if fault else 400 if form else 200
    return show(request, "dashboard/products/product.html", page, current="products", status=status)


def _write(request: MemberRequest, form: ProductForm, sku: str, now: datetime) -> str:
    is_changed = edit_product(
        product=form.facts(sku),
        seen_at=form.cleaned_data["seen_at"],
        actor=request.caller.actor,
        now=now,
    )
    if is_changed:
        return _("Saved. Held orders with it are checked anew.")
    return _("It stood so already; nothing was changed.")
