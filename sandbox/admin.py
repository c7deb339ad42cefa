"""The calls that are not a partner's: health, faults, what is known, which calls came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request

from sandbox import faults
from sandbox.instants import instant
from sandbox.printers.admin import PrinterAdmin
from sandbox.printers.raw import RawPrinter
from sandbox.shop_admin import ShopAdmin
from sandbox.shops import Shop
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Operation, Refused

CALLS_SHOWN = 200


class Admin:
    """No key: it listens on loopback and holds nothing that is worth one."""

    name = "_"
    prefix = ""

    def __init__(
        self,
        partner_names: frozenset[str],
        known_shops: Iterable[Shop] = (),
        printers: Callable[[], list[RawPrinter]] = list,
    ) -> None:
        self._partner_names = partner_names
        self.operations = (
            Operation("health", "GET", "/_health", _health),
            Operation("state", "GET", "/_state", _state),
            Operation("calls", "GET", "/_calls", _calls),
            Operation("add fault", "POST", "/_faults", self._add_fault),
            Operation("faults", "GET", "/_faults", _faults),
            Operation("clear faults", "DELETE", "/_faults", _clear_faults),
            *ShopAdmin(known_shops).operations,
            *PrinterAdmin(printers).operations,
        )

    def is_authorised(self, request: Request) -> bool:  # noqa: ARG002
        """Everyone on this machine may look."""
        return True

    def error(self, request: Request, status: int, problems: list[Problem]) -> Answer:  # noqa: ARG002
        """Put problems into the shape of the partners of our own reading."""
        errors = [
            {"field": problem.field, "code": problem.code, "message": problem.message}
            for problem in problems
        ]
        return Answer(status, {"errors": errors})

    def _add_fault(self, call: Call) -> Answer:
        body = call.body()
        if problems := faults.problems(body, partners=self._partner_names):
            raise Refused(422, problems)
        number = faults.add(
            call.world.state,
            partner=body["partner"],
            operation=body.get("operation", "*"),
            kind=body["kind"],
            times=int(body.get("times", 1)),
            seconds=float(body.get("seconds", 0)),
        )
        return Answer(201, {"id": number})


def _health(call: Call) -> Answer:
    return Answer(200, {"status": "ok", "now": instant(call.now)})


def _faults(call: Call) -> Answer:
    rows = call.world.state.rows("SELECT * FROM fault ORDER BY id")
    return Answer(200, {"faults": [dict(row) for row in rows]})


def _clear_faults(call: Call) -> Answer:
    faults.clear(call.world.state)
    return Answer(204)


def _calls(call: Call) -> Answer:
    """Show the newest calls, oldest first; `?partner=` and `?limit=` narrow it."""
    partner, limit = call.request.args.get("partner", ""), call.request.args.get("limit", "")
    calls = [each for each in call.world.state.calls if partner in {"", each["partner"]}]
    shown = int(limit) if limit.isdecimal() and len(limit) < 7 else CALLS_SHOWN
    return Answer(200, {"counts": call.world.state.call_counts, "calls": calls[-shown:]})


def _state(call: Call) -> Answer:
    state = call.world.state
    partners: dict[str, dict[str, Any]] = {}
    references: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in state.rows("SELECT partner, reference, tracking_number FROM parcel ORDER BY rowid"):
        references[row["partner"]][row["reference"]].append(row["tracking_number"])
    for partner, found in references.items():
        statuses = state.rows(
            "SELECT status, COUNT(*) AS n FROM parcel WHERE partner = ? GROUP BY status", partner
        )
        partners[partner] = {
            "bookings": sum(map(len, found.values())),
            "bookings_by_reference": found,
            "doubles": {key: numbers for key, numbers in found.items() if len(numbers) > 1},
            "parcels": {row["status"]: row["n"] for row in statuses},
        }
    for name, table, key in (
        ("customs", "declaration", "lrn"),
        ("delivery", "consignment", "reference"),
    ):
        statuses = state.rows(
            f"SELECT status, COUNT({key}) AS n FROM {table} GROUP BY status"  # noqa: S608
        )
        partners[name] = {row["status"]: row["n"] for row in statuses}
    waiting = state.one("SELECT COUNT(*) AS n FROM feed WHERE push_due IS NOT NULL")
    return Answer(
        200,
        {
            "now": instant(call.now),
            "way_seconds": call.world.way_seconds,
            "partners": partners,
            "pushes_waiting": 0 if waiting is None else waiting["n"],
        },
    )
