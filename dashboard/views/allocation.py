"""Settings, allocation: the rules in force, drafts tried on past orders, and publishing one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.forms_allocation import RulesForm, rules_of
from dashboard.readings.paging import newest_first
from dashboard.readings.simulation import policy_of, read_rules_page, read_simulation, why_words
from dashboard.views.screens import asked, csv_export, show
from flows.simulation import simulate
from flows.supply import look_again
from warehouse.models import Simulation, SimulationRow, Warehouse
from warehouse.services import NoSuchWarehouse, policy_in_force, publish_policy


@member_view("orders.view")
@require_safe
def allocation(request: MemberRequest) -> HttpResponse:
    """The rules, their versions, and the replays."""
    houses = _houses()
    with merchant(request.caller.merchant_id):
        initial = rules_of(policy_in_force(at=timezone.now()), houses)
    return _page(request, RulesForm(initial=initial, houses=houses))


def _houses() -> list[Warehouse]:
    return list(Warehouse.objects.filter(is_active=True).order_by("priority", "id"))


def _page(request: MemberRequest, form: RulesForm) -> HttpResponse:
    with merchant(request.caller.merchant_id):
        page = read_rules_page(caller=request.caller, form=form, now=timezone.now())
    status = 400 if form.is_bound else 200
    return show(
        request, "dashboard/settings/allocation.html", page, current="settings", status=status
    )


@member_view("orders.edit")
@require_POST
def allocation_publish(request: MemberRequest) -> HttpResponse:
    """Put a draft in force; orders that wait are looked at again under it."""
    form, now = RulesForm(request.POST, houses=_houses()), timezone.now()
    if not form.is_valid():
        return _page(request, form)
    day = form.cleaned_data["effective_from"]
    with merchant(request.caller.merchant_id):
        version = publish_policy(
            policy=form.policy(),
            effective_from=datetime.combine(day, time(), UTC) if day else now,
            actor=request.caller.actor,
            now=now,
        )
        look_again(now=now)
    messages.success(request, _("Saved as version %(version)s.") % {"version": version})
    return HttpResponseRedirect(reverse("dashboard:allocation"))


@member_view("orders.edit")
@require_POST
def simulation_new(request: MemberRequest) -> HttpResponse:
    """Try a draft on past orders; a worker replays them."""
    form, now = RulesForm(request.POST, houses=_houses()), timezone.now()
    if form.is_valid():
        first, last = form.cleaned_data["first_day"], form.cleaned_data["last_day"]
        if first and last:
            with merchant(request.caller.merchant_id):
                made = simulate(
                    policy=form.policy(), first_day=first, last_day=last,
                    actor=request.caller.actor, now=now,
                )  # fmt: skip
            return HttpResponseRedirect(reverse("dashboard:simulation", args=[made.pk]))
        form.add_error("first_day", _("Say from which day until which."))
    return _page(request, form)


def _find(simulation_id: int) -> Simulation:
    found = Simulation.objects.filter(pk=simulation_id).first()
    if found is None:
        raise Http404
    return found


@member_view("orders.view")
@require_safe
def simulation(request: MemberRequest, simulation_id: int) -> HttpResponse:
    """One replay."""
    with merchant(request.caller.merchant_id):
        page = read_simulation(
            _find(simulation_id), caller=request.caller, cursor=asked(request, "cursor")
        )
    return show(request, "dashboard/settings/simulation.html", page, current="settings")


@member_view("orders.view")
@require_safe
def simulation_progress(request: MemberRequest, simulation_id: int) -> HttpResponse:
    """The part of the page that is asked for every second while it runs."""
    with merchant(request.caller.merchant_id):
        page = read_simulation(_find(simulation_id), caller=request.caller, cursor="")
    response = render(request, "dashboard/settings/_simulation.html", {"page": page})
    response["Cache-Control"] = "no-store"
    if page.is_done:
        # The whole page: its head offers the export by now.
        response["HX-Refresh"] = "true"
    return response


@member_view("orders.view")
@require_safe
def simulation_export(request: MemberRequest, simulation_id: int) -> HttpResponseBase:
    """Every order of a replay as CSV, with the difference in cost."""
    with merchant(request.caller.merchant_id):
        _find(simulation_id)

    def fetch(below: int | None) -> list[SimulationRow]:
        rows = SimulationRow.objects.filter(simulation_id=simulation_id).select_related("order")
        return newest_first(rows, below=below)

    def cells(row: SimulationRow) -> Iterable[object]:
        has_both = row.cost_was is not None and row.cost_would_be is not None
        difference = row.cost_would_be - row.cost_was if has_both else None  # type: ignore[operator]
        return (
            row.order.reference, row.order.external_order, row.order.country, row.was,
            row.would_be, row.cost_was, row.cost_would_be, difference, row.currency,
            why_words(row),
        )  # fmt: skip

    return csv_export(
        merchant_id=request.caller.merchant_id,
        name=f"simulation-{simulation_id}",
        header=(
            "order", "external_order", "country", "warehouse_was", "warehouse_would_be",
            "cost_was", "cost_would_be", "cost_difference", "currency", "why",
        ),
        fetch=fetch,
        cells=cells,
        key=lambda row: row.pk,
    )  # fmt: skip


@member_view("orders.edit")
@require_POST
def simulation_publish(request: MemberRequest, simulation_id: int) -> HttpResponse:
    """Put the draft of a replay in force."""
    now = timezone.now()
    with merchant(request.caller.merchant_id):
        draft = policy_of(_find(simulation_id))
        try:
            version = publish_policy(
                policy=draft, effective_from=now, actor=request.caller.actor, now=now
            )
        except NoSuchWarehouse:
            messages.error(request, _("A warehouse of this draft is no longer in use."))
        else:
            look_again(now=now)
            messages.success(request, _("Saved as version %(version)s.") % {"version": version})
    return HttpResponseRedirect(reverse("dashboard:allocation"))
