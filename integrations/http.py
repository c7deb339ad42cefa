"""The only network door: every call to a partner goes through `Door.call`.

What it guarantees: never inside a database transaction and never past the account's rate bucket
(both asked of the `Gate`), bounded in time and size, no redirect followed, no credential in a log
line or an error, and every fault named by what the caller may do next (`errors.py`).

A partner that names an address itself (a pre-signed upload) is followed only to hosts on a list,
through `Door.elsewhere`.

`repeatable` is the caller's promise that sending the same request twice has the effect of once
(a read, or a write the partner recognises by our key). Where it is False, any fault after the
request may have left is `AnswerLost`.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from integrations import answers
from integrations.errors import (
    AnswerLost,
    NotAuthorised,
    PartnerError,
    RateLimited,
    Refused,
    Unavailable,
)

logger = logging.getLogger(__name__)

Explain = Callable[[int, Any], tuple[str, str, str]]
"""(HTTP status, parsed body) -> (field, code, message) of a refusal."""


class Gate(Protocol):
    """What calls of one account share; a higher room keeps it (buckets, breakers, metrics)."""

    def assert_outside_transaction(self) -> None:
        """Raise when a database transaction is open: an answer must never wait inside one."""

    def before_call(self, account: str, operation: str) -> None:
        """Take one call out of the account's budget, or raise `RateLimited` / `Unavailable`."""

    def after_call(
        self, account: str, operation: str, status: int, headers: Mapping[str, str]
    ) -> None:
        """Learn from the answer; `status` is 0 when none came."""


class NullGate:
    """Lets everything pass: for tests and one-off scripts, never for a worker."""

    def assert_outside_transaction(self) -> None:
        return

    def before_call(self, account: str, operation: str) -> None:
        del account, operation

    def after_call(
        self, account: str, operation: str, status: int, headers: Mapping[str, str]
    ) -> None:
        del account, operation, status, headers


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes one call may take. `total_s` bounds a body that drips."""

    connect_s: float = 3.05
    read_s: float = 15.0
    total_s: float = 60.0
    max_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Call:
    partner: str
    operation: str
    repeatable: bool
    also: frozenset[int]

    def fault(self, kind: type[PartnerError], reason: str) -> PartnerError:
        return kind(reason, partner=self.partner, operation=self.operation)

    def uncertain(self, reason: str) -> PartnerError:
        return self.fault(Unavailable if self.repeatable else AnswerLost, reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer, or one of the statuses the caller asked to see.

    `body` is parsed JSON, or the bytes as they came where the call asked for a file.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    call: _Call

    @property
    def fields(self) -> dict[str, Any]:
        """The body as an object. Raises what `unusable` gives where it is not one."""
        if not isinstance(self.body, dict):
            raise self.unusable("the answer is not an object")
        return self.body

    def unusable(self, reason: str) -> PartnerError:
        """The error for JSON that is not what the partner promised."""
        return self.call.uncertain(reason)


@dataclass(frozen=True, slots=True)
class RawBody:
    """Bytes that go out as they are."""

    content: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a request carries: at most one of the three."""

    json: Any = None
    form: Mapping[str, str] | None = None
    raw: RawBody | None = None

    def __post_init__(self) -> None:
        if sum(part is not None for part in (self.json, self.form, self.raw)) > 1:
            raise ValueError("a request has one body: json, form or raw")

    @property
    def data(self) -> Mapping[str, str] | bytes | None:
        return self.form if self.raw is None else self.raw.content

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.raw is None else {"Content-Type": self.raw.content_type}


@dataclass(frozen=True, slots=True)
class Hosts:
    """Where a partner may send us with an address it names itself.

    `patterns` are regular expressions a whole host name must match, by https on its own port;
    `origins` are exact "scheme://host:port" from our configuration.
    """

    patterns: tuple[str, ...] = ()
    origins: frozenset[str] = frozenset()

    def allow(self, url: str) -> bool:
        """Whether the address lies on the list; one that cannot be read does not."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if parts.username or parts.password or parts.fragment or not parts.hostname:
            return False
        if f"{parts.scheme}://{parts.netloc.lower()}" in self.origins:
            return True
        return (
            parts.scheme == "https"
            and port in {None, 443}
            and any(re.fullmatch(pattern, parts.hostname) for pattern in self.patterns)
        )


def origin(url: str) -> str:
    """The "scheme://host:port" an address begins with."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Headers or Basic pair that identify us. Never shown: `repr` hides them."""

    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    basic: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def bearer(cls, api_key: str) -> Credentials:
        return cls(headers={"Authorization": f"Bearer {_sendable(api_key)}"})

    @classmethod
    def pair(cls, username: str, password: str) -> Credentials:
        return cls(basic=(_sendable(username), _sendable(password)))

    def redact(self, text: str) -> str:
        """`text` without the secrets, for a partner that echoes them in its error."""
        values = [value.split(" ", 1)[-1] for value in self.headers.values()]
        if self.basic:
            values.append(self.basic[1])
        for value in values:
            text = text.replace(value, "[hidden]")
        return text


