"""Goods leave the dock: each to a bin the rules propose, confirmed by scanning product and bin.

From then on they are promised to orders; those that wait for them are filled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.sentences import gettext_noop
from core.tenancy import across_merchants, merchant
from flows.bins import BinsWanted, places_of, read_places
from flows.put_away_steps import Step, goods_content, look, said, waiting_goods
from flows.station_scans import Answered, run_scans
from flows.supply import look_again
from warehouse.models import Condition, Inbound, InboundGoods, Location
from warehouse.rules.presses import Press
from warehouse.rules.put_away import Content, Place, accept, condition_zones, propose
from warehouse.services import NoRoom, NotFree
from warehouse.services.locations import hold_room
from warehouse.services.receiving import AlreadyPutAway, put_goods_away
from warehouse.services.station_scans import desk_of

PUT_AWAY = "put_away"
Status = Inbound.Status
WORDS = {
    Condition.GOOD: gettext_noop("{quantity} × {sku} to {place}."),
    Condition.DAMAGED: gettext_noop("{quantity} × {sku}, damaged, to {place}."),
    Condition.QUARANTINE: gettext_noop("{quantity} × {sku}, in quarantine, to {place}."),
    Condition.EXPIRED: gettext_noop("{quantity} × {sku}, expired, to {place}."),
}


@dataclass(frozen=True, slots=True)
class PutAwayState:
    """What of an inbound still lies at the dock, and what the person has in hand."""

    inbound: Inbound
    goods: tuple[InboundGoods, ...]
    desk: dict[str, Any]
    answers: tuple[dict[str, Any], ...] = ()


def put_away_by_scan(
    *, merchant_id: int, inbound_id: int, scans: Sequence[Press], actor: str, now: datetime
) -> PutAwayState:
    """Take scans of the put-away station, in their order; the inbound's row is locked.

    One transaction. Between the two steps of a scan bins are read across merchants, because owners
    are not mixed and a bin's room is everybody's.
    """
    zones = condition_zones(now.date())
    answers: list[dict[str, Any]] = []
    with across_merchants("Putting away looks into bins, whoever's goods lie in them."):
        with merchant(merchant_id):
            inbound = Inbound.objects.select_for_update().get(pk=inbound_id)
        for scan in scans:
            with merchant(merchant_id):
                desk = desk_of(station=PUT_AWAY, subject_id=inbound_id, actor=actor)
                step = look(inbound, scan, desk)
            if isinstance(step.wants, BinsWanted):
                places = read_places(step.wants, zones=zones)
            else:
                places = _place_held(step.wants) if step.wants else []
            with merchant(merchant_id):
                trolley = _Trolley(inbound, scan, step, places, zones, actor, now)
                answers += run_scans(
                    station=PUT_AWAY,
                    subject_id=inbound_id,
                    scans=[scan],
                    judge=lambda _scan, desk, trolley=trolley: trolley.judge(desk),  # type: ignore[misc]
                    actor=actor,
                    now=now,
                )
        with merchant(merchant_id):
            return _state(inbound, actor, answers)


def _place_held(place: Location) -> list[Place]:
    """A bin as it stays until the goods lie in it: two who fill it take turns."""
    hold_room(location_id=place.pk)
    return places_of([place])


def put_away_state(*, merchant_id: int, inbound_id: int, actor: str) -> PutAwayState:
    """Return what still lies at the dock."""
    with merchant(merchant_id):
        return _state(Inbound.objects.get(pk=inbound_id), actor, ())


def _state(inbound: Inbound, actor: str, answers: Sequence[dict[str, Any]]) -> PutAwayState:
    goods = InboundGoods.objects.filter(inbound=inbound, quantity__gt=0).select_related("product")
    return PutAwayState(
        inbound=inbound,
        goods=tuple(goods.order_by("product__sku", "id")),
        desk=desk_of(station=PUT_AWAY, subject_id=inbound.pk, actor=actor),
        answers=tuple(answers),
    )


@dataclass(frozen=True, slots=True)
class _Trolley:
    """One scan with all that was looked up for it."""

    inbound: Inbound
    scan: Press
    step: Step
    places: Sequence[Place]
    zones: dict[str, str]
    actor: str
    now: datetime

    def judge(self, desk: dict[str, Any]) -> Answered:
        """Answer it: propose a bin, or move the goods into the one that was scanned."""
        step = self.step
        if step.answer is not None:
            if step.answer.sentence.code in ("good", "damaged"):
                desk["condition"] = step.answer.sentence.code
            return step.answer
        row = step.goods
        if row is None:
            raise AssertionError("A step names goods or has an answer.")
        goods = goods_content(row, step.quantity)
        if isinstance(step.wants, Location):
            return self._put(row, goods, step.wants, desk)
        return self._propose(row, goods, desk)

    def _propose(self, row: InboundGoods, goods: Content, desk: dict[str, Any]) -> Answered:
        wants = self.step.wants
        home = wants.home_zone if isinstance(wants, BinsWanted) else ""
        found = propose(goods, self.places, zones=self.zones, home_zone=home)
        desk.update(goods_id=row.pk, quantity=goods.quantity, place="")
        if found is None:
            text = gettext_noop("No bin has room for {sku}. Ask who runs the floor for one.")
            return Answered("wrong", said("no_bin", text, sku=row.product.sku))
        desk.update(quantity=found.quantity, place=found.place.code)
        words = said(
            "proposed", WORDS[Condition(row.condition)], quantity=found.quantity,
            sku=row.product.sku, place=found.place.code,
        )  # fmt: skip
        return Answered("accepted", words, (found.reason,))

    def _put(
        self, row: InboundGoods, goods: Content, place: Location, desk: dict[str, Any]
    ) -> Answered:
        fits, fault = accept(goods, self.places[0], zones=self.zones)
        named = (desk["place"],) if desk.get("place") else ()
        if fault is not None:
            return Answered("wrong", fault, expected=named)
        if fits < goods.quantity:
            return _no_room(place.code, fits, named)
        try:
            put_goods_away(
                goods=row, inbound=self.inbound, quantity=goods.quantity, place=place,
                reference=self.scan.client_id, actor=self.actor, now=self.now,
            )  # fmt: skip
        except NoRoom:
            return _no_room(place.code, 0, named)
        except (AlreadyPutAway, NotFree):
            text = gettext_noop("Somebody else has put them away meanwhile. Scan the next product.")
            return Answered("wrong", said("gone", text))
        if row.condition == Condition.GOOD:
            look_again(now=self.now)
        desk.clear()
        text = gettext_noop("{quantity} × {sku} lie in {place}.")
        words = said("put", text, quantity=goods.quantity, sku=row.product.sku, place=place.code)
        return Answered("accepted" if waiting_goods(self.inbound) else "done", words)


def _no_room(code: str, fits: int, expected: tuple[str, ...]) -> Answered:
    text = gettext_noop("{place} has room for {fits} of them: type {fits}, or scan another bin.")
    full = gettext_noop("{place} is full.")
    words = said("little_room" if fits else "full", text if fits else full, place=code, fits=fits)
    return Answered("wrong", words, expected=expected)
