"""`{% staff_nav %}`: the staff's side bar, by what their role may do."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules import staff_may

register = template.Library()

SCREENS = (
    ("station_board", gettext_lazy("Board"), "today", "staff.floor", "/stations/"),
    ("station_supervise", gettext_lazy("Supervision"), "person", "staff.supervise",
     "/stations/supervise/"),
    ("station_inbounds", gettext_lazy("Inbounds"), "download", "staff.floor",
     "/stations/inbounds/"),
    ("station_pack", gettext_lazy("Pack"), "products", "staff.floor", "/stations/pack/"),
    ("station_single", gettext_lazy("Single items"), "products", "staff.floor",
     "/stations/single/"),
    ("station_walls", gettext_lazy("Put wall"), "products", "staff.floor", "/stations/walls/"),
    ("station_printing", gettext_lazy("Printing"), "document", "staff.floor",
     "/stations/printing/"),
    ("station_weigh", gettext_lazy("Weigh"), "products", "staff.floor", "/stations/weigh/"),
    ("station_units", gettext_lazy("Bags and pallets"), "products", "staff.floor",
     "/stations/units/"),
    ("station_hand_over", gettext_lazy("Hand over"), "shipments", "staff.floor",
     "/stations/hand-over/"),
    ("station_counts", gettext_lazy("Counts"), "check", "staff.floor", "/stations/counts/"),
    ("station_replenish", gettext_lazy("Replenish"), "swap", "staff.floor",
     "/stations/replenish/"),
    ("station_places_first", gettext_lazy("Places"), "products", "staff.floor",
     "/stations/places/"),
    ("staff_claims", gettext_lazy("Claims"), "claims", "staff.claims", "/staff/claims/"),
    ("staff_holds", gettext_lazy("Holds"), "customs", "staff.customs", "/staff/holds/"),
    ("staff_declarations", gettext_lazy("Declarations"), "document", "staff.customs",
     "/staff/declarations/"),
    ("staff_exceptions", gettext_lazy("Exceptions"), "warning", "staff.support",
     "/staff/exceptions/"),
    ("staff_bookings", gettext_lazy("Unclear bookings"), "help", "staff.support",
     "/staff/bookings/"),
    ("staff_problems", gettext_lazy("Problems"), "info", "staff.problems", "/staff/problems/"),
    ("staff_differences", gettext_lazy("Stock differences"), "products", "staff.stock",
     "/staff/stock/"),
    ("staff_people", gettext_lazy("People of the floor"), "person", "staff.people",
     "/staff/people/"),
    ("staff_merchants", gettext_lazy("Merchants"), "person", "staff.merchants",
     "/staff/merchants/"),
    ("staff_equipment", gettext_lazy("Equipment"), "info", "staff.equipment",
     "/staff/equipment/"),
)  # fmt: skip


@register.inclusion_tag("staff/_nav.html", takes_context=True)
def staff_nav(context: dict[str, Any]) -> dict[str, Any]:
    """Draw the entries the person's role may open; the present one is marked."""
    request = context.get("request")
    staff = getattr(request, "staff", None)
    if request is None or staff is None:
        return {"items": []}
    mine = [screen for screen in SCREENS if staff_may(staff.role, screen[3])]
    path = request.path.replace("/stations/pickups/", "/stations/hand-over/")
    here = max((start for *_rest, start in mine if path.startswith(start)), key=len, default="")
    items = [
        {"url": reverse(name), "label": label, "icon": icon, "current": start == here}
        for name, label, icon, _needed, start in mine
    ]
    if staff.role in ("admin", "support", "customs"):
        items.append(
            {"url": reverse("admin:index"), "label": _("Records"), "icon": "document",
             "current": False}
        )  # fmt: skip
    return {"items": items}
