"""One parcel as shipmentConfirmation (ordersV0) wants it, and as an order's packages show it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from integrations.answers import as_dict, as_list, text
from integrations.channels import facts
from integrations.channels.base import ShipmentNotice
from integrations.errors import Refused


def package_reference(reference: str) -> str:
    """A positive number (contract: nothing else is taken) that stays the same for our reference.

    31 bits out of a hash: unique among the few parcels of one order, which is all that is asked.
    """
    digest = hashlib.sha256(reference.encode()).digest()
    return str(int.from_bytes(digest[:4], "big") % (2**31 - 1) + 1)


def confirmation(notice: ShipmentNotice, *, package: str, marketplace: str) -> dict[str, Any]:
    """Body of shipmentConfirmation. Raises `Refused` for what Amazon would refuse anyway."""
    for field, value in (
        ("trackingNumber", notice.tracking_number),
        ("orderItems", notice.lines),
        ("marketplaceId", marketplace),
    ):
        if not value:
            message = f"a shipment of {notice.external_order} without {field}"
            raise Refused(field, "missing", message, partner="amazon")
    code = facts.carrier_code("amazon", notice.carrier, on=notice.shipped_at.date())
    name = (code.channel_name if code else "") or notice.carrier_name or notice.carrier
    detail: dict[str, Any] = {
        "packageReferenceId": package,
        "carrierCode": code.channel_code if code else "Other",
        "trackingNumber": notice.tracking_number,
        "shipDate": iso(notice.shipped_at),
        "orderItems": [
            {"orderItemId": line.external_line, "quantity": line.quantity} for line in notice.lines
        ],
    }
    if detail["carrierCode"] == "Other":
        detail["carrierName"] = name
    if notice.service_name:
        detail["shippingMethod"] = notice.service_name
    return {"marketplaceId": marketplace, "packageDetail": detail}


def known_package(raw: dict[str, Any], package: str, tracking: str) -> dict[str, Any] | None:
    for each in map(as_dict, as_list(raw.get("packages"))):
        status = text(as_dict(each.get("packageStatus")), "status")
        if status == "CANCELLED":
            continue
        same_number = bool(tracking) and text(each, "trackingNumber") == tracking
        # The same reference under another number is a parcel that was labelled anew: told again.
        if same_number or (
            text(each, "packageReferenceId") == package and not text(each, "trackingNumber")
        ):
            return each
    return None


def iso(moment: datetime) -> str:
    """An instant as Amazon's contracts write it: UTC, to the second, with a Z."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
