"""A whole installation for measuring, and the journey's hands in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg2

from config.embedded.journey.files import read_order_file
from config.embedded.journey.merchant import MerchantDoor
from config.embedded.journey.progress import Stages
from config.embedded.journey.staff import StaffDoor
from config.embedded.journey.steps import Journey
from config.embedded.stack import Stack
from tests.stack import ephemeral_stack

MERCHANT = "brightpeak"


@contextmanager
def installation(**env: str) -> Iterator[Stack]:
    """Run the product on a folder of its own; this process becomes one of its operator's."""
    with ephemeral_stack(**env) as stack:
        os.environ.update(stack.env_for("operator"))
        django.setup()
        yield stack


@contextmanager
def journey(stack: Stack, orders: Path) -> Iterator[Journey]:
    """Open the doors for one order file."""
    from dashboard.management.commands.journey import api_key  # noqa: PLC0415 - needs Django
    from flows.demo import password  # noqa: PLC0415

    with api_key(MERCHANT) as secret:
        yield Journey(
            merchant=MERCHANT,
            api=MerchantDoor(stack.public_url, secret),
            floor=StaffDoor(stack.admin_url, email="floor@operator.example", password=password()),
            support=StaffDoor(
                stack.admin_url, email="support@operator.example", password=password()
            ),
            stages=Stages(is_shown=False, stalled_after_s=180),
            numbers=read_order_file(orders).numbers,
            run=os.urandom(6).hex(),
        )


def rows(stack: Stack, statement: str) -> list[tuple[object, ...]]:
    """Read every merchant's rows with the operator's role: for measuring only."""
    connection = psycopg2.connect(stack.state.databases["operator"])
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('waybridge.across', 'on', false)")
            cursor.execute(statement)
            return list(cursor.fetchall())
    finally:
        connection.close()
