"""One door spoken to over HTTP: waits out restarts, says in one sentence what was refused."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import requests

PATIENCE_S = 60.0
"""How long a door may be away: a killed web process is back within seconds."""
TIMEOUT_S = (3.05, 60.0)
PAUSES_S = (0.2, 0.5, 1.0, 2.0)
AWAY = frozenset({429, 502, 503, 504})


class DoorClosed(RuntimeError):
    """A door did not answer for too long, or failed."""


class Refused(RuntimeError):
    """A door understood the request and said no. `status` is its 4xx, `body` what it answered."""

    def __init__(self, what: str, status: int, body: Any) -> None:
        super().__init__(f"{what}: {status} {_reason(body)}")
        self.status = status
        self.body = body


class Door:
    """Requests to one base address with fixed headers; may be used from several threads."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self.base_url = base_url
        self._headers = dict(headers)
        self._cookies: dict[str, str] = {}
        self._local = threading.local()

    def keep(self, *, headers: Mapping[str, str], cookies: Mapping[str, str]) -> None:
        """Send these with every request from now on."""
        self._headers.update(headers)
        self._cookies.update(cookies)
        self._local = threading.local()

    def get(self, path: str, **parameters: str | int) -> Any:
        """Return the JSON answer of a GET."""
        return self.send("GET", path, params=parameters).json()

    def post(self, path: str, body: Any, *, headers: Mapping[str, str] | None = None) -> Any:
        """Return the JSON answer of a POST that may be repeated without doing it twice."""
        return self.send("POST", path, json=body, headers=headers or {}).json()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request until it is answered; raise `Refused` for a 4xx, `DoorClosed` else."""
        what = f"{method} {path}"
        url = path if path.startswith("http") else f"{self.base_url}{path}"
        deadline = time.monotonic() + PATIENCE_S
        attempt = 0
        while True:
            fault = ""
            try:
                answer = self._session().request(
                    method, url, timeout=TIMEOUT_S, allow_redirects=False, **options
                )
            except (requests.ConnectionError, requests.Timeout) as error:
                fault = str(error)
            else:
                if answer.status_code < 400:
                    return answer
                if answer.status_code not in AWAY and answer.status_code < 500:
                    raise Refused(what, answer.status_code, _body(answer))
                fault = f"{answer.status_code} {answer.text[:200]}"
            if time.monotonic() > deadline:
                raise DoorClosed(f"{what} failed for {PATIENCE_S:.0f} s; the last time: {fault}")
            time.sleep(PAUSES_S[min(attempt, len(PAUSES_S) - 1)])
            attempt += 1

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
            session.headers.update(self._headers)
            session.cookies.update(self._cookies)
        return session


def _body(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text[:200]


def _reason(body: Any) -> str:
    """Return the words of a problem document, of a station's errors, or of anything else."""
    if not isinstance(body, dict):
        return str(body)
    faults = body.get("errors")
    if faults:
        return "; ".join(
            " ".join(str(fault[key]) for key in ("field", "fault", "message", "remedy")
                     if fault.get(key))
            for fault in faults
        )  # fmt: skip
    return str(body.get("detail") or body)
