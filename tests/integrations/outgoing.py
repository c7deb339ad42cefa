"""What really goes out: requests caught at the adapter of the HTTP library, as a validator wants
them."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
import urllib3
from openapi_core.datatypes import RequestParameters
from requests.adapters import BaseAdapter
from werkzeug.datastructures import Headers, ImmutableMultiDict


class Outgoing:
    """A request as the validator wants it, made of what really goes out."""

    def __init__(self, sent: requests.PreparedRequest) -> None:
        parts = urlsplit(str(sent.url))
        self.host_url = f"{parts.scheme}://{parts.netloc}"
        self.path = parts.path
        self.method = str(sent.method).lower()
        self.body = sent.body if isinstance(sent.body, bytes) else None
        self.content_type = str(sent.headers.get("Content-Type", ""))
        pairs = [
            (name, value)
            for name, values in parse_qs(parts.query, keep_blank_values=True).items()
            for value in values
        ]
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(pairs), header=Headers(dict(sent.headers)), cookie={}
        )


class Capture(BaseAdapter):
    """Keeps every request and answers with `replies`, one after the other; then 503, no answer.

    A reply is a body, answered with 200, or a status and a body.
    """

    def __init__(self, *replies: bytes | tuple[int, bytes]) -> None:
        super().__init__()
        self.sent: list[requests.PreparedRequest] = []
        self._replies = list(replies)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.sent.append(request)
        reply = self._replies.pop(0) if self._replies else (503, b"")
        status, content = (200, reply) if isinstance(reply, bytes) else reply
        response = requests.Response()
        response.status_code = status
        response.raw = urllib3.HTTPResponse(io.BytesIO(content), preload_content=False)
        response.request = request
        return response

    def close(self) -> None:
        return

    def session(self) -> requests.Session:
        """A session whose every request ends here."""
        session = requests.Session()
        session.mount("http://", self)
        session.mount("https://", self)
        return session
