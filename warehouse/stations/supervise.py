"""The supervisor's board: stages and cut-offs, work by the hour, people, problems; lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.access import StaffRequest
from accounts.rules import staff_may
from accounts.staff_pages import not_found, staff_page
from core.bodies import wants_json
from core.spoken import say_all
from flows.floor import supervised_by
from flows.supervision import STAGES, Supervision, supervise
from flows.supervision_lists import Asked, Listed, NoSuchList, list_page
from flows.words import work_words
from warehouse.models import Warehouse
from warehouse.rules.board import DUES, nice_top, points
from warehouse.stations.common import refuse_unless_supervisor, warehouse_named

EVERY_S = 20
WIDTH, HEIGHT = 720, 160
STAGE_WORDS: Mapping[str, Any] = {
    "waiting": _("Waiting for a wave"),
    "planned": pgettext_lazy("stage of orders", "Planned"),
    "released": pgettext_lazy("stage of orders", "Released"),
    "picked": pgettext_lazy("stage of orders", "Picked"),
    "packed": pgettext_lazy("stage of orders", "Packed"),
}
DUE_WORDS: Mapping[str, Any] = {
    "overdue": pgettext_lazy("when orders are due", "Overdue"),
    "today": pgettext_lazy("when orders are due", "Due before the cut-off"),
    "later": pgettext_lazy("when orders are due", "Later"),
    "undated": pgettext_lazy("when orders are due", "Without a day"),
}
PROBLEM_WORDS: Mapping[str, Any] = {
    "short_picks": _("Short picks to count"),
    "unclear": _("Bookings the carrier left unclear"),
    "no_label": _("Booked, and the label has not come"),
    "prints": _("Labels that were not printed"),
    "inbounds": _("Inbounds waiting at the dock or due"),
    "expired": _("Expired goods promised to orders"),
}
LIST_WORDS: Mapping[str, Any] = {
    **STAGE_WORDS,
    **PROBLEM_WORDS,
    "handed_over": _("Handed over today"),
    "picks": _("Lines picked today"),
    "packs": _("Parcels packed today"),
    "wrong": _("Wrong scans today"),
}
SERIES = (
    ("picked", _("Pick lines")),
    ("packed", _("Parcels packed")),
    ("handed_over", _("Parcels handed over")),
)
LONGEST_PERSON = 120


@staff_page("staff.supervise", "GET")
def show(request: StaffRequest) -> HttpResponse:
    """Show the warehouses the person supervises; `?part=1` answers the part that is refreshed."""
    now = timezone.now()
    seen = supervise(warehouses=supervised_by(request.staff), now=now)
    if wants_json(request):
        return JsonResponse({"warehouses": [_json(each) for each in seen]})
    context = {
        "houses": [_house(each) for each in seen], "now": now, "dues": DUE_WORDS.items(),
        "every_s": EVERY_S, "may_mend": staff_may(request.staff.role, "staff.problems"),
    }  # fmt: skip
    part = request.GET.get("part") == "1"
    template = "stations/_supervise.html" if part else "stations/supervise.html"
    return render(request, template, context)


@staff_page("staff.supervise", "GET")
def listed(request: StaffRequest, code: str, what: str) -> HttpResponse:
    """Show the list behind a number: `?due=`, `?person=`, and `?after=` for the next page."""
    house = warehouse_named(request, code)
    refuse_unless_supervisor(request, house.pk)
    due, person = request.GET.get("due", ""), request.GET.get("person", "")[:LONGEST_PERSON]
    asked = Asked(
        house=house, due=due if what in STAGES else "", person=person.replace("\x00", ""),
        after=request.GET.get("after", ""), now=timezone.now(),
    )  # fmt: skip
    try:
        page = list_page(what, asked)
    except NoSuchList as error:
        raise not_found("list", what) from error
    if wants_json(request):
        return JsonResponse({"rows": [_row_json(each) for each in page.rows], "after": page.after})
    context = {
        "house": house, "page": page, "title": LIST_WORDS[what], "due": DUE_WORDS.get(due, ""),
        "person": person.partition(":")[2], "now": asked.now, "by_day": what in STAGES,
    }  # fmt: skip
    return render(request, "stations/supervise_list.html", context)


def _house(seen: Supervision) -> dict[str, Any]:
    house = seen.warehouse
    others = [
        {"words": words, "count": seen.others[name], "url": _list_url(house, name)}
        for name, words in PROBLEM_WORDS.items()
        if seen.others[name].number
    ]
    return {
        "warehouse": house,
        "cut_offs": [(each, _clock(each.at, house)) for each in seen.cut_offs],
        "stages": [_stage(seen, stage) for stage in STAGES],
        "handed_over": seen.others["handed_over"],
        "handed_over_url": _list_url(house, "handed_over"),
        "chart": _chart(seen),
        "people": [_person(house, each) for each in seen.people],
        "problems": others,
        "failed": [(each, work_words(each.kind)) for each in seen.failed],
        "printers": [(each, say_all(each.fault_said or [])) for each in seen.printers_down],
        "overdue_to_pack": seen.stages["picked"]["overdue"],
        "overdue_url": _list_url(house, "picked", due="overdue"),
    }


def _stage(seen: Supervision, stage: str) -> dict[str, Any]:
    cells = [
        {
            "due": due,
            "count": seen.stages[stage][due],
            "url": _list_url(seen.warehouse, stage, due=due),
        }
        for due in DUES
    ]
    return {"words": STAGE_WORDS[stage], "cells": cells}


def _person(house: Warehouse, person: Any) -> dict[str, Any]:
    urls = {
        f"{name}_url": _list_url(house, name, person=person.actor)
        for name in ("picks", "packs", "wrong")
    }
    return {"person": person, "rate": person.today.wrong_per_mille / 10, **urls}


def _list_url(house: Warehouse, what: str, **query: str) -> str:
    return reverse("station_supervise_list", args=[house.code, what], query=query or None)


def _clock(at: datetime, house: Warehouse) -> datetime:
    """What the clock in the house shows; naive, or a template would show it in another zone."""
    return timezone.localtime(at, ZoneInfo(house.time_zone)).replace(tzinfo=None)


def _chart(seen: Supervision) -> dict[str, Any]:
    hours = [(_clock(at, seen.warehouse), done) for at, done in seen.hours]
    top = nice_top(
        max((max(done.picked, done.packed, done.handed_over) for _at, done in hours), default=0)
    )
    series = []
    for name, words in SERIES:
        values = [getattr(done, name) for _at, done in hours]
        dots = points(values, top=top, width=WIDTH, height=HEIGHT)
        line = " ".join(f"{x},{y}" for x, y in dots)
        series.append({"name": name, "words": words, "line": line, "dots": dots,
                       "sum": sum(values)})  # fmt: skip
    marks = [
        (round(index * WIDTH / max(len(hours) - 1, 1)), at)
        for index, (at, _done) in enumerate(hours)
        if at.hour % 3 == 0
    ]
    return {"hours": hours, "series": series, "top": top, "half": top // 2, "marks": marks,
            "is_empty": not any(each["sum"] for each in series)}  # fmt: skip


def _json(seen: Supervision) -> dict[str, Any]:
    return {
        "warehouse": seen.warehouse.code,
        "cut_offs": [
            {"at": each.at.isoformat(), "name": each.name, "carrier": each.carrier}
            for each in seen.cut_offs
        ],
        "stages": {
            stage: {due: _number(count) for due, count in row.items()}
            for stage, row in seen.stages.items()
        },
        "others": {name: _number(count) for name, count in seen.others.items()},
        "hours": [
            {"at": at.isoformat(), "picked": done.picked, "packed": done.packed,
             "handed_over": done.handed_over}
            for at, done in seen.hours
        ],
        "people": [
            {"actor": each.actor, "name": each.name, "picks": each.today.picks,
             "packs": each.today.packs, "scans": each.today.scans, "wrong": each.today.wrong,
             "last_hour": {"picks": each.hour.picks, "packs": each.hour.packs}}
            for each in seen.people
        ],
        "failed": [{"job": each.job_id, "kind": each.kind, "about": each.about}
                   for each in seen.failed],
        "printers_down": [each.name for each in seen.printers_down],
    }  # fmt: skip


def _number(count: Any) -> dict[str, Any]:
    return {"number": count.shown, "is_more": count.is_more}


def _row_json(row: Listed) -> dict[str, Any]:
    return {
        "name": row.name, "about": row.about, "merchant": row.owner, "wave": row.wave,
        "at": row.at.isoformat() if row.at else None,
    }  # fmt: skip
