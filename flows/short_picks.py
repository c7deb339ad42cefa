"""Stage 5, fulfilment: a picker finds less than the stock says; the order is helped on the spot.

What is missing is taken from another place of the building. Where it lies nowhere, the order leaves
its wave: it waits for stock with the date it had, or is held, as its merchant wishes. The place is
to be counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from core.jobs import enqueue
from core.sentences import Sentence, gettext_noop
from flows.leaving import By, leave_waves
from flows.recheck import allocation_work
from orders.models import Order
from orders.rules.reasons import HoldFinding
from orders.services.holds import hold_order
from warehouse.models import Allocation, FloorPolicy, PutBack, Wave
from warehouse.services.leaving import settle_waves
from warehouse.services.shorts import Short, keep_place, on_short, say_short


@dataclass(frozen=True, slots=True)
class ShortHelped:
    """What became of it, for the picker."""

    sentence: Sentence
    has_left: bool


def help_short(*, wave: Wave, task_id: int, found: int, actor: str, now: datetime) -> ShortHelped:
    """Take a picker's word that only `found` pieces of a task are there, in the active block.

    The wave's row is held. Raises `NotShort`, `PickTask.DoesNotExist`, or `CannotLeave` when the
    order would have to leave its wave and may not just now; then nothing was changed.
    """
    with transaction.atomic():
        since = promised_since(wave, task_id)
        short = say_short(task_id=task_id, found=found, actor=actor, now=now)
        if short.places:
            helped = ShortHelped(_instead(short), has_left=False)
        else:
            helped = ShortHelped(go_without(short, since, actor, now), has_left=True)
        settle_waves(wave_ids=[wave.pk])
        return helped


def promised_since(wave: Wave, task_id: int) -> datetime | None:
    rows = Allocation.objects.filter(
        order__parcels__pick_tasks__pk=task_id, warehouse_id=wave.warehouse_id
    )
    return rows.values_list("created_at", flat=True).first()


def _instead(short: Short) -> Sentence:
    places = ", ".join(f"{each.location}: {each.quantity}" for each in short.places)
    return Sentence(
        "short_elsewhere",
        gettext_noop("{found} of {wanted} {sku} there. The rest is on your list: {places}."),
        {**_words(short), "places": places},
    )


def go_without(short: Short, since: datetime | None, actor: str, now: datetime) -> Sentence:
    """The order leaves its wave, and waits or is held; may raise `CannotLeave`."""
    order = Order.objects.get(pk=short.order_id)
    leave_waves(
        order_ids=[order.pk], by=By.STAFF, keeps_stock=False, reason="short pick", actor=actor,
        now=now,
    )  # fmt: skip
    words = {**_words(short), "order": order.reference}
    if on_short() == FloorPolicy.OnShort.HOLD:
        params = {key: words[key] for key in ("found", "sku")} | {"expected": words["wanted"]}
        hold_order(
            order_id=order.pk, finding=HoldFinding("short_picked", params, {}), actor=actor, now=now
        )
        text = gettext_noop("{found} of {wanted} {sku} there, and no more. {order} is held.")
        left = Sentence("short_held", text, words)
    else:
        keep_place(order_id=order.pk, since=since or now, now=now)
        enqueue([allocation_work(order.pk)], now=now, again=True)
        text = gettext_noop(
            "{found} of {wanted} {sku} there, and no more. {order} waits for stock."
        )
        left = Sentence("short_waits", text, words)
    if PutBack.objects.filter(order=order, done_at__isnull=True).exists():
        text = gettext_noop(
            "{found} of {wanted} {sku} there, and no more. {order} leaves the wave: lay what you"
            " took for it aside, it is to be brought back."
        )
        left = Sentence(f"{left.code}_put_back", text, words)
    return left


def _words(short: Short) -> dict[str, str]:
    wanted = short.found + short.missing
    return {"found": str(short.found), "wanted": str(wanted), "sku": short.task.product.sku}
