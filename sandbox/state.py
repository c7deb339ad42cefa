"""What the stand-ins remember: one SQLite file, so that a restart forgets nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS parcel (
    tracking_number TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    reference TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    body TEXT NOT NULL,
    label BLOB NOT NULL DEFAULT x'',
    origin TEXT NOT NULL,
    destination TEXT NOT NULL,
    created_at REAL NOT NULL,
    handed_over_at REAL,
    is_lost INTEGER NOT NULL DEFAULT 0,
    is_silent INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'booked',
    step INTEGER NOT NULL DEFAULT 0,
    next_due REAL
);
CREATE INDEX IF NOT EXISTS parcel_by_reference ON parcel (partner, reference);
CREATE INDEX IF NOT EXISTS parcel_by_due ON parcel (next_due) WHERE next_due IS NOT NULL;
CREATE TABLE IF NOT EXISTS event (
    event_id TEXT PRIMARY KEY,
    partner TEXT NOT NULL,
    tracking_number TEXT NOT NULL,
    code TEXT NOT NULL,
    at REAL NOT NULL,
    place TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    visible_at REAL,
    copies INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS event_hidden ON event (visible_at) WHERE visible_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    partner TEXT NOT NULL,
    tracking_number TEXT NOT NULL,
    event_id TEXT NOT NULL,
    push_due REAL,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS feed_by_parcel ON feed (tracking_number, seq);
CREATE INDEX IF NOT EXISTS feed_by_partner ON feed (partner, seq);
CREATE INDEX IF NOT EXISTS feed_to_push ON feed (push_due) WHERE push_due IS NOT NULL;
CREATE TABLE IF NOT EXISTS handover (
    partner TEXT NOT NULL,
    handover_id TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (partner, handover_id)
);
CREATE TABLE IF NOT EXISTS declaration (
    lrn TEXT PRIMARY KEY,
    mrn TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    direction TEXT NOT NULL,
    country TEXT NOT NULL,
    dataset TEXT NOT NULL,
    transport_document TEXT NOT NULL,
    status TEXT NOT NULL,
    reason_code TEXT NOT NULL DEFAULT '',
    at REAL NOT NULL,
    way TEXT NOT NULL,
    next_due REAL
);
CREATE INDEX IF NOT EXISTS declaration_by_due ON declaration (next_due)
    WHERE next_due IS NOT NULL;
CREATE INDEX IF NOT EXISTS declaration_by_document ON declaration (transport_document, direction);
CREATE TABLE IF NOT EXISTS consignment (
    reference TEXT PRIMARY KEY,
    tracking_number TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    events TEXT NOT NULL DEFAULT '[]',
    way TEXT NOT NULL,
    step INTEGER NOT NULL DEFAULT 0,
    next_due REAL
);
CREATE INDEX IF NOT EXISTS consignment_by_due ON consignment (next_due)
    WHERE next_due IS NOT NULL;
CREATE INDEX IF NOT EXISTS consignment_by_parcel ON consignment (tracking_number);
CREATE TABLE IF NOT EXISTS callback (
    partner TEXT PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS shop_order (
    partner TEXT NOT NULL,
    account TEXT NOT NULL,
    external_order TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    PRIMARY KEY (partner, account, external_order)
);
CREATE INDEX IF NOT EXISTS shop_order_by_change
    ON shop_order (partner, account, updated_at, external_order);
CREATE INDEX IF NOT EXISTS shop_order_by_creation
    ON shop_order (partner, account, created_at, external_order);
CREATE TABLE IF NOT EXISTS shop_shipment (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    partner TEXT NOT NULL,
    account TEXT NOT NULL,
    external_order TEXT NOT NULL,
    shipment_key TEXT NOT NULL,
    parcel TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS shop_shipment_by_order
    ON shop_shipment (partner, account, external_order, seq);
CREATE TABLE IF NOT EXISTS shop_token (
    partner TEXT NOT NULL,
    token TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    expires_at REAL,
    PRIMARY KEY (partner, token)
);
CREATE TABLE IF NOT EXISTS shop_document (
    partner TEXT NOT NULL,
    document_id TEXT NOT NULL,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    content BLOB,
    created_at REAL NOT NULL,
    PRIMARY KEY (partner, document_id)
);
CREATE TABLE IF NOT EXISTS shop_limit (
    partner TEXT NOT NULL,
    operation TEXT NOT NULL,
    rate_per_s REAL NOT NULL,
    burst INTEGER NOT NULL,
    PRIMARY KEY (partner, operation)
);
CREATE TABLE IF NOT EXISTS shop_bucket (
    partner TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    left REAL NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (partner, account, operation)
);
CREATE TABLE IF NOT EXISTS ebay_push (
    event_id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    body TEXT NOT NULL,
    due REAL,
    attempts INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ebay_push_by_due ON ebay_push (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS print (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    printer TEXT NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    picture BLOB NOT NULL,
    read TEXT NOT NULL,
    printed_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS print_by_printer ON print (printer, id);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    partner TEXT NOT NULL,
    operation TEXT NOT NULL,
    kind TEXT NOT NULL,
    left INTEGER NOT NULL,
    seconds REAL NOT NULL
);
"""

CALLS_KEPT = 5_000
"""The call log is for looking at; it is bounded and does not survive a restart."""


class State:
    """One connection behind one lock: partners are slow in real life, not here.

    Every method expects the caller to hold `lock`, by `with state.lock:` for one statement or
    `with state.change():` for several that must happen together.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.calls: deque[dict[str, Any]] = deque(maxlen=CALLS_KEPT)
        self.call_counts: dict[str, dict[str, int]] = {}
        self._database = sqlite3.connect(
            folder / "stand-ins.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._database.row_factory = sqlite3.Row
        self._database.execute("PRAGMA journal_mode = WAL")
        # A killed process loses nothing under NORMAL; only a power cut could cost the last ms.
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)

    def close(self) -> None:
        """Fold the log back into the file and let go of it."""
        with self.lock:
            self._database.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """Hold the lock and make the statements inside one transaction."""
        with self.lock:
            if self._database.in_transaction:
                yield
                return
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def run(self, statement: str, *values: Any) -> int:
        """Execute one statement and return how many rows it changed."""
        return self._database.execute(statement, values).rowcount

    def one(self, statement: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row, or None."""
        row: sqlite3.Row | None = self._database.execute(statement, values).fetchone()
        return row

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows."""
        return self._database.execute(statement, values).fetchall()

    def insert(self, table: str, **values: Any) -> int:
        """Insert one row; table and column names come from this program only."""
        names = ", ".join(values)
        marks = ", ".join("?" * len(values))
        cursor = self._database.execute(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608
            tuple(values.values()),
        )
        return cursor.lastrowid or 0

    def next_number(self, name: str) -> int:
        """Count `name` up by one, starting at 1, and return it. Survives restarts."""
        row = self.one(
            "INSERT INTO counter (name, value) VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            name,
        )
        if row is None:  # RETURNING always gives the row
            raise RuntimeError("SQLite returned no counter row")
        return int(row["value"])

    @property
    def has_faults(self) -> bool:
        """Whether any fault waits; asked on every call, so it is one cheap look."""
        return self.one("SELECT 1 FROM fault LIMIT 1") is not None
