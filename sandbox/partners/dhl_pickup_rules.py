"""What MyDHL API 3.1 refuses in the body of `POST /pickups`."""

from __future__ import annotations

from sandbox.partners.dhl_parts import (
    ACCOUNT,
    AMOUNT,
    ANY,
    CLOCK,
    CONTACT,
    CURRENCY,
    DIMENSIONS,
    INSTRUCTION,
    PACKAGE_TYPES,
    WEIGHT,
    address,
)
from sandbox.validation import Flag, Many, Shape, Text, choice

_PICKUP_PARTY = Shape(needs={"postalAddress": address(), "contactInformation": CONTACT})
PICKUP = Shape(
    needs={
        "plannedPickupDateAndTime": Text(1, 29),
        "accounts": Many(ACCOUNT, least=1, most=5, unique=True),
        "customerDetails": Shape(
            needs={"shipperDetails": _PICKUP_PARTY},
            may={
                "receiverDetails": _PICKUP_PARTY,
                "bookingRequestorDetails": Shape(
                    needs={"contactInformation": CONTACT}, may={"postalAddress": address()}
                ),
                "pickupDetails": _PICKUP_PARTY,
            },
        ),
        "shipmentDetails": Many(
            Shape(
                needs={
                    "productCode": Text(1, 6),
                    "isCustomsDeclarable": Flag(),
                    "unitOfMeasurement": choice("metric imperial"),
                    "packages": Many(
                        Shape(
                            needs={"weight": WEIGHT},
                            may={"typeCode": PACKAGE_TYPES, "dimensions": DIMENSIONS},
                        ),
                        least=1,
                        most=999,
                    ),
                },
                may={
                    "localProductCode": Text(1, 3),
                    "accounts": Many(ACCOUNT, most=5),
                    "valueAddedServices": Many(
                        Shape(
                            needs={"serviceCode": Text(1, 6)},
                            may={
                                "localServiceCode": Text(1, 3),
                                "value": AMOUNT,
                                "currency": CURRENCY,
                                "method": choice("cash"),
                            },
                            least=1,
                        ),
                        most=99,
                    ),
                    "declaredValue": AMOUNT,
                    "declaredValueCurrency": CURRENCY,
                    "shipmentTrackingNumber": ANY,
                },
            ),
            least=1,
            most=999,
        ),
    },
    may={
        "closeTime": CLOCK,
        "location": Text(most=80),
        "locationType": choice("business residence"),
        "specialInstructions": Many(INSTRUCTION, most=4, unique=True),
        "remark": ANY,
    },
)
