"""What eBay accepts and refuses: filters, pages, bodies, by the Fulfillment contract v1.20.7.

Error numbers and texts are the contract's; where it gives none, the choice is our reading and the
docs say so. Bodies are held more strictly than eBay does: an unknown field is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.validation import Many, Number, Problem, Rule, Shape, Text
from sandbox.web import Refused

LARGEST_PAGE = 200
DEFAULT_PAGE = 50
MOST_ORDER_IDS = 50
OLDEST_SECONDS = 2 * 366 * 86_400.0
DEFAULT_SECONDS = 90 * 86_400.0

STATUS_SETS = (frozenset({"NOT_STARTED", "IN_PROGRESS"}), frozenset({"FULFILLED", "IN_PROGRESS"}))
"""The two combinations the contract supports, out of all that could be asked."""

CARRIERS = frozenset({
    "ARAMEX", "AustraliaPost", "BPost", "ChinaPost", "Chronopost", "ChunghwaPost", "Colissimo",
    "Correos", "DHL", "DHLEXPRESS", "DHLGlobalMail", "DPD", "DeutschePost", "FLYTExpress", "FedEx",
    "FourPX", "FourPXCHINA", "FourPXExpress", "FourPXLTD", "GLS", "Hermes", "HongKongPost",
    "JapanPost", "KoreaPost", "LAPOSTE", "Other", "Parcelforce", "PostNL", "RoyalMail",
    "SINGAPOREPOST", "SwissPost", "UBI", "UPS", "USPS", "Winit", "YANWEN", "Yodel",
})  # fmt: skip
"""Some of eBay's ShippingCarrierCodeType."""

_AMOUNT = Shape(
    needs={"value": Text(1, 20, pattern=r"^-?\d+(\.\d+)?$"), "currency": Text(3, 3)}, open=True
)
ORDER = Shape(
    needs={
        "orderId": Text(1, 40, pattern=r"^[0-9A-Za-z-]+$"),
        "creationDate": Text(1, 40),
        "lineItems": Many(
            Shape(
                needs={
                    "lineItemId": Text(1, 40),
                    "quantity": Number(least=1, whole=True),
                    "lineItemCost": _AMOUNT,
                },
                open=True,
            ),
            least=1,
        ),
    },
    may={"lastModifiedDate": Text(1, 40)},
    open=True,
)
"""The least an order must have to be put into a shop here; the rest may be as eBay has it."""

