"""People and their roles."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Member, MembershipLookup, Staff, User
from core.events import record
from core.tenancy import active_merchant_id


class LastOwner(Exception):
    """The person is the only owner that the team has left. Permanent until there is another."""


def create_user(*, email: str, password: str, full_name: str) -> User:
    """Create a person who can log in; roles come apart."""
    return User.objects.create_user(email, password, full_name=full_name)


def add_member(*, user: User, role: str, actor: str, now: datetime) -> Member:
    """Make a person a member of the active merchant's team, or change the role of one.

    Raises `LastOwner` for another role of the only owner.
    """
    merchant_id = active_merchant_id()
    was_in = Member.objects.filter(user=user, is_active=True).exists()
    if was_in and role != Member.Role.OWNER:
        _keep_an_owner(Member.objects.get(user=user, is_active=True).pk)
    member, _ = Member.objects.update_or_create(
        merchant_id=merchant_id,
        user=user,
        defaults={"role": role, "is_active": True},
        create_defaults={"role": role, "created_at": now},
    )
    MembershipLookup.objects.get_or_create(user=user, merchant_id=merchant_id)
    record(
        kind="member.role_changed" if was_in else "member.added",
        subject_kind="member",
        subject_id=member.pk,
        actor=actor,
        now=now,
        data={"role": role},
    )
    return member


def remove_member(*, member_id: int, actor: str, now: datetime) -> bool:
    """Take a person out of the active merchant's team; False when they were out before.

    The row stays, so that the history keeps its names; the way in, the look-up, is deleted.
    Raises `LastOwner` for the only owner.
    """
    _keep_an_owner(member_id)
    member = Member.objects.select_for_update().get(pk=member_id)
    MembershipLookup.objects.filter(
        user_id=member.user_id, merchant_id=active_merchant_id()
    ).delete()
    if not member.is_active:
        return False
    member.is_active = False
    member.save(update_fields=["is_active"])
    record(kind="member.removed", subject_kind="member", subject_id=member_id, actor=actor, now=now)
    return True


def _keep_an_owner(member_id: int) -> None:
    """Raise `LastOwner` when the team would have no owner without this one.

    The owners' rows are locked in key order: of two owners who remove each other at once, the
    second waits here and then is the last.
    """
    owners = list(
        Member.objects.filter(role=Member.Role.OWNER, is_active=True)
        .order_by("pk")
        .select_for_update()
        .values_list("pk", flat=True)
    )
    if owners == [member_id]:
        raise LastOwner(f"Member {member_id} is the only owner.")


def add_staff(*, user: User, role: str) -> Staff:
    """Make a person part of the operator's staff, or change the role of one."""
    staff, _ = Staff.objects.update_or_create(user=user, defaults={"role": role})
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    return staff


def settle_supervisor(*, staff_id: int, supervises: bool) -> None:
    """Make a person of the floor a supervisor, or one of the floor again; others stay as they are.

    The role says the most somebody may do anywhere; the caller knows their warehouses.
    """
    was, becomes = Staff.Role.SUPERVISOR, Staff.Role.FLOOR
    if supervises:
        was, becomes = becomes, was
    Staff.objects.filter(pk=staff_id, role=was).update(role=becomes)
