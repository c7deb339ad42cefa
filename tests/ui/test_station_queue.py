"""The scan station in a real browser: no scan is lost or doubled by a bad connection."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.staticfiles import finders

from core.middleware import STRICT
from tests.ui.gallery import gallery, render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


class FlakyFloor(ThreadingHTTPServer):
    """Answers the station's protocol, spoiling as many answers as `spoil` lists.

    Kinds: "500" before any effect, "cut" after the effect with the answer lost, "400" refused.
    """

    daemon_threads = True

    def __init__(self, html: str) -> None:
        super().__init__(("127.0.0.1", 0), FloorHandler)
        self.html = html
        self.spoil: list[str] = []
        self.effects: list[dict[str, Any]] = []
        self.requests: list[list[dict[str, Any]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def take(self, scans: list[dict[str, Any]]) -> dict[str, Any]:
        """Apply each scan once by its id; answer for all of them."""
        known = {scan["client_id"] for scan in self.effects}
        self.effects += [scan for scan in scans if scan["client_id"] not in known]
        verdicts = [
            {
                "client_id": scan["client_id"],
                "verdict": "wrong" if scan["raw"] == "WRONG" else "accepted",
                "message": f"Scanned {scan['raw']}",
                "expected": ["MUG-BLUE-350"] if scan["raw"] == "WRONG" else [],
            }
            for scan in scans
        ]
        line = {"sku": "MUG", "title": "Mug", "expected": 9, "scanned": len(self.effects)}
        state = {"order": "WB-7", "complete": False, "next_action": "Go on", "lines": [line]}
        return {"results": verdicts, "state": state}


class FloorHandler(BaseHTTPRequestHandler):
    server: FlakyFloor

    def do_GET(self) -> None:
        static = self.path.removeprefix("/static/")
        body = self.server.html.encode()
        if static != self.path:
            body = Path(str(finders.find(static))).read_bytes()
        kind = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
        self._answer(200, body, kind.get(static.rsplit(".", 1)[-1], "text/html"))

    def do_POST(self) -> None:
        scans = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["scans"]
        self.server.requests.append(scans)
        fault = self.server.spoil.pop(0) if self.server.spoil else ""
        if fault in {"500", "400"}:
            self._answer(int(fault), b"{}", "application/json")
            return
        answer = self.server.take(scans)
        body = json.dumps(answer).encode()
        self._answer(200, body, "application/json", cut=fault == "cut")

    def _answer(self, status: int, body: bytes, kind: str, *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", STRICT)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
        """Keep quiet."""


@pytest.fixture
def floor() -> Iterator[FlakyFloor]:
    server = FlakyFloor(render(gallery()["station_pick"]))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def station(chromium: Browser, floor: FlakyFloor) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(floor.address)
    yield page
    context.close()


def scan(page: Page, *codes: str) -> None:
    """What a wedge scanner does: types fast wherever the focus is, then presses Enter."""
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def wait_until_sent(page: Page) -> None:
    """The page's policy forbids evaluated conditions, so the browser is asked from outside."""
    waiting = "() => JSON.parse(localStorage.getItem('waybridge.station.pick-7')).waiting.length"
    for _tenth in range(150):
        if page.evaluate(waiting) == 0:
            return
        page.wait_for_timeout(100)
    pytest.fail("The station still keeps scans after 15 s.")


def test_right_scan_is_green_in_words_and_counts(station: Page) -> None:
    scan(station, "MUG-BLUE-350")
    station.wait_for_selector("#answer[data-verdict=accepted]")
    assert "Right" in station.inner_text("#answer")
    assert "1 / 9" in station.inner_text("#order")


def test_wrong_scan_says_what_was_expected(station: Page) -> None:
    scan(station, "WRONG")
    station.wait_for_selector("#answer[data-verdict=wrong]")
    assert "Expected: MUG-BLUE-350" in station.inner_text("#answer")


@pytest.mark.parametrize("fault", ["500", "cut"])
def test_bad_connection_neither_loses_nor_doubles_a_scan(
    station: Page, floor: FlakyFloor, fault: str
) -> None:
    floor.spoil = [fault] * 4  # each of three scans tries at once, so one fault at least is seen
    scan(station, "A", "B", "C")
    station.wait_for_selector("#link[data-state=offline]")
    wait_until_sent(station)
    assert [effect["raw"] for effect in floor.effects] == ["A", "B", "C"]
    assert [effect["seq"] for effect in floor.effects] == [1, 2, 3]
    assert station.get_attribute("#link", "data-state") == "ok"


def test_scans_survive_a_reload_while_the_connection_is_gone(
    station: Page, floor: FlakyFloor
) -> None:
    floor.spoil = ["500"] * 3
    scan(station, "A", "B")
    station.wait_for_selector("#link[data-state=offline]")
    station.reload()
    wait_until_sent(station)
    assert [effect["raw"] for effect in floor.effects] == ["A", "B"]


def test_one_scan_the_server_cannot_read_does_not_hold_up_the_others(
    station: Page, floor: FlakyFloor
) -> None:
    floor.spoil = ["500", "400", "400"]
    scan(station, "BAD", "GOOD")
    wait_until_sent(station)
    assert [effect["raw"] for effect in floor.effects] == ["GOOD"]


def test_scanner_finds_the_field_after_the_focus_was_elsewhere(
    station: Page, floor: FlakyFloor
) -> None:
    station.focus("#keyboard")
    scan(station, "MUG")
    wait_until_sent(station)
    assert [effect["raw"] for effect in floor.effects] == ["MUG"]
