"""What MyDHL API 3.1 refuses in a body: `POST /shipments`, rule by rule.

Written from the vendor's published contract and held against it in the tests: on every body tried
there, these files and the contract agree. Two spots of the contract are read as they are meant:
the unit `NO` (YAML turns the bare word into false), and `multipleOf`, judged in decimal.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.partners.dhl_export_rules import EXPORT_DECLARATION
from sandbox.partners.dhl_parts import (
    ACCOUNT,
    AMOUNT,
    ANY,
    CLOCK,
    CONTACT,
    COUNTRY,
    CURRENCY,
    DIMENSIONS,
    INSTRUCTION,
    PACKAGE_TYPES,
    WEIGHT,
    address,
)
from sandbox.validation import Flag, Many, Number, Rule, Shape, Text, choice

_SHIPMENT_ADDRESS = address(provinceName=Text(1, 35), countryName=Text(1, 35))

_REGISTRATION = Shape(
    needs={
        "typeCode": choice(
            "VAT EIN GST SSN EOR DUN FED STA CNP IE INN KPP OGR OKP MRN SDT FTZ DAN TAN DTF RGP"
            " DLI NID PAS MID IMS EIC FTN CIC PEP"
        ),
        "number": Text(1, 35),
        "issuerCountryCode": COUNTRY,
    }
)
_BANK = Shape(
    may={"name": Text(most=60), "settlementLocalCurrency": ANY, "settlementForeignCurrency": ANY},
    least=1,
)
_PARTY_TYPE = choice("business direct_consumer government other private reseller")


def _party(*, bank: Rule, kind: Rule) -> Shape:
    return Shape(
        needs={"postalAddress": _SHIPMENT_ADDRESS, "contactInformation": CONTACT},
        may={
            "registrationNumbers": Many(_REGISTRATION, most=50),
            "bankDetails": bank,
            "typeCode": kind,
        },
    )


_PARTY = _party(bank=Many(_BANK, most=1, unique=True), kind=_PARTY_TYPE)
_DISTANT_PARTY = _party(bank=_REGISTRATION, kind=ANY)

_REFERENCE = Shape(
    needs={"value": Text(1, 35)},
    may={"typeCode": choice("AAO CU FF FN IBC LLR OBC PRN ACP ACS ACR CDN STD CO")},
    least=1,
)
_IDENTIFIER = Shape(
    needs={"typeCode": choice("parentId shipmentId pieceId"), "value": Text(1, 35)},
    may={"dataIdentifier": Text(1, 4)},
    least=1,
)
_DANGEROUS = Shape(
    needs={"contentId": Text(1, 5)},
    may={
        "dryIceTotalNetWeight": Number(decimals=3),
        "customDescription": Text(most=200),
        "unCodes": Many(Text(1, 10), least=1, most=10),
    },
    least=1,
    exactly_one_of=("dryIceTotalNetWeight", "unCodes"),
)
_SERVICE = Shape(
    needs={"serviceCode": Text(1, 6)},
    may={
        "value": AMOUNT,
        "currency": CURRENCY,
        "method": ANY,
        "dangerousGoods": Many(_DANGEROUS, most=1),
    },
    least=1,
)
_SYMBOLOGY = choice("93 39 128")

_IMAGE_OPTION = Shape(
    needs={"typeCode": choice("label waybillDoc invoice qr-code shipmentReceipt")},
    may={
        "templateName": Text(most=25),
        "isRequested": Flag(),
        "hideAccountNumber": Flag(),
        "numberOfCopies": Number(least=1, most=2),
        "invoiceType": choice("commercial proforma returns"),
        "languageCode": Text(3, 3),
        "languageCountryCode": COUNTRY,
        "languageScriptCode": Text(4, 4),
        "encodingFormat": choice("png"),
        "renderDHLLogo": Flag(),
        "fitLabelsToA4": Flag(),
        "labelFreeText": Text(most=150),
        "labelCustomerDataText": Text(1, 250),
        "shipmentReceiptCustomerDataText": Text(1, 700),
    },
    least=1,
)
_IMAGES = Shape(
    may={
        "printerDPI": Number(values=frozenset({200, 300})),
        "customerBarcodes": Many(
            Shape(
                needs={"content": Text(1, 25), "symbologyCode": _SYMBOLOGY},
                may={"textBelowBarcode": ANY},
                least=1,
            ),
            most=1,
        ),
        "customerLogos": Many(
            Shape(
                needs={"fileFormat": choice("PNG GIF JPEG JPG"), "content": Text(most=1_048_576)},
                least=1,
            ),
            most=1,
        ),
        "encodingFormat": choice("pdf zpl lp2 epl"),
        "imageOptions": Many(_IMAGE_OPTION, most=20, unique=True),
        "splitTransportAndWaybillDocLabels": Flag(),
        "allDocumentsInOneImage": Flag(),
        "splitDocumentsByPages": Flag(),
        "splitInvoiceAndReceipt": Flag(),
        "receiptAndLabelsInOneImage": Flag(),
    },
    least=1,
)

_PACKAGE = Shape(
    needs={"weight": WEIGHT},
    may={
        "typeCode": PACKAGE_TYPES,
        "dimensions": DIMENSIONS,
        "customerReferences": Many(_REFERENCE, least=1, most=99),
        "identifiers": Many(_IDENTIFIER, most=3, unique=True),
        "description": Text(1, 70),
        "labelBarcodes": Many(
            Shape(
                needs={
                    "position": choice("left right"),
                    "symbologyCode": _SYMBOLOGY,
                    "content": ANY,
                    "textBelowBarcode": ANY,
                },
                least=1,
            ),
            most=2,
        ),
        "labelText": Many(
            Shape(
                needs={
                    "position": choice("left1 left2 left3 right1 right2 right3"),
                    "caption": Text(most=20),
                    "value": Text(most=40),
                },
                least=1,
            ),
            most=6,
        ),
        "labelDescription": Text(1, 80),
        "referenceNumber": Number(least=1, most=999),
    },
    least=1,
)

_CONTENT = Shape(
    needs={
        "packages": Many(_PACKAGE, least=1, most=999),
        "isCustomsDeclarable": Flag(),
        "description": Text(1, 70, pattern=r"^[^\s]"),
        "incoterm": choice("EXW FCA CPT CIP DPU DAP DDP FAS FOB CFR CIF DAF DAT DDU DEQ DES"),
        "unitOfMeasurement": choice("metric imperial"),
    },
    may={
        "areMorePackagesToBeAddedLater": Flag(),
        "declaredValue": AMOUNT,
        "declaredValueCurrency": CURRENCY,
        "exportDeclaration": EXPORT_DECLARATION,
        "USFilingTypeValue": Text(1, 20),
    },
)
_PICKUP_IN_SHIPMENT = Shape(
    needs={"isRequested": Flag()},
    may={
        "closeTime": CLOCK,
        "location": Text(most=80),
        "specialInstructions": Many(INSTRUCTION, most=4),
        "pickupDetails": _PARTY,
        "pickupRequestorDetails": _PARTY,
    },
)

SHIPMENT = Shape(
    needs={
        "plannedShippingDateAndTime": Text(1, 29),
        "pickup": _PICKUP_IN_SHIPMENT,
        "productCode": Text(1, 6),
        "accounts": Many(ACCOUNT, least=1, most=3),
        "customerDetails": Shape(
            needs={"shipperDetails": _PARTY, "receiverDetails": _PARTY},
            may={
                "buyerDetails": _PARTY,
                "importerDetails": _PARTY,
                "exporterDetails": _PARTY,
                "sellerDetails": _PARTY,
                "payerDetails": _PARTY,
                "manufacturerDetails": _DISTANT_PARTY,
                "ultimateConsigneeDetails": _DISTANT_PARTY,
                "brokerDetails": _DISTANT_PARTY,
            },
        ),
        "content": _CONTENT,
    },
    may={
        "localProductCode": Text(1, 3),
        "getRateEstimates": Flag(),
        "valueAddedServices": Many(_SERVICE, most=99),
        "outputImageProperties": _IMAGES,
        "customerReferences": Many(_REFERENCE, most=999),
        "identifiers": Many(_IDENTIFIER, most=5, unique=True),
        "documentImages": Many(
            Shape(
                needs={"content": ANY},
                may={
                    "typeCode": choice("INV PNV COO CIN DCL AWB NAF"),
                    "imageFormat": choice("PDF PNG GIF TIFF JPEG"),
                },
                least=1,
            ),
            least=1,
            most=999,
        ),
        "onDemandDelivery": Shape(
            needs={"deliveryOption": choice("servicepoint neighbour signatureRelease")},
            may={
                "location": Text(1, 15),
                "specialInstructions": Text(1, 110),
                "gateCode": Text(1, 10),
                "whereToLeave": choice("concierge neighbour"),
                "neighbourName": Text(1, 20),
                "neighbourHouseNumber": Text(1, 20),
                "authorizerName": Text(1, 20),
                "servicePointId": Text(1, 6),
                "requestedDeliveryDate": Text(1, 29),
            },
        ),
        "requestOndemandDeliveryURL": Flag(),
        "shipmentNotification": Many(
            Shape(
                needs={"typeCode": choice("email"), "receiverId": Text(1, 50)},
                may={
                    "languageCode": Text(3, 3),
                    "languageCountryCode": COUNTRY,
                    "bespokeMessage": Text(most=250),
                },
                least=1,
            ),
            most=5,
        ),
        "prepaidCharges": Many(
            Shape(
                needs={
                    "typeCode": choice("freight"),
                    "currency": CURRENCY,
                    "value": Number(least=Decimal("0.01"), most=9_999_999_999, decimals=2),
                    "method": choice("cash"),
                },
                least=1,
            ),
            most=1,
        ),
        "getTransliteratedResponse": Flag(),
        "estimatedDeliveryDate": Shape(
            needs={"isRequested": Flag()}, may={"typeCode": choice("QDDC QDDF")}
        ),
        "getAdditionalInformation": Many(
            Shape(
                needs={"isRequested": Flag()},
                may={
                    "typeCode": choice(
                        "pickupDetails optionalShipmentData barcodeInformation linkLabelsByPieces"
                    )
                },
            ),
            most=5,
        ),
        "parentShipment": Shape(
            may={"productCode": Text(1, 1), "packagesCount": Number(least=1, decimals=0)}
        ),
    },
)
