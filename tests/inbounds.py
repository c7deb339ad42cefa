"""Inbounds and scans at the dock, made through the flows."""

from __future__ import annotations

from typing import Any

from django.test import Client

from core.models import Merchant
from core.tenancy import merchant
from flows.inbounds import SaidLine, announce
from tests.factories import ACTOR, NOW
from tests.floor import a_scan, ask
from warehouse.models import Inbound, Warehouse
from warehouse.services.inbounds import InboundFacts


def an_inbound(owner: Merchant, house: Warehouse, *lines: SaidLine, **facts: Any) -> Inbound:
    """Announce an inbound; ten mugs unless lines are named."""
    with merchant(owner):
        return announce(
            facts=InboundFacts(warehouse=house, **facts),
            lines=lines or (SaidLine("MUG-BLUE", 10),),
            source="api",
            actor=ACTOR,
            now=NOW,
        )


class Dock:
    """One browser at a station: every scan gets the next number."""

    def __init__(self, client: Client, path: str, prefix: str = "dock") -> None:
        self.client, self.path, self.prefix, self.number = client, path, prefix, 0

    def scan(self, *codes: str) -> dict[str, Any]:
        """Scan codes in one request; return the whole answer."""
        scans = []
        for code in codes:
            self.number += 1
            scans.append(a_scan(self.number, code, self.prefix))
        answer = ask(self.client, self.path, {"scans": scans})
        assert answer.status_code == 200, answer.content
        found: dict[str, Any] = answer.json()
        return found

    def said(self, code: str) -> tuple[str, str]:
        """Scan one code; return verdict and message."""
        (result,) = self.scan(code)["results"]
        return result["verdict"], result["message"]
