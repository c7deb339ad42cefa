"""Settings, team: who belongs to it and in which role."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from accounts.models import Member, User
from accounts.services import LastOwner, add_member, remove_member
from core.tenancy import merchant
from dashboard.forms import InviteForm, RoleForm
from dashboard.readings.team import read_team
from dashboard.views.screens import show


@member_view("team.view")
@require_safe
def team(request: MemberRequest) -> HttpResponse:
    """The team."""
    return team_page(request, InviteForm())


def team_page(
    request: MemberRequest, form: InviteForm, *, new_link: str = "", invited: str = ""
) -> HttpResponse:
    """The team with a form; `new_link` is an invitation's whole link, shown in this answer only."""
    user = cast("User", request.user)
    with merchant(request.caller.merchant_id):
        page = read_team(
            caller=request.caller,
            my_user_id=user.pk,
            form=form,
            now=timezone.now(),
            new_link=new_link,
            invited=invited,
        )
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/settings/team.html", page, current="settings", status=status)


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:settings"))


@member_view("team.edit")
@require_POST
def member_role(request: MemberRequest, member_id: int) -> HttpResponse:
    """Give a member another role."""
    form = RoleForm(request.POST)
    try:
        with merchant(request.caller.merchant_id):
            member = _other_member(request, member_id)
            if form.is_valid():
                add_member(
                    user=member.user,
                    role=form.cleaned_data["role"],
                    actor=request.caller.actor,
                    now=timezone.now(),
                )
    except LastOwner:
        return _last_owner(request)
    if form.is_valid():
        messages.success(request, _("The role is changed."))
    else:
        messages.error(request, _("Choose one of the roles."))
    return _back()


@member_view("team.edit")
@require_POST
def member_remove(request: MemberRequest, member_id: int) -> HttpResponse:
    """Take a member out of the team."""
    try:
        with merchant(request.caller.merchant_id):
            member = _other_member(request, member_id)
            remove_member(member_id=member.pk, actor=request.caller.actor, now=timezone.now())
    except LastOwner:
        return _last_owner(request)
    messages.success(request, _("%(who)s is no longer in the team.") % {"who": member.user.email})
    return _back()


def _last_owner(request: MemberRequest) -> HttpResponse:
    messages.error(
        request, _("They are the only owner now, and a team needs one: nothing changed.")
    )
    return _back()


def _other_member(request: MemberRequest, member_id: int) -> Member:
    """A member who is not the caller: nobody changes their own role."""
    found = Member.objects.filter(pk=member_id, is_active=True).select_related("user").first()
    if found is None or found.user_id == request.user.pk:
        raise Http404
    return found
