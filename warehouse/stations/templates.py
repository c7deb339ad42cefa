"""Wave templates: everybody on the floor sees them, supervisors of the warehouse change them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from accounts.staff_pages import not_found, staff_page
from core.bodies import read_body
from flows.floor import supervised_by
from flows.wave_carriers import carrier_name
from warehouse.models import Warehouse, WaveTemplate
from warehouse.rules.waves import next_cut_off
from warehouse.services.wave_templates import (
    TemplateNameTaken,
    save_template,
    set_template_active,
)
from warehouse.stations.common import (
    refuse_unless_supervisor,
    supervised_ids,
    warehouse_ids,
    warehouse_named,
)
from warehouse.stations.template_form import TemplateForm, initial_of


@staff_page("staff.floor", "GET")
def listed(request: StaffRequest) -> HttpResponse:
    """Show the templates of the person's warehouses with their next cut-offs."""
    now = timezone.now()
    found = WaveTemplate.objects.filter(warehouse__in=warehouse_ids(request))
    rows = [
        {
            "template": each,
            "days": ", ".join(str(WEEKDAYS_ABBR[day]) for day in each.weekdays),
            "carrier": carrier_name(each.carrier_code) if each.carrier_code else _("Any"),
            "next": next_cut_off(
                after=now, zone=each.warehouse.time_zone, at=each.cut_off, weekdays=each.weekdays
            ),
        }
        for each in found.select_related("warehouse").order_by(
            "-is_active", "warehouse__code", "cut_off", "name"
        )
    ]
    context = {
        "rows": rows, "houses": supervised_by(request.staff), "now": now,
        "supervised": supervised_ids(request),
    }  # fmt: skip
    return render(request, "stations/templates.html", context)


@staff_page("staff.supervise", "GET", "POST")
def add(request: StaffRequest) -> HttpResponseBase:
    """Add a template to a warehouse: ?warehouse=CODE; without it, to the person's first."""
    code = request.GET.get("warehouse", "") or request.POST.get("warehouse", "")
    mine = supervised_by(request.staff)
    if not code and mine:
        code = mine[0].code
    warehouse = warehouse_named(request, code)
    refuse_unless_supervisor(request, warehouse.pk)
    return _edit(request, warehouse, None)


@staff_page("staff.supervise", "GET", "POST")
def change(request: StaffRequest, template_id: int) -> HttpResponseBase:
    """Change a template."""
    template = _find(request, template_id)
    return _edit(request, template.warehouse, template)


@staff_page("staff.supervise", "POST")
def switch(request: StaffRequest, template_id: int) -> HttpResponseBase:
    """Switch a template on or off: {on: yes | no}; again changes nothing."""
    template = _find(request, template_id)
    is_active = read_body(request).text("on", most=3) == "yes"
    changed = set_template_active(
        template_id=template.pk, is_active=is_active, actor=request.actor, now=timezone.now()
    )
    if changed:
        said = _("{name} proposes waves.") if is_active else _("{name} proposes no more waves.")
        messages.success(request, said.format(name=template.name))
    return redirect("station_templates")


def _edit(
    request: StaffRequest, warehouse: Warehouse, template: WaveTemplate | None
) -> HttpResponseBase:
    now = timezone.now()
    form = TemplateForm(
        request.POST if request.method == "POST" else None,
        initial=initial_of(template) if template else None,
        on=now.date(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_template(
                template_id=template.pk if template else None, warehouse=warehouse,
                facts=form.facts, actor=request.actor, now=now,
            )  # fmt: skip
        except TemplateNameTaken:
            form.add_error("name", _("Another template of the warehouse has this name."))
        else:
            messages.success(request, _("{name} is saved.").format(name=saved.name))
            return redirect("station_templates")
    status = 400 if form.is_bound else 200
    context = {"form": form, "warehouse": warehouse, "template": template, "now": now}
    return render(request, "stations/template.html", context, status=status)


def _find(request: StaffRequest, template_id: int) -> WaveTemplate:
    found = (
        WaveTemplate.objects.filter(pk=template_id, warehouse__in=warehouse_ids(request))
        .select_related("warehouse")
        .first()
    )
    if found is None:
        raise not_found("template", _("Template {number}").format(number=template_id))
    refuse_unless_supervisor(request, found.warehouse_id)
    return found
