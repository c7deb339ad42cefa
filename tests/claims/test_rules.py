from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.rules import (
    KINDS,
    ClaimFacts,
    Decision,
    InvalidClaim,
    Limit,
    NoClaimTerms,
    all_terms,
    claim_limit,
    decide,
    filing_deadline,
    required_evidence,
    terms,
)

ACCEPTED = date(2026, 11, 1)
SERVICES = ["DHL_EXPRESS_WORLDWIDE", "EASTLINE_STANDARD", "POSTAL_SMALL_PACKET", "SOMETHING_ELSE"]


def facts(**more: Any) -> ClaimFacts:
    fields: dict[str, Any] = {
        "service_code": "EASTLINE_STANDARD",
        "kind": "loss",
        "amount_claimed": Decimal("40.00"),
        "declared_value": Decimal("40.00"),
        "currency": "USD",
        "weight_g": 500,
        "accepted_on": ACCEPTED,
        "filed_on": date(2026, 11, 20),
        "decided_on": date(2026, 11, 20),
        "loss_confirmed": True,
        "evidence": frozenset({"commercial_invoice"}),
    }
    return ClaimFacts(**(fields | more))


def limit_of(
    service: str, declared: Decimal, currency: str, *, weight_g: int = 500, on: date = ACCEPTED
) -> Limit:
    return claim_limit(
        service, "loss", declared_value=declared, currency=currency, weight_g=weight_g, on=on
    )


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


DAMAGED: dict[str, Any] = {
    "kind": "damage",
    "delivered_on": date(2026, 11, 18),
    "evidence": frozenset({"commercial_invoice", "photo_of_goods", "photo_of_packaging"}),
}


@pytest.mark.parametrize(
    ("service", "declared", "limit"),
    [
        ("EASTLINE_STANDARD", "250.00", "100.00"),
        ("EASTLINE_STANDARD", "60.00", "60.00"),
        ("SOMETHING_ELSE", "250.00", "50.00"),
    ],
)
def test_the_limit_is_the_lower_of_terms_and_declared_value(
    service: str, declared: str, limit: str
) -> None:
    answer = limit_of(service, Decimal(declared), "USD")
    assert (answer.amount, answer.currency) == (Decimal(limit), "USD")
    assert answer.source
    assert answer.confidence
    assert len(answer.steps) == 2


def test_the_air_limit_is_per_kilogram_and_dated() -> None:
    new = limit_of(SERVICES[0], Decimal(9999), "XDR", weight_g=2500, on=date(2024, 12, 28))
    old = limit_of(SERVICES[0], Decimal(9999), "XDR", weight_g=2500, on=date(2024, 12, 27))
    assert (new.amount, old.amount) == (Decimal("65.00"), Decimal("55.00"))
    assert "unverified" in new.confidence


def test_a_limit_in_another_currency_is_converted_and_says_so() -> None:
    answer = limit_of("POSTAL_SMALL_PACKET", Decimal(500), "EUR")
    assert Decimal(30) < answer.amount < Decimal(40)
    assert answer.steps[0].text.startswith("30 SDR per item, 500 g: 30 XDR = ")
    assert "| rate" in answer.confidence


def test_before_the_first_row_there_are_no_terms() -> None:
    with pytest.raises(NoClaimTerms, match="2020-01-01"):
        limit_of("EASTLINE_STANDARD", Decimal(1), "USD", on=date(2020, 1, 1))


def test_terms_do_not_overlap() -> None:
    rows = sorted(all_terms(), key=lambda r: (r.service_code, r.kind, r.effective_from))
    pairs = list(pairwise(rows))
    assert all(
        (a.service_code, a.kind) != (b.service_code, b.kind)
        or (a.effective_to is not None and a.effective_to < b.effective_from)
        for a, b in pairs
    )


@pytest.mark.parametrize(("delivered", "last"), [(None, None), (date(2026, 11, 18), 25)])
def test_damage_is_filed_within_days_of_delivery(delivered: date | None, last: int | None) -> None:
    answer = filing_deadline(
        "EASTLINE_STANDARD", "damage", accepted_on=ACCEPTED, delivered_on=delivered
    )
    assert answer.last_day == (date(2026, 11, last) if last else None)


def test_a_confirmed_loss_is_paid_up_to_the_limit() -> None:
    decision = decide(facts(declared_value=Decimal(250), amount_claimed=Decimal(250)))
    assert (decision.outcome, decision.amount) == ("approved", Decimal("100.00"))
    assert decision.reasons[0].text == (
        "Approved: 100.00 USD of 250 claimed (at most 100 USD per parcel)."
    )


@pytest.mark.parametrize(("days", "outcome"), [(20, "needs_evidence"), (21, "approved")])
def test_silence_becomes_a_loss_after_the_services_days(days: int, outcome: str) -> None:
    last = date(2026, 11, 3)
    decision = decide(
        facts(loss_confirmed=False, last_event_on=last, decided_on=last + timedelta(days=days))
    )
    assert decision.outcome == outcome


