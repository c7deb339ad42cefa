"""Stage 5, fulfilment: the scheduler proposes waves from templates, a person releases or dismisses.

The timer takes the template's turn and queues one job for each merchant that has orders waiting in
the building, in one transaction. The job plans the waves; run twice, it finds nothing waiting. A
wave belongs to one merchant; those of one template and cut-off are shown together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from core.jobs import Work, enqueue, handler
from core.tenancy import across_merchants, merchant
from flows.fulfilment import release, service_limits
from flows.wave_carriers import CarrierForecast
from orders.models import Order
from warehouse.models import Allocation, Parcel, PutBack, Reservation, Wave, WaveTemplate
from warehouse.rules.waves import KINDS, Candidate, Caps, Kind, fill_waves, next_cut_off
from warehouse.services import plan_wave
from warehouse.services.wave_templates import dismiss_wave, take_turn

ACTOR = "wave templates"
KIND = "waves.propose"
MOST_ORDERS = 2000
"""Of one merchant in one look; the rest comes with the next."""
MM3_PER_CM3 = 1000


def propose_due(*, now: datetime) -> int:
    """Look for orders for every template whose turn it is; return how many jobs were queued.

    Runs in an operator worker on a timer.
    """
    templates = WaveTemplate.objects.filter(is_active=True, warehouse__is_active=True)
    return sum(
        _look(template, now) for template in templates.select_related("warehouse").order_by("id")
    )


def _look(template: WaveTemplate, now: datetime) -> int:
    cut_off_at = next_cut_off(
        after=now,
        zone=template.warehouse.time_zone,
        at=template.cut_off,
        weekdays=template.weekdays,
    )
    if cut_off_at is None:
        return 0
    with across_merchants("A template proposes waves for every merchant of its warehouse."):
        run = take_turn(template=template, cut_off_at=cut_off_at, now=now)
        if run is None:
            return 0
        waiting = Allocation.objects.filter(
            warehouse=template.warehouse,
            planned_at__isnull=True,
            order__status=Order.Status.ALLOCATED,
            merchant__is_active=True,
        )
        owners = list(
            waiting.order_by("merchant_id").values_list("merchant_id", flat=True).distinct()
        )
        told = {"template_id": template.pk, "cut_off_at": cut_off_at.isoformat()}
        for owner in owners:
            with merchant(owner):
                enqueue([Work(KIND, str(run.pk), told)], now=now, again=True)
    return len(owners)


@handler(KIND, queue="flow", waits_while_suspended=True)
def propose(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Plan one merchant's waves of a template for a cut-off; they wait for a person."""
    now = timezone.now()
    cut_off_at = datetime.fromisoformat(payload["cut_off_at"])
    template = (
        WaveTemplate.objects.filter(pk=payload["template_id"], is_active=True)
        .select_related("warehouse")
        .first()
    )
    # A job that was put off past its cut-off has nobody to propose to.
    if template is not None and now < cut_off_at:
        propose_waves(merchant_id=merchant_id, template=template, cut_off_at=cut_off_at, now=now)


def propose_waves(
    *, merchant_id: int, template: WaveTemplate, cut_off_at: datetime, now: datetime
) -> list[Wave]:
    """Plan a merchant's waves of a template, the most urgent orders first; return them."""
    house = template.warehouse
    with merchant(merchant_id):
        orders = {order.pk: order for order in _waiting(template, cut_off_at)}
        candidates = _candidates(list(orders))
        if template.carrier_code:
            forecast = CarrierForecast(house, now.date())
            going = forecast.orders_by(template.carrier_code, list(orders.values()))
            candidates = [each for each in candidates if each.order_id in going]
        kinds: tuple[Kind, ...] = KINDS
        if template.kind != WaveTemplate.Kind.ANY:
            kinds = tuple(kind for kind in KINDS if kind == template.kind)
        waves = fill_waves(
            candidates,
            caps=Caps(
                orders=template.max_orders,
                weight_g=template.max_weight_g,
                volume_cm3=template.max_volume_cm3,
                slots=template.max_slots,
            ),
            kinds=kinds,
        )
        limits = cache(lambda country: service_limits(house.country, country, now.date()))
        return [
            plan_wave(
                warehouse=house,
                orders=[orders[order_id] for order_id in order_ids],
                actor=ACTOR,
                now=now,
                limits=limits,
                template=template,
                cut_off_at=cut_off_at,
            ).wave
            for _kind, order_ids in waves
        ]


def _waiting(template: WaveTemplate, cut_off_at: datetime) -> list[Order]:
    """Lock what waits and is due, the most urgent first; others' locks are passed over."""
    rows = Allocation.objects.filter(
        warehouse=template.warehouse, planned_at__isnull=True, order__status=Order.Status.ALLOCATED
    )
    if template.ship_within_hours is not None:
        last = cut_off_at + timedelta(hours=template.ship_within_hours)
        rows = rows.filter(Q(ship_by__isnull=True) | Q(ship_by__lte=last))
    dismissed = Parcel.objects.filter(
        wave__template=template, wave__cut_off_at=cut_off_at, wave__status=Wave.Status.DISMISSED
    )
    rows = (
        rows.exclude(order_id__in=dismissed.values("order_id"))
        .exclude(order_id__in=PutBack.objects.filter(done_at__isnull=True).values("order_id"))
        .order_by("-priority", F("ship_by").asc(nulls_last=True), "order_id")
        .select_related("order")
        .select_for_update(of=("self", "order"), skip_locked=True)
    )
    return [row.order for row in rows[:MOST_ORDERS]]


def _candidates(order_ids: Sequence[int]) -> list[Candidate]:
    """What each order adds to a wave, in the order of `order_ids`."""
    rows = Reservation.objects.filter(
        order_line__order_id__in=order_ids, status=Reservation.Status.RESERVED
    ).values_list(
        "order_line__order_id", "balance__product_id", "quantity",
        "balance__product__weight_g", "balance__product__length_mm",
        "balance__product__width_mm", "balance__product__height_mm",
    )  # fmt: skip
    parts: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    for order_id, product_id, units, weight_g, length, width, height in rows:
        volume = units * length * width * height
        parts[order_id].append((product_id, units, units * weight_g, volume))
    return [
        Candidate(
            order_id,
            pieces=sum(units for _product, units, _weight, _volume in parts[order_id]),
            products=len({product for product, *_rest in parts[order_id]}),
            weight_g=sum(weight for *_rest, weight, _volume in parts[order_id]),
            volume_cm3=-(-sum(volume for *_rest, volume in parts[order_id]) // MM3_PER_CM3),
        )
        for order_id in order_ids
        if order_id in parts
    ]


def dismiss(*, merchant_id: int, wave_id: int, actor: str, now: datetime) -> int | None:
    """Give a planned wave's orders back to waiting; return how many, None when it was released or
    dismissed before."""
    with merchant(merchant_id):
        return dismiss_wave(wave_id=wave_id, actor=actor, now=now)


def settle_together(
    *,
    waves: Sequence[tuple[int, int]],
    is_release: bool,
    actor: str,
    now: datetime,
) -> int:
    """Release or dismiss several merchants' waves, (merchant id, wave id), each by itself; return
    how many were still planned."""
    done = 0
    for merchant_id, wave_id in waves:
        if is_release:
            done += release(merchant_id=merchant_id, wave_id=wave_id, actor=actor, now=now)
        else:
            given_back = dismiss(merchant_id=merchant_id, wave_id=wave_id, actor=actor, now=now)
            done += given_back is not None
    return done
