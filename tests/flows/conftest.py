"""A small operator with its demonstration data, the stand-ins, and workers in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core.jobs import drain_queue
from core.models import Job, Merchant
from core.tenancy import across_merchants, merchant
from flows import partners
from flows.demo import seed
from tests.flows.parcels import a_house
from tests.sandbox.program import Program

QUEUES = ("flow", "calls", "documents")
PATHS = {
    "dhl_express": "dhl-express", "postal": "postal/v1", "line": "line/v1",
    "customs": "customs/v1", "delivery": "delivery/v1",
}  # fmt: skip


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The stand-ins as a process of their own; a parcel's way takes one second."""
    program = Program(data=tmp_path_factory.mktemp("stand-ins"), way_seconds=1)
    program.start()
    yield program
    program.stop()


@pytest.fixture
def connected(
    transactional_db: None, settings: Any, stand_ins: Program, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Program]:
    """Real transactions, and clients that speak to the stand-ins; nothing goes to the broker."""
    settings.PARTNERS = {
        code: {**values, "base_url": f"{stand_ins.url}/{PATHS[code]}"}
        for code, values in settings.PARTNERS.items()
    }
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    forget_clients()
    yield stand_ins
    stand_ins.call("DELETE", "/_faults")
    forget_clients()


@pytest.fixture
def house(connected: Program) -> Merchant:
    """A merchant with stock, at a warehouse that all three carriers collect from."""
    return a_house()


@pytest.fixture
def brightpeak(connected: Program, settings: Any) -> Merchant:
    """The demonstration's first merchant."""
    settings.TRACKING_POLL_SECONDS = 0
    settings.SILENCE_COMPRESSION = 259_200
    seed(now=timezone.now())
    with across_merchants("The test works as one merchant."):
        return Merchant.objects.get(code="brightpeak")


def forget_clients() -> None:
    """Make the next call build its client from the settings of now."""
    partners.carrier.cache_clear()
    partners.authority.cache_clear()
    partners.delivery_partner.cache_clear()


def work(owner: Merchant) -> None:
    """Do every job that is due, as workers would, until none is."""
    while due(owner):
        for queue in QUEUES:
            drain_queue(merchant_id=owner.pk, queue=queue)


def due(owner: Merchant) -> bool:
    """Tell whether a job could be done now."""
    with merchant(owner):
        ready = Job.objects.filter(
            status="queued", run_after__lte=timezone.now(), lease_until__isnull=True
        )
        return ready.exists()


def failed(owner: Merchant) -> list[tuple[str, str]]:
    """Return what a person would have to look at."""
    with merchant(owner):
        return list(Job.objects.filter(status="failed").values_list("kind", "last_error"))


def sample(name: str) -> Path:
    """Return a file of samples/."""
    return Path(__file__).resolve().parents[2] / "samples" / name


def shortened(source: Path, folder: Path) -> Path:
    """Write a quarter of an order file, all its deliberate faults included."""
    header, *rows = source.read_text(encoding="utf-8").splitlines()
    faulty = [row for row in rows if "-00009" in row or row.startswith("\t")]
    sound = [row for row in rows if row not in faulty]
    short = folder / source.name
    short.write_text("\n".join([header, *sound[::4], *faulty]) + "\n", encoding="utf-8")
    return short
