"""What eBay's contract says in prose only, put into its schemas: reviewed by hand, each with its
reason. The vendor's file itself types every field as optional text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Addition:
    """`where` is the path in the contract; what stands there is given `added`."""

    where: tuple[str, ...]
    added: tuple[tuple[str, Any], ...]
    prose: str


_SCHEMAS = ("components", "schemas")
_DETAILS = (*_SCHEMAS, "ShippingFulfillmentDetails")
_LINE = (*_SCHEMAS, "LineItemReference")
_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"

ADDITIONS = (
    Addition(_DETAILS, (("required", ["lineItems"]),), "a fulfilment names its line items"),
    Addition(
        (*_DETAILS, "properties", "lineItems"), (("minItems", 1),), "'one or more line items'"
    ),
    Addition(
        (*_DETAILS, "properties", "trackingNumber"),
        (("pattern", "^[0-9A-Za-z]+$"),),
        "'Only alphanumeric characters are supported for shipment tracking numbers'",
    ),
    Addition(
        (*_DETAILS, "properties", "shippingCarrierCode"),
        (("minLength", 1),),
        "an empty code is none",
    ),
    Addition(
        (*_DETAILS, "properties", "shippedDate"),
        (("pattern", f"^{_STAMP}$"),),
        "'[YYYY]-[MM]-[DD]T[hh]:[mm]:[ss].[sss]Z'",
    ),
    Addition(_LINE, (("required", ["lineItemId", "quantity"]),), "the line and how many of it"),
    Addition(
        (*_LINE, "properties", "quantity"), (("minimum", 1),), "'a whole number greater than zero'"
    ),
)
"""'trackingNumber and shippingCarrierCode are mutually dependent' cannot be said in this OpenAPI:
a test of its own holds it."""

PARAMETERS = {
    "limit": (r"^([1-9]|[1-9]\d|1\d\d|200)$", "'If a requested limit is more than 200, fails'"),
    "offset": (r"^(0|[1-9]\d*)$", "'a zero-based list'"),
    "filter": (
        rf"^lastmodifieddate:\[{_STAMP}\.\.{_STAMP}\]$",
        "the only filter we ask by: both ends, no creationdate beside it (it would win)",
    ),
}


def add_prose(contract: dict[str, Any]) -> int:
    """Apply the overlay in place; how many places it changed."""
    changed = 0
    for addition in ADDITIONS:
        node: Any = contract
        for key in addition.where:
            node = node[key]
        for name, value in addition.added:
            if name in node:
                raise AssertionError(f"the contract says {name} itself now: {addition.where}")
            node[name] = value
        changed += 1
    for parameter in contract["paths"]["/order"]["get"]["parameters"]:
        if parameter["name"] in PARAMETERS:
            parameter["schema"]["pattern"] = PARAMETERS[parameter["name"]][0]
            changed += 1
    return changed
