"""Inbounds: list, announce, change, cancel; and labels of products."""

from __future__ import annotations

from typing import BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.forms_inbounds import InboundForm, LabelsForm
from dashboard.readings.inbounds import (
    inbound_rows,
    inbounds_matching,
    read_form,
    read_inbound,
    read_labels,
)
from dashboard.readings.paging import Ordering, read_page
from dashboard.readings.supply import product_tabs
from dashboard.readings.words import percent
from dashboard.screens.inbounds import InboundsPage
from dashboard.views.screens import asked, select, show
from flows.inbound_papers import queue_product_labels
from flows.inbounds import (
    FileRefused,
    ReadLines,
    announce,
    change,
    read_lines,
    read_text,
    said_lines,
)
from orders.models import Product
from warehouse.models import Inbound, Warehouse
from warehouse.services.inbounds import (
    TooLateForInbound,
    cancel_inbound,
    note_differences_seen,
)


@member_view("products.view")
@require_safe
def inbound_list(request: MemberRequest) -> HttpResponse:
    """The list, newest first."""
    status = asked(request, "status", Inbound.Status.values)
    differing = asked(request, "differing", ["1"])
    with merchant(request.caller.merchant_id):
        found = read_page(
            inbounds_matching(status, differing), order=Ordering(), cursor=asked(request, "cursor")
        )
        rows = inbound_rows(found.rows)
    page = InboundsPage(
        tabs=product_tabs("inbounds"),
        filters=(
            select("status", _("Status"), status, Inbound.Status.choices),
            select("differing", _("Differences"), differing, [("1", _("To be noted"))]),
        ),
        rows=rows,
        pager=found.pager,
        is_filtered=bool(status or differing),
        clear_url=reverse("dashboard:inbounds"),
        new_url=reverse("dashboard:inbound_new") if request.caller.may("products.edit") else "",
    )
    return show(request, "dashboard/inbounds/list.html", page, current="products")


@member_view("products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def inbound_new(request: MemberRequest) -> HttpResponse:
    """Announce goods, typed or as a file; with a row that cannot be read nothing is announced."""
    return _write(request, None)


@member_view("products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def inbound_edit(request: MemberRequest, number: str) -> HttpResponse:
    """Say an announced inbound anew."""
    with merchant(request.caller.merchant_id):
        found = _find(number)
    if found.status != Inbound.Status.ANNOUNCED:
        messages.error(request, _too_late())
        return _to(found.number)
    return _write(request, found)


def _write(request: MemberRequest, inbound: Inbound | None) -> HttpResponse:
    houses = list(Warehouse.objects.filter(is_active=True).order_by("priority", "id"))
    if request.method == "POST":
        form = InboundForm(request.POST, request.FILES, houses=houses)
    else:
        with merchant(request.caller.merchant_id):
            form = InboundForm(initial=_initial(inbound), houses=houses)
    read, refused = ReadLines((), ()), ""
    if form.is_valid():
        with merchant(request.caller.merchant_id):
            try:
                read = _read(form)
            except FileRefused as fault:
                refused = percent(fault.template, fault.params, stored=str(fault))
            if not (refused or read.rejected):
                return _save(request, inbound, form, read)
    page = read_form(form=form, inbound=inbound, rejected=read.rejected, refused=refused)
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/inbounds/form.html", page, current="products", status=status)


def _initial(inbound: Inbound | None) -> dict[str, object]:
    if inbound is None:
        return {}
    return {
        "warehouse": inbound.warehouse.code, "reference": inbound.reference,
        "expected_on": inbound.expected_on, "cartons": inbound.cartons,
        "carrier_note": inbound.carrier_note, "lines": said_lines(inbound),
    }  # fmt: skip


def _read(form: InboundForm) -> ReadLines:
    file = form.cleaned_data["file"]
    if file:
        return read_lines(cast("BinaryIO", file), file.name or "file")
    return read_text(form.cleaned_data["lines"])


def _save(
    request: MemberRequest, inbound: Inbound | None, form: InboundForm, read: ReadLines
) -> HttpResponse:
    """Write what was read, in the active block: all rows are sound."""
    now, actor = timezone.now(), request.caller.actor
    if inbound is None:
        is_file = bool(form.cleaned_data["file"])
        made = announce(
            facts=form.facts(),
            lines=read.lines,
            source=Inbound.Source.FILE if is_file else Inbound.Source.DASHBOARD,
            actor=actor,
            now=now,
        )
        messages.success(
            request, _("Announced. Print the carton label and stick it on every carton.")
        )
        return _to(made.number)
    try:
        change(inbound=inbound, facts=form.facts(), lines=read.lines, actor=actor, now=now)
    except TooLateForInbound:
        messages.error(request, _too_late())
    else:
        messages.success(request, _("Saved. The carton label is made anew where it has changed."))
    return _to(inbound.number)


def _too_late() -> str:
    return _("It is being received and changes no more.")


@member_view("products.view")
@require_safe
def inbound_detail(request: MemberRequest, number: str) -> HttpResponse:
    """One inbound."""
    with merchant(request.caller.merchant_id):
        page = read_inbound(_find(number), caller=request.caller)
    return show(request, "dashboard/inbounds/detail.html", page, current="products")


@member_view("products.edit")
@require_POST
def inbound_cancel(request: MemberRequest, number: str) -> HttpResponse:
    """Cancel an announced inbound."""
    with merchant(request.caller.merchant_id):
        found = _find(number)
        try:
            cancel_inbound(inbound_id=found.pk, actor=request.caller.actor, now=timezone.now())
        except TooLateForInbound:
            messages.error(request, _too_late())
        else:
            messages.success(request, _("Cancelled."))
    return _to(number)


@member_view("products.edit")
@require_POST
def inbound_seen(request: MemberRequest, number: str) -> HttpResponse:
    """Note what was over, short or damaged: Today shows it no more."""
    with merchant(request.caller.merchant_id):
        found = _find(number)
        note_differences_seen(inbound_id=found.pk, actor=request.caller.actor, now=timezone.now())
    messages.success(request, _("Noted."))
    return _to(number)


@member_view("products.view", write="products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def product_labels(request: MemberRequest) -> HttpResponse:
    """Print labels of a product (?sku=): a POST has them made by a worker."""
    form = LabelsForm(
        request.POST if request.method == "POST" else None, initial={"sku": asked(request, "sku")}
    )
    with merchant(request.caller.merchant_id):
        sku = form.cleaned_data["sku"] if form.is_valid() else asked(request, "sku")
        product = Product.objects.filter(sku=sku).first()
        if form.is_valid() and product is not None:
            queue_product_labels(
                product_id=product.pk,
                copies=form.cleaned_data["copies"],
                layout=form.cleaned_data["layout"],
                now=timezone.now(),
            )
            messages.success(request, _("The labels are being made; they show up here."))
            url = reverse("dashboard:product_labels", query={"sku": product.sku})
            return HttpResponseRedirect(url)
        if form.is_valid():
            form.add_error("sku", _("There is no product of this SKU in your list."))
        page = read_labels(caller=request.caller, form=form, product=product)
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/inbounds/labels.html", page, current="products", status=status)


def _find(number: str) -> Inbound:
    found = Inbound.objects.select_related("warehouse").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _to(number: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("dashboard:inbound", args=[number]))
