"""Settings, team: who belongs to it and in which role."""

from __future__ import annotations

import logging
import secrets
from smtplib import SMTPException
from typing import cast

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from accounts.models import Member, User
from accounts.services import add_member, create_user, remove_member
from core.tenancy import merchant
from dashboard.forms import MemberForm, RoleForm
from dashboard.readings.team import read_team
from dashboard.views.screens import show

log = logging.getLogger("waybridge.dashboard")


@member_view("team.view")
@require_safe
def team(request: MemberRequest) -> HttpResponse:
    """The team."""
    return _page(request, MemberForm())


def _page(request: MemberRequest, form: MemberForm) -> HttpResponse:
    user = cast("User", request.user)
    with merchant(request.caller.merchant_id):
        page = read_team(caller=request.caller, my_user_id=user.pk, form=form)
    status = 400 if form.is_bound else 200
    return show(request, "dashboard/settings/team.html", page, current="settings", status=status)


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:settings"))


@member_view("team.edit")
@require_POST
def member_add(request: MemberRequest) -> HttpResponse:
    """Add a person; someone new gets a letter with a link to set a password.

    The answer does not tell whether the address was known before: that is nobody's business.
    """
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    email = str(said["email"]).lower()
    user, is_new = _person(email, said["full_name"])
    if user.pk == request.user.pk:
        form.add_error("email", _("This is you; another owner may change your role."))
        return _page(request, form)
    with merchant(request.caller.merchant_id):
        if Member.objects.filter(user=user, is_active=True).exists():
            form.add_error("email", _("This person is in the team; change the role in the list."))
            known = True
        else:
            known = False
            add_member(user=user, role=said["role"], actor=request.caller.actor, now=timezone.now())
    if known:
        return _page(request, form)
    if is_new and not _send_link(request, email):
        messages.warning(
            request,
            _(
                "The letter to %(email)s could not be sent;"
                " a password can be asked for on the sign-in page."
            )
            % {"email": email},
        )
    messages.success(request, _("%(email)s is in the team.") % {"email": email})
    return _back()


def _person(email: str, full_name: str) -> tuple[User, bool]:
    """The person with that address, made with a password nobody knows when there is none."""
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            password = secrets.token_urlsafe(32)
            return create_user(email=email, password=password, full_name=full_name), True
    except IntegrityError:
        # Another owner was first with the same address.
        return User.objects.get(email=email), False


def _send_link(request: MemberRequest, email: str) -> bool:
    """Send the link to set a password, outside of any transaction; False when it did not go."""
    form = ResetPasswordForm({"email": email})
    if not form.is_valid():
        return False
    try:
        form.save(request)
    except (OSError, SMTPException) as error:
        log.warning("The letter to a new member could not be sent: %s", error)
        return False
    return True


@member_view("team.edit")
@require_POST
def member_role(request: MemberRequest, member_id: int) -> HttpResponse:
    """Give a member another role."""
    form = RoleForm(request.POST)
    with merchant(request.caller.merchant_id):
        member = _other_member(request, member_id)
        if form.is_valid():
            add_member(
                user=member.user,
                role=form.cleaned_data["role"],
                actor=request.caller.actor,
                now=timezone.now(),
            )
    if form.is_valid():
        messages.success(request, _("The role is changed."))
    else:
        messages.error(request, _("Choose one of the roles."))
    return _back()


@member_view("team.edit")
@require_POST
def member_remove(request: MemberRequest, member_id: int) -> HttpResponse:
    """Take a member out of the team."""
    with merchant(request.caller.merchant_id):
        member = _other_member(request, member_id)
        remove_member(member_id=member.pk, actor=request.caller.actor, now=timezone.now())
    messages.success(request, _("%(who)s is no longer in the team.") % {"who": member.user.email})
    return _back()


def _other_member(request: MemberRequest, member_id: int) -> Member:
    """A member who is not the caller: nobody changes their own role, so an owner remains."""
    found = Member.objects.filter(pk=member_id, is_active=True).select_related("user").first()
    if found is None or found.user_id == request.user.pk:
        raise Http404
    return found
