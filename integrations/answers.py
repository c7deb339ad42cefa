"""Reading partners' answers, which may hold anything. Pure: no network, no clock."""

from __future__ import annotations

import base64
import binascii
import json
import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

DEFAULT_RETRY_AFTER_S = 5.0
LONGEST_RETRY_AFTER_S = 24 * 3600.0


def parse_json(body: bytes) -> tuple[Any, bool]:
    """(value, True), or (None, False) where the bytes are not JSON. Nothing at all is (None, True).

    NUL and lone surrogates are taken out of texts: the database can store neither.
    """
    if not body.strip():
        return None, True
    try:
        return _storable(json.loads(body, parse_constant=_no_constant)), True
    except (ValueError, RecursionError):
        return None, False


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def retry_after_s(header: str | None, *, now: datetime) -> float:
    """Seconds to wait from a Retry-After header: a number of seconds or an HTTP date (RFC 9110).

    Missing or unreadable is 5 s; never below 0, never above a day.
    """
    if header is None:
        return DEFAULT_RETRY_AFTER_S
    try:
        seconds = float(header)
    except ValueError:
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return DEFAULT_RETRY_AFTER_S
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        seconds = (until - now).total_seconds()
    if not math.isfinite(seconds):
        return DEFAULT_RETRY_AFTER_S
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)


def explain_field_errors(status: int, body: Any) -> tuple[str, str, str]:
    """(field, code, message) from `{"errors": [{"field", "code", "message"}]}`.

    The first error names the field; the message tells all of them.
    """
    faults = field_faults(body)
    if not faults:
        return "", f"http_{status}", f"refused without a reason ({status})"
    told = [" ".join(filter(None, (field, message))) for field, _, message in faults]
    return faults[0][0], faults[0][1] or f"http_{status}", "; ".join(told)


def field_faults(body: Any) -> list[tuple[str, str, str]]:
    """All (field, code, message) of `{"errors": [...]}`, at most 50; [] for any other body."""
    errors = [error for error in as_list(as_dict(body).get("errors")) if isinstance(error, dict)]
    return [(text(e, "field"), text(e, "code"), text(e, "message")) for e in errors[:50]]


def as_dict(value: Any) -> dict[str, Any]:
    """`value` where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """`value` where it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def text(source: dict[str, Any], key: str) -> str:
    """The text under `key`; numbers become text, anything else is ""."""
    value = source.get(key)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def instant(value: str) -> datetime:
    """An aware UTC instant from ISO 8601 with an offset. Raises `ValueError` without one."""
    parsed = datetime.fromisoformat(value)
    if parsed.tzinfo is None:
        raise ValueError(f"{value!r} has no offset from UTC")
    return parsed.astimezone(UTC)


def file_bytes(value: str) -> bytes:
    """Bytes of a base64 text. Raises `ValueError` where it is not base64 or is empty."""
    try:
        content = base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if not content:
        raise ValueError("an empty file")
    return content