FULFILMENT = Shape(
    needs={
        "lineItems": Many(
            Shape(
                needs={"lineItemId": Text(1, 40)},
                may={"quantity": Number(least=1, whole=True)},
            ),
            least=1,
        ),
    },
    may={
        "shippedDate": Text(1, 40),
        "shippingCarrierCode": Text(1, 60),
        "trackingNumber": Text(1, 60),
    },
)
DESTINATION = Shape(
    needs={
        "name": Text(1, 100),
        "status": Text(values=frozenset({"ENABLED", "DISABLED"})),
        "deliveryConfig": Shape(
            needs={
                "endpoint": Text(1, 500, pattern=r"^https?://"),
                "verificationToken": Text(32, 80, pattern=r"^[0-9A-Za-z_-]+$"),
            }
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Search:
    """What getOrders was asked: ids, or one span of time and perhaps statuses; and a page."""

    ids: tuple[str, ...]
    by_creation: bool
    since: float
    until: float
    statuses: frozenset[str]
    limit: int
    offset: int


def bad(number: int, text: str, *field: str) -> Refused:
    """A refusal with one of eBay's error numbers."""
    return Refused(400, [Problem(field, str(number), text)])


def search_of(given: Mapping[str, str], now: float) -> Search:
    """Read getOrders' parameters. Raises `Refused` as eBay does."""
    check_field_groups(given)
    ids = tuple(filter(None, given.get("orderIds", "").split(",")))
    if len(ids) > MOST_ORDER_IDS:
        raise bad(30900, "Exceeded maximum number of order IDs (the current limit is 50)")
    if ids:
        # All other parameters are ignored then.
        return Search(ids, False, 0, now, frozenset(), LARGEST_PAGE, 0)
    criteria = _criteria(given.get("filter", ""))
    by_creation = "creationdate" in criteria or "lastmodifieddate" not in criteria
    name = "creationdate" if by_creation else "lastmodifieddate"
    since, until = now - DEFAULT_SECONDS, now
    if name in criteria:
        since, until = _span(name, criteria[name], now)
    return Search(
        ids=(),
        by_creation=by_creation,
        since=since,
        until=until,
        statuses=_statuses(criteria.get("orderfulfillmentstatus", "")),
        limit=_whole(given, "limit", 31100, DEFAULT_PAGE, least=1, most=LARGEST_PAGE),
        offset=_whole(given, "offset", 31000, 0, least=0, most=10**9),
    )


def check_field_groups(given: Mapping[str, str]) -> None:
    """Raises `Refused` for another field group than the only one there is."""
    if given.get("fieldGroups", "TAX_BREAKDOWN") != "TAX_BREAKDOWN":
        raise bad(32800, f"Invalid field group: {given['fieldGroups']}", "fieldGroups")


def _criteria(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, re.split(r",(?![^\[{]*[\]}])", text)):
        name, _, value = part.partition(":")
        if name.lower() not in {"creationdate", "lastmodifieddate", "orderfulfillmentstatus"}:
            raise bad(30700, f"Invalid filter name: {name}", "filter")
        found[name.lower()] = value
    return found


def _span(name: str, value: str, now: float) -> tuple[float, float]:
    match = re.fullmatch(r"\[(.*)\.\.(.*)\]", value)
    if match is None:
        raise bad(30800, f"Invalid filter value {value} for filter {name}", "filter")
    if not match[1]:
        raise bad(30820, "Start date is missing", "filter")
    since = stamp_seconds(match[1])
    until = stamp_seconds(match[2]) if match[2] else now
    if since is None or until is None:
        raise bad(30810, "Invalid date format", "filter")
    if since > now or until > now:
        raise bad(30850, "Start and end dates can't be in the future", "filter")
    if since >= until:
        raise bad(30840, "Start date should be before end date", "filter")
    if now - since > OLDEST_SECONDS:
        text = "Time range between start date and end date must be within '2' years."
        raise bad(30830, text, "filter")
    return since, until


def _statuses(value: str) -> frozenset[str]:
    if not value:
        return frozenset()
    match = re.fullmatch(r"\{(.*)\}", value)
    asked = frozenset(match[1].split("|")) if match else frozenset()
    if asked not in STATUS_SETS:
        text = f"Invalid filter value {value} for filter orderfulfillmentstatus"
        raise bad(30800, text, "filter")
    return asked


def _whole(
    given: Mapping[str, str], name: str, number: int, default: int, *, least: int, most: int
) -> int:
    text = given.get(name, str(default))
    if not re.fullmatch(r"\d{1,10}", text) or not least <= int(text) <= most:
        raise bad(number, f"Invalid {name}: {text}", name)
    return int(text)


def stamp_seconds(text: str) -> float | None:
    """Unix seconds of eBay's `2015-08-04T19:09:02.768Z`, None for any other form."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", text):
        return None
    try:
        return dt.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


def check_fulfilment(body: Any, order: dict[str, Any], now: float) -> None:
    """Raises `Refused` for a fulfilment eBay would not make of this order.

    Pieces beyond those ordered are let pass: eBay does not stop a parcel that is told twice.
    """
    rule: Rule = FULFILMENT
    if problems := list(rule.check(body, ())):
        raise Refused(
            400, [Problem(p.path, "32600", f"Invalid input data: {p.message}") for p in problems]
        )
    known = {line["lineItemId"] for line in order["lineItems"]}
    asked = [line["lineItemId"] for line in body["lineItems"]]
    for line_id in asked:
        if line_id not in known:
            raise bad(32200, f"Invalid line item id: {line_id}", "lineItemId")
    if len(set(asked)) < len(asked):
        raise bad(32210, "Duplicate line item in the request", "lineItemId")
    number, carrier = body.get("trackingNumber"), body.get("shippingCarrierCode")
    is_number = number is None or (number.isascii() and number.isalnum())
    if (number is None) != (carrier is None) or not is_number or carrier not in {None, *CARRIERS}:
        raise bad(32300, "Invalid shipment tracking number or carrier", "trackingNumber")
    shipped = body.get("shippedDate")
    at = now if shipped is None else stamp_seconds(shipped)
    if at is None or at > now + 1:
        raise bad(32500, "Invalid shipped date", "shippedDate")
