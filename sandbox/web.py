"""The HTTP side all partners share: routes, keys, faults on demand, the log of calls."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from sandbox import faults
from sandbox.validation import NotJson, Problem, read_json
from sandbox.validation import Rule as BodyRule
from sandbox.world import World

LARGEST_BODY_BYTES = 20 * 1024 * 1024

log = logging.getLogger("sandbox")


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a JSON document, bytes as they are (`content`), or nothing at all."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


class Refused(Exception):
    """The partner says no. `problems` name the fields; `status` is the partner's own."""

    def __init__(self, status: int, problems: list[Problem]) -> None:
        super().__init__(problems[0].message if problems else str(status))
        self.status = status
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Call:
    """One request to one operation, made at the Unix instant `now`."""

    request: Request
    world: World
    now: float
    args: dict[str, str]

    def raw(self) -> bytes:
        """Return the body's bytes."""
        return self.request.get_data(cache=True)

    def text(self) -> str:
        """Return the document in one fixed spelling, decimals as text, for keeping."""
        return json.dumps(self.body(), sort_keys=True, default=str)

    def hash(self) -> str:
        """Return a hash that is the same for the same document, however it is written."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def body(self) -> Any:
        """Return the body as JSON. Raises Refused with 400."""
        try:
            return read_json(self.raw())
        except NotJson as error:
            text = f"the body is not JSON: {error}"
            raise Refused(400, [Problem((), "not_json", text)]) from error

    def checked(self, rule: BodyRule, *, status: int = 422) -> Any:
        """Return the body after holding it against `rule`. Raises Refused."""
        body = self.body()
        if problems := list(rule.check(body, ())):
            raise Refused(status, sorted(problems, key=lambda problem: problem.pointer))
        return body


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call a partner offers. `name` is what faults and the log call it.

    Where one address serves many calls, `called` tells the name of this one from its request.
    """

    name: str
    method: str
    rule: str
    handler: Handler
    called: Callable[[Request], str] | None = None

    def name_of(self, request: Request) -> str:
        """What faults and the log call this request."""
        return self.name if self.called is None else self.called(request)


class Partner(Protocol):
    """One outside party: its operations, its keys and the shape of its errors."""

    @property
    def name(self) -> str: ...

    @property
    def prefix(self) -> str: ...

    @property
    def operations(self) -> tuple[Operation, ...]: ...

    def is_authorised(self, request: Request) -> bool: ...

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer: ...


