"""Invitations to a team: a link that is kept as a hash, works once, and ends by itself.

Nothing here depends on whether the address has an account: whoever invites learns that from the
team's list, after the person has accepted.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import Invitation, InvitationLookup, Member, User
from accounts.services.hashing import key_hmac
from accounts.services.people import add_member
from core.events import record
from core.merchants import is_suspended
from core.tenancy import active_merchant_id

LIFE = timedelta(days=7)
AGAIN_AFTER = timedelta(minutes=1)
"""How soon the same letter may be sent again: it goes to somebody who did not ask for it."""
MOST_PENDING = 100
LONGEST_TOKEN = 100


class AlreadyMember(Exception):
    """The address belongs to somebody who is in the team."""


class AlreadyInvited(Exception):
    """An invitation to the address waits; it can be sent again or withdrawn."""


class TooManyInvitations(Exception):
    """The merchant has `MOST_PENDING` invitations that wait."""


class SentJustNow(Exception):
    """The letter went out less than `AGAIN_AFTER` ago."""


class InvitationOver(Exception):
    """It was accepted or withdrawn, has expired, or never was."""


class NotTheirs(Exception):
    """The invitation is for another address than the person's."""


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation at the only moment its token exists outside the invited person's hands."""

    invitation: Invitation
    token: str


@dataclass(frozen=True, slots=True)
class FoundInvitation:
    """Whose a link is, known before a merchant is."""

    merchant_id: int
    invitation_id: int


def invite(*, email: str, role: str, actor: str, now: datetime) -> NewInvitation:
    """Invite an address to the active merchant's team; the letter is the caller's to send.

    Raises `AlreadyMember`, `AlreadyInvited`, `TooManyInvitations`.
    """
    if Member.objects.filter(user__email=email, is_active=True).exists():
        raise AlreadyMember(email)
    pending = Invitation.objects.filter(status=Invitation.Status.PENDING)
    for old in pending.filter(email=email, expires_at__lte=now).select_for_update():
        _settle(old, Invitation.Status.EXPIRED, now)
    if pending.filter(email=email).exists():
        raise AlreadyInvited(email)
    if pending.count() >= MOST_PENDING:
        raise TooManyInvitations(str(MOST_PENDING))
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=email, role=role, invited_by=actor, created_at=now, sent_at=now,
                expires_at=now + LIFE,
            )  # fmt: skip
    except IntegrityError as error:
        # Another owner was first with the same address.
        raise AlreadyInvited(email) from error
    token = _new_token(invitation)
    _write_down("invitation.sent", invitation, actor, now)
    return NewInvitation(invitation, token)


def send_again(*, invitation_id: int, actor: str, now: datetime) -> NewInvitation:
    """Give a waiting or expired invitation a new link and a new term; the old link ends.

    Raises `InvitationOver`, `SentJustNow`, `Invitation.DoesNotExist`.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.status != Invitation.Status.PENDING:
        raise InvitationOver(str(invitation_id))
    if now - invitation.sent_at < AGAIN_AFTER:
        raise SentJustNow(str(invitation_id))
    invitation.sent_at, invitation.expires_at = now, now + LIFE
    invitation.save(update_fields=["sent_at", "expires_at"])
    InvitationLookup.objects.filter(invitation_id=invitation.pk).delete()
    token = _new_token(invitation)
    _write_down("invitation.sent_again", invitation, actor, now)
    return NewInvitation(invitation, token)


def revoke_invitation(*, invitation_id: int, actor: str, now: datetime) -> None:
    """End an invitation's link at once. Raises `InvitationOver`, `Invitation.DoesNotExist`."""
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.status != Invitation.Status.PENDING:
        raise InvitationOver(str(invitation_id))
    _settle(invitation, Invitation.Status.REVOKED, now)
    _write_down("invitation.revoked", invitation, actor, now)


def find_invitation(token: str) -> FoundInvitation | None:
    """Return whose a link is; None for one that ended, or of a merchant that is kept out.

    Asked outside of any merchant block.
    """
    if not token.isascii() or len(token) > LONGEST_TOKEN:
        return None
    found = InvitationLookup.objects.filter(pk=key_hmac(token)).first()
    if found is None or is_suspended(found.merchant_id):
        return None
    return FoundInvitation(found.merchant_id, found.invitation_id)


def open_invitation(invitation_id: int, *, now: datetime) -> Invitation | None:
    """Return an invitation of the active merchant that can be accepted now, else None."""
    waiting = Invitation.objects.filter(status=Invitation.Status.PENDING, expires_at__gt=now)
    return waiting.select_related("merchant").filter(pk=invitation_id).first()


def accept_invitation(*, invitation_id: int, user: User, now: datetime) -> Member:
    """Make the invited person a member; the link ends with it.

    Somebody who came into the team another way meanwhile keeps the role they have. Raises
    `InvitationOver`, `NotTheirs`, `Invitation.DoesNotExist`.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if invitation.status != Invitation.Status.PENDING or invitation.expires_at <= now:
        raise InvitationOver(str(invitation_id))
    if user.email != invitation.email:
        raise NotTheirs(str(invitation_id))
    member = Member.objects.filter(user=user, is_active=True).first() or add_member(
        user=user, role=invitation.role, actor=f"user:{user.email}", now=now
    )
    _settle(invitation, Invitation.Status.ACCEPTED, now, member)
    return member


def _new_token(invitation: Invitation) -> str:
    token = secrets.token_urlsafe(32)
    InvitationLookup.objects.create(
        token_hmac=key_hmac(token),
        merchant_id=active_merchant_id(),
        invitation_id=invitation.pk,
    )
    return token


def _settle(
    invitation: Invitation, status: str, now: datetime, member: Member | None = None
) -> None:
    invitation.status, invitation.settled_at, invitation.member = status, now, member
    invitation.save(update_fields=["status", "settled_at", "member"])
    InvitationLookup.objects.filter(invitation_id=invitation.pk).delete()


def _write_down(kind: str, invitation: Invitation, actor: str, now: datetime) -> None:
    record(
        kind=kind,
        subject_kind="invitation",
        subject_id=invitation.pk,
        actor=actor,
        now=now,
        data={"role": invitation.role},
    )
