"""Requests caught at the adapter of the HTTP library, as they would go out, for a validator."""

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
    """Answers one request after another with `replies` (status, body); then 503 for ever."""

    def __init__(self, *replies: tuple[int, bytes]) -> None:
        super().__init__()
        self.sent: list[requests.PreparedRequest] = []
        self.replies = list(replies)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self.sent.append(request)
        status, body = self.replies.pop(0) if self.replies else (503, b"")
        response = requests.Response()
        response.status_code = status
        response.raw = urllib3.HTTPResponse(io.BytesIO(body), preload_content=False)
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
