"""The line pushes events, signed, until they are taken; doubles and late ones on demand."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.program import Program, line_body, unique, until

SECRET = "a secret of ours"


class Receiver(http.server.ThreadingHTTPServer):
    """Keeps what is pushed to it; refuses the first `refusals` pushes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pushes: list[tuple[dict[str, str], bytes]] = []
        self.refusals = 0

    def codes(self, number: str) -> list[str]:
        events = [json.loads(body) for _, body in self.pushes]
        return [e["sub_status"] for e in events if e["tracking_number"] == number]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.refusals:
            self.server.refusals -= 1
            self.send_response(503)
        else:
            self.server.pushes.append((dict(self.headers), body))
            self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


@pytest.fixture
def receiver(stand_ins: Program) -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/push"
    answer = stand_ins.call("PUT", "/line/v1/callback", {"url": url, "secret": SECRET})
    assert answer.status_code == 200
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _parcel(stand_ins: Program) -> str:
    key = {"Idempotency-Key": unique("K")}
    number: str = stand_ins.call("POST", "/line/v1/parcels", line_body(), headers=key).json()[
        "tracking_number"
    ]
    return number


def _hand_over(stand_ins: Program, number: str) -> None:
    body = {"handover_id": unique("H"), "tracking_numbers": [number]}
    assert stand_ins.call("POST", "/line/v1/handovers", body).status_code == 201


WAY = ["InfoReceived", "InTransit_PickedUp", "InTransit_Departure", "InTransit_Arrival",
       "InTransit_CustomsProcessing"]  # fmt: skip


def test_pushes_are_signed_and_in_order(stand_ins: Program, receiver: Receiver) -> None:
    number = _parcel(stand_ins)
    _hand_over(stand_ins, number)
    until(lambda: len(receiver.codes(number)) == 5)
    assert receiver.codes(number) == WAY
    headers, body = receiver.pushes[-1]
    signed = headers["X-Line-Timestamp"].encode() + b"." + body
    expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Line-Signature"] == f"sha256={expected}"
    assert set(json.loads(body)) == {
        "event_id", "tracking_number", "sub_status", "event_at", "city", "country", "description",
    }  # fmt: skip


def test_refused_push_comes_again(stand_ins: Program, receiver: Receiver) -> None:
    receiver.refusals = 2
    number = _parcel(stand_ins)
    until(lambda: receiver.codes(number) == ["InfoReceived"])
    until(lambda: stand_ins.state()["pushes_waiting"] == 0)


def test_duplicate_and_late_pushes_on_demand(stand_ins: Program, receiver: Receiver) -> None:
    stand_ins.fault(partner="line", operation="events", kind="duplicate_events")
    number = _parcel(stand_ins)
    until(lambda: receiver.codes(number) == ["InfoReceived", "InfoReceived"])
    stand_ins.fault(partner="line", operation="events", kind="late_events")
    _hand_over(stand_ins, number)
    until(lambda: len(receiver.codes(number)) == 6)
    codes = receiver.codes(number)
    assert codes.index("InTransit_PickedUp") > codes.index("InTransit_Departure")
