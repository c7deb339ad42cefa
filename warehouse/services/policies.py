"""A merchant's allocation rules: versions that begin at an instant, and are never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.events import record
from core.numbers import next_numbers
from warehouse.models import AllocationPolicy, Warehouse


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The rules of an instant. `version` 0 is the operator's default; `warehouses` are codes, the
    preferred first, none meaning all."""

    strategy: str = AllocationPolicy.Strategy.NEAREST.value
    warehouses: tuple[str, ...] = ()
    may_split: bool = False
    version: int = 0


class NoSuchWarehouse(LookupError):
    """A code of the rules names no warehouse in use. Permanent."""


def publish_policy(*, policy: Policy, effective_from: datetime, actor: str, now: datetime) -> int:
    """Write a new version of the active merchant's rules; return its number.

    Raises `NoSuchWarehouse`. The `version` given is of no account.
    """
    check_warehouses(policy.warehouses)
    version = next_numbers(kind="allocation_policy")[0]
    made = AllocationPolicy.objects.create(
        version=version,
        strategy=AllocationPolicy.Strategy(policy.strategy),
        warehouses=list(policy.warehouses),
        may_split=policy.may_split,
        effective_from=effective_from,
        created_by=actor,
        created_at=now,
    )
    record(
        kind="allocation_policy.published",
        subject_kind="allocation_policy",
        subject_id=made.pk,
        actor=actor,
        now=now,
        data={"version": version, "strategy": policy.strategy},
    )
    return version


def check_warehouses(codes: Sequence[str]) -> None:
    """Raise `NoSuchWarehouse` for a code that names no active warehouse."""
    known = set(
        Warehouse.objects.filter(code__in=codes, is_active=True).values_list("code", flat=True)
    )
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise NoSuchWarehouse(f"warehouses: {', '.join(unknown)} is none that is in use")


def policy_in_force(*, at: datetime) -> Policy:
    """The active merchant's rules at an instant: the version that began last, else the default."""
    row = (
        AllocationPolicy.objects.filter(effective_from__lte=at)
        .order_by("-effective_from", "-version")
        .first()
    )
    if row is None:
        return Policy()
    return Policy(
        strategy=row.strategy,
        warehouses=tuple(row.warehouses),
        may_split=row.may_split,
        version=row.version,
    )