def test_a_delivered_parcel_with_proof_is_not_lost() -> None:
    decision = decide(facts(delivered_on=date(2026, 11, 10), has_delivery_proof=True))
    assert (decision.outcome, codes(decision)) == ("refused", ["delivered_with_proof"])
    assert decision.amount == 0


def test_a_reported_delivery_without_proof_needs_the_buyers_word() -> None:
    reported = facts(delivered_on=date(2026, 11, 10))
    assert decide(reported).missing_evidence == ("recipient_statement",)
    both = frozenset({"commercial_invoice", "recipient_statement"})
    denied = decide(facts(delivered_on=date(2026, 11, 10), evidence=both))
    assert denied.outcome == "approved"


def test_a_claim_after_the_deadline_is_refused_and_on_the_last_day_is_not() -> None:
    last = ACCEPTED + timedelta(days=60)
    assert decide(facts(filed_on=last)).outcome == "approved"
    late = decide(facts(filed_on=last + timedelta(days=1)))
    assert (late.outcome, codes(late)) == ("refused", ["filed_late"])


def test_damage_needs_pictures_and_pays_the_damaged_share() -> None:
    complete = decide(facts(**DAMAGED, damaged_share=Decimal("0.5")))
    bare = decide(facts(**(DAMAGED | {"evidence": frozenset()})))
    assert (complete.outcome, complete.amount) == ("approved", Decimal("20.00"))
    assert (bare.outcome, bare.missing_evidence) == ("needs_evidence", required_evidence("damage"))


def test_damage_is_judged_on_arrival() -> None:
    decision = decide(facts(**(DAMAGED | {"delivered_on": None})))
    assert codes(decision) == ["not_delivered"]


@pytest.mark.parametrize(
    ("delivered", "outcome"), [(date(2026, 11, 10), "refused"), (date(2026, 11, 11), "approved")]
)
def test_delay_is_paid_only_after_the_promise(delivered: date, outcome: str) -> None:
    decision = decide(
        facts(
            kind="delay",
            delivered_on=delivered,
            promised_by=date(2026, 11, 10),
            evidence=frozenset(),
        )
    )
    assert decision.outcome == outcome


def test_post_pays_nothing_for_delay() -> None:
    decision = decide(
        facts(
            service_code="POSTAL_SMALL_PACKET",
            kind="delay",
            delivered_on=date(2026, 11, 19),
            promised_by=date(2026, 11, 10),
        )
    )
    assert (decision.outcome, codes(decision)) == ("refused", ["no_liability"])


def test_what_was_paid_already_is_not_paid_twice() -> None:
    part = decide(facts(already_paid=Decimal("15.00")))
    full = decide(facts(already_paid=Decimal("40.00")))
    assert (part.outcome, part.amount) == ("approved", Decimal("25.00"))
    assert (full.outcome, codes(full)) == ("refused", ["already_paid"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "theft"}, "kind"),
        ({"amount_claimed": Decimal(0)}, "amount_claimed"),
        ({"declared_value": Decimal(-1)}, "declared_value"),
        ({"weight_g": 0}, "weight_g"),
        ({"damaged_share": Decimal(2)}, "damaged_share"),
        ({"filed_on": date(2026, 10, 31)}, "filed_on"),
    ],
)
def test_a_claim_that_makes_no_sense_names_the_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidClaim) as caught:
        facts(**change)
    assert caught.value.field == field


amounts = st.decimals(min_value="0.01", max_value=5000, places=2)
days = st.dates(ACCEPTED, date(2026, 12, 31))
any_facts = st.sampled_from(KINDS).flatmap(
    lambda kind: st.fixed_dictionaries(
        {
            "kind": st.just(kind),
            "evidence": st.just(frozenset(required_evidence(kind))),
            "service_code": st.sampled_from(SERVICES),
            "amount_claimed": amounts,
            "declared_value": amounts | st.just(Decimal(0)),
            "weight_g": st.integers(1, 30_000),
            "currency": st.sampled_from(["USD", "EUR", "JPY", "BHD"]),
            "damaged_share": st.decimals(min_value="0.01", max_value=1, places=2),
            "already_paid": st.decimals(min_value=0, max_value=200, places=2),
            "delivered_on": st.none() | days,
            "filed_on": days,
        }
    )
)


@given(any_facts)
def test_never_more_than_asked_declared_or_allowed(given_facts: dict[str, Any]) -> None:
    known = facts(**given_facts)
    decision = decide(known)
    half_unit = Decimal("0.5")
    most = max(known.amount_claimed, known.already_paid)
    assert decision.amount >= 0
    assert decision.amount + known.already_paid <= most + half_unit
    assert decision.amount <= decision.limit.amount <= known.declared_value + half_unit
    assert (decision.amount > 0) is (decision.outcome == "approved")
    assert decision.reasons
    assert terms(known.service_code, known.kind, ACCEPTED).rule == decision.limit.rule
