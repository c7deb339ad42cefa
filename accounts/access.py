"""Who a browser request is for: a member in one merchant, or a person of the staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.authentication import Caller
from accounts.models import Member, MembershipLookup, Staff, User
from accounts.rules import staff_may
from core.routes import permission
from core.tenancy import merchant

CHOSEN_MERCHANT = "chosen_merchant_id"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
View = Callable[..., HttpResponseBase]


class MemberRequest(HttpRequest):
    """A request whose caller is a member of one merchant."""

    caller: Caller


class StaffRequest(HttpRequest):
    """A request by a person of the operator's staff."""

    staff: Staff
    actor: str


def _kept_by_nobody(response: HttpResponseBase) -> HttpResponseBase:
    """Forbid copies of a person's page, so that none is left on a shared machine after sign-out.

    A view that says something of its own, as one that gives out a file does, keeps its word.
    """
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def member_view(needed: str, *, write: str = "") -> Callable[[View], View]:
    """Let a view in for members of the merchant whose role has `needed`.

    `write` is what unsafe methods demand where that is another permission.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            caller = find_member(request)
            demanded = needed if request.method in SAFE_METHODS else write or needed
            if caller is None or not caller.may(demanded):
                raise PermissionDenied("Your role does not allow this. Ask an owner of the team.")
            cast("MemberRequest", request).caller = caller
            return _kept_by_nobody(view(request, *args, **kwargs))

        return permission(needed, write=write)(guarded)

    return wrap


def find_member(request: HttpRequest) -> Caller | None:
    """Return the caller in the merchant chosen in the session, else in the first one."""
    user = cast("User", request.user)
    mine = list(
        MembershipLookup.objects.filter(user=user).order_by("id").values_list(
            "merchant_id", flat=True
        )[:50]
    )  # fmt: skip
    if not mine:
        return None
    chosen = request.session.get(CHOSEN_MERCHANT)
    merchant_id = chosen if chosen in mine else mine[0]
    with merchant(merchant_id):
        member = Member.objects.filter(user=user, is_active=True).first()
    return None if member is None else Caller(merchant_id, f"user:{user.email}", member.role)


def staff_view(needed: str) -> Callable[[View], View]:
    """Let a view in for staff whose role has `needed`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            staff = Staff.objects.filter(user=request.user, is_active=True).first()
            if staff is None or not staff_may(staff.role, needed):
                raise PermissionDenied("Your role does not allow this. Ask an administrator.")
            inside = cast("StaffRequest", request)
            inside.staff, inside.actor = staff, f"staff:{request.user.email}"
            return _kept_by_nobody(view(request, *args, **kwargs))

        return permission(needed)(guarded)

    return wrap
