"""Settings, cartons: the merchant's own list, or the operator's while there is none."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.forms_cartons import CartonForm
from dashboard.readings.cartons import read_cartons
from dashboard.views.screens import show
from warehouse.services.cartons import (
    MOST_CARTONS,
    CartonFacts,
    TooManyCartons,
    copy_operator_cartons,
    retire_carton,
    save_carton,
)


@member_view("products.view", write="products.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def cartons(request: MemberRequest) -> HttpResponse:
    """The list; a POST adds a carton or replaces the one of its code."""
    form = CartonForm(request.POST if request.method == "POST" else None)
    caller, now = request.caller, timezone.now()
    with merchant(caller.merchant_id):
        if form.is_valid():
            try:
                save_carton(facts=CartonFacts(**form.cleaned_data), actor=caller.actor, now=now)
            except TooManyCartons:
                form.add_error(
                    None,
                    _("A list holds up to {most} cartons. Take one off first.").format(
                        most=MOST_CARTONS
                    ),
                )
            else:
                messages.success(request, _("Saved. Parcels planned from now on use it."))
                return HttpResponseRedirect(reverse("dashboard:cartons"))
        page = read_cartons(caller=caller, form=form, on=now.date())
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/settings/cartons.html", page, current="settings", status=status)


@member_view("products.edit")
@require_POST
def cartons_copy(request: MemberRequest) -> HttpResponse:
    """Put the operator's cartons on the merchant's own list."""
    caller = request.caller
    with merchant(caller.merchant_id):
        copy_operator_cartons(actor=caller.actor, now=timezone.now())
    messages.success(
        request, _("The operator's cartons are on your list; change them as you like.")
    )
    return HttpResponseRedirect(reverse("dashboard:cartons"))


@member_view("products.edit")
@require_POST
def carton_retire(request: MemberRequest, carton_id: int) -> HttpResponse:
    """Take a carton off the list."""
    caller = request.caller
    with merchant(caller.merchant_id):
        if not retire_carton(carton_id=carton_id, actor=caller.actor, now=timezone.now()):
            raise Http404
    messages.success(request, _("The carton is off the list."))
    return HttpResponseRedirect(reverse("dashboard:cartons"))
