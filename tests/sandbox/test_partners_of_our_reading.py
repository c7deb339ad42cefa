"""Post, line, customs and delivery: once per key, refusing by the field's name, with keys."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sandbox.program import (
    Program,
    declaration,
    line_body,
    party,
    postal_body,
    s10,
    unique,
    until,
)

Asked = tuple[str, str, dict[str, Any], dict[str, str], str]


def _consignment() -> dict[str, Any]:
    return {
        "reference": unique("C"),
        "tracking_number": unique("T"),
        "recipient": party("DE", "Berlin"),
        "weight_g": 700,
    }


def _asked() -> list[Asked]:
    """Return per partner: method, path, body, headers, and a field the body needs."""
    return [
        ("PUT", f"/postal/v1/items/{s10(int(unique('9').split('-')[-1]))}", postal_body(), {},
         "gross_weight_g"),
        ("POST", "/line/v1/parcels", line_body(), {"Idempotency-Key": unique("K")}, "weight_g"),
        ("POST", "/customs/v1/declarations", declaration("X"), {}, "transport_document"),
        ("POST", "/delivery/v1/consignments", _consignment(), {}, "recipient"),
    ]  # fmt: skip


@pytest.mark.parametrize("place", range(4))
def test_same_again_is_the_same_answer_and_another_body_is_a_conflict(
    stand_ins: Program, place: int
) -> None:
    method, path, body, headers, field = _asked()[place]
    first = stand_ins.call(method, path, body, headers=headers)
    again = stand_ins.call(method, path, body, headers=headers)
    changed = {**body, field: 701 if "weight" in field else _other(body[field])}
    other = stand_ins.call(method, path, changed, headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert again.json() == first.json()
    assert other.json()["errors"][0]["message"]


def _other(value: Any) -> Any:
    return {**value, "name": "Other"} if isinstance(value, dict) else "OTHER"


@pytest.mark.parametrize("place", range(4))
def test_missing_field_is_refused_by_its_name(stand_ins: Program, place: int) -> None:
    method, path, body, headers, field = _asked()[place]
    del body[field]
    answer = stand_ins.call(method, path, body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert answer.json()["errors"][0]["code"] == "required"


@pytest.mark.parametrize("place", range(4))
def test_wrong_key_is_401_and_changes_nothing(stand_ins: Program, place: int) -> None:
    method, path, body, headers, _ = _asked()[place]
    wrong = {**headers, "Authorization": "Bearer other"}
    assert stand_ins.call(method, path, body, headers=wrong).status_code == 401
    assert stand_ins.call(method, path, body, headers=headers).status_code == 201


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe", b'"text"', b"[]", b'{"a": NaN}', b"9" * 5000, b'{"a":"\\ud800"}'],
)
@pytest.mark.parametrize("place", range(4))
def test_what_is_no_such_document_is_refused_not_failed(
    stand_ins: Program, place: int, raw: bytes
) -> None:
    method, path, _, headers, _ = _asked()[place]
    answer = stand_ins.call(method, path, headers=headers, data=raw)
    assert answer.status_code in {400, 422}
    assert answer.json()["errors"][0]["message"]


def test_huge_numbers_are_refused_quickly(stand_ins: Program) -> None:
    raw = b'{"weight_g": 1e999999999}'
    answer = stand_ins.call(
        "POST", "/line/v1/parcels", data=raw, headers={"Idempotency-Key": unique("K")}
    )
    assert answer.status_code == 422
    assert any(
        e["field"] == "weight_g" and e["code"] == "too_large" for e in answer.json()["errors"]
    )


def test_item_number_with_a_wrong_check_digit_is_refused(stand_ins: Program) -> None:
    good = s10(47312482)
    wrong = good[:10] + str((int(good[10]) + 1) % 10) + good[11:]
    answer = stand_ins.call("PUT", f"/postal/v1/items/{wrong}", postal_body())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "not_s10"


def test_parcels_nobody_announced_cannot_be_handed_over(stand_ins: Program) -> None:
    handover = {"handover_id": unique("H"), "tracking_numbers": ["EL9999999999"]}
    answer = stand_ins.call("POST", "/line/v1/handovers", handover)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "tracking_numbers[0]"


def test_line_booking_is_found_by_its_reference(stand_ins: Program) -> None:
    key = unique("K")
    find = f"/line/v1/parcels?reference={key}"
    assert stand_ins.call("GET", find).json() == {"parcels": []}
    booked = stand_ins.call(
        "POST", "/line/v1/parcels", line_body(), headers={"Idempotency-Key": key}
    ).json()
    assert stand_ins.call("GET", find).json() == {"parcels": [booked]}
    assert base64.b64decode(booked["label_pdf"]).startswith(b"%PDF")


def test_export_is_released_and_strangers_are_404(stand_ins: Program) -> None:
    body = declaration("X", direction="export")
    made = stand_ins.call("POST", "/customs/v1/declarations", body).json()
    assert len(made["mrn"]) == 18
    look = f"/customs/v1/declarations/{body['lrn']}"
    until(lambda: stand_ins.call("GET", look).json()["status"] == "released", within=3)
    for path in ("/customs/v1/declarations/none", "/delivery/v1/consignments/none",
                 "/postal/v1/items/none", "/line/v1/parcels/none/events"):  # fmt: skip
        assert stand_ins.call("GET", path).status_code == 404


def test_customs_refuses_on_demand(stand_ins: Program) -> None:
    stand_ins.fault(partner="customs", operation="decide", kind="refuse")
    body = declaration("X")
    stand_ins.call("POST", "/customs/v1/declarations", body)
    look = f"/customs/v1/declarations/{body['lrn']}"
    refused = until(
        lambda: (
            found if (found := stand_ins.call("GET", look).json())["status"] != "accepted" else None
        )
    )
    assert refused is not None
    assert (refused["status"], refused["reason_code"]) == ("refused", "R1")


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=0", "limit=1001", "limit=1.5"])
def test_feed_refuses_a_cursor_that_is_none(stand_ins: Program, query: str) -> None:
    answer = stand_ins.call("GET", f"/postal/v1/events?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == query.split("=", maxsplit=1)[0]


def test_unknown_paths_are_told_in_the_partners_shape(stand_ins: Program) -> None:
    assert stand_ins.call("GET", "/line/v1/nothing").json()["errors"][0]["code"] == "no_such_call"
    assert stand_ins.call("DELETE", "/line/v1/parcels").status_code == 405
    assert stand_ins.dhl("GET", "/nothing").json()["status"] == "404"
    assert stand_ins.call("GET", "/nothing").status_code == 404
