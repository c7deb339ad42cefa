"""The last mile: consigned once, proof with signature and place."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.delivery.citydrop import CashOnDelivery, CityDrop
from integrations.errors import Unavailable
from integrations.http import NullGate
from tests.integrations.examples import RECIPIENT
from tests.integrations.servers import answer, partner

EVENT = {
    "event_id": "c1-received-1",
    "status": "received",
    "at": "2026-11-23T06:00:00.000+00:00",
    "city": "Köln",
    "country": "DE",
}
RECEIVED = {
    "reference": "C1",
    "tracking_number": "EL1",
    "status": "received",
    "attempts": 0,
    "events": [EVENT],
    "proof": None,
}
PROOF = {
    "signed_by": "Groß",
    "delivered_at": "2026-11-23T07:30:00+00:00",
    "latitude": 50.93,
    "longitude": 6.95,
    "signature_png": base64.b64encode(b"\x89PNG").decode(),
}
DELIVERED = RECEIVED | {"status": "delivered", "attempts": 1, "proof": PROOF}


def city(url: str) -> CityDrop:
    return CityDrop.connect(credentials={"api_key": "k"}, base_url=url, gate=NullGate())


def test_a_consignment_is_received() -> None:
    cod = CashOnDelivery(Decimal("12.50"), "EUR")
    with partner(answer(201, RECEIVED)) as there:
        got = city(there.url).consign(
            reference="C1", tracking_number="EL1", recipient=RECIPIENT, weight_g=700, cod=cod
        )
    assert (got.status, got.proof) == ("received", None)
    assert got.events[0].vendor_event_id == "c1-received-1"
    assert there.seen[0].body["cod"] == {"amount": "12.50", "currency": "EUR"}
    assert there.seen[0].body["recipient"]["city"] == "Köln"


def test_a_delivered_consignment_brings_its_proof() -> None:
    with partner(answer(200, DELIVERED)) as there:
        got = city(there.url).status("C1")
    assert got is not None
    assert got.proof is not None
    assert (got.proof.signed_by, got.proof.document) == ("Groß", b"\x89PNG")
    assert got.proof.delivered_at == datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
    assert (got.proof.latitude, got.proof.longitude) == (50.93, 6.95)
    assert "signature_png" not in str(got.raw)


def test_an_unknown_consignment_is_none() -> None:
    with partner(answer(404, {})) as there:
        assert city(there.url).status("C1") is None


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "flown"},
        {"reference": "C2"},
        {"proof": PROOF | {"latitude": 91}},
        {"proof": PROOF | {"longitude": True}},
        {"proof": PROOF | {"delivered_at": "noon"}},
        {"proof": PROOF | {"signature_png": "??"}},
    ],
)
def test_an_answer_that_cannot_be_trusted_is_asked_for_again(broken: dict[str, Any]) -> None:
    with partner(answer(200, DELIVERED | broken)) as there, pytest.raises(Unavailable):
        city(there.url).status("C1")
