"""A processing report is believed only where it says itself what became of every message."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date

import pytest
from defusedxml.ElementTree import fromstring

from integrations.channels import amazon_feeds
from integrations.channels.base import Decision, ShippedLine

TODAY = date(2026, 11, 26)
DECISIONS = [
    Decision("b", False, "NoInventory", (ShippedLine("1", 1), ShippedLine("2", 1))),
    Decision("a", True),
]


def report(*results: str, status: str = "Complete", errors: int | None = None) -> bytes:
    counted = len(results) if errors is None else errors
    return (
        "<?xml version='1.0'?><AmazonEnvelope><MessageType>ProcessingReport</MessageType><Message>"
        f"<ProcessingReport><StatusCode>{status}</StatusCode><ProcessingSummary>"
        f"<MessagesWithError>{counted}</MessagesWithError></ProcessingSummary>"
        f"{''.join(results)}</ProcessingReport></Message></AmazonEnvelope>"
    ).encode()


def result(number: str, text: str, *, code: str = "Error", order: str = "") -> str:
    about = f"<AdditionalInfo><AmazonOrderID>{order}</AmazonOrderID></AdditionalInfo>"
    return (
        f"<Result><MessageID>{number}</MessageID><ResultCode>{code}</ResultCode>"
        f"<ResultMessageCode>1</ResultMessageCode><ResultDescription>{text}</ResultDescription>"
        f"{about if order else ''}</Result>"
    )


def test_the_feed_numbers_its_messages_and_escapes_what_it_is_given() -> None:
    odd = Decision("c<&", True)
    root = fromstring(amazon_feeds.envelope([*DECISIONS, odd], seller="S&1", on=TODAY))
    assert root.findtext("Header/MerchantIdentifier") == "S&1"
    told = [
        message.findtext("OrderAcknowledgement/AmazonOrderID") for message in root.iter("Message")
    ]
    assert told == ["a", "b", "c<&"]
    items = root.findall("Message[2]/OrderAcknowledgement/Item")
    assert [each.findtext("CancelReason") for each in items] == ["NoInventory", "NoInventory"]


def test_errors_are_told_by_order_and_warnings_are_none() -> None:
    found = amazon_feeds.refusals(
        report(
            result("2", "shipped"),
            result("9", "gone", order="b"),
            result("1", "late", code="Warning"),
            errors=2,
        ),
        DECISIONS,
    )
    assert found == {"b": "1: shipped; 1: gone"}
    assert amazon_feeds.refusals(report(), DECISIONS) == {}


UNUSABLE: dict[str, bytes] = {
    "not XML": b"<html>",
    "nothing": b"",
    "not complete": report(status="Rejected"),
    "another document": b"<AmazonEnvelope/>",
    "a message we did not send": report(result("9", "x")),
    "a message without a number": report(result("", "x")),
    "an order we did not send": report(result("1", "x", order="z")),
    "errors it does not name": report(errors=2),
    "entities": b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
}


@pytest.mark.parametrize("told", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_report_that_does_not_say_it_is_not_taken_for_all_done(told: bytes) -> None:
    with pytest.raises(ValueError, match=r"report|message"):
        amazon_feeds.refusals(told, DECISIONS)


PACKED: dict[str, tuple[Callable[[], bytes], str]] = {
    "another packing": (lambda: b"x", "ZIP"),
    "no gzip": (lambda: b"x", "GZIP"),
    "cut short": (lambda: gzip.compress(b"x" * 5000)[:20], "GZIP"),
    "a bomb": (lambda: gzip.compress(bytes(amazon_feeds.LARGEST_REPORT_BYTES + 1)), "GZIP"),
}


@pytest.mark.parametrize(("content", "algorithm"), PACKED.values(), ids=PACKED.keys())
def test_a_report_that_cannot_be_unpacked(content: Callable[[], bytes], algorithm: str) -> None:
    with pytest.raises(ValueError, match=r"packing|unpacked|without end"):
        amazon_feeds.unpacked(content(), algorithm)
    assert amazon_feeds.unpacked(b"as it is", "") == b"as it is"
