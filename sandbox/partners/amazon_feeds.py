"""The Feeds API 2021-06-30 (contract) around order acknowledgement feeds (our reading of the XSD).

A feed is in progress at the first look and done at the second. Reports come packed.
"""

from __future__ import annotations

import gzip
import secrets
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from sandbox import shops
from sandbox.instants import instant
from sandbox.partners import amazon_rules as rules
from sandbox.partners.amazon_common import NAME, account_of, answer
from sandbox.partners.amazon_rules import refused
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Operation, Refused

FEED_TYPE = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
ADDRESS_LIFE_S = 300
FEEDS = "/feeds/2021-06-30"
REASONS = frozenset({
    "NoInventory", "ShippingAddressUndeliverable", "CustomerExchange", "BuyerCanceled",
    "GeneralAdjustment", "CarrierCreditDecision", "RiskAssessmentInformationNotValid",
    "CarrierCoverageFailure", "CustomerReturn", "MerchandiseNotReceived",
})  # fmt: skip


def operations(region: str) -> tuple[Operation, ...]:
    """The Feeds API under a region's base path."""
    return (
        Operation("create_feed_document", "POST", f"{region}{FEEDS}/documents", create_document),
        Operation(
            "get_feed_document", "GET", f"{region}{FEEDS}/documents/<document_id>", get_document
        ),
        Operation("create_feed", "POST", f"{region}{FEEDS}/feeds", create_feed),
        Operation("get_feed", "GET", f"{region}{FEEDS}/feeds/<feed_id>", get_feed),
    )


def store_error(status: int, problems: list[Problem]) -> Answer:
    """The store answers in XML, as S3 does."""
    error = Element("Error")
    first = problems[0] if problems else Problem((), "InternalError", "failure")
    SubElement(error, "Code").text = first.code
    SubElement(error, "Message").text = first.message
    return Answer(
        status, None, {"Content-Type": "application/xml"}, content=tostring(error, "utf-8")
    )


def _presigned(call: Call, document_id: str, body: dict[str, Any]) -> str:
    """An address that holds for five minutes; the signature goes into `body`."""
    body["signature"] = secrets.token_urlsafe(24)
    body["until"] = call.now + ADDRESS_LIFE_S
    host = call.request.host_url.rstrip("/")
    return f"{host}/amazon/documents/{document_id}?X-Amz-Signature={quote(body['signature'])}"


def create_document(call: Call) -> Answer:
    """`POST /documents`: an id and an address to upload to."""
    account = account_of(call, "create_feed_document")
    asked = call.checked(rules.FEED_DOCUMENT, status=400)
    document_id = f"amzn1.tortuga.4.{secrets.token_hex(12)}"
    body: dict[str, Any] = {"contentType": asked["contentType"]}
    url = _presigned(call, document_id, body)
    shops.put_document(
        call.world.state, NAME, account, document_id,
        kind="feed document", body=body, content=None, now=call.now,
    )  # fmt: skip
    told = {"feedDocumentId": document_id, "url": url}
    return answer(201, told, operation="create_feed_document")


def _stored(call: Call) -> tuple[str, str, dict[str, Any], bytes | None]:
    found = shops.document(call.world.state, NAME, call.args["document_id"])
    given = call.request.args.get("X-Amz-Signature", "")
    if found is None or not given or given != found[2].get("signature"):
        raise Refused(403, [Problem((), "SignatureDoesNotMatch", "the signature does not match")])
    if found[2]["until"] < call.now:
        raise Refused(403, [Problem((), "AccessDenied", "Request has expired")])
    return found


def upload(call: Call) -> Answer:
    """`PUT` at the pre-signed address, with the content type the document was made for."""
    account, kind, body, _ = _stored(call)
    if call.request.headers.get("Content-Type") != body.get("contentType"):
        text = "the content type is not the one that was signed"
        raise Refused(403, [Problem((), "SignatureDoesNotMatch", text)])
    shops.put_document(
        call.world.state, NAME, account, call.args["document_id"],
        kind=kind, body=body, content=call.raw(), now=call.now,
    )  # fmt: skip
    return Answer(200, None, {"Content-Type": "application/xml"})


