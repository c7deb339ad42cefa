"""Our words as MyDHL API 3.1.1 requests. Pure; held to the contract in the tests.

Limits and enums are the contract's. What the contract leaves open and we chose is marked
"our reading".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

from babel.core import get_global
from stdnum.eu.vat import MEMBER_STATES

from integrations.carriers import fit
from integrations.carriers.base import Address, BookingRequest, ContentLine, Handover
from integrations.errors import Refused

PRODUCTS = {"DHL_EXPRESS_WORLDWIDE": "P"}
"""Our service codes -> DHL global product codes. A code of DHL's own passes as it is."""

BATTERY_SERVICES = {"contained": ("HV", "967"), "packed": ("HD", "966")}
"""Battery kind -> special service and dangerous-goods content id of the contract, for lithium ion
under Section II (PI967 in equipment, PI966 with equipment). Our requests do not tell chemistry:
lithium ion is our reading."""

LITHIUM_ION_WITH_EQUIPMENT = "3481"
"""UN number. The contract's prose asks only for the content id, its schema for dry ice or a UN
number too; the right UN number satisfies both."""

PERSONAL_TAX_IDS = {"BR": "CNP", "KR": "CIC"}
"""Country -> registration type of its tax number; VAT elsewhere. KR is our reading."""

_EU = {code.upper() for code in MEMBER_STATES} - {"XI"}
_IOSS = re.compile(r"IM(\d{3})\d{7}")
_PARCELS_PER_PICKUP = 999
_FURTHEST_AHEAD = timedelta(days=10)


def shipment(request: BookingRequest, *, account: str, now: datetime) -> dict[str, Any]:
    """Body of POST /shipments. Raises `Refused` naming our field for what cannot be sent."""
    declarable = is_declarable(request.sender.country, request.recipient.country)
    body: dict[str, Any] = {
        "plannedShippingDateAndTime": planned_instant(
            datetime.combine(request.ship_date, time(12), UTC), now=now, field="ship_date"
        ),
        "pickup": {"isRequested": False},
        "productCode": product_code(request.service_code),
        "getRateEstimates": False,
        "accounts": [{"typeCode": "shipper", "number": account}],
        "outputImageProperties": {
            "encodingFormat": "pdf",
            "imageOptions": [
                {"typeCode": "label", "templateName": "ECOM26_84_001"},
                {"typeCode": "waybillDoc", "isRequested": False},
            ],
        },
        "customerReferences": [
            {
                "value": fit.required(request.reference, field="reference", longest=35),
                "typeCode": "CU",
            }
        ],
        "customerDetails": {
            "shipperDetails": _party(request.sender, field="sender", declarable=declarable),
            "receiverDetails": _party(request.recipient, field="recipient", declarable=declarable),
        },
        "content": _content(request, declarable=declarable),
    }
    if request.tax_scheme_id:
        numbers = body["customerDetails"]["shipperDetails"].setdefault("registrationNumbers", [])
        numbers.append(_tax_scheme(request))
    services = _services(request)
    if services:
        body["valueAddedServices"] = services
    if request.incoterm == "DDP":
        body["accounts"].append({"typeCode": "duties-taxes", "number": account})
    return body


def pickup(handover: Handover, *, account: str, now: datetime) -> dict[str, Any]:
    """Body of POST /pickups: one shipment detail per parcel, named by its waybill number."""
    if not 0 < len(handover.parcels) <= _PARCELS_PER_PICKUP:
        message = f"a pickup takes 1 to {_PARCELS_PER_PICKUP} parcels, not {len(handover.parcels)}"
        raise Refused("parcels", "out_of_range", message)
    accounts = [{"typeCode": "shipper", "number": account}]
    return {
        "plannedPickupDateAndTime": planned_instant(handover.at, now=now, field="at"),
        "accounts": accounts,
        "remark": fit.required(handover.handover_id, field="handover_id", longest=70),
        "customerDetails": {
            "shipperDetails": _party(
                handover.sender, field="sender", declarable=False, with_type=False
            )
        },
        "shipmentDetails": [
            {
                "productCode": product_code(parcel.service_code),
                "accounts": accounts,
                "isCustomsDeclarable": parcel.is_declarable,
                "unitOfMeasurement": "metric",
                "shipmentTrackingNumber": parcel.tracking_number,
                "packages": [
                    _package(
                        parcel.weight_g,
                        (parcel.length_mm, parcel.width_mm, parcel.height_mm),
                        field=f"parcels[{index}].",
                    )
                ],
            }
            for index, parcel in enumerate(handover.parcels)
        ],
    }


