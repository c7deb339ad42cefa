"""Texts of the data files that people read, marked for translation; a test holds them complete."""

from core.sentences import gettext_noop as _

MODES = (_("express"), _("postal"), _("line"))
GOODS = (
    _("antiques"),
    _("arms and ammunition"),
    _("banknotes and stamps of value"),
    _("beer"),
    _("cigars and cigarettes"),
    _("collectors' pieces"),
    _("dairy and honey"),
    _("diamonds"),
    _("drones"),
    _("electronic cigarettes"),
    _("ethyl alcohol"),
    _("explosives, fireworks and matches"),
    _("fermented drinks"),
    _("gold"),
    _("live animals"),
    _("live plants and cut flowers"),
    _("manufactured tobacco"),
    _("meat"),
    _("medicines"),
    _("medicines in doses"),
    _("nicotine products"),
    _("pesticides and disinfectants"),
    _("products of animal origin"),
    _("radioactive material"),
    _("raw furskins"),
    _("seeds for sowing"),
    _("spirits"),
    _("straw and basketwork"),
    _("vermouth"),
    _("wine"),
    _("wood and articles of wood"),
)
CONDITIONS = (
    _("at most 100 Wh per battery; battery service level"),
    _("at most 100 Wh per battery; service accepts batteries in equipment"),
    _("at most 4 cells or 2 batteries per item, and the post must be approved for them"),
    _("battery line only; at most 100 Wh per battery; charged to 30 % at most"),
    _("forbidden on passenger aircraft; PI965 Section II withdrawn 2022-04-01"),
    _("only with a dangerous goods contract"),
    _("the Universal Postal Union does not carry them"),
)
