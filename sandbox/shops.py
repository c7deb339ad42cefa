"""What all marketplace stand-ins remember: orders, shipments, tokens, documents, rate buckets.

Bodies are kept in the vendor's own shape; a stand-in says through its `Shop` how to read one.
Every function expects the caller to hold the state's lock, as a handler does.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sandbox import faults
from sandbox.state import State
from sandbox.validation import Problem
from sandbox.web import Refused

Clock = Literal["updated_at", "created_at"]
TokenKind = Literal["access", "refresh", "code"]


@dataclass(frozen=True, slots=True)
class Order:
    """One order; `body` is the vendor's document, instants are Unix seconds."""

    external_order: str
    body: dict[str, Any]
    status: str
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel told. `key` is the vendor's id of it, `parcel` what it is told by (a number)."""

    external_order: str
    key: str
    parcel: str
    body: dict[str, Any]
    created_at: float


@dataclass(frozen=True, slots=True)
class Token:
    """A known token; `is_expired` at the instant it was looked up."""

    account: str
    kind: str
    expires_at: float | None
    is_expired: bool


@dataclass(frozen=True, slots=True)
class Shop:
    """How the admin calls treat one marketplace.

    `read` takes (vendor's body, now) and gives the order, its times as the body tells them; it
    raises `Refused` (422) for a body the vendor could not have. `stamp` takes (body, updated_at)
    and gives the body with that time written in. `consent` takes (state, account, redirect
    address, state parameter, now) and gives the parameters the vendor's consent page would
    come back with. `seeded`, where there is one, is told (state, account, order, now) of an order
    that has just been put in, so that the vendor can push it.
    """

    partner: str
    read: Callable[[dict[str, Any], float], Order]
    stamp: Callable[[dict[str, Any], float], dict[str, Any]]
    consent: Callable[[State, str, str, str, float], dict[str, str]]
    seeded: Callable[[State, str, Order, float], None] | None = None


def put_order(state: State, partner: str, account: str, order: Order) -> None:
    """Write an order, over an earlier state of the same one."""
    state.run(
        "INSERT INTO shop_order"
        " (partner, account, external_order, body, status, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (partner, account, external_order) DO UPDATE SET body = excluded.body,"
        " status = excluded.status, created_at = excluded.created_at,"
        " updated_at = excluded.updated_at",
        *(partner, account, order.external_order, _kept(order.body)),
        *(order.status, order.created_at, order.updated_at),
    )


def update_order(
    state: State,
    partner: str,
    account: str,
    external_order: str,
    *,
    body: dict[str, Any],
    status: str,
    now: float,
) -> None:
    """Change an order that is there: its body and status, changed at `now`."""
    state.run(
        "UPDATE shop_order SET body = ?, status = ?, updated_at = ?"
        " WHERE partner = ? AND account = ? AND external_order = ?",
        *(_kept(body), status, now, partner, account, external_order),
    )


def order(state: State, partner: str, account: str, external_order: str) -> Order | None:
    """The order of the account, or None."""
    row = state.one(
        "SELECT * FROM shop_order WHERE partner = ? AND account = ? AND external_order = ?",
        *(partner, account, external_order),
    )
    return None if row is None else _order(row)


def orders_between(
    state: State,
    partner: str,
    account: str,
    *,
    since: float,
    until: float,
    by: Clock = "updated_at",
    after: tuple[float, str] | None = None,
    offset: int = 0,
    limit: int = 100,
) -> list[Order]:
    """Orders with `since <= by <= until`, oldest first, at most `limit`.

    `after` (time, order id) continues behind that row whatever has changed since; `offset` counts
    rows, as vendors do whose pages shift when an order changes.
    """
    column = {"updated_at": "updated_at", "created_at": "created_at"}[by]
    at, name = after or (since, "")
    rows = state.rows(
        f"SELECT * FROM shop_order WHERE partner = ? AND account = ?"  # noqa: S608
        f" AND {column} >= ? AND {column} <= ? AND ({column}, external_order) > (?, ?)"
        f" ORDER BY {column}, external_order LIMIT ? OFFSET ?",
        *(partner, account, since, until, at, name, limit, offset),
    )
    return [_order(row) for row in rows]


def count_between(
    state: State, partner: str, account: str, *, since: float, until: float, by: Clock
) -> int:
    """How many orders `orders_between` has in all."""
    column = {"updated_at": "updated_at", "created_at": "created_at"}[by]
    row = state.one(
        f"SELECT COUNT(*) AS n FROM shop_order WHERE partner = ? AND account = ?"  # noqa: S608
        f" AND {column} >= ? AND {column} <= ?",
        *(partner, account, since, until),
    )
    return 0 if row is None else int(row["n"])


def add_shipment(state: State, partner: str, account: str, shipment: Shipment) -> None:
    """Remember a parcel told. The same one told twice is kept twice, and `doubles` shows it."""
    state.insert(
        "shop_shipment",
        partner=partner,
        account=account,
        external_order=shipment.external_order,
        shipment_key=shipment.key,
        parcel=shipment.parcel,
        body=_kept(shipment.body),
        created_at=shipment.created_at,
    )


def shipments(state: State, partner: str, account: str, external_order: str = "") -> list[Shipment]:
    """Parcels told, oldest first: of one order, or of all where none is named."""
    rows = state.rows(
        "SELECT * FROM shop_shipment WHERE partner = ? AND account = ?"
        " AND (? = '' OR external_order = ?) ORDER BY seq",
        *(partner, account, external_order, external_order),
    )
    return [
        Shipment(
            external_order=row["external_order"],
            key=row["shipment_key"],
            parcel=row["parcel"],
            body=json.loads(row["body"]),
            created_at=row["created_at"],
        )
        for row in rows
    ]


