"""Published limits and codes are the vendor's, dated, and say where they come from."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from integrations.channels import facts
from tests.integrations.channels import amazon_contracts as contracts
from tests.integrations.contracts import load

ON = date(2026, 11, 26)
DATA = Path(facts.__file__).parent / "data"
CONFIDENCES = {"vendor contract", "vendor documentation", "our choice", "unverified"}
OPERATIONS = {
    "search_orders": ("/orders/2026-01-01/", "searchOrders"),
    "get_order": ("/orders/2026-01-01/", "getOrder"),
    "confirm_shipment": ("/orders/v0/", "confirmShipment"),
    "create_feed_document": ("/feeds/2021-06-30/", "createFeedDocument"),
    "create_feed": ("/feeds/2021-06-30/", "createFeed"),
    "get_feed": ("/feeds/2021-06-30/", "getFeed"),
    "get_feed_document": ("/feeds/2021-06-30/", "getFeedDocument"),
}


def published(prefix: str, operation: str) -> tuple[float, int]:
    written = load(contracts.FILES[prefix])
    for path in written["paths"].values():
        for each in path.values():
            if isinstance(each, dict) and each.get("operationId") == operation:
                found = re.search(r"\| ([\d.]+) \| (\d+) \|", each["description"])
                assert found is not None
                return float(found[1]), int(found[2])
    raise AssertionError(operation)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_amazons_limits_are_those_of_the_contract(operation: str) -> None:
    limits = {each.operation: each for each in facts.limits("amazon", on=ON)}
    assert limits.keys() == OPERATIONS.keys()
    found = limits[operation]
    assert (found.rate_per_s, found.burst) == published(*OPERATIONS[operation])


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.name)
def test_every_row_says_since_when_from_where_and_how_sure(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    for row in rows:
        assert None not in row.values(), f"a short row: {row}"
        date.fromisoformat(row["effective_from"])
        assert row["source"]
        assert row["confidence"]


def test_amazons_confidences_are_words_we_know() -> None:
    for path in DATA.glob("amazon_*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            assert {row["confidence"] for row in csv.DictReader(lines)} <= CONFIDENCES


def test_a_fact_holds_from_its_day() -> None:
    assert facts.limits("amazon", on=date(2026, 8, 4)) == ()
    assert facts.carrier_code("amazon", "ups", on=date(2026, 11, 21)) is None
    code = facts.carrier_code("amazon", "ups", on=ON)
    assert code is not None
    assert code.channel_code == "UPS"
    assert facts.carrier_code("amazon", "pigeon", on=ON) is None
    assert facts.limits("nobody", on=ON) == ()
