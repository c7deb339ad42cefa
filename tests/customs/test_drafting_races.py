"""Two workers draft one declaration at once: what the faster one lodged stays lodged."""

from __future__ import annotations

from functools import partial

import pytest

from core.models import Merchant
from core.sentences import Sentence
from core.tenancy import merchant
from customs.models import Declaration
from customs.rules.declarations.choose import DatasetChoice
from customs.services import begin_lodging, draft_declaration
from shipping.models import Booking
from tests.factories import NOW, a_booked_parcel, a_merchant, a_product, a_warehouse, an_order
from tests.flows.racing import at_once

ROUNDS = 12
CHOICE = DatasetChoice("CN_EXPORT_LIST_9610", Sentence("any", "Any reason.", {}), "high")


@pytest.fixture
def owner(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=100)
    return found


def draft(owner: Merchant, booking: Booking, *, and_lodge: bool) -> None:
    with merchant(owner):
        declaration = draft_declaration(
            booking=booking,
            direction="export",
            country="CN",
            choice=CHOICE,
            lrn=f"E{booking.reference}",
            elements={"goods": "mugs"},
            problems=[],
            now=NOW,
        )
        if and_lodge:
            begin_lodging(declaration_id=declaration.pk, now=NOW)


def test_a_second_draft_never_takes_back_what_was_lodged(owner: Merchant) -> None:
    bookings = [a_booked_parcel(owner, an_order(owner)) for _ in range(ROUNDS)]
    for booking in bookings:
        outcomes = at_once(
            [
                partial(draft, owner, booking, and_lodge=False),
                partial(draft, owner, booking, and_lodge=True),
                partial(draft, owner, booking, and_lodge=False),
            ]
        )
        assert outcomes == [None, None, None]
    with merchant(owner):
        found = list(Declaration.objects.values_list("status", flat=True))
    assert found == [Declaration.Status.LODGING] * ROUNDS
