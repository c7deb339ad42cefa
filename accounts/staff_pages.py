"""The frame of the staff's pages: who may, which methods, and how a fault is told."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.access import StaffRequest, View, staff_view
from core.bodies import BadBody, fault_answer, wants_json
from core.deadlocks import again_after_deadlock

LONGEST_ID = 19


def staff_page(needed: str, *methods: str) -> Callable[[View], View]:
    """Let a view in for staff whose role has `needed`, by `methods`; answer `BadBody` in words."""
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def wrap(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            try:
                return _again_after_deadlock(view, cast("StaffRequest", request), args, kwargs)
            except BadBody as fault:
                if wants_json(request):
                    return fault_answer(fault)
                return render(request, "staff/fault.html", {"fault": fault}, status=fault.status)

        return staff_view(needed)(answered)

    return wrap


def _again_after_deadlock(
    view: View, request: StaffRequest, args: Any, kwargs: Any
) -> HttpResponseBase:
    """Run a view; where two people's rows are locked in two orders, the one who lost does it again.

    The database has undone all of it, and every call of the floor may be repeated.
    """

    def once() -> HttpResponseBase:
        for name in request.FILES:
            for file in request.FILES.getlist(name):
                file.seek(0)
        return view(request, *args, **kwargs)

    return again_after_deadlock(once)()


def page_below(request: HttpRequest) -> int | None:
    """Return the id a list goes on below (?below=ID); None for its beginning, or for nonsense."""
    below = request.GET.get("below", "")
    is_number = below.isascii() and below.isdigit() and len(below) < LONGEST_ID
    return int(below) if is_number else None


def not_found(field: str, what: str) -> BadBody:
    """What to raise for a thing that is not there, or not in the caller's warehouses."""
    return BadBody(
        field=field,
        fault=_("{what} is not in your warehouses.").format(what=what),
        remedy=_("Check the number, or ask for access to the warehouse."),
        status=404,
    )
