"""Which station a browser stands at: its warehouse and printer, in a signed cookie."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.access import StaffRequest
from flows.floor import station_of, warehouses_of
from warehouse.models import Printer, StationPrinter, Warehouse

COOKIE = "waybridge_station"
YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Here:
    """The station of a browser. Without a printer, the browser prints."""

    warehouse: Warehouse
    name: str
    printer: Printer | None

    @property
    def printer_id(self) -> int | None:
        return self.printer.pk if self.printer else None

    @property
    def words(self) -> str:
        """Where labels come out here."""
        return self.printer.name if self.printer else _("this browser")


def station_here(request: StaffRequest) -> Here | None:
    """Return the station of this browser, in the person's warehouses.

    A browser without one stands in the person's only warehouse and prints itself; None where the
    person works in several and has not said where this browser stands.
    """
    kept = request.get_signed_cookie(COOKIE, default="", max_age=YEAR_S)
    if kept and kept.isdigit():
        station = station_of(request.staff, int(kept))
        if station is not None:
            printer = station.printer if station.printer and station.printer.is_active else None
            return Here(station.warehouse, station.name, printer)
    mine = warehouses_of(request.staff)
    return Here(mine[0], "", None) if len(mine) == 1 else None


def remember_station(response: HttpResponseBase, station: StationPrinter, *, secure: bool) -> None:
    """Let the browser remember where it stands."""
    response.set_signed_cookie(
        COOKIE, str(station.pk), max_age=YEAR_S, httponly=True, samesite="Lax", secure=secure
    )