def planned_instant(wanted: datetime, *, now: datetime, field: str) -> str:
    """The contract's "2026-01-18T17:00:00 GMT+01:00", never in the past when it arrives.

    Given in GMT, which names the same instant as the origin's own time.
    """
    planned = max(wanted.astimezone(UTC), now.astimezone(UTC) + timedelta(minutes=5))
    if planned > now + _FURTHEST_AHEAD:
        raise Refused(field, "out_of_range", f"{field} is more than 10 days ahead")
    return f"{planned:%Y-%m-%dT%H:%M:%S} GMT+00:00"


def product_code(service_code: str) -> str:
    """DHL's global product code for our service code."""
    code = PRODUCTS.get(service_code, service_code)
    if not 0 < len(code) <= 6:
        raise Refused("service_code", "unknown", f"{service_code!r} is no service of DHL Express")
    return code


def is_declarable(origin: str, destination: str) -> bool:
    """Whether customs must be told: between countries, except inside the EU customs union."""
    return origin != destination and not {origin, destination} <= _EU


def _party(
    address: Address, *, field: str, declarable: bool, with_type: bool = True
) -> dict[str, Any]:
    party: dict[str, Any] = {
        "postalAddress": _postal_address(address, field=field, with_names=with_type),
        "contactInformation": _contact(address, field=field),
    }
    if with_type:
        party["typeCode"] = "business" if address.company.strip() else "direct_consumer"
    if declarable and address.tax_id.strip():
        party["registrationNumbers"] = [
            {
                "typeCode": PERSONAL_TAX_IDS.get(address.country, "VAT"),
                "number": fit.required(address.tax_id, field=f"{field}.tax_id", longest=35),
                "issuerCountryCode": address.country,
            }
        ]
    return party


def _postal_address(address: Address, *, field: str, with_names: bool) -> dict[str, str]:
    if not re.fullmatch("[A-Z]{2}", address.country):
        raise Refused(f"{field}.country", "invalid", f"{field}.country is not a two-letter code")
    street = fit.lines(address.street_lines, field=f"{field}.street_lines", count=3, longest=45)
    postal = {
        "postalCode": fit.optional(address.postal_code, field=f"{field}.postal_code", longest=12),
        "cityName": fit.required(address.city, field=f"{field}.city", longest=45),
        "countryCode": address.country,
        **{f"addressLine{number}": line for number, line in enumerate(street, start=1)},
    }
    region = fit.optional(address.region, field=f"{field}.region", longest=35)
    if re.fullmatch("[A-Z0-9]{2,3}", region):
        postal["provinceCode"] = region
    elif region and with_names:
        postal["provinceName"] = region
    return postal


def _contact(address: Address, *, field: str) -> dict[str, str]:
    name = fit.optional(address.name, field=f"{field}.name", longest=255)
    company = fit.optional(address.company, field=f"{field}.company", longest=100)
    contact = {
        "phone": fit.required(address.phone, field=f"{field}.phone", longest=70),
        # Both are required: a private person stands for the company, and the other way round.
        "companyName": company or fit.required(name, field=f"{field}.name", longest=100),
        "fullName": name or company,
    }
    if email := fit.optional(address.email, field=f"{field}.email", longest=70):
        contact["email"] = email
    return contact


def _tax_scheme(request: BookingRequest) -> dict[str, str]:
    """The scheme number as SDT: "Overseas Registered Supplier or Import One-Stop-Shop or ..."."""
    number = fit.required(request.tax_scheme_id, field="tax_scheme_id", longest=35)
    issuer = request.recipient.country
    if ioss := _IOSS.fullmatch(number):
        # The three digits are the ISO numeric code of the member state that gave the number.
        known = get_global("territory_aliases").get(ioss[1])
        if not known or known[0] not in _EU:
            message = f"{number}: {ioss[1]} is no member state's code"
            raise Refused("tax_scheme_id", "invalid", message)
        issuer = known[0]
    return {"typeCode": "SDT", "number": number, "issuerCountryCode": issuer}