def download(call: Call) -> Answer:
    """`GET` at the pre-signed address."""
    content = _stored(call)[3] or b""
    return Answer(200, None, {"Content-Type": "binary/octet-stream"}, content=content)


def _own(call: Call, account: str, document_id: str, kind: str) -> tuple[dict[str, Any], bytes]:
    found = shops.document(call.world.state, NAME, document_id)
    if found is None or found[0] != account or found[1] != kind:
        raise refused(f"{document_id} does not exist", status=404, code="NotFound")
    return found[2], found[3] or b""


def create_feed(call: Call) -> Answer:
    """`POST /feeds`: 202; the document must have been uploaded before."""
    account = account_of(call, "create_feed")
    asked = call.checked(rules.FEED, status=400)
    rules.check_marketplaces(call.args.get("region", ""), frozenset(asked["marketplaceIds"]))
    name = asked["inputFeedDocumentId"]
    found = shops.document(call.world.state, NAME, name)
    if found is None or found[0] != account or found[3] is None:
        raise refused("The feed document is unknown or empty", "inputFeedDocumentId")
    feed_id = str(50_000_000 + call.world.state.next_number("amazon feed"))
    body = {**asked, "createdTime": instant(call.now), "looks": 0}
    shops.put_document(
        call.world.state, NAME, account, feed_id, kind="feed", body=body, content=None, now=call.now
    )
    return answer(202, {"feedId": feed_id}, operation="create_feed")


def get_feed(call: Call) -> Answer:
    """`GET /feeds/{feedId}`."""
    account = account_of(call, "get_feed")
    feed_id = call.args["feed_id"]
    body, _ = _own(call, account, feed_id, "feed")
    body["looks"] += 1
    if body["looks"] == 2:
        _process(call, account, body)
    shops.put_document(
        call.world.state, NAME, account, feed_id, kind="feed", body=body, content=None, now=call.now
    )
    told = {
        "feedId": feed_id,
        "feedType": body["feedType"],
        "marketplaceIds": body["marketplaceIds"],
        "createdTime": body["createdTime"],
        "processingStatus": body.get("processingStatus", "IN_PROGRESS"),
    }
    if "resultFeedDocumentId" in body:
        told["resultFeedDocumentId"] = body["resultFeedDocumentId"]
        told["processingEndTime"] = body["processingEndTime"]
    return answer(200, told, operation="get_feed")


def get_document(call: Call) -> Answer:
    """`GET /documents/{feedDocumentId}`: a fresh address each time."""
    account = account_of(call, "get_feed_document")
    document_id = call.args["document_id"]
    found = shops.document(call.world.state, NAME, document_id)
    if found is None or found[0] != account or found[1] == "feed":
        raise refused(f"{document_id} does not exist", status=404, code="NotFound")
    _, kind, body, content = found
    told = {"feedDocumentId": document_id, "url": _presigned(call, document_id, body)}
    if kind == "report":
        told["compressionAlgorithm"] = "GZIP"
    shops.put_document(
        call.world.state, NAME, account, document_id,
        kind=kind, body=body, content=content, now=call.now,
    )  # fmt: skip
    return answer(200, told, operation="get_feed_document")


