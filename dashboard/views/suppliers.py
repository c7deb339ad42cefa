"""Suppliers and what they hold."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.forms_allocation import SupplierForm, SupplierProductForm
from dashboard.readings.supply import read_supplier, read_suppliers
from dashboard.views.screens import asked, show
from orders.models import Product
from warehouse.models import Supplier
from warehouse.services import (
    NameTaken,
    remove_supplier_product,
    save_supplier,
    save_supplier_product,
)


@member_view("products.view")
@require_safe
def supplier_list(request: MemberRequest) -> HttpResponse:
    """The suppliers, newest first."""
    return _list(request, SupplierForm())


def _list(request: MemberRequest, form: SupplierForm) -> HttpResponse:
    with merchant(request.caller.merchant_id):
        page = read_suppliers(caller=request.caller, form=form, cursor=asked(request, "cursor"))
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/suppliers/list.html", page, current="products", status=status)


@member_view("products.edit")
@require_POST
def supplier_new(request: MemberRequest) -> HttpResponse:
    """Add a supplier and show it, so that its products can be added."""
    form = SupplierForm(request.POST)
    if form.is_valid():
        made = _save(request, form, None)
        if made is not None:
            return HttpResponseRedirect(reverse("dashboard:supplier", args=[made.pk]))
    return _list(request, form)


def _save(request: MemberRequest, form: SupplierForm, supplier_id: int | None) -> Supplier | None:
    """Save, or put the fault on the form and return None."""
    try:
        with merchant(request.caller.merchant_id):
            return save_supplier(
                supplier_id=supplier_id, actor=request.caller.actor, now=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
    except NameTaken:
        form.add_error("name", _("There is a supplier of this name."))
    except Supplier.DoesNotExist as missing:
        raise Http404 from missing
    return None


@member_view("products.view")
@require_safe
def supplier_detail(request: MemberRequest, supplier_id: int) -> HttpResponse:
    """One supplier."""
    return _detail(request, supplier_id)


def _detail(
    request: MemberRequest,
    supplier_id: int,
    form: SupplierForm | None = None,
    offer_form: SupplierProductForm | None = None,
) -> HttpResponse:
    with merchant(request.caller.merchant_id):
        found = _find(supplier_id)
        initial = {
            "name": found.name, "email": found.email, "language": found.language,
            "is_active": found.is_active,
        }  # fmt: skip
        page = read_supplier(
            found,
            caller=request.caller,
            form=form or SupplierForm(initial=initial),
            offer_form=offer_form or SupplierProductForm(),
        )
    status = 400 if form or offer_form else 200
    return show(request, "dashboard/suppliers/detail.html", page, current="products", status=status)


def _find(supplier_id: int) -> Supplier:
    found = Supplier.objects.filter(pk=supplier_id).first()
    if found is None:
        raise Http404
    return found


@member_view("products.edit")
@require_POST
def supplier_save(request: MemberRequest, supplier_id: int) -> HttpResponse:
    """Change a supplier's name or address."""
    form = SupplierForm(request.POST)
    if not form.is_valid() or _save(request, form, supplier_id) is None:
        return _detail(request, supplier_id, form=form)
    messages.success(request, _("Saved."))
    return _back(supplier_id)


@member_view("products.edit")
@require_POST
def supplier_product(request: MemberRequest, supplier_id: int) -> HttpResponse:
    """Write down that the supplier holds a product; the same SKU again changes the terms."""
    form = SupplierProductForm(request.POST)
    if form.is_valid():
        terms = dict(form.cleaned_data)
        with merchant(request.caller.merchant_id):
            _find(supplier_id)
            product = Product.objects.filter(sku=terms.pop("sku")).first()
            if product is not None:
                save_supplier_product(supplier_id=supplier_id, product_id=product.pk, **terms)
        if product is not None:
            messages.success(request, _("Saved."))
            return _back(supplier_id)
        form.add_error("sku", _("There is no product of this SKU in your list."))
    return _detail(request, supplier_id, offer_form=form)


@member_view("products.edit")
@require_POST
def supplier_product_remove(
    request: MemberRequest, supplier_id: int, offer_id: int
) -> HttpResponse:
    """Ask the supplier for a product no more."""
    with merchant(request.caller.merchant_id):
        _find(supplier_id)
        if not remove_supplier_product(supplier_id=supplier_id, offer_id=offer_id):
            raise Http404
    messages.success(request, _("Removed."))
    return _back(supplier_id)


def _back(supplier_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("dashboard:supplier", args=[supplier_id]))
