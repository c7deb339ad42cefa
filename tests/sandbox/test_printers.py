"""The stand-in printers: what they put out is drawn and read; faults come on demand."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from integrations.printing import raw
from integrations.printing.ipp import resume_ipp, send_ipp
from integrations.printing.outcomes import Target
from integrations.printing.raw import parse_host_status, send_raw
from sandbox.labels import Label, label_pdf
from sandbox.printers.zpl import read_zpl
from tests.sandbox.program import Program

PDF = label_pdf(Label("EXPRESS", "P", "1234567893", ("Waybridge",), ("Erika",), "SZX", ()))
ZPL = (
    b"^XA^CI28^FO20,20^A0N,30,30^FDErika Mustermann^FS"
    b"^FO20,90^BY3^BCN,120,N,N,N^FD>:LX473124829CN^FS"
    b"^FO20,300^BQN,2,6^FDMA,WB:P:1^FS^FO300,300^BXN,6,200^FH^FD_C3_A4tsch^FS^PQ2^XZ"
)


def targets(program: Program) -> dict[str, Target]:
    rows = program.call("GET", "/_printers").json()["printers"]
    return {
        row["name"]: Target(
            row["kind"], row["accepts"], "127.0.0.1", row.get("port", program.port),
            row.get("path", ""),
        )
        for row in rows
    }  # fmt: skip


def prints(program: Program, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = program.call("GET", f"/_printers/{name}/prints").json()["prints"]
    return rows


def fault(program: Program, kind: str, operation: str, **more: Any) -> None:
    program.fault(partner="printer", kind=kind, operation=operation, **more)


def test_zpl_is_read_field_by_field() -> None:
    (label,) = read_zpl(b"junk" + ZPL)
    assert label.barcodes == [
        ("Code 128", "LX473124829CN"), ("QR Code", "WB:P:1"), ("Data Matrix", "ätsch"),
    ]  # fmt: skip
    assert (label.texts, label.copies) == (["Erika Mustermann"], 2)


def test_host_status_of_a_zebra_is_read() -> None:
    lines = (b"030,1,0,1218,002,0,0,0,000,0,0,0", b"000,0,1,0,0,2,4,0,00000003,1,000", b"1234,0")
    status = parse_host_status(b"".join(b"\x02" + line + b"\x03\r\n" for line in lines))
    assert status is not None
    assert (status.is_paper_out, status.is_open, status.is_paused) == (True, True, False)
    assert (status.formats_waiting, status.labels_left, status.is_idle) == (2, 3, False)
    assert parse_host_status(b"nonsense") is None


def test_raw_pdf_is_drawn_and_its_barcodes_are_read(stand_ins: Program) -> None:
    target = targets(stand_ins)["pdf"]
    before = len(prints(stand_ins, "pdf"))
    assert send_raw(target, name="x-1", content=PDF).kind == "delivered"
    newest = prints(stand_ins, "pdf")[before:]
    assert len(newest) == 1
    assert ["Code 128", "1234567893"] in newest[0]["barcodes"]
    picture = stand_ins.call("GET", f"/_printers/pdf/prints/{newest[0]['id']}/picture")
    assert picture.content.startswith(b"\x89PNG")
    kept = stand_ins.call("GET", f"/_printers/pdf/prints/{newest[0]['id']}/content")
    assert kept.content == PDF


def test_zebra_says_that_the_label_came_out(stand_ins: Program) -> None:
    target = targets(stand_ins)["zebra"]
    assert send_raw(target, name="x-2", content=ZPL).kind == "confirmed"
    assert ["Code 128", "LX473124829CN"] in prints(stand_ins, "zebra")[-1]["barcodes"]


@pytest.mark.parametrize(
    ("kind", "code"), [("out_of_paper", "no_paper"), ("open", "open"), ("paused", "paused")]
)
def test_zebra_without_paper_is_sent_nothing(stand_ins: Program, kind: str, code: str) -> None:
    target = targets(stand_ins)["zebra"]
    before = len(prints(stand_ins, "zebra"))
    fault(stand_ins, kind, "zebra")
    outcome = send_raw(target, name="x-3", content=ZPL)
    assert (outcome.kind, outcome.code) == ("not_sent", code)
    assert len(prints(stand_ins, "zebra")) == before
    assert send_raw(target, name="x-3", content=ZPL).kind == "confirmed"


@pytest.mark.parametrize("name", ["pdf", "zebra"])
def test_connection_that_breaks_while_sending_is_unclear(stand_ins: Program, name: str) -> None:
    fault(stand_ins, "drop", name)
    content = PDF if name == "pdf" else ZPL
    outcome = send_raw(targets(stand_ins)[name], name="x-4", content=content)
    assert (outcome.kind, outcome.code) == ("unclear", "lost")


def test_slow_printer_is_waited_for_and_then_unclear(
    stand_ins: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "PRINT_S", 0.6)
    fault(stand_ins, "slow", "zebra", seconds=1.5)
    outcome = send_raw(targets(stand_ins)["zebra"], name="x-5", content=ZPL)
    assert (outcome.kind, outcome.code) == ("unclear", "stopped")


def test_switched_off_printer_was_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    for send, kind in ((send_raw, "raw9100"), (send_ipp, "ipp")):
        outcome = send(Target(kind, "pdf", "127.0.0.1", port, "/x"), name="x", content=PDF)
        assert (outcome.kind, outcome.code) == ("not_sent", "unreachable")


def test_ipp_says_that_the_label_came_out(stand_ins: Program) -> None:
    outcome = send_ipp(targets(stand_ins)["ipp"], name="x-6", content=PDF)
    assert outcome.kind == "confirmed"
    newest = prints(stand_ins, "ipp")[-1]
    assert newest["name"] == "x-6"
    assert ["Code 128", "1234567893"] in newest["barcodes"]


def test_lost_ipp_answer_is_looked_up_and_nothing_is_printed_twice(stand_ins: Program) -> None:
    before = len(prints(stand_ins, "ipp"))
    fault(stand_ins, "lost_answer", "print_job")
    assert send_ipp(targets(stand_ins)["ipp"], name="x-7", content=PDF).kind == "confirmed"
    assert len(prints(stand_ins, "ipp")) == before + 1
    assert resume_ipp(targets(stand_ins)["ipp"], name="x-7").kind == "confirmed"
    assert resume_ipp(targets(stand_ins)["ipp"], name="never").kind == "unclear"


def test_ipp_job_that_never_arrived_is_unclear_and_not_sent_again(stand_ins: Program) -> None:
    before = len(prints(stand_ins, "ipp"))
    fault(stand_ins, "reset", "print_job")
    assert send_ipp(targets(stand_ins)["ipp"], name="x-8", content=PDF).kind == "unclear"
    assert len(prints(stand_ins, "ipp")) == before


def test_ipp_printer_in_trouble_or_refusing(stand_ins: Program) -> None:
    target = targets(stand_ins)["ipp"]
    fault(stand_ins, "out_of_paper", "ipp")
    outcome = send_ipp(target, name="x-9", content=PDF)
    assert (outcome.kind, outcome.code) == ("not_sent", "no_paper")
    as_zpl = Target("ipp", "zpl", target.address, target.port, target.path)
    outcome = send_ipp(as_zpl, name="x-10", content=ZPL)
    assert (outcome.kind, outcome.code) == ("refused", "format")


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "169.254.169.254", "100.100.100.200", "fd00:ec2::254", "fe80::1", "0.0.0.0",  # noqa: S104
     "::ffff:8.8.8.8", "224.0.0.1", "printer.local", "2001:db8::1", ""],
)  # fmt: skip
def test_addresses_outside_of_the_building_are_refused(address: str) -> None:
    for send, kind in ((send_raw, "raw9100"), (send_ipp, "ipp")):
        outcome = send(Target(kind, "pdf", address, 9100), name="x", content=PDF)
        assert (outcome.kind, outcome.code) == ("refused", "address")
