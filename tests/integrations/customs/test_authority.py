"""Declarations are lodged once per LRN and asked after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.customs.authority import CustomsAuthority, LodgedDeclaration
from integrations.errors import Refused, Unavailable
from integrations.http import NullGate
from tests.integrations.servers import answer, partner

ACCEPTED = {"lrn": "L1", "mrn": "26DE00000000000011", "status": "accepted"}


def authority(url: str) -> CustomsAuthority:
    return CustomsAuthority.connect(credentials={"api_key": "k"}, base_url=url, gate=NullGate())


def lodge(url: str) -> LodgedDeclaration:
    return authority(url).lodge(
        lrn="L1",
        direction="import",
        country="DE",
        dataset="EU_H7",
        transport_document="EL1",
        data={"goods": [{"hs6": "610510", "value": "19.99"}]},
    )


def test_a_lodged_declaration_has_its_mrn() -> None:
    with partner(answer(201, ACCEPTED)) as there:
        got = lodge(there.url)
    assert (got.mrn, got.status, got.at) == ("26DE00000000000011", "accepted", None)
    assert there.seen[0].body["transport_document"] == "EL1"


def test_field_errors_are_a_refusal() -> None:
    errors = {"errors": [{"field": "data.goods", "code": "required", "message": "missing"}]}
    with partner(answer(422, errors)) as there, pytest.raises(Refused) as raised:
        lodge(there.url)
    assert raised.value.field == "data.goods"


def test_a_held_declaration_says_why_and_since_when() -> None:
    held = ACCEPTED | {
        "status": "held",
        "reason_code": "H1",
        "reason": "check",
        "at": "2026-11-23T07:00:00+01:00",
    }
    with partner(answer(200, held)) as there:
        got = authority(there.url).status("L1")
    assert got is not None
    assert (got.status, got.reason_code) == ("held", "H1")
    assert got.at == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def test_an_unknown_lrn_is_none() -> None:
    with partner(answer(404, {})) as there:
        assert authority(there.url).status("L1") is None


@pytest.mark.parametrize(
    "broken", [{"status": "maybe"}, {"mrn": ""}, {"lrn": "L2"}, {"at": "soon"}, {"status": []}]
)
def test_an_answer_that_is_not_a_declaration_is_asked_for_again(broken: dict[str, Any]) -> None:
    with partner(answer(200, ACCEPTED | broken)) as there, pytest.raises(Unavailable):
        authority(there.url).status("L1")