def doubles(told: Sequence[Shipment]) -> dict[str, list[str]]:
    """Parcels that were told more than once, by order and number, with the vendor's ids."""
    found: dict[str, list[str]] = {}
    for each in told:
        found.setdefault(f"{each.external_order} {each.parcel}", []).append(each.key)
    return {name: keys for name, keys in found.items() if len(keys) > 1}


def issue_token(
    state: State,
    partner: str,
    account: str,
    *,
    kind: TokenKind,
    expires_at: float | None,
    prefix: str = "",
) -> str:
    """A new token of the account, remembered; None as end means it has none."""
    token = prefix + secrets.token_urlsafe(24)
    state.insert(
        "shop_token",
        partner=partner,
        token=token,
        account=account,
        kind=kind,
        expires_at=expires_at,
    )
    return token


def check_token(
    state: State, partner: str, token: str, *, kind: TokenKind, now: float
) -> Token | None:
    """What is known of a token of that kind; None when nothing is."""
    row = state.one(
        "SELECT * FROM shop_token WHERE partner = ? AND token = ? AND kind = ?",
        *(partner, token, kind),
    )
    if row is None:
        return None
    end = row["expires_at"]
    return Token(row["account"], row["kind"], end, end is not None and end <= now)


def spend_token(state: State, partner: str, token: str) -> None:
    """Forget a token: a consent code that was used, a refresh token that was replaced."""
    state.run("DELETE FROM shop_token WHERE partner = ? AND token = ?", partner, token)


def expire_tokens(state: State, partner: str, account: str, *, kind: TokenKind, now: float) -> int:
    """End all tokens of the kind at `now`; how many there were."""
    return state.run(
        "UPDATE shop_token SET expires_at = ? WHERE partner = ? AND account = ? AND kind = ?",
        *(now, partner, account, kind),
    )


def put_document(
    state: State,
    partner: str,
    account: str,
    document_id: str,
    *,
    kind: str,
    body: Mapping[str, Any],
    content: bytes | None,
    now: float,
) -> None:
    """Write a document (an uploaded file, a feed and where it stands) over an earlier one."""
    state.run(
        "INSERT INTO shop_document"
        " (partner, document_id, account, kind, body, content, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (partner, document_id) DO UPDATE"
        " SET kind = excluded.kind, body = excluded.body, content = excluded.content",
        *(partner, document_id, account, kind, _kept(body), content, now),
    )


def document(
    state: State, partner: str, document_id: str
) -> tuple[str, str, dict[str, Any], bytes | None] | None:
    """(account, kind, body, content), or None."""
    row = state.one(
        "SELECT * FROM shop_document WHERE partner = ? AND document_id = ?", partner, document_id
    )
    if row is None:
        return None
    return row["account"], row["kind"], json.loads(row["body"]), row["content"]


def page_end(state: State, partner: str, operation: str, *, size: int) -> tuple[int, int | None]:
    """(rows of this page, row of it behind which the next page begins).

    `short_page` gives half of what was asked for, as vendors may. `repeat_page` gives a whole page
    and begins the next one in its middle, so that rows come twice; (size, None) without a fault.
    """
    fault = faults.take(state, partner=partner, operation=operation, kinds=faults.PAGE_KINDS)
    if fault is None:
        return size, None
    half = max(1, size // 2)
    return (half, None) if fault.kind == "short_page" else (size, half)


def set_limits(state: State, partner: str, limits: Mapping[str, tuple[float, int]]) -> None:
    """Switch rate limits on, by operation (calls a second, burst); {} switches them off."""
    state.run("DELETE FROM shop_limit WHERE partner = ?", partner)
    state.run("DELETE FROM shop_bucket WHERE partner = ?", partner)
    for operation, (rate_per_s, burst) in limits.items():
        state.insert(
            "shop_limit", partner=partner, operation=operation, rate_per_s=rate_per_s, burst=burst
        )


def limits(state: State, partner: str) -> dict[str, tuple[float, int]]:
    """The limits switched on."""
    rows = state.rows("SELECT * FROM shop_limit WHERE partner = ?", partner)
    return {row["operation"]: (row["rate_per_s"], row["burst"]) for row in rows}


def take_call(state: State, partner: str, account: str, operation: str, *, now: float) -> None:
    """Take one call out of the account's bucket where limits are on. Raises `Refused` with 429."""
    limit = state.one(
        "SELECT * FROM shop_limit WHERE partner = ? AND operation = ?", partner, operation
    )
    if limit is None:
        return
    bucket = state.one(
        "SELECT * FROM shop_bucket WHERE partner = ? AND account = ? AND operation = ?",
        *(partner, account, operation),
    )
    left = float(limit["burst"])
    if bucket is not None:
        filled = bucket["left"] + (now - bucket["at"]) * limit["rate_per_s"]
        left = min(left, filled)
    if left < 1:
        raise Refused(429, [Problem((), "rate_limited", "too many calls")])
    state.run(
        "INSERT INTO shop_bucket (partner, account, operation, left, at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (partner, account, operation)"
        " DO UPDATE SET left = excluded.left, at = excluded.at",
        *(partner, account, operation, left - 1, now),
    )


def _order(row: sqlite3.Row) -> Order:
    return Order(
        external_order=row["external_order"],
        body=json.loads(row["body"]),
        status=row["status"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _kept(body: Mapping[str, Any]) -> str:
    # A number with a point was read as a Decimal; the vendors tell money as text, not so.
    return json.dumps(body, ensure_ascii=False, default=float)
