"""A partner on loopback that answers exactly what a test tells it, byte by byte where needed."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Seen:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: Any
    raw: bytes = b""
    target: str = ""


@dataclass
class Partner:
    """`replies` are used up one per call; the last one stays."""

    url: str = ""
    replies: list[Callable[[BaseHTTPRequestHandler], None]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)


def answer(
    status: int,
    body: Any = None,
    *,
    raw: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Callable[[BaseHTTPRequestHandler], None]:
    content = json.dumps(body).encode() if raw is None else raw

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def slow(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return reply


def dripping(chunks: int, pause_s: float) -> Callable[[BaseHTTPRequestHandler], None]:
    """Never silent long enough for a read timeout, never done."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(chunks))
        handler.end_headers()
        for _ in range(chunks):
            try:
                handler.wfile.write(b" ")
                handler.wfile.flush()
            except OSError:
                break
            time.sleep(pause_s)
        handler.close_connection = True

    return reply


def broken_off(content: bytes, *, promised: int) -> Callable[[BaseHTTPRequestHandler], None]:
    """An ordinary close before all promised bytes have come."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        answer(201, raw=content, headers={"Content-Length": str(promised)})(handler)
        handler.close_connection = True

    return reply


def chunked(*parts: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer without a length; a zero-length chunk ends it, its absence does not."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for part in parts:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        handler.close_connection = True

    return reply


def reset(*, after: bytes = b"") -> Callable[[BaseHTTPRequestHandler], None]:
    """Drop the connection with a TCP reset, after sending `after`."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        if after:
            handler.wfile.write(after)
            handler.wfile.flush()
            time.sleep(0.05)
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()
        handler.close_connection = True

    return reply


def _is_json(headers: Message) -> bool:
    return "json" in headers.get("Content-Type", "json")


@contextmanager
def partner(*replies: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[Partner]:
    state = Partner(replies=list(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_call(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            state.seen.append(
                Seen(
                    method=self.command,
                    path=parts.path,
                    query=parse_qs(parts.query, keep_blank_values=True),
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=json.loads(sent) if sent and _is_json(self.headers) else None,
                    raw=sent,
                    target=self.path,
                )
            )
            reply = state.replies.pop(0) if len(state.replies) > 1 else state.replies[0]
            reply(self)

        def finish(self) -> None:
            with suppress(OSError):  # the test reset this connection on purpose
                super().finish()

        def log_message(self, *args: Any) -> None:
            del args

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_call)

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False  # a slow answer must not slow the test

        def handle_error(self, request: Any, client_address: Any) -> None:
            del request, client_address  # broken on purpose; the client's view is what counts

        def shutdown_request(self, request: Any) -> None:
            try:
                super().shutdown_request(request)
            except OSError:
                request.close()

    server = Server(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
