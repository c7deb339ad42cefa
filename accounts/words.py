"""Who did something, as staff read it: people by their address, keys by their beginning."""

from __future__ import annotations

from django.utils.translation import gettext as _

PEOPLE = ("user", "staff")


def actor_name(actor: str) -> str:
    """The person or key behind an event's actor; what the house did by itself is the house's."""
    door, _colon, name = actor.partition(":")
    if door in PEOPLE:
        return name
    return _("API key %(prefix)s") % {"prefix": name} if door == "key" else "Waybridge"
