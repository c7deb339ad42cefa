"""What goes into an order acknowledgement feed, and what its processing report says.

POST_ORDER_ACKNOWLEDGEMENT_DATA, its XML and its report stand in no contract we hold: (m) in
CALLS.md, written after the vendor's old XSD as public code quotes it. The Feeds API around it
(documents, feeds, processing statuses) is the contract's.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from integrations.channels import facts
from integrations.channels.base import Decision
from integrations.errors import Refused

FEED_TYPE = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
CONTENT_TYPE = "text/xml; charset=UTF-8"
LARGEST_REPORT_BYTES = 32 * 1024 * 1024


def ordered(decisions: Sequence[Decision]) -> list[Decision]:
    """The order in which decisions are numbered, the same when asked again for a receipt."""
    return sorted(decisions, key=lambda decision: decision.external_order)


def envelope(decisions: Sequence[Decision], *, seller: str, on: date) -> bytes:
    """The feed document. Message n is the nth of `ordered`.

    Raises `Refused` for a cancellation without lines or with a reason Amazon does not know, and for
    an order that is decided twice.
    """
    _check(decisions, on)
    root = Element("AmazonEnvelope")
    header = SubElement(root, "Header")
    SubElement(header, "DocumentVersion").text = "1.01"
    SubElement(header, "MerchantIdentifier").text = seller
    SubElement(root, "MessageType").text = "OrderAcknowledgement"
    for number, decision in enumerate(ordered(decisions), start=1):
        message = SubElement(root, "Message")
        SubElement(message, "MessageID").text = str(number)
        told = SubElement(message, "OrderAcknowledgement")
        SubElement(told, "AmazonOrderID").text = decision.external_order
        SubElement(told, "StatusCode").text = "Success" if decision.is_accepted else "Failure"
        for line in () if decision.is_accepted else decision.lines:
            item = SubElement(told, "Item")
            SubElement(item, "AmazonOrderItemCode").text = line.external_line
            SubElement(item, "CancelReason").text = decision.reason
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _check(decisions: Sequence[Decision], on: date) -> None:
    names = [decision.external_order for decision in decisions]
    if len(set(names)) != len(names):
        raise Refused("external_order", "twice", "an order is decided twice in one batch")
    reasons = facts.words("amazon_cancel_reasons", "reason", on=on)
    for decision in decisions:
        if decision.is_accepted:
            continue
        if not decision.lines:
            message = f"a cancellation of {decision.external_order} names no lines"
            raise Refused("lines", "missing", message, partner="amazon")
        if decision.reason not in reasons:
            message = f"{decision.reason!r} is no reason Amazon knows: {', '.join(sorted(reasons))}"
            raise Refused("reason", "not_allowed", message, partner="amazon")


def unpacked(content: bytes, algorithm: str) -> bytes:
    """The report's bytes. Raises `ValueError` for an unknown packing or a report without end."""
    if not algorithm:
        return content
    if algorithm != "GZIP":
        raise ValueError(f"an unknown packing {algorithm}")
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            report = packed.read(LARGEST_REPORT_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError("a report that cannot be unpacked") from error
    if len(report) > LARGEST_REPORT_BYTES:
        raise ValueError("a report without end")
    return report


def refusals(report: bytes, decisions: Sequence[Decision]) -> Mapping[str, str]:
    """Reason by order of what the report says was not done; a warning is no refusal.

    Raises `ValueError` for a report that cannot be read, that tells of messages we did not send,
    or that counts errors it does not name: "all done" must be what Amazon says.
    """
    root = _parsed(report)
    processing = next(_all(root, "ProcessingReport"), None)
    if processing is None or _text(processing, "StatusCode") != "Complete":
        raise ValueError("a processing report that is not complete")
    sent, found = ordered(decisions), dict[str, str]()
    named = 0
    for result in _all(processing, "Result"):
        if _text(result, "ResultCode") != "Error":
            continue
        named += 1
        reason = ": ".join(
            part
            for part in (_text(result, "ResultMessageCode"), _text(result, "ResultDescription"))
            if part
        )
        name = _text(result, "AmazonOrderID") or _sent_as(sent, _text(result, "MessageID"))
        found[name] = "; ".join(part for part in (found.get(name, ""), reason) if part)
    counted = _text(processing, "MessagesWithError")
    if counted.isdecimal() and int(counted) > named:
        raise ValueError("a processing report that counts more errors than it names")
    if unknown := found.keys() - {decision.external_order for decision in decisions}:
        raise ValueError(f"a processing report of other orders: {', '.join(sorted(unknown))[:200]}")
    return found


def _sent_as(sent: list[Decision], number: str) -> str:
    if not number.isdecimal() or not 1 <= int(number) <= len(sent):
        raise ValueError(f"a processing report of a message {number[:20]!r} we did not send")
    return sent[int(number) - 1].external_order


def _parsed(report: bytes) -> Element:
    try:
        root: Element = fromstring(report, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ValueError("a processing report that is not XML we read") from error
    return root


def _all(root: Element, name: str) -> Any:
    return (each for each in root.iter() if each.tag.rpartition("}")[2] == name)


def _text(root: Element, name: str) -> str:
    found = next(_all(root, name), None)
    return "" if found is None or found.text is None else found.text.strip()
