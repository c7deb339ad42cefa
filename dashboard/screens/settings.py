"""dashboard/settings/team.html and api_keys.html"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.forms import Form

from dashboard.screens.common import Badge, Destructive, Option, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberRow:
    """`role_url` takes a POST of `role`; empty where this member may not be changed."""

    name: str
    email: str
    roles: tuple[Option, ...]
    role_label: str
    role_url: str
    has_second_factor: bool
    last_seen_at: datetime | None
    remove: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamPage:
    """`invite_form` is None for a member who may not invite; `role_notes` explain each role."""

    tabs: tuple[Tab, ...]
    members: tuple[MemberRow, ...]
    role_notes: tuple[tuple[str, str], ...]
    invite_form: Form | None
    invite_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKeyRow:
    name: str
    prefix: str
    scope: str
    made_at: datetime
    made_by: str
    last_used_at: datetime | None
    badge: Badge
    revoke: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKeysPage:
    """`new_key` is the whole key, set only in the answer to the POST that made it."""

    tabs: tuple[Tab, ...]
    keys: tuple[ApiKeyRow, ...]
    form: Form | None
    post_url: str
    reference_url: str
    example: str
    new_key: str = ""
