"""Keyset pages: newest first by id, an opaque cursor, never a count."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from core.problems import Problem

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
LARGEST_ID = 2**63 - 1

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """The rows of one page, and the cursor of the next one; "" on the last page."""

    rows: list[M]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is asked for: rows with an id below `below`, at most `limit` of them."""

    limit: int = DEFAULT_LIMIT
    below: int | None = None

    @classmethod
    def read(cls, parameters: Mapping[str, str]) -> PageRequest:
        """Read `limit` and `cursor` of a query; raise a 400 `Problem` naming what is wrong."""
        limit = parameters.get("limit", "") or str(DEFAULT_LIMIT)
        if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:6]) <= MAX_LIMIT):
            raise Problem(
                status=400,
                code="invalid_limit",
                field="limit",
                detail=_("limit must be a whole number from 1 to {most}.").format(most=MAX_LIMIT),
            )
        cursor = parameters.get("cursor", "")
        return cls(int(limit), decode_cursor(cursor) if cursor else None)


def read_page(rows: models.QuerySet[M, Any], asked: PageRequest) -> Page[M]:
    """Evaluate one page of `rows`, newest first, inside the caller's merchant block."""
    if asked.below is not None:
        rows = rows.filter(pk__lt=asked.below)
    found = list(rows.order_by("-pk")[: asked.limit + 1])
    page = found[: asked.limit]
    return Page(page, encode_cursor(page[-1].pk) if len(found) > asked.limit else "")


def encode_cursor(last_id: int) -> str:
    """Return the cursor of the page behind the row `last_id`."""
    return base64.urlsafe_b64encode(f"before:{last_id}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> int:
    """Return the id a cursor stands for; raise a 400 `Problem` for anything we did not make."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        name, _colon, number = (
            base64.b64decode(padded, b"-_", validate=True).decode().partition(":")
        )
    except ValueError:
        name, number = "", ""
    if name != "before" or not number.isascii() or not number.isdigit() or len(number) > 19:
        raise Problem(
            status=400,
            code="invalid_cursor",
            field="cursor",
            detail=_("cursor is not one that this API gave; begin again without it."),
        )
    return min(int(number), LARGEST_ID)