def utc_now() -> datetime:
    """The clock of a door that was given none."""
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid.uuid4())


@dataclass(frozen=True, slots=True)
class Door:
    """A partner's base URL with one account's credentials. Cheap to build; connections are pooled.

    `message_header` carries a fresh id per call, so that a call can be named to the partner.
    Raises `ValueError` at once for a base URL that is not plain http or https.
    """

    partner: str
    base_url: str
    account: str
    credentials: Credentials
    gate: Gate
    explain: Explain = answers.explain_field_errors
    headers: Mapping[str, str] = field(default_factory=dict)
    message_header: str = "X-Request-Id"
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = _new_id

    def __post_init__(self) -> None:
        check_base_url(self.base_url)

    def call(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        repeatable: bool,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        raw: RawBody | None = None,
        headers: Mapping[str, str] | None = None,
        also: Collection[int] = (),
        wants_file: bool = False,
    ) -> Answer:
        """One request, one answer.

        `path` begins with "/"; put outside values into it with `segment`. The body is `json`, a
        `form` (application/x-www-form-urlencoded) or `raw` bytes. `also` lists statuses beside 2xx
        that are an answer and not a fault (404 of a look-up). With `wants_file` the answer's body
        is its bytes, unparsed. Raises the errors of `errors.py`, each naming the partner and the
        operation.
        """
        sent_body = Body(json, form, raw)
        call = _Call(self.partner, operation, repeatable, frozenset(also))
        self.gate.assert_outside_transaction()
        self.gate.before_call(self.account, operation)
        seen_status, seen_headers = 0, dict[str, str]()
        began = time.monotonic()
        try:
            with self._send(
                call, method, path, params=params, body=sent_body, headers=headers
            ) as sent:
                seen_status, seen_headers = sent.status_code, dict(sent.headers)
                body = self._read(call, sent, began=began)
            if wants_file and (200 <= seen_status < 300 or seen_status in call.also):
                return Answer(status=seen_status, headers=sent.headers, body=body, call=call)
            return self._judge(call, seen_status, sent.headers, body)
        finally:
            self.gate.after_call(self.account, operation, seen_status, seen_headers)
            logger.info(
                "%s %s: %s %s -> %s in %d ms",
                # A pre-signed address is a key: its query is not for the log.
                *(self.partner, operation, method, path.partition("?")[0]),
                seen_status or "no answer",
                round((time.monotonic() - began) * 1000),
            )

    def limited(self, operation: str, wait_s: float, message: str) -> RateLimited:
        """The error for a partner who says "too many calls" inside a good answer.

        The gate hears of it as of a 429, so that other workers stay away as well.
        """
        told = {"Retry-After": f"{wait_s:g}"}
        self.gate.after_call(self.account, operation, 429, told)
        return RateLimited(wait_s, message, partner=self.partner, operation=operation)

    def elsewhere(self, url: str, *, allowed: Hosts, operation: str) -> tuple[Door, str]:
        """(door without credentials, path and query) for an address the partner named itself.

        Raises `Refused` ("url", "host_not_allowed") for an address that is not on the list, before
        anything is sent: an answer must not be able to aim us at our own network.
        """
        if not allowed.allow(url):
            message = "the partner named an address that is not on the list of allowed hosts"
            raise Refused(
                "url", "host_not_allowed", message, partner=self.partner, operation=operation
            )
        rest = url.partition("://")[2].partition("/")[2]
        return replace(
            self, base_url=origin(url), credentials=Credentials(), headers={}
        ), f"/{rest}"

    def _send(
        self,
        call: _Call,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None,
        body: Body,
        headers: Mapping[str, str] | None,
    ) -> requests.Response:
        sent_headers = {
            "Accept": "application/json",
            # A compressed answer could be small on the wire and huge in memory.
            "Accept-Encoding": "identity",
            "User-Agent": "waybridge",
            self.message_header: self.new_id(),
            **self.headers,
            **self.credentials.headers,
            **body.headers,
            **(headers or {}),
        }
        try:
            return session_for(self.partner).request(
                method,
                self.base_url.rstrip("/") + path,
                params=params,
                json=body.json,
                data=body.data,
                headers=sent_headers,
                auth=self.credentials.basic,
                timeout=(self.limits.connect_s, self.limits.read_s),
                allow_redirects=False,
                stream=True,
            )
        except (requests.exceptions.InvalidJSONError, ValueError):
            reason = "our request holds a value that cannot be sent"
            raise Refused(
                "", "unsendable", reason, partner=self.partner, operation=call.operation
            ) from None
        except requests.RequestException as error:
            # `from None`: the library's own text holds the full URL.
            if _never_left(error):
                raise call.fault(Unavailable, "no connection") from None
            timed_out = isinstance(error, requests.Timeout)
            raise call.uncertain("no answer in time" if timed_out else "cut off") from None

    def _read(self, call: _Call, response: requests.Response, *, began: float) -> bytes:
        chunks, size = [], 0
        try:
            # read1 gives what has come; read would wait for a full buffer past the deadline.
            while chunk := response.raw.read1(64 * 1024, decode_content=True):
                chunks.append(chunk)
                size += len(chunk)
                if size > self.limits.max_bytes:
                    raise call.uncertain(f"the answer is over {self.limits.max_bytes} bytes")
                if time.monotonic() - began > self.limits.total_s:
                    raise call.uncertain("the answer takes too long")
        except (urllib3.exceptions.HTTPError, OSError):
            raise call.uncertain("the answer broke off") from None
        return b"".join(chunks)

    def _judge(self, call: _Call, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
        parsed, is_json = answers.parse_json(body)
        if status in call.also or 200 <= status < 300:
            if not is_json:
                raise call.uncertain("the answer is not JSON")
            return Answer(status=status, headers=headers, body=parsed, call=call)
        if status == 429:
            wait_s = answers.retry_after_s(headers.get("Retry-After"), now=self.clock())
            raise RateLimited(wait_s, partner=self.partner, operation=call.operation)
        if status in {401, 403}:
            raise call.fault(NotAuthorised, f"refused our credentials ({status})")
        if 400 <= status < 500 and status != 408:
            where, code, message = self.explain(status, parsed)
            raise Refused(
                where,
                code,
                self.credentials.redact(message)[:1000],
                status=status,
                partner=self.partner,
                operation=call.operation,
                faults=tuple(
                    (field, code, self.credentials.redact(message)[:300])
                    for field, code, message in answers.field_faults(parsed)
                ),
            )
        # 5xx, 408, a redirect we do not follow: it may or may not have been done.
        raise call.uncertain(f"answered {status}")


def segment(value: str, *, field: str) -> str:
    """`value` as one path segment. Raises `Refused` where it could change the path."""
    if not value or value in {".", ".."}:
        raise Refused(field, "invalid", f"{value!r} cannot stand in an address")
    return quote(value, safe="")


def check_base_url(base_url: str) -> None:
    """Raise `ValueError` unless it is http(s) with a host and nothing hidden in it."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a partner's base URL must begin with http:// or https:// and a host")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("a partner's base URL may not hold credentials, a query or a fragment")


def _sendable(secret: str) -> str:
    # Checked here because the HTTP library would show the value in its own error.
    if not secret or not all("\x21" <= character <= "\x7e" for character in secret):
        raise ValueError("a credential is empty or holds a character a header cannot carry")
    return secret


def _never_left(error: requests.RequestException) -> bool:
    """True when no byte of the request can have reached the partner."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(
        reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError
    ) or "CERTIFICATE_VERIFY_FAILED" in str(reason)


_sessions: dict[tuple[int, str], requests.Session] = {}
_sessions_lock = threading.Lock()


def session_for(partner: str) -> requests.Session:
    """The partner's connection pool in this process.

    Keyed by process id: a pool inherited over fork would share one socket between two workers.
    """
    key = (os.getpid(), partner)
    with _sessions_lock:
        if key not in _sessions:
            session = requests.Session()
            session.trust_env = False  # no .netrc credentials, no proxy from the environment
            # One account's cookie must not travel with another's call.
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
            adapter = HTTPAdapter(pool_connections=4, pool_maxsize=16, max_retries=0)
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            _sessions[key] = session
        return _sessions[key]
