"""What the Selling Partner API refuses: the contracts' shapes and the rules of their prose.

Orders 2026-01-01, ordersV0 shipmentConfirmation, feeds 2021-06-30. Rules no contract states are
marked "our reading".
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sandbox.shops import Clock
from sandbox.validation import Many, Number, Problem, Shape, Text, choice
from sandbox.web import Call, Refused

MARKETPLACES = {
    "na": {"ATVPDKIKX0DER": "US", "A2EUQ1WTGCTBG2": "CA", "A1AM78C64UM0Y8": "MX",
           "A2Q3Y263D00KWC": "BR"},
    "eu": {"A1PA6795UKMFR9": "DE", "A1F83G8C2ARO7P": "GB", "A13V1IB3VIYZZH": "FR",
           "APJ6JRA9NG5V4": "IT", "A1RKKUPIHCS9HS": "ES"},
    "fe": {"A1VC38T7YXB528": "JP", "A39IBJ37TRP1C6": "AU", "A19VAU5U5O7RUS": "SG"},
}  # fmt: skip
"""Marketplaces by region, as public documentation lists them; a host knows its own only."""

DATASETS = frozenset({
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT",
    "PACKAGES", "TAX", "PAYMENT", "FULFILLMENT_ORDERS",
})  # fmt: skip
STATUSES = frozenset({
    "PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED",
    "UNFULFILLABLE",
})  # fmt: skip
FULFILLERS = frozenset({"MERCHANT", "AMAZON"})
SEARCH_PARAMETERS = frozenset({
    "createdAfter", "createdBefore", "lastUpdatedAfter", "lastUpdatedBefore",
    "fulfillmentStatuses", "marketplaceIds", "fulfilledBy", "maxResultsPerPage",
    "paginationToken", "includedData",
})  # fmt: skip

MONEY = Shape(needs={"amount": Text(1, pattern=r"^-?\d+(\.\d+)?$"), "currencyCode": Text(3, 3)})
ITEM = Shape(
    needs={
        "orderItemId": Text(1),
        "quantityOrdered": Number(least=0, whole=True),
        "product": Shape(may={"price": Shape(may={"unitPrice": MONEY}, open=True)}, open=True),
    },
    open=True,
)
ORDER = Shape(
    needs={
        "orderId": Text(1, 60),
        "createdTime": Text(1),
        "lastUpdatedTime": Text(1),
        "salesChannel": Shape(needs={"channelName": Text(1)}, open=True),
        "orderItems": Many(ITEM),
        "fulfillment": Shape(needs={"fulfillmentStatus": Text(values=STATUSES)}, open=True),
    },
    open=True,
)
"""An order as it is put in; the contract requires fulfillment only where it is asked for."""

CONFIRMATION = Shape(
    needs={
        "marketplaceId": Text(1),
        "packageDetail": Shape(
            needs={
                "packageReferenceId": Text(1, pattern=r"^[1-9]\d*$"),
                "carrierCode": Text(1),
                "trackingNumber": Text(1),
                "shipDate": Text(1),
                "orderItems": Many(
                    Shape(
                        needs={
                            "orderItemId": Text(1),
                            "quantity": Number(least=1, whole=True),
                        },
                        may={"transparencyCodes": Many(Text())},
                    ),
                    least=1,
                ),
            },
            may={
                "carrierName": Text(1),
                "shippingMethod": Text(1),
                "shipFromSupplySourceId": Text(1),
            },
        ),
    },
    may={"codCollectionMethod": choice("DirectPayment")},
)
FEED_DOCUMENT = Shape(needs={"contentType": Text(1)})
FEED = Shape(
    needs={
        "feedType": Text(1),
        "marketplaceIds": Many(Text(1), least=1, most=25),
        "inputFeedDocumentId": Text(1),
    },
    may={"feedOptions": Shape(open=True)},
)


def refused(text: str, *path: str, status: int = 400, code: str = "InvalidInput") -> Refused:
    """An `errors` entry of Amazon's."""
    return Refused(status, [Problem(path, code, text)])


def listed(call: Call, name: str, allowed: frozenset[str] | None = None) -> frozenset[str]:
    """A comma-separated parameter; refused where it names something the contract does not."""
    values = frozenset(filter(None, call.request.args.get(name, "").split(",")))
    if allowed is not None and (unknown := values - allowed):
        raise refused(f"Invalid value for {name}: {', '.join(sorted(unknown))}", name)
    return values


def moment(call: Call, name: str) -> float | None:
    """A date-time parameter in Unix seconds; None where it is missing."""
    text = call.request.args.get(name)
    return None if text is None else unix(text, name)


def unix(text: Any, *path: str) -> float:
    """Unix seconds of an RFC 3339 date-time with an offset."""
    try:
        found = dt.datetime.fromisoformat(str(text))
        if found.tzinfo is not None:
            return found.timestamp()
    except (ValueError, OverflowError):
        pass
    raise refused(f"Invalid date-time: {text}", *path)


def bounds(call: Call) -> tuple[Clock, float, float]:
    """(clock, from, until): exactly one of the two beginnings.

    The end must not lie before the beginning and at least two minutes back (contract's prose).
    """
    given = {name for name in SEARCH_PARAMETERS if name in call.request.args}
    created = given & {"createdAfter", "createdBefore"}
    changed = given & {"lastUpdatedAfter", "lastUpdatedBefore"}
    if ("createdAfter" in given) == ("lastUpdatedAfter" in given):
        raise refused("Provide exactly one of createdAfter and lastUpdatedAfter")
    if created and changed:
        raise refused("createdAfter/createdBefore and lastUpdatedAfter/lastUpdatedBefore exclude"
                      " each other")  # fmt: skip
    word = "created" if created else "lastUpdated"
    since = moment(call, f"{word}After")
    until = moment(call, f"{word}Before")
    newest = call.now - 120
    if since is None:  # one of the two is there, as said above
        raise refused("no beginning")
    if until is not None and (until < since or until > newest):
        name = f"{word}Before"
        raise refused(
            f"{name} must not be before {word}After and at least two minutes before now", name
        )
    clock: Clock = "created_at" if created else "updated_at"
    return clock, since, newest if until is None else until


def page_size(call: Call) -> int:
    """`maxResultsPerPage`, 1 to 100, default 100."""
    text = call.request.args.get("maxResultsPerPage", "100")
    if not text.isdecimal() or not 1 <= int(text[:9]) <= 100:
        raise refused("maxResultsPerPage must be between 1 and 100", "maxResultsPerPage")
    return int(text)


def marketplaces(region: str) -> frozenset[str]:
    """The marketplaces a region's host serves; all of them where no region is named."""
    regions = [region] if region else list(MARKETPLACES)
    return frozenset(name for each in regions for name in MARKETPLACES[each])


def check_marketplaces(region: str, asked: frozenset[str]) -> None:
    """403 for a marketplace that another region's host serves (our reading)."""
    if unknown := asked - marketplaces(region):
        text = f"Access to requested resource is denied. Marketplaces: {', '.join(sorted(unknown))}"
        raise refused(text, status=403, code="Unauthorized")
