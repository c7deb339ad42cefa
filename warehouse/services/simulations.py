"""Simulations: asked for, counted on while they run, finished once. They touch nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from warehouse.models import Simulation, SimulationRow
from warehouse.services.policies import Policy, check_warehouses

Status = Simulation.Status


def ask_simulation(
    *, policy: Policy, first_day: date, last_day: date, actor: str, now: datetime
) -> Simulation:
    """Write down a replay to be made. Raises `NoSuchWarehouse`."""
    check_warehouses(policy.warehouses)
    return Simulation.objects.create(
        strategy=policy.strategy,
        warehouses=list(policy.warehouses),
        may_split=policy.may_split,
        first_day=first_day,
        last_day=last_day,
        created_by=actor,
        created_at=now,
    )


def begin_simulation(*, simulation_id: int, orders_total: int) -> None:
    """Begin, or begin anew after a worker died: what it had written is thrown away."""
    SimulationRow.objects.filter(simulation_id=simulation_id).delete()
    Simulation.objects.filter(pk=simulation_id).exclude(status=Status.DONE).update(
        status=Status.RUNNING, orders_total=orders_total, orders_done=0
    )


def count_on(*, simulation_id: int, done_before: int, rows: Sequence[SimulationRow]) -> bool:
    """Keep a batch of rows; False when another worker has begun the same replay anew."""
    mine = Simulation.objects.filter(
        pk=simulation_id, status=Status.RUNNING, orders_done=done_before
    )
    if not mine.update(orders_done=done_before + len(rows)):
        return False
    SimulationRow.objects.bulk_create(rows)
    return True


def finish_simulation(*, simulation_id: int, result: Mapping[str, Any], now: datetime) -> None:
    """Keep the result."""
    Simulation.objects.filter(pk=simulation_id, status=Status.RUNNING).update(
        status=Status.DONE, result=dict(result), finished_at=now
    )
