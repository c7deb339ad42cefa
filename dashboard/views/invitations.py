"""Settings, team: asking somebody in by a letter with a link."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, member_view
from accounts.letters import reach_people, send_invitation
from accounts.models import Invitation
from accounts.services import (
    AlreadyInvited,
    AlreadyMember,
    InvitationOver,
    NewInvitation,
    SentJustNow,
    TooManyInvitations,
    invite,
    revoke_invitation,
    send_again,
)
from accounts.services.invitations import LIFE, MOST_PENDING
from core.tenancy import merchant
from dashboard.forms import InviteForm
from dashboard.views.team import team_page


@member_view("team.edit")
@require_POST
def invitation_send(request: MemberRequest) -> HttpResponse:
    """Invite an address. The answer is the same whether or not it has an account somewhere."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return team_page(request, form)
    email = str(form.cleaned_data["email"]).lower()
    try:
        with merchant(request.caller.merchant_id):
            new = invite(
                email=email,
                role=form.cleaned_data["role"],
                actor=request.caller.actor,
                now=timezone.now(),
            )
            name = new.invitation.merchant.name
    except AlreadyMember:
        form.add_error("email", _("This person is in the team; change the role in the list."))
    except AlreadyInvited:
        form.add_error("email", _("This address is invited; send the letter again in the list."))
    except TooManyInvitations:
        form.add_error(
            None, _("%(most)s invitations wait; withdraw some first.") % {"most": MOST_PENDING}
        )
    else:
        return _hand_over(request, new, name)
    return team_page(request, form)


@member_view("team.edit")
@require_POST
def invitation_resend(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Send an invitation again, with a new link; the old one ends."""
    try:
        with merchant(request.caller.merchant_id):
            new = send_again(
                invitation_id=invitation_id, actor=request.caller.actor, now=timezone.now()
            )
            name = new.invitation.merchant.name
    except Invitation.DoesNotExist as missing:
        raise Http404 from missing
    except InvitationOver:
        messages.info(request, _("This invitation was accepted or withdrawn before."))
    except SentJustNow:
        messages.info(request, _("The letter went out just now; wait a minute."))
    else:
        return _hand_over(request, new, name)
    return _back()


@member_view("team.edit")
@require_POST
def invitation_revoke(request: MemberRequest, invitation_id: int) -> HttpResponse:
    """Withdraw an invitation; its link ends at once."""
    try:
        with merchant(request.caller.merchant_id):
            revoke_invitation(
                invitation_id=invitation_id, actor=request.caller.actor, now=timezone.now()
            )
    except Invitation.DoesNotExist as missing:
        raise Http404 from missing
    except InvitationOver:
        messages.info(request, _("This invitation was accepted or withdrawn before."))
    else:
        messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return _back()


def _hand_over(request: MemberRequest, new: NewInvitation, merchant_name: str) -> HttpResponse:
    """Send the letter; where no mail server is set, show the link once to who invites."""
    link = settings.PUBLIC_URL + reverse("dashboard:invitation", args=[new.token])
    email = new.invitation.email
    is_sent = send_invitation(
        to=email,
        merchant_name=merchant_name,
        role=str(new.invitation.get_role_display()),
        link=link,
        days=LIFE.days,
    )
    if not reach_people():
        return team_page(request, InviteForm(), new_link=link, invited=email)
    if is_sent:
        messages.success(request, _("The invitation is on its way to %(who)s.") % {"who": email})
    else:
        messages.error(
            request,
            _("The letter to %(who)s could not be sent. Try again from the list in a minute.")
            % {"who": email},
        )
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:settings"))
