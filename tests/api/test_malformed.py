"""No body, however odd, is a server error."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.conftest import Api
from tests.factories import ADDRESS, order_body

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(["\x00", "1e999999", "-0", "٣", "2026-13-45T99:99:99Z", "=1+1", "💥" * 200])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["external_order", "channel", "placed_at", "paid_at", "ship_by", "currency", "shipping_price",
     "address", "phone", "email", "recipient_id", "service_level", "note", "lines", "surprise"]
)  # fmt: skip
PARTS = st.sampled_from([*ADDRESS, "region", "company"])
LINE_PARTS = st.sampled_from(["external_line", "sku", "title", "quantity", "unit_price"])
patiently = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def accepted_or_explained(answer: Any) -> None:
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"]


@patiently
@given(changed=st.dictionaries(FIELDS, ANYTHING, min_size=1, max_size=3))
def test_an_order_with_odd_fields(api: Api, changed: dict[str, Any]) -> None:
    accepted_or_explained(api.post("/orders", order_body(**changed)))


@patiently
@given(
    address=st.dictionaries(PARTS, SCALARS, max_size=3),
    line=st.dictionaries(LINE_PARTS, SCALARS, max_size=3),
)
def test_an_order_with_odd_parts(api: Api, address: dict[str, Any], line: dict[str, Any]) -> None:
    lines = [{"sku": "MUG-BLUE", "quantity": 1, **line}]
    accepted_or_explained(
        api.post("/orders", order_body(address={**ADDRESS, **address}, lines=lines))
    )


@patiently
@given(body=st.binary(max_size=60))
def test_bytes_that_are_no_json(api: Api, body: bytes) -> None:
    accepted_or_explained(api.call("POST", "/orders", body))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"lines": [' + b"9" * 5000 + b"]}",
        b'{"\\ud800": 1}',
        b'{"external_order": "\\udfff"}',
        b'{"external_order": NaN}',
        b'{"external_order": Infinity}',
        b"\xff\xfe{}",
        b"null",
        b"[]",
        b'"text"',
        b"",
    ],
)
def test_json_that_nobody_can_read(api: Api, body: bytes) -> None:
    answer = api.call("POST", "/orders", body)
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_of_another_type_is_415(api: Api) -> None:
    for content_type in ("text/plain", "application/xml", "application/x-www-form-urlencoded", ""):
        answer = api.call("POST", "/orders", b"<order/>", content_type=content_type)
        assert answer.status_code == 415, content_type


def test_a_body_over_five_megabytes_is_413(api: Api) -> None:
    answer = api.call("POST", "/orders", json.dumps({"note": "x" * 6_000_000}).encode())
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "lines",
    [
        [{"sku": "MUG-BLUE", "quantity": 100_000, "unit_price": "9999999999.99"}],
        [{"sku": "MUG-BLUE", "quantity": 100_000, "unit_price": "1.00"}] * 201,
        [{"sku": "S", "quantity": 1, "external_line": "1"}] * 2,
        [{"sku": "S", "quantity": 0}],
        [{"sku": "S" * 65, "quantity": 1}],
        [[]],
        [],
    ],
)
def test_lines_that_cannot_be_are_refused(api: Api, lines: list[Any]) -> None:
    answer = api.post("/orders", order_body(lines=lines))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith("lines")


def test_an_order_heavier_than_any_parcel_is_held_with_the_reason(api: Api) -> None:
    heavy = {
        "title": "Anvil", "weight_g": 1_000_000, "length_mm": 1, "width_mm": 1, "height_mm": 1,
        "unit_value": "1.00", "currency": "EUR", "battery": "none",
    }  # fmt: skip
    assert api.put("/products/ANVIL", heavy).status_code == 201
    lines = [{"sku": "ANVIL", "quantity": 100_000, "unit_price": "1.00"}]
    answer = api.post("/orders", order_body(lines=lines))
    assert (answer.status_code, answer.json()["status"]) == (201, "held")
    assert "order_too_large" in {hold["reason_code"] for hold in answer.json()["holds"]}
