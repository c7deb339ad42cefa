"""The flows as production runs them: a process that is the app role, not the owner in its clothes.

The rest of the suite takes the role on with `SET LOCAL ROLE`; here nothing does, and nothing could
take it off again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.embedded.roles import OPERATOR
from core.models import Merchant
from tests.factories import a_merchant
from tests.flows.parcels import worker_environment
from tests.sandbox.program import Program

ROOT = Path(__file__).resolve().parents[2]
APP_PROGRAM = """
import json, sys
import django
django.setup()
from django.db import connection
from django.utils import timezone
from core.jobs import drain_queue
from core.models import Event, Job, Merchant
from core.tenancy import across_merchants, merchant
from flows.intake import receive_orders
from flows.fulfilment import plan_next_wave, release
from orders.models import Channel, Order
from orders.services import ensure_channel
from shipping.models import Booking
from tests.factories import a_parsed_order
from warehouse.models import Warehouse
owner_id, other_id = map(int, sys.argv[1:])
said = {}
with merchant(owner_id):
    channel = ensure_channel(kind=Channel.Kind.API, name="api", now=timezone.now())
    with merchant(owner_id):
        received = receive_orders(
            orders=[a_parsed_order() for _ in range(3)], channel=channel, actor="t",
            now=timezone.now(),
        )
    said["after_nested"] = Order.objects.count()
while drain_queue(merchant_id=owner_id, queue="flow"):
    pass
wave = plan_next_wave(
    merchant_id=owner_id, warehouse=Warehouse.objects.get(priority=10), actor="t",
    now=timezone.now(),
)
release(merchant_id=owner_id, wave_id=wave.pk, actor="t", now=timezone.now())
for queue in ("calls", "documents", "flow"):
    drain_queue(merchant_id=owner_id, queue=queue)
with merchant(owner_id):
    said["booked"] = Booking.objects.filter(status="booked", label__isnull=False).count()
    said["failed"] = list(Job.objects.exclude(status="done").values_list("kind", "last_error"))
    said["merchants"] = Merchant.objects.count()
with merchant(other_id):
    said["other"] = Order.objects.count()
try:
    with merchant(owner_id):
        Event.objects.create(
            kind="undone", subject_kind="t", subject_id=1, actor="t", at=timezone.now()
        )
        raise ValueError
except ValueError:
    pass
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user, current_setting('waybridge.merchant_id', true)")
    said["user"], said["left_over"] = cursor.fetchone()
    cursor.execute("SELECT count(*) FROM orders_order")
    said["outside"] = cursor.fetchone()[0]
with merchant(owner_id):
    said["undone"] = Event.objects.filter(kind="undone").count()
with across_merchants("The app role tries to see everything."):
    said["across"] = Order.objects.count()
print(json.dumps(said))
"""
OPERATOR_PROGRAM = """
import json, sys
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from core.jobs import drain_queue
from core.models import Job
from core.querysets import due_queues
from core.tenancy import across_merchants, merchant
from flows.board import board
from flows.expiring import expire_everybody
from flows.intake import receive_orders
from flows.replenishing import measure_everybody
from flows.transit import due_polls, silent_parcels
from flows.wave_proposals import propose_due
from orders.models import Channel, Order
from orders.services import ensure_channel
from tests.factories import a_parsed_order
from tests.floor import a_template
from warehouse.models import Warehouse
from warehouse.services.retention import purge_floor
owner_id, other_id = map(int, sys.argv[1:])
said = {}
with across_merchants("The operator sees everything."):
    said["across"] = Order.objects.count()
    with merchant(other_id):
        said["narrowed"] = Order.objects.count()
    said["restored"] = Order.objects.count()
said["queues"] = len(due_queues(now=timezone.now()))
due_polls(now=timezone.now()), silent_parcels(now=timezone.now())
board(warehouse_ids=[house.pk for house in Warehouse.objects.all()])
expire_everybody(now=timezone.now()), measure_everybody(now=timezone.now())
purge_floor(now=timezone.now())
with merchant(owner_id):
    channel = ensure_channel(kind=Channel.Kind.API, name="api", now=timezone.now())
    another = a_parsed_order(
        external_order="AT-THE-OPERATOR", recipient_name="Max Muster", street_lines=("Allee 5",)
    )
    receive_orders(orders=[another], channel=channel, actor="t", now=timezone.now())
    said["status"] = str(Order.objects.get(external_order="AT-THE-OPERATOR").status)
while drain_queue(merchant_id=owner_id, queue="flow"):
    pass
# An hour before the next cut-off of a workday in Shenzhen.
day = timezone.now() + timedelta(days=1)
while day.weekday() > 4:
    day += timedelta(days=1)
at = day.replace(hour=9, minute=0)
a_template(Warehouse.objects.get(priority=10))
said["proposed"] = propose_due(now=at)
said["again"] = propose_due(now=at)
with merchant(owner_id):
    said["proposals"] = Job.objects.filter(kind="waves.propose").count()
print(json.dumps(said))
"""


@pytest.fixture
def others(house: Merchant) -> Merchant:
    return a_merchant("other")


def run(program: str, environment: dict[str, str], *merchants: Merchant) -> Any:
    ran = subprocess.run(
        [sys.executable, "-c", program, *(str(each.pk) for each in merchants)],
        cwd=ROOT,
        env={**environment, "PATH": "/usr/bin", "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_orders_are_received_and_booked_by_the_app_role_itself(
    house: Merchant, others: Merchant, connected: Program
) -> None:
    environment = worker_environment(connected)
    said = run(APP_PROGRAM, environment, house, others)
    assert said == {
        "after_nested": 3, "booked": 3, "failed": [], "merchants": 1, "other": 0,
        "user": "waybridge_app", "left_over": "", "outside": 0, "undone": 0, "across": 0,
    }  # fmt: skip
    database = environment["DATABASE_URL"].replace("waybridge_app@", f"{OPERATOR}@")
    said = run(OPERATOR_PROGRAM, {**environment, "DATABASE_URL": database}, house, others)
    assert said["across"] == said["restored"] == 3
    assert said["narrowed"] == 0
    assert said["status"] == "accepted"
    assert (said["proposed"], said["again"], said["proposals"]) == (1, 0, 1)
