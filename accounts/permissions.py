"""The declared permission of an API route, held against the caller's role."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.authentication import Caller
from core.routes import PUBLIC, SIGNED


class DeclaredPermission(BasePermission):
    """Allows what `@permission(read, write=…)` on the view declares; refuses undeclared views."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the caller may use the method on this view."""
        needed = view.waybridge_permission
        if request.method not in SAFE_METHODS:
            needed = view.waybridge_write_permission
        if needed in (PUBLIC, SIGNED):
            return True
        caller: Any = request.user
        return isinstance(caller, Caller) and caller.may(needed)
