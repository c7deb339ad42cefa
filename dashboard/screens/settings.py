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
class InvitationRow:
    """An invitation that waits. `resend_url` takes a POST; empty for who may not invite."""

    email: str
    role: str
    badge: Badge
    sent_at: datetime
    expires_at: datetime
    invited_by: str
    resend_url: str = ""
    revoke: Destructive | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamPage:
    """`invite_form` is None for a member who may not invite; `role_notes` explain each role.

    `new_link` is the whole link for `invited`, set only in the answer to the POST that made it and
    only where no mail server is set.
    """

    tabs: tuple[Tab, ...]
    members: tuple[MemberRow, ...]
    role_notes: tuple[tuple[str, str], ...]
    invite_form: Form | None
    invite_url: str
    invitations: tuple[InvitationRow, ...] = ()
    new_link: str = ""
    invited: str = ""


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
