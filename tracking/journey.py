"""The journey line of an order, from its own status and from what its parcel has reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from core.journey_line import JourneyLine, line_up_to
from orders.models import Order
from tracking.rules.vocabulary import RANK
from tracking.words import stage_labels, trouble_words

S = Order.Status
REACHED_BY_STATUS: Mapping[str, str] = {
    S.ALLOCATED: "allocated",
    S.PACKED: "packed",
    S.SHIPPED: "handed_over",
    S.LOST: "handed_over",
    S.DELIVERED: "delivered",
}

ENDED_HERE = (S.CANCELLED, S.SPLIT, S.MERGED)


def order_journey(
    *,
    order: Order,
    reached: Mapping[str, str] | None = None,
    trouble: str = "",
    allocated_at: datetime | None = None,
    packed_at: datetime | None = None,
) -> JourneyLine:
    """Draw one order's line.

    `reached` is `TrackedParcel.reached` (stage to ISO instant) and `trouble` its problem; what
    the house itself knows fills the stages before the handover.
    """
    known = {"ordered": order.created_at, "allocated": allocated_at, "packed": packed_at}
    instants = {stage: at for stage, at in known.items() if at is not None}
    for stage, text in (reached or {}).items():
        if stage in RANK:
            instants.setdefault(stage, datetime.fromisoformat(text))
    labels = stage_labels()
    least = REACHED_BY_STATUS.get(order.status)
    if least is not None and max(RANK[stage] for stage in instants) < RANK[least]:
        # The house knows the stage but not since when here: drawn as reached, without an instant.
        return _without_instant(labels, instants, least, _problem(order, trouble))
    return line_up_to(labels=labels, reached=instants, problem=_problem(order, trouble))


def _problem(order: Order, trouble: str) -> str | None:
    if trouble:
        return trouble_words(trouble)
    if order.status == S.HELD:
        return _("On hold")
    if order.status == S.BACKORDERED:
        return _("Waits for stock")
    if order.status in ENDED_HERE:
        return str(order.get_status_display())
    if order.status == S.LOST:
        return trouble_words("lost")
    return None


def _without_instant(
    labels: tuple[tuple[str, str], ...],
    instants: dict[str, datetime],
    stage: str,
    problem: str | None,
) -> JourneyLine:
    any_instant = instants["ordered"]
    drawn = line_up_to(labels=labels, reached={**instants, stage: any_instant}, problem=problem)
    stages = (replace(each, at=None) if each.code == stage else each for each in drawn.stages)
    return replace(drawn, stages=tuple(stages))
