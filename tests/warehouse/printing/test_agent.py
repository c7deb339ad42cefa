"""The agent over real HTTP and TCP against the stand-in printers: killed, lost, switched off."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.test import Client
from django.utils import timezone

from core.documents import put_bytes, register
from core.models import Merchant
from core.tenancy import merchant
from flows.printing import queue_label
from integrations.printing.agent import Agent
from integrations.printing.journal import Journal
from integrations.printing.outcomes import Outcome, Target
from integrations.printing.server import Job, KeyRefused, Server
from sandbox.labels import Label, label_pdf
from shipping.models import Booking
from tests.floor import a_released_wave, label_for, parcels_of
from tests.sandbox.program import ROOT, Program, until
from tests.warehouse.printing.conftest import a_printer, reread
from warehouse.models import Parcel, PrintAgent, Printer, PrintJob, Warehouse
from warehouse.services.print_agents import NewAgent, revoke_agent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house(transactional_db: None) -> Warehouse:
    from tests.factories import a_warehouse

    return a_warehouse("szx1")


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    program = Program(data=tmp_path_factory.mktemp("printers"), way_seconds=2)
    program.start()
    yield program
    program.stop()


@pytest.fixture(autouse=True)
def no_faults_left(stand_ins: Program) -> Iterator[None]:
    yield
    stand_ins.call("DELETE", "/_faults")


class Box:
    """The agent's program at the warehouse, with the folder that outlives it."""

    def __init__(self, url: str, key: str, state: Path) -> None:
        self.url, self.key, self.state = url, key, state
        self.arguments = ["--server", url, "--state", str(state)]
        self.env = {**os.environ, "PRINT_AGENT_KEY": key}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "integrations.printing", *self.arguments],
            env=self.env, cwd=ROOT, stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)


@pytest.fixture
def box(live_server: Any, made: NewAgent, tmp_path: Path) -> Iterator[Box]:
    box = Box(live_server.url, made.secret, tmp_path / "agent")
    yield box
    box.stop()


def port_of(program: Program, name: str) -> int:
    rows = program.call("GET", "/_printers").json()["printers"]
    return int(next(row["port"] for row in rows if row["name"] == name))


