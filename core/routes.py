"""Every route declares its permission; a process with one that does not refuses to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

PUBLIC = "public"
"""Anyone may call; the view itself guards what it shows (tracking link, login form)."""
SIGNED = "signed"
"""Callers prove themselves by a signature over the body (carrier pushes), or by a key that is no
person's and no merchant's (print agents)."""

FOREIGN_ROUTES = ("accounts/", "records/", "i18n/", "static/")
"""Routes of libraries, which guard themselves; the wall test walks them too."""

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Route:
    """One URL pattern with what it demands."""

    pattern: str
    name: str
    permission: str | None
    callback: Callable[..., Any]


def permission(needed: str, *, write: str = "") -> Callable[[View], View]:
    """Declare what a view demands: `orders.view`, `staff.floor`, `public`, `signed`.

    `write` is what unsafe methods demand where that is another permission.
    """

    def declare(view: View) -> View:
        view.waybridge_permission = needed  # type: ignore[attr-defined]
        view.waybridge_write_permission = write or needed  # type: ignore[attr-defined]
        return view

    return declare


def all_routes() -> Iterator[Route]:
    """Yield every route of this process."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Route]:
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, here)
        else:
            yield Route(here, pattern.name or "", _declared(pattern.callback), pattern.callback)


def _declared(callback: Any) -> str | None:
    """Read the declaration off a function, a class-based view or a DRF view set."""
    cls = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    for holder in (callback, cls):
        needed = getattr(holder, "waybridge_permission", None)
        if needed is not None:
            return str(needed)
    return None


def refuse_undeclared_routes() -> None:
    """Raise `ImproperlyConfigured` naming every route without a declared permission."""
    missing = [
        route.pattern
        for route in all_routes()
        if route.permission is None and not route.pattern.startswith(FOREIGN_ROUTES)
    ]
    if missing:
        raise ImproperlyConfigured(
            f"Routes without a declared permission: {', '.join(missing)}."
            " Put @permission('…') on each view."
        )
