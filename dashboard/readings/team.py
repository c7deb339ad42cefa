"""The team and its API keys."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from accounts.models import ApiKey, Invitation, Member, MemberRole
from dashboard.readings.words import actor_words
from dashboard.screens.common import Badge, Destructive, Option, Tab
from dashboard.screens.settings import (
    ApiKeyRow,
    ApiKeysPage,
    InvitationRow,
    MemberRow,
    TeamPage,
)

SHOWN = 200
KEY_ROLES = ("operations", "read_only")


def settings_tabs(current: str) -> tuple[Tab, ...]:
    """The tabs of Settings."""
    return (
        Tab(label=_("Team"), url=reverse("dashboard:settings"), current=current == "team"),
        Tab(label=_("Channels"), url=reverse("dashboard:channels"), current=current == "channels"),
        Tab(
            label=_("Allocation"),
            url=reverse("dashboard:allocation"),
            current=current == "allocation",
        ),
        Tab(label=_("Rules"), url=reverse("dashboard:rules"), current=current == "rules"),
        Tab(label=_("Picking"), url=reverse("dashboard:picking"), current=current == "picking"),
        Tab(label=_("Cartons"), url=reverse("dashboard:cartons"), current=current == "cartons"),
        Tab(label=_("Inserts"), url=reverse("dashboard:extras"), current=current == "extras"),
        Tab(label=_("API keys"), url=reverse("dashboard:api_keys"), current=current == "keys"),
    )


def key_scope(role: str) -> str:
    """What a key of a role may do."""
    scopes = {
        "operations": _("Send orders and products, read everything"),
        "read_only": _("Read everything"),
    }
    return scopes.get(role, str(MemberRole(role).label))


def read_team(
    *,
    caller: Caller,
    my_user_id: int,
    form: Form,
    now: datetime,
    new_link: str = "",
    invited: str = "",
) -> TeamPage:
    """The team; nobody may change their own role, so that a team keeps an owner."""
    members = list(
        Member.objects.filter(is_active=True).select_related("user").order_by("id")[:SHOWN]
    )
    secured = set(
        Authenticator.objects.filter(
            user_id__in=[member.user_id for member in members], type="totp"
        ).values_list("user_id", flat=True)
    )
    may_edit = caller.may("team.edit")
    return TeamPage(
        tabs=settings_tabs("team"),
        members=tuple(
            _member(
                member,
                has_second_factor=member.user_id in secured,
                may_change=may_edit and member.user_id != my_user_id,
            )
            for member in members
        ),
        role_notes=(
            (str(MemberRole.OWNER.label), _("Everything, and who else may do what.")),
            (str(MemberRole.OPERATIONS.label), _("Orders, products, holds and claims.")),
            (str(MemberRole.FINANCE.label), _("Payment holds and claims; reads the rest.")),
            (str(MemberRole.READ_ONLY.label), _("Sees everything, changes nothing.")),
        ),
        invite_form=form if may_edit else None,
        invite_url=reverse("dashboard:invitation_send"),
        invitations=tuple(
            _invitation(each, may_edit=may_edit, now=now)
            for each in Invitation.objects.filter(status=Invitation.Status.PENDING).order_by("-id")[
                :SHOWN
            ]
        ),
        new_link=new_link,
        invited=invited,
    )


def _invitation(invitation: Invitation, *, may_edit: bool, now: datetime) -> InvitationRow:
    has_ended = invitation.expires_at <= now
    return InvitationRow(
        email=invitation.email,
        role=str(invitation.get_role_display()),
        badge=Badge(label=_("Expired"), tone="act") if has_ended else Badge(label=_("Waiting")),
        sent_at=invitation.sent_at,
        expires_at=invitation.expires_at,
        invited_by=actor_words(invitation.invited_by),
        resend_url=reverse("dashboard:invitation_resend", args=[invitation.pk]) if may_edit else "",
        revoke=Destructive(
            label=_("Withdraw…"),
            undoes=_("The link in the letter stops working at once."),
            url=reverse("dashboard:invitation_revoke", args=[invitation.pk]),
            confirm_label=_("Withdraw the invitation"),
        )
        if may_edit
        else None,
    )


def _member(member: Member, *, has_second_factor: bool, may_change: bool) -> MemberRow:
    user = member.user
    name = user.get_full_name()
    return MemberRow(
        name=name,
        email=user.email,
        roles=tuple(
            Option(value=value, label=str(label), selected=value == member.role)
            for value, label in MemberRole.choices
        )
        if may_change
        else (),
        role_label=str(member.get_role_display()),
        role_url=reverse("dashboard:member_role", args=[member.pk]) if may_change else "",
        has_second_factor=has_second_factor,
        last_seen_at=user.last_login,
        remove=Destructive(
            label=_("Remove…"),
            undoes=_(
                "%(name)s can no longer see this merchant. What they did stays in the history."
            )
            % {"name": name},
            url=reverse("dashboard:member_remove", args=[member.pk]),
            confirm_label=_("Remove %(name)s") % {"name": name},
        )
        if may_change
        else None,
    )


def read_api_keys(*, caller: Caller, form: Form, new_key: str = "") -> ApiKeysPage:
    """The merchant's keys; `new_key` is the whole key in the answer that made it."""
    keys = ApiKey.objects.order_by("-id")[:SHOWN]
    may_edit = caller.may("team.edit")
    return ApiKeysPage(
        tabs=settings_tabs("keys"),
        keys=tuple(_key(key, may_edit=may_edit) for key in keys),
        form=form if may_edit else None,
        post_url=reverse("dashboard:api_keys"),
        reference_url=f"{settings.PUBLIC_URL}/api/reference/",
        example=f"curl -H 'Authorization: Bearer wb_…' {settings.PUBLIC_URL}/api/v1/orders",
        new_key=new_key,
    )


def _key(key: ApiKey, *, may_edit: bool) -> ApiKeyRow:
    is_live = key.revoked_at is None
    return ApiKeyRow(
        name=key.name,
        prefix=key.prefix,
        scope=key_scope(key.role),
        made_at=key.created_at,
        made_by=actor_words(key.created_by),
        last_used_at=key.last_used_at,
        badge=Badge(label=_("Active"), tone="good") if is_live else Badge(label=_("Revoked")),
        revoke=Destructive(
            label=_("Revoke…"),
            undoes=_("Every program that uses this key stops working at once."),
            url=reverse("dashboard:api_key_revoke", args=[key.pk]),
            confirm_label=_("Revoke the key"),
        )
        if is_live and may_edit
        else None,
    )
