"""Who a browser request is for: a member in one merchant, or a person of the staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from accounts.models import Member, MembershipLookup, Staff, User
from accounts.rules import staff_may
from core.models import Merchant, SuspendedMerchant
from core.prepared import Prepared
from core.routes import permission
from core.second_factor import missing_step
from core.tenancy import merchant

CHOSEN_MERCHANT = "chosen_merchant_id"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
CHOSEN_NAME = "chosen_merchant_name"
SENT_FOR = "sent_for"
"""The field of a form that says which merchant was open when the page was drawn."""
MOST_MERCHANTS = 50
View = Callable[..., HttpResponseBase]
STAFF = Prepared(Staff, lambda rows, user_id: rows.filter(user=user_id, is_active=True), "user_id")


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


def member_view(
    needed: str, *, write: str = "", even_suspended: bool = False
) -> Callable[[View], View]:
    """Let a view in for members of the merchant whose role has `needed`.

    `write` is what unsafe methods demand where that is another permission. Somebody who was taken
    out of the merchant they had open is told, and nothing they sent is done to another one. So is
    somebody who has switched the merchant in another tab: a form says whose page it stood on.
    `even_suspended` is for the way to one's other merchants.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            mine = memberships(request)
            if not mine:
                return _no_team(request)
            if request.session.get(CHOSEN_MERCHANT) not in mine:
                left = request.session.get(CHOSEN_NAME, "")
                name = choose_merchant(request, _first_open(mine))
                if left:
                    messages.warning(request, _moved(request, left, name))
                    return redirect(settings.LOGIN_REDIRECT_URL)
            merchant_id = request.session[CHOSEN_MERCHANT]
            if not even_suspended and _is_for_another(request, merchant_id):
                messages.error(request, _meant_another(request, mine))
                return redirect(settings.LOGIN_REDIRECT_URL)
            if mine[merchant_id] and not even_suspended:
                return _suspended(request, has_others=len(mine) > 1)
            caller = _caller(request, merchant_id)
            demanded = needed if request.method in SAFE_METHODS else write or needed
            if caller is None or not caller.may(demanded):
                raise PermissionDenied("Your role does not allow this. Ask an owner of the team.")
            cast("MemberRequest", request).caller = caller
            return _kept_by_nobody(view(request, *args, **kwargs))

        return permission(needed, write=write)(guarded)

    return wrap


def memberships(request: HttpRequest) -> dict[int, bool]:
    """Return the ids of the person's merchants, oldest first, each with whether it is suspended."""
    kept_out = SuspendedMerchant.objects.filter(merchant_id=OuterRef("merchant_id"))
    rows = MembershipLookup.objects.filter(user=cast("User", request.user)).order_by("id")
    return dict(rows.values_list("merchant_id", Exists(kept_out))[:MOST_MERCHANTS])


def choose_merchant(request: HttpRequest, merchant_id: int) -> str:
    """Remember in the session which merchant is open; return its name.

    The name is kept, too, so that it can be told when the person is no longer in that team.
    """
    with merchant(merchant_id):
        name = Merchant.objects.values_list("name", flat=True).get(pk=merchant_id)
    request.session[CHOSEN_MERCHANT], request.session[CHOSEN_NAME] = merchant_id, name
    return name


def _first_open(mine: Mapping[int, bool]) -> int:
    return next((each for each, is_suspended in mine.items() if not is_suspended), next(iter(mine)))


def _moved(request: HttpRequest, left: str, name: str) -> str:
    said = _("You are no longer in the team of %(left)s. What you see now is %(name)s.") % {
        "left": left,
        "name": name,
    }
    if request.method in ("GET", "HEAD"):
        return said
    return f"{said} {_('What you sent was not done.')}"


def _is_for_another(request: HttpRequest, merchant_id: int) -> bool:
    if request.method in SAFE_METHODS:
        return False
    meant = request.POST.get(SENT_FOR, "")
    return bool(meant) and meant != str(merchant_id)


def _meant_another(request: HttpRequest, mine: Mapping[int, bool]) -> str:
    """Say what happened; the other merchant is named only to somebody of its team."""
    here = request.session.get(CHOSEN_NAME, "")
    meant = next((each for each in mine if str(each) == request.POST[SENT_FOR]), None)
    if meant is None:
        return _("The page you sent from was another merchant's; %(here)s is open now."
                 " What you sent was not done.") % {"here": here}  # fmt: skip
    with merchant(meant):
        name = Merchant.objects.values_list("name", flat=True).get(pk=meant)
    said = _("You sent this for %(meant)s, but %(here)s was opened in another tab. It was not done:"
             " switch to %(meant)s, go back, and send it again.")  # fmt: skip
    return said % {"meant": name, "here": here}


def _caller(request: HttpRequest, merchant_id: int) -> Caller | None:
    user = cast("User", request.user)
    with merchant(merchant_id):
        member = Member.objects.filter(user=user, is_active=True).first()
    return None if member is None else Caller(merchant_id, f"user:{user.email}", member.role)


def _no_team(request: HttpRequest) -> HttpResponseBase:
    context = {"left": request.session.get(CHOSEN_NAME, ""), "user": request.user}
    return _kept_by_nobody(render(request, "account/no_team.html", context, status=403))


def _suspended(request: HttpRequest, *, has_others: bool) -> HttpResponseBase:
    context = {
        "merchant_name": request.session[CHOSEN_NAME],
        "email": settings.OPERATOR["email"],
        "operator": settings.OPERATOR["name"],
        "has_others": has_others,
    }
    return _kept_by_nobody(render(request, "account/suspended.html", context, status=403))


def staff_view(needed: str) -> Callable[[View], View]:
    """Let a view in for staff whose role has `needed`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            staff = STAFF.first(user_id=request.user.pk)
            if staff is None or not staff_may(staff.role, needed):
                raise PermissionDenied("Your role does not allow this. Ask an administrator.")
            step = missing_step(request)
            if step:
                messages.info(request, _("The staff's door needs a second factor."))
                return redirect(step)
            inside = cast("StaffRequest", request)
            inside.staff, inside.actor = staff, f"staff:{request.user.email}"
            return _kept_by_nobody(view(request, *args, **kwargs))

        return permission(needed)(guarded)

    return wrap
