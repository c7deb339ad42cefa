"""eBay's pushes: the challenge, the signature by eBay's own published vector, what is believed."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from integrations.channels import ebay_push
from integrations.channels.base import BadSignature, Push
from integrations.channels.ebay import Ebay
from integrations.errors import Unavailable
from tests.integrations.channels.ebay_account import NOW, ebay
from tests.integrations.servers import Partner, answer, partner

# The vector of eBay's event-notification-nodejs-sdk (test/test.json, "VALID").
VECTOR_HEADER = (
    "eyJhbGciOiJlY2RzYSIsImtpZCI6Ijk5MzYyNjFhLTdkN2ItNDYyMS1hMGYxLTk2Y2NiNDI4YWY0OSIsInNpZ25hdHVy"
    "ZSI6Ik1FWUNJUUNmeGZJV3V4bVdjSUJRSjljNS9YN2lHREpxczJSQ0dzQkVhQWppbnlycmZBSWhBSVY2d0djVGlCdVY1"
    "S0pVaWYyaG9reXJMK1E5c3NIa2FkK214Mm5FRTI1dyIsImRpZ2VzdCI6IlNIQTEifQ=="
)
VECTOR_BODY = json.dumps(
    {
        "metadata": {
            "topic": "MARKETPLACE_ACCOUNT_DELETION",
            "schemaVersion": "1.0",
            "deprecated": False,
        },
        "notification": {
            "notificationId": "49feeaeb-4982-42d9-a377-9645b8479411"
            "_33f7e043-fed8-442b-9d44-791923bd9a6d",
            "eventDate": "2021-03-19T20:43:59.462Z",
            "publishDate": "2021-03-19T20:43:59.679Z",
            "publishAttemptCount": 1,
            "data": {
                "username": "test_user",
                "userId": "ma8vp1jySJC",
                "eiasToken": "nY+sHZ2PrBmdj6wVnY+sEZ2PrA2dj6wJnY+gAZGEpwmdj6x9nY+seQ==",
            },
        },
    },
    separators=(",", ":"),
).encode()
VECTOR_KEY = {
    "key": "-----BEGIN PUBLIC KEY-----MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZhhxXKtR+TOvtDbgTPCkSof"
    "02qgBB7IsYOyf76ilExJ/upAa/vKIKheOoCyOpcLmi4t0b4uepb7LLjmMr90FUg==-----END PUBLIC KEY-----",
    "algorithm": "ECDSA",
    "digest": "SHA1",
}
VECTOR_KID = "9936261a-7d7b-4621-a0f1-96ccb428af49"
TOKEN = answer(200, {"access_token": "app-1", "expires_in": 7200})
PRIVATE = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ebay_push, "KEYS", ebay_push.KeyRing())
    monkeypatch.setattr("integrations.channels.ebay_auth._application_tokens", {})


def key_body(private: Any = PRIVATE, **changes: str) -> dict[str, str]:
    der = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    inside = base64.b64encode(der).decode()
    pem = f"-----BEGIN PUBLIC KEY-----{inside}-----END PUBLIC KEY-----"
    return {"key": pem, "algorithm": "ECDSA", "digest": "SHA1", **changes}


def header(body: bytes, *, digest: hashes.HashAlgorithm | None = None, **claims: Any) -> str:
    signed = PRIVATE.sign(body, ec.ECDSA(digest or hashes.SHA1()))  # noqa: S303 - as eBay
    claim = {
        "alg": "ecdsa",
        "kid": "key-1",
        "signature": base64.b64encode(signed).decode(),
        "digest": "SHA1",
        **claims,
    }
    return base64.b64encode(json.dumps(claim).encode()).decode()


def message(data: Any, *, event: str = "event-1") -> bytes:
    body = {
        "metadata": {"topic": "ORDER_CONFIRMATION"},
        "notification": {"notificationId": event, "data": data},
    }
    return json.dumps(body).encode()


PLACED = message({"order": {"orderId": "12-1", "orderLineItems": [{"orderLineItemId": "9"}]}})


def read(client: Ebay, body: bytes, given: str) -> Push:
    return client.read_push({"X-EBAY-SIGNATURE": given}, body)


def test_the_published_vector_holds() -> None:
    with partner(TOKEN, answer(200, VECTOR_KEY)) as there:
        push = read(ebay(there.url), VECTOR_BODY, VECTOR_HEADER)
    assert push.topic == "MARKETPLACE_ACCOUNT_DELETION"
    assert push.event_id.startswith("49feeaeb")
    assert push.external_orders == ()
    assert there.seen[1].path == f"/commerce/notification/v1/public_key/{VECTOR_KID}"
    assert there.seen[1].headers["authorization"] == "Bearer app-1"


def test_one_byte_changed_and_it_holds_no_more() -> None:
    changed = VECTOR_BODY.replace(b"test_user", b"test_uses")
    with (
        partner(TOKEN, answer(200, VECTOR_KEY)) as there,
        pytest.raises(BadSignature, match="did not sign"),
    ):
        read(ebay(there.url), changed, VECTOR_HEADER)


def test_a_placed_order_is_named() -> None:
    with partner(TOKEN, answer(200, key_body())) as there:
        push = read(ebay(there.url), PLACED, header(PLACED))
    assert push == Push("event-1", "ORDER_CONFIRMATION", ("12-1",))


def test_the_header_is_found_in_any_case() -> None:
    with partner(TOKEN, answer(200, key_body())) as there:
        push = ebay(there.url).read_push({"x-Ebay-signature": header(PLACED)}, PLACED)
    assert push.external_orders == ("12-1",)


def test_the_key_decides_the_digest_and_not_the_message() -> None:
    with partner(TOKEN, answer(200, key_body(digest="SHA256"))) as there:
        client = ebay(there.url)
        with pytest.raises(BadSignature):
            read(client, PLACED, header(PLACED))
        lying = header(PLACED, digest=hashes.SHA256(), alg="none", digest_="SHA1")
        assert read(client, PLACED, lying).event_id == "event-1"


UNREADABLE = {
    "none": "",
    "not base64": "***",
    "not JSON": base64.b64encode(b"{").decode(),
    "not an object": base64.b64encode(b"[]").decode(),
    "no key": header(PLACED, kid=""),
    "a key that is a path": header(PLACED, kid="../../sell/fulfillment/v1/order"),
    "a key that is too long": header(PLACED, kid="k" * 65),
    "a key that is no text": header(PLACED, kid=["a"]),
    "no signature": header(PLACED, signature=""),
    "a signature that is not base64": header(PLACED, signature="!"),
    "too long": "A" * 5000,
    "letters beyond ASCII": "é",
}


@pytest.mark.parametrize("given", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_header_that_cannot_be_read_asks_eBay_nothing(given: str) -> None:  # noqa: N802
    with partner(TOKEN) as there:
        with pytest.raises(BadSignature):
            read(ebay(there.url), PLACED, given)
        assert there.seen == []


@pytest.mark.parametrize("signature", ["AAAA", base64.b64encode(b"\x30\x06\x02\x01").decode()])
def test_a_signature_that_is_no_signature(signature: str) -> None:
    with partner(TOKEN, answer(200, key_body())) as there, pytest.raises(BadSignature):
        read(ebay(there.url), PLACED, header(PLACED, signature=signature))


def test_a_key_eBay_does_not_know() -> None:  # noqa: N802
    with partner(TOKEN, answer(404, {"errors": [{"errorId": 195001}]})) as there:
        with pytest.raises(BadSignature, match="knows no such key"):
            read(ebay(there.url), PLACED, header(PLACED))
        assert len(ebay_push.KEYS) == 0


def test_when_the_key_cannot_be_had_eBay_may_push_again() -> None:  # noqa: N802
    with partner(TOKEN, answer(500), answer(200, key_body())) as there:
        client = ebay(there.url)
        with pytest.raises(Unavailable):
            read(client, PLACED, header(PLACED))
        assert read(client, PLACED, header(PLACED)).event_id == "event-1"


RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
BAD_KEYS = {
    "another algorithm": key_body(algorithm="RSA"),
    "an unknown digest": key_body(digest="MD5"),
    "no curve": key_body(RSA),
    "no key": key_body(key=""),
    "no base64": key_body(key="-----BEGIN PUBLIC KEY-----***-----END PUBLIC KEY-----"),
    "no DER": key_body(key="-----BEGIN PUBLIC KEY-----AAAA-----END PUBLIC KEY-----"),
}


@pytest.mark.parametrize("body", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_a_key_that_is_no_elliptic_curve_is_not_used(body: dict[str, str]) -> None:
    with partner(TOKEN, answer(200, body)) as there, pytest.raises(Unavailable):
        read(ebay(there.url), PLACED, header(PLACED))


def calls_for_keys(there: Partner) -> int:
    return sum("public_key" in seen.path for seen in there.seen)


def test_a_key_is_asked_once_a_day() -> None:
    with partner(TOKEN, answer(200, key_body())) as there:
        for _ in range(3):
            read(ebay(there.url), PLACED, header(PLACED))
        assert calls_for_keys(there) == 1
        later = ebay(there.url, clock=lambda: NOW + timedelta(minutes=90))
        read(later, PLACED, header(PLACED))
        assert calls_for_keys(there) == 1
    ring = ebay_push.KEYS
    key = ebay_push.PublicKey.read(key_body())
    fetched: list[str] = []

    def fetch(kid: str) -> ebay_push.PublicKey:
        fetched.append(kid)
        return key

    ring.get(there.url, "key-1", now=NOW + timedelta(hours=25), fetch=fetch)
    assert fetched == ["key-1"]


def test_the_ring_keeps_few_keys_and_drops_the_one_longest_unused() -> None:
    ring, key = ebay_push.KeyRing(), ebay_push.PublicKey.read(key_body())
    fetched: list[str] = []

    def fetch(kid: str) -> ebay_push.PublicKey:
        fetched.append(kid)
        return key

    for number in range(ebay_push.KEYS_KEPT):
        ring.get("h", str(number), now=NOW, fetch=fetch)
    ring.get("h", "0", now=NOW, fetch=fetch)
    ring.get("h", "new", now=NOW, fetch=fetch)
    assert len(ring) == ebay_push.KEYS_KEPT
    fetched.clear()
    ring.get("h", "0", now=NOW, fetch=fetch)
    ring.get("h", "1", now=NOW, fetch=fetch)
    assert fetched == ["1"]


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"{}", b'{"notification": []}'])
def test_signed_bytes_that_are_no_push(body: bytes) -> None:
    with partner(TOKEN, answer(200, key_body())) as there, pytest.raises(BadSignature):
        read(ebay(there.url), body, header(body))


@pytest.mark.parametrize(
    ("data", "orders"),
    [
        ({"orderId": "1"}, ("1",)),
        ({"orders": [{"orderId": "1"}, {"orderId": "2"}, {"orderId": "1"}]}, ("1", "2")),
        ({"orderId": ["1"]}, ()),
        (None, ()),
        ({"a": {"b": {"c": {"d": {"orderId": "1"}}}}}, ()),
    ],
)
def test_order_ids_are_found_where_a_topic_puts_them(data: Any, orders: tuple[str, ...]) -> None:
    assert ebay_push.push_of(message(data)).external_orders == orders


def test_the_challenge_is_answered_with_the_hash_of_the_three() -> None:
    # printf 'abcdefhttps://x.example/ebay' | sha256sum
    wanted = "67a2fef40317d7b94acd64f0a8dff5ddd704caeb4a78501451a2f049c350ae9c"
    told = ebay_push.challenge_answer(
        "abc", verification_token="def", endpoint="https://x.example/ebay"
    )
    assert told == {"challengeResponse": wanted}