def _process(call: Call, account: str, feed: dict[str, Any]) -> None:
    """Do what the feed says and write the report, or end it as FATAL."""
    feed["processingEndTime"] = instant(call.now)
    found = shops.document(call.world.state, NAME, feed["inputFeedDocumentId"])
    try:
        root = fromstring((found and found[3]) or b"", forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        root = None
    if (
        root is None
        or feed["feedType"] != FEED_TYPE
        or root.findtext("Header/MerchantIdentifier") != account
        or root.findtext("MessageType") != "OrderAcknowledgement"
    ):
        feed["processingStatus"] = "FATAL"
        return
    messages = root.findall("Message")
    errors = [(message, _decide(call, account, message)) for message in messages]
    document_id = f"amzn1.tortuga.4.{secrets.token_hex(12)}"
    shops.put_document(
        call.world.state, NAME, account, document_id,
        kind="report", body={}, content=gzip.compress(_report(errors)), now=call.now,
    )  # fmt: skip
    feed |= {"processingStatus": "DONE", "resultFeedDocumentId": document_id}


def _decide(call: Call, account: str, message: Element) -> tuple[str, str] | None:
    """(code, description) of the error, or None when it was done."""
    told = message.find("OrderAcknowledgement")
    name = told.findtext("AmazonOrderID", "") if told is not None else ""
    order = shops.order(call.world.state, NAME, account, name)
    if told is None or order is None:
        return "13000", f"The order {name} does not exist"
    status = told.findtext("StatusCode")
    if status == "Success":
        return None
    if status != "Failure":
        return "13001", f"StatusCode {status} is not allowed"
    reasons = {
        item.findtext("AmazonOrderItemCode", ""): item.findtext("CancelReason", "")
        for item in told.findall("Item")
    }
    ids = {item["orderItemId"] for item in order.body["orderItems"]}
    if not reasons or not reasons.keys() <= ids or not set(reasons.values()) <= REASONS:
        return "13002", "an item or a cancel reason is missing or not known"
    if order.status not in {"PENDING", "UNSHIPPED"}:
        return "13003", f"The order is {order.status} and cannot be cancelled"
    body = _cancelled(order.body, reasons, now=call.now)
    shops.update_order(
        call.world.state, NAME, account, name,
        body=body, status=body["fulfillment"]["fulfillmentStatus"], now=call.now,
    )  # fmt: skip
    return None


def _cancelled(body: dict[str, Any], reasons: dict[str, str], *, now: float) -> dict[str, Any]:
    items = []
    for item in body["orderItems"]:
        reason = reasons.get(item["orderItemId"])
        before = item.get("cancellation", {})
        execution = {"cancelledBy": "MERCHANT", "cancelReason": reason}
        changed = {**item, "cancellation": {**before, "cancellationExecution": execution}}
        items.append(changed if reason else item)
    is_whole = all("cancellationExecution" in item.get("cancellation", {}) for item in items)
    status = "CANCELLED" if is_whole else body["fulfillment"]["fulfillmentStatus"]
    return {
        **body,
        "orderItems": items,
        "fulfillment": {**body["fulfillment"], "fulfillmentStatus": status},
        "lastUpdatedTime": instant(now),
    }


def _report(outcomes: list[tuple[Element, tuple[str, str] | None]]) -> bytes:
    root = Element("AmazonEnvelope")
    SubElement(root, "MessageType").text = "ProcessingReport"
    report = SubElement(SubElement(root, "Message"), "ProcessingReport")
    SubElement(report, "StatusCode").text = "Complete"
    errors = [(message, error) for message, error in outcomes if error is not None]
    summary = SubElement(report, "ProcessingSummary")
    SubElement(summary, "MessagesProcessed").text = str(len(outcomes))
    SubElement(summary, "MessagesSuccessful").text = str(len(outcomes) - len(errors))
    SubElement(summary, "MessagesWithError").text = str(len(errors))
    SubElement(summary, "MessagesWithWarning").text = "0"
    for message, (code, description) in errors:
        result = SubElement(report, "Result")
        SubElement(result, "MessageID").text = message.findtext("MessageID", "0")
        SubElement(result, "ResultCode").text = "Error"
        SubElement(result, "ResultMessageCode").text = code
        SubElement(result, "ResultDescription").text = description
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


STORE = (
    Operation("upload_feed", "PUT", "/documents/<document_id>", upload),
    Operation("download_feed", "GET", "/documents/<document_id>", download),
)
"""Where the pre-signed addresses lie."""
