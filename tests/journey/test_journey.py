"""One command takes an order file the whole way, over HTTP and real workers, twice."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pypdfium2
import pytest

from config.embedded.stack import Stack
from tests.journey.running import ORDERS, Files, Ran, family, rows, run_journey

pytestmark = pytest.mark.stack
PAPERS = {"label", "commercial_invoice", "packing_list"}


def test_every_sound_order_arrives_or_is_claimed_and_paid(undisturbed: Ran) -> None:
    assert undisturbed.code == 0, undisturbed.said
    counts = undisturbed.counts
    assert counts["orders_in_file"] == counts["received"] == counts["created"] == ORDERS
    assert counts["rejected"] == 1
    assert counts["held"] + counts["backordered"] + counts["allocated"] == ORDERS
    sound = counts["allocated"]
    assert sound > ORDERS * 0.8
    assert counts["booked"] == counts["packed"] == counts["declared"] == sound
    assert counts["delivered"] + counts["lost"] == sound
    assert counts["lost"] >= sound // 50 >= 1
    assert counts["claimed"] == counts["claims_paid"] == counts["lost"]


def test_each_order_is_listed_with_its_papers_and_costs(undisturbed: Ran) -> None:
    result = undisturbed.result
    assert len(result["orders"]) == ORDERS
    booked = [order for order in result["orders"] if order["tracking_number"]]
    assert len(booked) == result["booked"]
    for order in booked:
        made = {paper["kind"]: undisturbed.out / paper["path"] for paper in order["documents"]}
        assert set(made) >= PAPERS
        assert order["carrier"]
        assert order["service"]
        assert order["landed_cost"]["status"] in {"quoted", "not_covered"}
        assert ("payout_advice" in made) == (order["status"] == "lost")
    held = [order for order in result["orders"] if order["status"] == "held"]
    assert all(order["holds"] for order in held)
    assert not any(order["holds"] for order in booked)


def test_every_pdf_opens_and_none_is_shared(undisturbed: Ran) -> None:
    papers = sorted((undisturbed.out / "documents").rglob("*.pdf"))
    assert len(papers) > 3 * undisturbed.counts["booked"]
    for path in papers:
        assert len(pypdfium2.PdfDocument(path)) > 0, path
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in papers}) == len(papers)


def test_a_row_that_cannot_be_read_is_named_with_its_remedy(undisturbed: Ran) -> None:
    with (undisturbed.out / "rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        rejected = list(csv.DictReader(file))
    why = [(row["waybridge: column"], row["waybridge: found"]) for row in rejected]
    assert why == [("quantity-purchased", "two")]
    for name in ("row", "wrong", "right"):
        assert all(row[f"waybridge: {name}"] for row in rejected)


def test_the_papers_were_made_in_worker_processes(stack: Stack, undisturbed: Ran) -> None:
    assert undisturbed.code == 0, undisturbed.said
    made_by = {pid for (pid,) in rows(stack, "SELECT DISTINCT made_by_pid FROM core_document")}
    workers = family(stack.pids["documents"]) | family(stack.pids["worker"])
    assert made_by <= workers - {stack.pids["documents"], stack.pids["worker"]}
    assert undisturbed.pid not in made_by
    printed = rows(
        stack,
        "SELECT DISTINCT made_by_pid FROM core_document"
        " WHERE kind IN ('commercial_invoice', 'packing_list', 'pick_list', 'payout_advice')",
    )
    assert {pid for (pid,) in printed} <= family(stack.pids["documents"])


def test_the_same_files_again_create_nothing_and_count_the_same(
    stack: Stack, undisturbed: Ran, files: Files, tmp_path: Path
) -> None:
    again = run_journey(stack, files, tmp_path)
    assert again.code == 0, again.said
    assert again.counts == undisturbed.counts | {"created": 0}
    first = {order["external_order"]: order for order in undisturbed.result["orders"]}
    assert {o["external_order"]: o["reference"] for o in again.result["orders"]} == {
        number: order["reference"] for number, order in first.items()
    }


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02" * 500, "not a table"),
        (b"PK\x03\x04broken", "damaged excel file"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence_and_changes_nothing(
    stack: Stack, files: Files, tmp_path: Path, content: bytes, words: str
) -> None:
    bad = tmp_path / "orders.txt"
    bad.write_bytes(content)
    before = rows(stack, "SELECT count(*) FROM orders_import")
    ran = run_journey(stack, Files(bad, files.products), tmp_path / "out")
    assert ran.code == 1
    assert words in ran.said.lower(), ran.said
    assert len(ran.said.strip().splitlines()) == 1, ran.said
    assert rows(stack, "SELECT count(*) FROM orders_import") == before
    assert not (tmp_path / "out").exists()
