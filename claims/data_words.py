"""Texts of the data files that people read, marked for translation; a test holds them complete."""

from core.sentences import gettext_noop as _

RULES = (
    _("22 SDR per kilogram"),
    _("26 SDR per kilogram"),
    _("30 SDR per item"),
    _("at most 10 USD per parcel"),
    _("at most 100 USD per parcel"),
    _("at most 50 USD per parcel"),
    _("nothing is paid for delay"),
)
SOURCES = (
    _("Montreal Convention Art. 22, limits as revised by ICAO"),
    _(
        "Montreal Convention Art. 22, limits as revised by ICAO; filing time from the carrier's "
        "published terms"
    ),
    _("UPU Convention regulations, registered and tracked small packets"),
    _("operator terms"),
)
