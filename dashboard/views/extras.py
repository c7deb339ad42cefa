"""Settings, inserts: leaflets, cards and special packaging that packers are asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.forms_extras import ExtraForm
from dashboard.readings.extras import read_extras
from dashboard.views.screens import show
from orders.models import Product
from warehouse.services.extras import (
    MOST_EXTRAS,
    CodeTaken,
    NameTaken,
    TooManyExtras,
    retire_extra,
    save_extra,
)


@member_view("products.view", write="products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def extras(request: MemberRequest) -> HttpResponse:
    """The list; a POST adds one."""
    form = ExtraForm(request.POST if request.method == "POST" else None)
    caller = request.caller
    with merchant(caller.merchant_id):
        if form.is_valid() and _save(form, caller.actor):
            messages.success(request, _("Saved. Packers are asked for it from now on."))
            return HttpResponseRedirect(reverse("dashboard:extras"))
        page = read_extras(caller=caller, form=form)
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/settings/extras.html", page, current="settings", status=status)


def _save(form: ExtraForm, actor: str) -> bool:
    """Save what a valid form says; False with the fault at its field."""
    fields = form.cleaned_data
    product = None
    if fields["sku"]:
        product = Product.objects.filter(sku=fields["sku"]).first()
        if product is None:
            form.add_error("sku", _("You have no product of this SKU."))
            return False
    try:
        save_extra(
            kind=fields["kind"],
            name=fields["name"],
            code=fields["code"],
            product_id=product.pk if product else None,
            tag=fields["tag"],
            weight_g=fields["weight_g"],
            actor=actor,
            now=timezone.now(),
        )
    except TooManyExtras:
        said = _("A list holds up to {most}. Take one off first.")
        form.add_error(None, said.format(most=MOST_EXTRAS))
    except NameTaken:
        form.add_error("name", _("Another one on your list has this name."))
    except CodeTaken:
        form.add_error("code", _("Another one on your list has this barcode."))
    return form.is_valid()


@member_view("products.edit")
@require_POST
def extra_retire(request: MemberRequest, extra_id: int) -> HttpResponse:
    """Take one off the list."""
    caller = request.caller
    with merchant(caller.merchant_id):
        if not retire_extra(extra_id=extra_id, actor=caller.actor, now=timezone.now()):
            raise Http404
    messages.success(request, _("It is off the list."))
    return HttpResponseRedirect(reverse("dashboard:extras"))
