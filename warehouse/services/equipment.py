"""Printers and put walls: set up by an administrator, chosen at a station."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from integrations.printing.addresses import (
    NotAPrintersPort,
    NotInTheBuilding,
    check_address,
    check_port,
)
from warehouse.models import Printer, PutWall, PutWallSlot, StationPrinter, Warehouse


class NameTaken(ValueError):
    """The building has something of this kind under this name."""


def save_printer(
    *,
    printer_id: int | None,
    warehouse: Warehouse,
    name: str,
    kind: str,
    accepts: str,
    dpi: int,
    media: str,
    address: str,
    port: int,
    path: str,
    is_active: bool,
) -> Printer:
    """Add a printer or change one; what was wrong with it is forgotten, so that it is tried again.

    Raises `NotInTheBuilding` for an address outside of private networks, `NotAPrintersPort`,
    `NameTaken`, `Printer.DoesNotExist`.
    """
    inside = check_address(address)
    check_port(inside, port)
    values = {
        "name": name, "kind": kind, "accepts": accepts, "dpi": dpi, "media": media,
        "address": inside, "port": port, "path": path, "is_active": is_active,
        "fault_said": None, "fault_since": None, "try_after": None, "faults_in_row": 0,
    }  # fmt: skip
    try:
        with transaction.atomic():
            if printer_id is None:
                return Printer.objects.create(warehouse=warehouse, **values)
            printer = Printer.objects.select_for_update().get(pk=printer_id)
            for field, value in values.items():
                setattr(printer, field, value)
            printer.save(update_fields=list(values))
            return printer
    except IntegrityError as error:
        raise NameTaken(name) from error


def choose_printer(
    *, warehouse: Warehouse, name: str, printer: Printer | None, actor: str, now: datetime
) -> StationPrinter:
    """Say where the labels of a station come out; None: in the browser that stands there."""
    station, _made = StationPrinter.objects.update_or_create(
        warehouse=warehouse,
        name=name,
        defaults={"printer": printer, "chosen_by": actor, "chosen_at": now},
    )
    return station


def make_wall(*, warehouse: Warehouse, code: str, slots: Sequence[str]) -> PutWall:
    """Set up a put wall with the codes that stand on its slots; raise `NameTaken`."""
    try:
        with transaction.atomic():
            wall = PutWall.objects.create(warehouse=warehouse, code=code)
            PutWallSlot.objects.bulk_create(
                PutWallSlot(wall=wall, code=slot, position=position)
                for position, slot in enumerate(slots, start=1)
            )
            return wall
    except IntegrityError as error:
        raise NameTaken(code) from error


__all__ = [
    "NameTaken", "NotAPrintersPort", "NotInTheBuilding", "choose_printer", "make_wall",
    "save_printer",
]  # fmt: skip
