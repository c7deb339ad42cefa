"""The small parts that several screens share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Tone = Literal["neutral", "progress", "good", "act", "bad"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Badge:
    """A status in words. Tones `act` and `bad` are kept for states that ask for action."""

    label: str
    tone: Tone = "neutral"


@dataclass(frozen=True, kw_only=True, slots=True)
class Coded:
    """A code of the trade with its plain words: HS 8517.62 "Wireless apparatus"."""

    code: str
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """One field of a list's filter bar; `name` is the query parameter."""

    name: str
    label: str
    kind: Literal["select", "search", "date"] = "select"
    value: str = ""
    options: tuple[Option, ...] = ()
    placeholder: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pager:
    """Keyset cursors for the neighbours of this page; None where there is none. No total count."""

    next_cursor: str | None = None
    previous_cursor: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tab:
    label: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """One change: what happened in words, by whom, when."""

    at: datetime
    actor: str
    words: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentRow:
    """One immutable file. `kind` in words; `replaces` is the number of the document it corrects."""

    kind: str
    number: str
    url: str
    made_at: datetime
    size_bytes: int
    sha256: str
    replaces: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Destructive:
    """An act that cannot simply be taken back: its label, what it will undo, where to post."""

    label: str
    undoes: str
    url: str
    confirm_label: str
    needs_reason: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkAction:
    """One button of the bulk bar; posts `action=value` with the chosen rows as `selected`."""

    value: str
    label: str
    undoes: str = ""