class StandIns:
    """The WSGI application: one URL map over all partners."""

    def __init__(
        self,
        world: World,
        *,
        partners: Iterable[Partner],
        admin: Partner,
        advance: Callable[[World, float], None],
    ) -> None:
        self.world = world
        self._advance = advance
        self.partners = {partner.name: partner for partner in partners}
        everyone = (*self.partners.values(), admin)
        self._operations = {
            f"{partner.name} {operation.method} {operation.rule}": (partner, operation)
            for partner in everyone
            for operation in partner.operations
        }
        self._map = Map(
            [
                Rule(partner.prefix + operation.rule, methods=[operation.method], endpoint=key)
                for key, (partner, operation) in self._operations.items()
            ],
            merge_slashes=False,
        )

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = Request(environ)
        request.max_content_length = LARGEST_BODY_BYTES
        answer = self._answer(request)
        payload = answer.content
        if answer.body is not None:
            payload = json.dumps(answer.body, ensure_ascii=False, default=_plain).encode()
        headers = {"Content-Type": "application/json", **answer.headers}
        return Response(payload, status=answer.status, headers=headers)(environ, start_response)

    def _answer(self, request: Request) -> Answer:
        try:
            key, args = self._map.bind_to_environ(request.environ).match()
        except HTTPException as error:
            partner = self._partner_of(request.path)
            text = f"{request.method} {request.path}: {error.name}"
            status = error.code or 404
            problems = [Problem((), "no_such_call", text)]
            if partner is None:
                return Answer(status, {"errors": [{"code": "no_such_call", "message": text}]})
            return partner.error(request, status, problems)
        partner, operation = self._operations[key]
        return self._serve(request, partner, operation, dict(args))

    def _partner_of(self, path: str) -> Partner | None:
        for partner in self.partners.values():
            if path.startswith(partner.prefix + "/"):
                return partner
        return None

    def _serve(
        self, request: Request, partner: Partner, operation: Operation, args: dict[str, str]
    ) -> Answer:
        if partner.name not in self.partners:
            return self._handle(request, partner, operation, args)
        now = time.time()
        name = operation.name_of(request)
        fault = faults.take(
            self.world.state, partner=partner.name, operation=name, kinds=faults.CALL_KINDS
        )
        status = 0
        try:
            answer = self._with_fault(request, partner, operation, args, fault)
            status = answer.status
        finally:
            self._note(
                request,
                partner=partner.name,
                operation=name,
                now=now,
                status=status,
                fault="" if fault is None else fault.kind,
            )
        return answer

    def _with_fault(
        self,
        request: Request,
        partner: Partner,
        operation: Operation,
        args: dict[str, str],
        fault: faults.Fault | None,
    ) -> Answer:
        kind = "" if fault is None else fault.kind
        if fault is not None and kind == "slow":
            time.sleep(fault.seconds)
        if fault is not None and kind in {"429", "500", "refuse"}:
            return _on_demand(request, partner, fault)
        if kind == "reset":
            # Read first: a caller still sending would meet a broken pipe instead of a reset.
            with contextlib.suppress(HTTPException):
                request.get_data()
            _hang_up(request, with_reset=True)
        answer = self._handle(request, partner, operation, args)
        if kind == "lost_answer":
            _hang_up(request, with_reset=False)
        return answer

    def _handle(
        self, request: Request, partner: Partner, operation: Operation, args: dict[str, str]
    ) -> Answer:
        if not partner.is_authorised(request):
            text = "the key is missing or wrong"
            return partner.error(request, 401, [Problem((), "not_authorised", text)])
        try:
            request.get_data(cache=True)
            # The instant is taken inside the lock, so that no event is dated after a later one.
            with self.world.state.change():
                now = time.time()
                self._advance(self.world, now)
                return operation.handler(Call(request, self.world, now, args))
        except Refused as refusal:
            return partner.error(request, refusal.status, refusal.problems)
        except HTTPException as error:
            problems = [Problem((), "bad_request", error.description or error.name)]
            return partner.error(request, error.code or 400, problems)
        except Exception:
            log.exception("%s %s", request.method, request.path)
            problems = [Problem((), "failure", "the stand-in itself failed; see its log")]
            return partner.error(request, 500, problems)

    def _note(
        self,
        request: Request,
        *,
        partner: str,
        operation: str,
        now: float,
        status: int,
        fault: str,
    ) -> None:
        state = self.world.state
        with state.lock:
            counts = state.call_counts.setdefault(partner, {})
            counts[operation] = counts.get(operation, 0) + 1
            state.calls.append(
                {
                    "at": now,
                    "partner": partner,
                    "operation": operation,
                    "method": request.method,
                    "path": request.full_path.rstrip("?"),
                    "key": request.headers.get("Idempotency-Key")
                    or request.headers.get("Message-Reference", ""),
                    "status": status,
                    "fault": fault,
                    "seconds": round(time.time() - now, 4),
                }
            )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    raise TypeError(f"{type(value).__name__} does not go into JSON")


def _on_demand(request: Request, partner: Partner, fault: faults.Fault) -> Answer:
    words = {"429": "too many calls", "500": "process failure", "refuse": "refused on demand"}
    status = 422 if fault.kind == "refuse" else int(fault.kind)
    code = {"429": "rate_limited", "500": "failure", "refuse": "refused_on_demand"}[fault.kind]
    answer = partner.error(request, status, [Problem((), code, words[fault.kind])])
    if fault.kind == "429" and getattr(partner, "tells_retry_after", True):
        answer.headers["Retry-After"] = str(max(1, round(fault.seconds)))
    return answer


def _hang_up(request: Request, *, with_reset: bool) -> None:
    """End the connection without an answer: a reset on the wire, or a plain close."""
    connection: socket.socket | None = request.environ.get("gunicorn.socket")
    if with_reset and connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Closed here: gunicorn would say goodbye first, and then it would be no reset.
        connection.close()
    # gunicorn ends the connection quietly on this error and writes nothing.
    raise ConnectionResetError(errno.ECONNRESET, "hung up on demand")
