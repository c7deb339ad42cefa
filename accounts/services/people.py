"""People and their roles."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Member, MembershipLookup, Staff, User
from core.events import record
from core.tenancy import active_merchant_id


def create_user(*, email: str, password: str, full_name: str) -> User:
    """Create a person who can log in; roles come apart."""
    return User.objects.create_user(email, password, full_name=full_name)


def add_member(*, user: User, role: str, actor: str, now: datetime) -> Member:
    """Make a person a member of the active merchant's team, or change the role of one."""
    merchant_id = active_merchant_id()
    was_in = Member.objects.filter(user=user, is_active=True).exists()
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
    """
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
