"""Sessions in the database, as Django keeps them, read by a query that is made once.

Every request of a signed-in person reads its session and its account first.
"""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from core.prepared import Prepared

SESSIONS = Prepared(Session, lambda rows, session_key: rows.filter(pk=session_key), "session_key")


class SessionStore(DatabaseStore):
    """Django's own store in everything else."""

    def _get_session_from_db(self) -> Session | None:
        """Return the row of this session; one that has run out is as none, and is forgotten."""
        found = SESSIONS.first(session_key=self.session_key or "")
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
