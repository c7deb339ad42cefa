"""Every fault a partner can show, over real sockets, is named by what we may do next."""

from __future__ import annotations

import gzip
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.errors import (
    AnswerLost,
    NotAuthorised,
    PartnerError,
    RateLimited,
    Refused,
    Unavailable,
)
from integrations.http import (
    Credentials,
    Door,
    Hosts,
    Limits,
    NullGate,
    RawBody,
    check_base_url,
    segment,
)
from tests.integrations.servers import (
    answer,
    broken_off,
    chunked,
    dripping,
    free_port,
    partner,
    reset,
    slow,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
QUICK = Limits(connect_s=0.5, read_s=0.3, total_s=0.6, max_bytes=200_000)


def door(url: str, **changes: Any) -> Door:
    settings: dict[str, Any] = {
        "partner": "test",
        "base_url": url,
        "account": "test:1",
        "credentials": Credentials.bearer("very-secret-key"),
        "gate": NullGate(),
        "limits": QUICK,
        "clock": lambda: NOW,
    }
    return Door(**(settings | changes))


def ask(url: str, *, repeatable: bool, **changes: Any) -> Any:
    return door(url, **changes).call(
        "POST", "/things", operation="book", repeatable=repeatable, json={"a": 1}
    )


def test_a_good_answer_comes_back_parsed_and_the_call_carries_our_key_and_an_id() -> None:
    with partner(answer(201, {"ok": True})) as there:
        got = ask(there.url, repeatable=False, new_id=lambda: "id-1")
    assert (got.status, got.body) == (201, {"ok": True})
    assert there.seen[0].headers["authorization"] == "Bearer very-secret-key"
    assert there.seen[0].headers["x-request-id"] == "id-1"
    assert there.seen[0].headers["accept-encoding"] == "identity"


AMBIGUOUS = {
    "silence": slow(0.6),
    "a body that drips": dripping(200, 0.05),
    "a body cut short": broken_off(b'{"a": 1}', promised=99),
    "chunks without an end": chunked(b'{"a": ', b"1}"),
    "a reset before any answer": reset(),
    "a reset inside the headers": reset(after=b"HTTP/1.1 201 Cre"),
    "a reset inside the body": reset(
        after=b'HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"a'
    ),
    "500": answer(500, {"errors": []}),
    "503": answer(503, raw=b""),
    "408": answer(408, raw=b""),
    "not HTTP": reset(after=b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "a page of HTML": answer(200, raw=b"<html>maintenance</html>"),
    "half a JSON": answer(200, raw=b'{"a": '),
    "not a number": answer(200, raw=b'{"a": NaN}'),
    "bytes that are no text": answer(200, raw=b'{"a": "\xff\xfe"}'),
    "JSON of a thousand floors": answer(200, raw=b"[" * 90_000),
    "a huge body": answer(200, raw=b'"' + b"x" * 250_000 + b'"'),
    "a redirect": answer(302, raw=b"", headers={"Location": "http://127.0.0.1:1/elsewhere"}),
}


@pytest.mark.parametrize("fault", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_a_fault_after_the_request_left_may_have_happened(fault: Any) -> None:
    with partner(fault) as there, pytest.raises(AnswerLost):
        ask(there.url, repeatable=False)
    assert len(there.seen) == 1


@pytest.mark.parametrize("fault", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_the_same_fault_on_a_repeatable_call_is_merely_unavailable(fault: Any) -> None:
    with partner(fault) as there, pytest.raises(Unavailable):
        ask(there.url, repeatable=True)
    assert len(there.seen) == 1


def test_a_drip_ends_at_the_deadline_and_not_at_its_own() -> None:
    began = time.monotonic()
    with partner(dripping(200, 0.05)) as there, pytest.raises(Unavailable, match="too long"):
        ask(there.url, repeatable=True)
    assert time.monotonic() - began < 5  # the deadline is 0.6 s, the drip 10 s


def test_an_answer_in_chunks_is_read_whole() -> None:
    with partner(chunked(b'{"a": ', b"1}", b"")) as there:
        assert ask(there.url, repeatable=True).body == {"a": 1}


def test_an_answer_packed_against_our_wish_is_bounded_unpacked() -> None:
    packed = gzip.compress(b'"' + b"x" * 250_000 + b'"')
    bomb = answer(200, raw=packed, headers={"Content-Encoding": "gzip"})
    with partner(bomb) as there, pytest.raises(Unavailable, match="over 200000 bytes"):
        ask(there.url, repeatable=True)


@pytest.mark.parametrize("repeatable", [True, False])
def test_nobody_listening_is_unavailable_because_nothing_left(repeatable: bool) -> None:
    with pytest.raises(Unavailable):
        ask(f"http://127.0.0.1:{free_port()}", repeatable=repeatable)


def test_a_name_nobody_knows_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        ask("http://no-such-partner.invalid", repeatable=False)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("-3", 0.0),
        ("Mon, 23 Nov 2026 12:01:30 GMT", 90.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", 5.0),
        ("nan", 5.0),
        ("999999999", 86400.0),
    ],
)
def test_too_many_calls_says_when_to_come_back(header: str, seconds: float) -> None:
    limited = answer(429, raw=b"", headers={"Retry-After": header})
    with partner(limited) as there, pytest.raises(RateLimited) as raised:
        ask(there.url, repeatable=False)
    assert raised.value.retry_after_s == seconds


def test_too_many_calls_without_a_header_waits_a_little() -> None:
    with partner(answer(429, raw=b"")) as there, pytest.raises(RateLimited) as raised:
        ask(there.url, repeatable=False)
    assert raised.value.retry_after_s == 5.0


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_are_their_own_error(status: int) -> None:
    with partner(answer(status, {"errors": []})) as there, pytest.raises(NotAuthorised):
        ask(there.url, repeatable=False)


def test_a_refusal_names_field_code_and_every_message() -> None:
    errors = [
        {"field": "recipient.city", "code": "required", "message": "is missing"},
        {"field": "pieces", "code": "min", "message": "needs one"},
    ]
    with partner(answer(422, {"errors": errors})) as there, pytest.raises(Refused) as raised:
        ask(there.url, repeatable=False)
    refusal = raised.value
    assert (refusal.field, refusal.code, refusal.status) == ("recipient.city", "required", 422)
    assert refusal.message == "recipient.city is missing; pieces needs one"
    assert (refusal.partner, refusal.operation) == ("test", "book")


@pytest.mark.parametrize("body", [b"", b"no", b"[]", b'{"errors": "x"}', b'{"errors": [1]}'])
def test_a_refusal_without_a_reason_is_still_a_refusal(body: bytes) -> None:
    with partner(answer(400, raw=body)) as there, pytest.raises(Refused) as raised:
        ask(there.url, repeatable=False)
    assert (raised.value.field, raised.value.code) == ("", "http_400")


def test_texts_the_database_cannot_hold_are_cleaned() -> None:
    with partner(answer(200, raw=b'{"a": "x\\u0000y", "b": ["\\ud800"]}')) as there:
        assert ask(there.url, repeatable=True).body == {"a": "xy", "b": ["?"]}


def test_no_secret_in_logs_or_errors(caplog: pytest.LogCaptureFixture) -> None:
    echo = {"errors": [{"field": "", "code": "x", "message": "key very-secret-key is blocked"}]}
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="integrations.http")
    with partner(answer(400, echo)) as there, pytest.raises(Refused) as raised:
        ask(there.url, repeatable=False)
    assert "very-secret-key" not in caplog.text + str(raised.value) + repr(door(there.url))
    assert "test book: POST /things -> 400" in caplog.text


def test_a_credential_a_header_cannot_carry_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="credential") as raised:
        Credentials.bearer("se\ncret")
    assert "se\ncret" not in str(raised.value)


def test_a_header_value_that_cannot_be_sent_is_a_refusal_not_an_endless_retry() -> None:
    with partner(answer(200, {})) as there:
        for value in ("a\r\nX-Evil: 1", "订单"):
            with pytest.raises(Refused) as raised:
                door(there.url).call(
                    "POST", "/x", operation="book", repeatable=False, headers={"Key": value}
                )
            assert raised.value.code == "unsendable"
    assert there.seen == []


def test_cookies_are_not_kept() -> None:
    with partner(answer(200, {}, headers={"Set-Cookie": "session=1"})) as there:
        ask(there.url, repeatable=True)
        ask(there.url, repeatable=True)
    assert "cookie" not in there.seen[1].headers


class RecordingGate:
    def __init__(self, refuse: PartnerError | None = None) -> None:
        self.refuse = refuse
        self.told: list[tuple[Any, ...]] = []

    def assert_outside_transaction(self) -> None:
        self.told.append(("outside",))

    def before_call(self, account: str, operation: str) -> None:
        self.told.append(("before", account, operation))
        if self.refuse:
            raise self.refuse

    def after_call(
        self, account: str, operation: str, status: int, headers: Mapping[str, str]
    ) -> None:
        self.told.append(("after", account, operation, status, headers.get("X-Limit")))


def test_the_gate_is_asked_before_and_told_after() -> None:
    gate = RecordingGate()
    with partner(answer(200, {}, headers={"X-Limit": "9"})) as there:
        ask(there.url, repeatable=True, gate=gate)
    assert gate.told == [
        ("outside",),
        ("before", "test:1", "book"),
        ("after", "test:1", "book", 200, "9"),
    ]


def test_the_gate_is_told_when_no_answer_came() -> None:
    gate = RecordingGate()
    with partner(reset()) as there, pytest.raises(AnswerLost):
        ask(there.url, repeatable=False, gate=gate)
    assert gate.told[-1] == ("after", "test:1", "book", 0, None)


def test_a_closed_gate_sends_nothing() -> None:
    gate = RecordingGate(refuse=RateLimited(3.0))
    with partner(answer(200, {})) as there:
        with pytest.raises(RateLimited):
            ask(there.url, repeatable=True, gate=gate)
        assert there.seen == []


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x", "//x", "http://", "http://u:p@x", "http://x?a=1", "x"],
)
def test_only_plain_http_addresses_are_partners(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        check_base_url(url)


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_value_cannot_climb_out_of_its_place_in_the_path(value: str) -> None:
    with pytest.raises(Refused) as raised:
        segment(value, field="number")
    assert raised.value.field == "number"
    assert segment("a/../b", field="number") == "a%2F..%2Fb"


def test_a_form_goes_out_as_a_form() -> None:
    with partner(answer(200, {"ok": 1})) as there, pytest.raises(ValueError, match="one body"):
        door(there.url).call(
            "POST", "/token", operation="token", repeatable=True, form={"a": "b"}, json={}
        )
    with partner(answer(200, {"ok": 1})) as there:
        door(there.url).call(
            "POST", "/token", operation="token", repeatable=True, form={"a": "b c", "d": "ü&="}
        )
    assert there.seen[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert there.seen[0].raw == b"a=b+c&d=%C3%BC%26%3D"


def test_a_file_goes_out_and_comes_back_byte_by_byte() -> None:
    told = b"\x00\xff<not json>"
    with partner(answer(200, raw=told)) as there:
        got = door(there.url).call(
            "PUT",
            "/files/1",
            operation="upload",
            repeatable=True,
            raw=RawBody(told, "text/xml; charset=UTF-8"),
            wants_file=True,
        )
    assert (got.body, there.seen[0].raw) == (told, told)
    assert there.seen[0].headers["content-type"] == "text/xml; charset=UTF-8"


STORE = Hosts(patterns=(r"[a-z0-9.-]+\.store\.example",), origins=frozenset({"http://127.0.0.1:9"}))


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://a.store.example/x?sig=1", True),
        ("https://a.store.example:443/x", True),
        ("http://127.0.0.1:9/x", True),
        ("http://a.store.example/x", False),
        ("https://a.store.example:8443/x", False),
        ("https://a.store.example.evil.example/x", False),
        ("https://evil.example/a.store.example", False),
        ("https://user@a.store.example/x", False),
        ("https://a.store.example@evil.example/x", False),
        ("https://a.store.example\\@evil.example/x", False),
        ("https://evil.example\\.store.example/x", False),
        ("https://a.store.example#@evil.example/x", False),
        ("https://169.254.169.254/latest/meta-data", False),
        ("http://127.0.0.1:91/x", False),
        ("http://127.0.0.1/x", False),
        ("file:///etc/passwd", False),
        ("https://a.store.example:port/x", False),
        ("https://[::1/x", False),
        ("", False),
    ],
)
def test_a_partner_aims_us_only_at_hosts_on_the_list(url: str, is_allowed: bool) -> None:
    assert STORE.allow(url) is is_allowed


def test_an_address_of_the_partner_is_followed_without_our_key_and_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="integrations.http")
    with partner(answer(200, raw=b"file")) as there:
        allowed = Hosts(origins=frozenset({there.url}))
        store, path = door(there.url, headers={"x-ours": "1"}).elsewhere(
            f"{there.url}/f/1?X-Signature=se%2Fcret", allowed=allowed, operation="download"
        )
        got = store.call("GET", path, operation="download", repeatable=True, wants_file=True)
    assert got.body == b"file"
    assert there.seen[0].target == "/f/1?X-Signature=se%2Fcret"
    assert {"authorization", "x-ours"}.isdisjoint(there.seen[0].headers)
    assert "cret" not in caplog.text


def test_an_address_off_the_list_is_refused_before_anything_is_sent() -> None:
    with partner(answer(200)) as there, pytest.raises(Refused) as raised:
        door(there.url).elsewhere(f"{there.url}/x", allowed=Hosts(), operation="download")
    assert (raised.value.code, there.seen) == ("host_not_allowed", [])