def _services(request: BookingRequest) -> list[dict[str, Any]]:
    services: list[dict[str, Any]] = []
    if request.incoterm == "DDP":
        services.append({"serviceCode": "DD"})
    if request.battery not in {"", "none"}:
        if request.battery not in BATTERY_SERVICES:
            message = f"batteries sent {request.battery!r} are not taken by this service"
            raise Refused("battery", "not_carried", message)
        code, content_id = BATTERY_SERVICES[request.battery]
        goods = {"contentId": content_id, "unCodes": [LITHIUM_ION_WITH_EQUIPMENT]}
        services.append({"serviceCode": code, "dangerousGoods": [goods]})
    return services


def _package(weight_g: int, size_mm: tuple[int, int, int], *, field: str = "") -> dict[str, Any]:
    length, width, height = size_mm
    return {
        "weight": fit.kilograms(weight_g, field=f"{field}weight_g"),
        "dimensions": {
            "length": fit.centimetres(length, field=f"{field}length_mm"),
            "width": fit.centimetres(width, field=f"{field}width_mm"),
            "height": fit.centimetres(height, field=f"{field}height_mm"),
        },
    }


def _content(request: BookingRequest, *, declarable: bool) -> dict[str, Any]:
    if not request.contents:
        raise Refused("contents", "required", "the parcel has no contents")
    size_mm = (request.length_mm, request.width_mm, request.height_mm)
    content: dict[str, Any] = {
        "packages": [_package(request.weight_g, size_mm)],
        "isCustomsDeclarable": declarable,
        "description": fit.summary(
            [line.description for line in request.contents], field="contents", longest=70
        ),
        "incoterm": request.incoterm,
        "unitOfMeasurement": "metric",
    }
    if declarable:
        content["declaredValue"] = fit.number(request.declared_value, field="declared_value")
        content["declaredValueCurrency"] = request.currency
        content["exportDeclaration"] = _export_declaration(request)
    return content


def _export_declaration(request: BookingRequest) -> dict[str, Any]:
    return {
        "lineItems": [
            _line_item(line, position=position, currency=request.currency)
            for position, line in enumerate(request.contents)
        ],
        "invoice": {
            "number": fit.required(request.invoice_number, field="invoice_number", longest=35),
            "date": request.ship_date.isoformat(),
        },
        "exportReason": "sale",
        "exportReasonType": "commercial_purpose_or_sale",
        "shipmentType": "commercial",
        "placeOfIncoterm": request.recipient.city,
    }


def _line_item(line: ContentLine, *, position: int, currency: str) -> dict[str, Any]:
    field = f"contents[{position}]"
    if line.currency != currency:
        # The contract has one currency for the whole declaration.
        message = f"{field} is priced in {line.currency}, the parcel in {currency}"
        raise Refused(f"{field}.currency", "mismatch", message)
    if line.quantity < 1:
        raise Refused(f"{field}.quantity", "required", f"{field}.quantity must be 1 or more")
    if not re.fullmatch("[A-Z]{2}", line.origin_country):
        message = f"{field}.origin_country is not a two-letter code"
        raise Refused(f"{field}.origin_country", "invalid", message)
    item: dict[str, Any] = {
        "number": position + 1,
        "description": fit.required(line.description, field=f"{field}.description", longest=512),
        "price": fit.number(line.unit_value, field=f"{field}.unit_value"),
        "quantity": {"value": line.quantity, "unitOfMeasurement": "PCS"},
        "manufacturerCountry": line.origin_country,
        "weight": {
            "netValue": fit.kilograms(
                line.net_weight_g * line.quantity, field=f"{field}.net_weight_g"
            )
        },
    }
    if line.hs_code:
        code = fit.required(line.hs_code, field=f"{field}.hs_code", longest=18)
        item["commodityCodes"] = [{"typeCode": "outbound", "value": code}]
    return item
