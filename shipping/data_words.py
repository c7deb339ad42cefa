"""Texts of the data files that people read, marked for translation; a test holds them complete."""

from core.sentences import gettext_noop as _

SERVICES = ("DHL Express Worldwide", "EastLine Standard", _("Postal small packet (tracked)"))
"""Names of services; those that are a brand stay as they are."""
ZONES = (
    _("asia_near"),
    _("asia_pacific"),
    _("east_asia"),
    _("eu_other"),
    _("eu_south"),
    _("eu_west"),
    _("europe"),
    _("gb"),
    _("gulf"),
    _("latin_america"),
    _("middle_east"),
    _("north_america"),
    _("oceania"),
    _("rest"),
)
BATTERY_KINDS = (_("contained"), _("packed"), _("alone"))
