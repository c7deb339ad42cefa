"""Where a parcel stands: cases by hand, and that order and repetition never matter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.milestones import ParcelStanding, TrackEvent, fold
from tracking.rules.status_map import canonical_codes
from tracking.rules.vocabulary import MILESTONES, RANK

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def said(hour: int, canonical: str, reason: str = "") -> TrackEvent:
    return TrackEvent(canonical=canonical, happened_at=at(hour), reason=reason)


def standing(*codes: str) -> ParcelStanding:
    """Events one hour apart; a code may carry its reason after a slash."""
    return fold(said(hour, *code.split("/")) for hour, code in enumerate(codes))


def trouble(*codes: str) -> str | None:
    found = standing(*codes).exception
    return found.kind if found else None


def test_without_events_it_stands_nowhere() -> None:
    nowhere = fold([])
    assert (nowhere.milestone, nowhere.reached, nowhere.exception) == (None, {}, None)
    assert not nowhere.is_final


def test_the_whole_way_reaches_every_stage_once() -> None:
    way = standing(
        "pre_transit.ordered", "pre_transit.allocated", "pre_transit.packed",
        "accepted.handed_over", "in_transit.departed_origin", "in_transit.import_cleared",
        "out_for_delivery.on_vehicle", "delivered.signed",
    )  # fmt: skip
    assert way.reached == {stage: at(hour) for hour, stage in enumerate(MILESTONES)}
    assert (way.milestone, way.since, way.delivered_at) == ("delivered", at(7), at(7))
    assert way.is_final


def test_a_late_older_event_fills_its_place_and_moves_nothing_back() -> None:
    events = [said(5, "out_for_delivery.on_vehicle"), said(2, "in_transit.general")]
    found = fold(events)
    assert (found.milestone, found.since) == ("out_for_delivery", at(5))
    assert found.reached["in_transit"] == at(2)


def test_the_first_instant_of_a_stage_counts() -> None:
    assert standing("in_transit.general", "in_transit.general").since == at(0)


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        (("in_transit.customs_held/docs_missing",), "customs_held"),
        (("in_transit.customs_held", "in_transit.general"), "customs_held"),
        (("in_transit.customs_held", "in_transit.import_cleared"), None),
        (("in_transit.held/other", "in_transit.general"), None),
        (("in_transit.held/lost",), "lost"),
        (("in_transit.held/damaged", "delivered.confirmed"), "damaged"),
        (("in_transit.delayed", "info.note"), "delayed"),
        (("in_transit.delayed", "in_transit.general"), None),
        (("attempted.failed/recipient_absent",), "attempt_failed"),
        (("attempted.failed", "in_transit.delivery_depot"), "attempt_failed"),
        (("attempted.failed", "out_for_delivery.on_vehicle"), None),
        (("available_for_pickup.ready", "delivered.collected"), None),
        (("returning.in_transit", "in_transit.general"), "returning"),
        (("returning.in_transit", "returned.received"), "returned"),
        (("terminated.lost",), "lost"),
        (("terminated.lost", "in_transit.general"), None),
        (("terminated.lost", "delivered.confirmed"), None),
        (("delivered.confirmed", "terminated.lost"), None),
        (("delivered.confirmed", "attempted.failed"), None),
        (("delivered.confirmed", "returned.received"), "returned"),
        (("returned.received", "delivered.confirmed"), None),
        (("returned.received", "in_transit.held"), "returned"),
        (("delivered.partial", "delivered.confirmed"), None),
        (("delivered.damaged", "delivered.confirmed"), "damaged"),
        (("terminated.cancelled",), "cancelled"),
        (("terminated.destroyed", "in_transit.general"), "destroyed"),
        (("unknown.unmapped", "info.note"), None),
    ],
)
def test_what_is_wrong_follows_the_newest_word(codes: tuple[str, ...], kind: str | None) -> None:
    assert trouble(*codes) == kind


def test_a_repeated_hold_keeps_its_beginning_and_takes_the_newest_reason() -> None:
    found = standing(
        "in_transit.customs_held/customs_delay", "in_transit.customs_held/docs_missing"
    )
    assert found.exception is not None
    assert (found.exception.since, found.exception.reason) == (at(0), "docs_missing")


def test_the_newest_estimate_holds_until_the_end() -> None:
    estimate = TrackEvent(
        canonical="info.eta_changed", happened_at=at(1), estimated_on=date(2026, 9, 9)
    )
    assert fold([said(0, "in_transit.general"), estimate]).eta == date(2026, 9, 9)
    assert fold([estimate, said(3, "delivered.confirmed")]).eta is None


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        TrackEvent(canonical="info.note", happened_at=datetime(2026, 9, 1))  # noqa: DTZ001


events = st.builds(
    TrackEvent,
    canonical=st.sampled_from(sorted(canonical_codes())),
    happened_at=st.integers(0, 6).map(at),
    reason=st.sampled_from(["", "lost", "damaged", "other"]),
    estimated_on=st.none() | st.just(date(2026, 9, 9)),
)


@given(st.lists(events, max_size=8).flatmap(lambda some: st.tuples(
    st.just(some), st.permutations(some + some[:3]),
)))  # fmt: skip
def test_any_order_and_any_repetition_give_the_same_standing(
    both: tuple[list[TrackEvent], list[TrackEvent]],
) -> None:
    in_order, shuffled = both
    assert fold(shuffled) == fold(in_order)


@given(st.lists(events, max_size=8), events)
def test_one_more_event_never_moves_the_stage_back(
    known: list[TrackEvent], late: TrackEvent
) -> None:
    before, after = fold(known), fold([*known, late])
    ranks = [RANK[one.milestone] if one.milestone else -1 for one in (before, after)]
    assert ranks == sorted(ranks)
    assert set(before.reached) <= set(after.reached)
    stages = [RANK[stage] for stage in after.reached]
    assert all(left < right for left, right in pairwise(stages))
