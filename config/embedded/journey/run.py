"""The journey from beginning to end, and its words for the terminal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.embedded.journey import report, steps
from config.embedded.journey.files import check_product_file, read_order_file
from config.embedded.journey.merchant import MerchantDoor
from config.embedded.journey.progress import Stages
from config.embedded.journey.staff import StaffDoor

SHOWN = (
    "orders_in_file", "received", "created", "rejected", "held", "backordered", "allocated",
    "booked", "packed", "declared", "delivered", "lost", "claimed", "claims_paid",
)  # fmt: skip
WAITING_FOR_A_PERSON = ("accepted", "allocated", "packed", "shipped")
"""Standings in which a finished run leaves only what no machine could take further."""


@dataclass(frozen=True, slots=True)
class Login:
    """A member of the staff who works at the stations or decides claims."""

    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Errand:
    """What to do: both files, where to leave what comes of them, and who does it."""

    orders: Path
    products: Path
    out: Path
    merchant: str
    public_url: str
    admin_url: str
    floor: Login
    support: Login


def run(errand: Errand, *, api_secret: str, is_shown: bool = True) -> dict[str, Any]:
    """Do the journey and return what journey.json says.

    Both files are read to their end first: a refused file raises `FileRefused` before anything is
    sent. Raises `FileNotTaken`, `LoginFailed`, `DoorClosed`, `Refused` or `StillOpen`.
    """
    order_file = read_order_file(errand.orders)
    products = check_product_file(errand.products)
    errand.out.mkdir(parents=True, exist_ok=True)
    journey = steps.Journey(
        merchant=errand.merchant,
        api=MerchantDoor(errand.public_url, api_secret),
        floor=StaffDoor(errand.admin_url, email=errand.floor.email, password=errand.floor.password),
        support=StaffDoor(
            errand.admin_url, email=errand.support.email, password=errand.support.password
        ),
        stages=Stages(is_shown=is_shown),
        numbers=order_file.numbers,
        run=uuid.uuid4().hex[:12],
    )
    steps.send_file(journey, "products", errand.products, products)
    steps.send_file(journey, "orders", errand.orders, len(order_file.numbers))
    steps.allocate(journey)
    steps.release_waves(journey)
    steps.pack(journey)
    steps.hand_over(journey)
    steps.arrive(journey)
    steps.claim(journey)
    steps.find_floor_papers(journey)
    pictures = report.collect(journey)
    report.save_papers(journey, pictures, errand.out)
    return report.write(journey, pictures, errand.out)


def table(result: Mapping[str, Any]) -> str:
    """Return the totals and the seconds of each stage as two columns."""
    lines = [f"{name:<16}{result[name]:>8}" for name in SHOWN]
    seconds = result["seconds_by_stage"]
    lines += ["", *(f"{name:<16}{spent:>8.1f} s" for name, spent in seconds.items())]
    lines.append(f"{'together':<16}{sum(seconds.values()):>8.1f} s")
    stuck = [o["reference"] for o in result["orders"] if o["status"] in WAITING_FOR_A_PERSON]
    if stuck:
        lines += ["", f"{len(stuck)} orders wait for a person: {', '.join(stuck[:10])}"]
    return "\n".join(lines)