def came_out(program: Program, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = program.call("GET", f"/_printers/{name}/prints").json()["prints"]
    return rows


def a_job(owner: Merchant, house: Warehouse, printer: Printer, number: str) -> PrintJob:
    """Queue a label that a scanner can read."""
    parcel = parcels_of(owner, a_released_wave(owner, house))[0]
    booking = label_for(owner, parcel)
    content = label_pdf(Label("EXPRESS", "P", number, ("Waybridge",), ("Erika",), "SZX", ()))
    stored = put_bytes(merchant_id=owner.pk, content=content, content_type="application/pdf")
    with merchant(owner):
        label = register(
            kind="label", number=f"L-{number}", subject_kind="order", subject_id=parcel.order_id,
            content=content, content_type="application/pdf", stored_as=stored, now=timezone.now(),
        )  # fmt: skip
        Booking.objects.filter(pk=booking.pk).update(label=label)
        mine = Parcel.objects.select_for_update().get(pk=parcel.pk)
        return queue_label(
            parcel=mine, printer_id=printer.pk, station="T1", actor="test", now=timezone.now()
        )


def is_status(owner: Merchant, job: PrintJob, status: str) -> Callable[[], bool]:
    return lambda: reread(owner, job).status == status


def test_labels_reach_raw_and_ipp_printers_and_are_read_there(
    box: Box, stand_ins: Program, acme: Merchant, house: Warehouse
) -> None:
    raw = a_printer(house, "raw", port=port_of(stand_ins, "pdf"))
    ipp = a_printer(house, "ipp", kind="ipp", port=stand_ins.port, path="/printer/ipp/print")
    first = a_job(acme, house, raw, "1234567801")
    second = a_job(acme, house, ipp, "1234567802")
    box.start()
    until(is_status(acme, second, "confirmed"))
    until(lambda: reread(acme, first).delivered_at)
    assert reread(acme, first).status == "sent", "raw TCP says no more than that it took the bytes"
    assert ["Code 128", "1234567801"] in came_out(stand_ins, "pdf")[-1]["barcodes"]
    assert ["Code 128", "1234567802"] in came_out(stand_ins, "ipp")[-1]["barcodes"]


def test_printer_that_is_off_keeps_its_jobs_and_holds_up_nobody(
    box: Box, stand_ins: Program, acme: Merchant, house: Warehouse
) -> None:
    dead = a_printer(house, "dead", port=9109)
    alive = a_printer(house, "alive", kind="ipp", port=stand_ins.port, path="/printer/ipp/print")
    waits = a_job(acme, house, dead, "1234567803")
    goes = a_job(acme, house, alive, "1234567804")
    box.start()
    until(is_status(acme, goes, "confirmed"))

    def fault() -> Any:
        dead.refresh_from_db()
        return dead.fault_said

    assert "does not answer" in str(until(fault))
    assert reread(acme, waits).status == "queued"
    before = len(came_out(stand_ins, "pdf"))
    Printer.objects.filter(pk=dead.pk).update(port=port_of(stand_ins, "pdf"), try_after=None)
    until(lambda: reread(acme, waits).delivered_at)
    assert len(came_out(stand_ins, "pdf")) == before + 1


def test_agent_killed_while_sending_by_ipp_finds_its_label_and_prints_no_second(
    box: Box, stand_ins: Program, acme: Merchant, house: Warehouse
) -> None:
    printer = a_printer(house, "ipp", kind="ipp", port=stand_ins.port, path="/printer/ipp/print")
    before = len(came_out(stand_ins, "ipp"))
    stand_ins.fault(partner="printer", kind="slow", operation="print_job", seconds=3)
    job = a_job(acme, house, printer, "1234567805")
    box.start()
    until(is_status(acme, job, "sent"))
    time.sleep(1)
    box.kill()
    until(lambda: len(came_out(stand_ins, "ipp")) == before + 1)
    box.start()
    until(is_status(acme, job, "confirmed"))
    assert len(came_out(stand_ins, "ipp")) == before + 1


def test_agent_killed_while_sending_raw_asks_for_a_look_and_prints_no_second(
    box: Box, stand_ins: Program, acme: Merchant, house: Warehouse
) -> None:
    printer = a_printer(house, "raw", port=port_of(stand_ins, "pdf"))
    before = len(came_out(stand_ins, "pdf"))
    stand_ins.fault(partner="printer", kind="slow", operation="pdf", seconds=3)
    job = a_job(acme, house, printer, "1234567806")
    box.start()
    until(is_status(acme, job, "sent"))
    time.sleep(0.3)
    box.kill()
    box.start()
    until(lambda: "stopped while" in str(reread(acme, job).said))
    time.sleep(1.5)
    assert reread(acme, job).status == "sent"
    assert len(came_out(stand_ins, "pdf")) <= before + 1


class LosesAnswers:
    """A server whose every first answer to a step is lost on the way back."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.lost: set[tuple[str, int]] = set()

    def __getattr__(self, name: str) -> Any:
        from integrations.printing.server import ServerAway

        step = getattr(self.server, name)

        def ask(*given: Any) -> Any:
            answer = step(*given)
            key = (name, given[0].number if given else 0)
            if key not in self.lost:
                self.lost.add(key)
                raise ServerAway("the answer was lost")
            return answer

        return ask


def test_lost_answers_to_every_step_print_once(
    box: Box, stand_ins: Program, acme: Merchant, house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.printing.agent.AWAY_S", 0.05)
    monkeypatch.setattr("warehouse.services.print_agents.LEASE", timedelta(seconds=1))
    printer = a_printer(house, "ipp", kind="ipp", port=stand_ins.port, path="/printer/ipp/print")
    before = len(came_out(stand_ins, "ipp"))
    job = a_job(acme, house, printer, "1234567807")
    lossy = LosesAnswers(Server(box.url, box.key))
    agent = Agent(lambda: lossy, Journal(box.state), lambda _text: None)  # type: ignore[arg-type, return-value]
    runs = threading.Thread(target=agent.run, daemon=True)
    runs.start()
    until(is_status(acme, job, "confirmed"))
    agent.stop()
    runs.join(10)
    assert {name for name, _ in lossy.lost} >= {"jobs", "document", "begin", "report"}
    assert len(came_out(stand_ins, "ipp")) == before + 1


def test_journal_says_after_a_restart_what_was_sent(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    job = Job(7, 2, "0" * 64, "Zebra", Target("raw9100", "zpl", "10.0.0.7", 9100))
    journal.write(job, "asked")
    journal.write(job, "sending")
    assert list(Journal(tmp_path).left()) == [(job, "sending", None)]
    journal.write(job, "ended", Outcome("unclear", "lost", "x"))
    assert list(Journal(tmp_path).left()) == [(job, "ended", Outcome("unclear", "lost", "x"))]
    journal.drop(job)
    assert list(Journal(tmp_path).left()) == []


def test_only_a_live_agents_key_is_let_in(
    live_server: Any, made: NewAgent, acme: Merchant, parcel: Parcel
) -> None:
    from tests.factories import an_api_key

    def status(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return requests.post(
            f"{live_server.url}/print-agent/jobs/", headers=headers, timeout=5
        ).status_code

    assert status(made.secret) == 200
    assert [status(""), status("wbp_nonsense"), status(an_api_key(acme))] == [401, 401, 401]
    revoke_agent(agent_id=made.agent.pk, now=timezone.now())
    assert status(made.secret) == 401
    with pytest.raises(KeyRefused):
        Server(live_server.url, made.secret).jobs()


def test_agents_key_opens_nothing_else(made: NewAgent, agent: PrintAgent, parcel: Parcel) -> None:
    client = Client(headers={"Authorization": f"Bearer {made.secret}"})
    assert client.get("/api/v1/orders").status_code == 401
    assert client.get("/stations/").status_code == 302
    with merchant(parcel.merchant_id):
        booking = Booking.objects.get()
    assert client.get(f"/print-agent/jobs/{booking.label_id}/document/").status_code == 404
