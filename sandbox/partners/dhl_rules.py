"""What MyDHL API 3.1 refuses in a body: `POST /shipments` and `POST /pickups`, rule by rule.

Written from the vendor's published contract and held against it in the tests: on every body tried
there, this file and the contract agree. Two spots of the contract are read as they are meant:
the unit `NO` (YAML turns the bare word into false), and `multipleOf`, judged in decimal.
"""

from __future__ import annotations

from decimal import Decimal

from sandbox.validation import Flag, Many, Number, Rule, Shape, Text, choice

_AMOUNT = Number(least=0, most=999_999_999_999_999, decimals=3)
_WHOLE_AMOUNT = Number(least=0, most=999_999_999_999_999)
_WEIGHT = Number(least=Decimal("0.001"), most=999_999_999_999, decimals=3)
_LINE_WEIGHT = Number(least=0, most=999_999_999_999, decimals=3)
_LENGTH = Number(least=Decimal("0.001"), most=9_999_999, decimals=3)
_COUNTRY = Text(2, 2)
_CURRENCY = Text(3, 3)
_ANY = Text()
_CLOCK = Text(most=5, pattern=r"([0-1][0-9]|2[0-3]):([0-5][0-9])")

_CONTACT = Shape(
    needs={"phone": Text(1, 70), "companyName": Text(1, 100), "fullName": Text(1, 255)},
    may={"email": Text(1, 70), "mobilePhone": Text(1, 70)},
)


def _address(**more: Rule) -> Shape:
    return Shape(
        needs={
            "postalCode": Text(0, 12),
            "cityName": Text(1, 45),
            "countryCode": _COUNTRY,
            "addressLine1": Text(1, 45),
        },
        may={
            "provinceCode": Text(2, 35),
            "addressLine2": Text(1, 45),
            "addressLine3": Text(1, 45),
            "countyName": Text(1, 45),
            **more,
        },
    )


_SHIPMENT_ADDRESS = _address(provinceName=Text(1, 35), countryName=Text(1, 35))

_REGISTRATION = Shape(
    needs={
        "typeCode": choice(
            "VAT EIN GST SSN EOR DUN FED STA CNP IE INN KPP OGR OKP MRN SDT FTZ DAN TAN DTF RGP"
            " DLI NID PAS MID IMS EIC FTN CIC PEP"
        ),
        "number": Text(1, 35),
        "issuerCountryCode": _COUNTRY,
    }
)
_BANK = Shape(
    may={"name": Text(most=60), "settlementLocalCurrency": _ANY, "settlementForeignCurrency": _ANY},
    least=1,
)
_PARTY_TYPE = choice("business direct_consumer government other private reseller")


def _party(*, bank: Rule, kind: Rule) -> Shape:
    return Shape(
        needs={"postalAddress": _SHIPMENT_ADDRESS, "contactInformation": _CONTACT},
        may={
            "registrationNumbers": Many(_REGISTRATION, most=50),
            "bankDetails": bank,
            "typeCode": kind,
        },
    )


_PARTY = _party(bank=Many(_BANK, most=1, unique=True), kind=_PARTY_TYPE)
_DISTANT_PARTY = _party(bank=_REGISTRATION, kind=_ANY)

_ACCOUNT = Shape(
    needs={"typeCode": choice("shipper payer duties-taxes"), "number": Text(1, 12)}, least=1
)
_INSTRUCTION = Shape(needs={"value": Text(most=80)}, may={"typeCode": Text(2, 3)}, least=1, most=4)
_PACKAGE_TYPES = choice("1CE 2BC 2BP 2BX 3BX 4BX 5BX 6BX 7BX 8BX CE1 TBL TBS WB1 WB2 WB3 WB6 XPD")
_DIMENSIONS = Shape(needs={"length": _LENGTH, "width": _LENGTH, "height": _LENGTH})
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
        "value": _AMOUNT,
        "currency": _CURRENCY,
        "method": _ANY,
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
        "languageCountryCode": _COUNTRY,
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
                may={"textBelowBarcode": _ANY},
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
    needs={"weight": _WEIGHT},
    may={
        "typeCode": _PACKAGE_TYPES,
        "dimensions": _DIMENSIONS,
        "customerReferences": Many(_REFERENCE, least=1, most=99),
        "identifiers": Many(_IDENTIFIER, most=3, unique=True),
        "description": Text(1, 70),
        "labelBarcodes": Many(
            Shape(
                needs={
                    "position": choice("left right"),
                    "symbologyCode": _SYMBOLOGY,
                    "content": _ANY,
                    "textBelowBarcode": _ANY,
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

_EXPORT_REASON = choice(
    "permanent temporary return used_exhibition_goods_to_origin intercompany_use"
    " commercial_purpose_or_sale personal_belongings_or_personal_use sample gift return_to_origin"
    " warranty_replacement diplomatic_goods defence_material"
)
_UNITS = choice(
    "BOX 2GM M3 DPR DOZ PCS GM GRS KG M 3GM X NO PRS CM2 2M2 3M2 M2 4M2 CM CONE CT EA LBS RILL ROLL"
    " SET TU KM IN FT YD MI LTR MMQ CM3 DMQ MLT CLT DLT INQ FT3 YD3 GLI GLL PT PTI QTI PTL QTL PTD"
    " OZI J57 NM3 SM3 TNE LB ONZ CEL"
)


def _coded(codes: str, *, most: int) -> Many:
    item = Shape(needs={"typeCode": choice(codes), "value": Text(1, 35)}, least=1, most=most)
    return Many(item, most=most, unique=True)


_CUSTOMS_DOCUMENTS = _coded(
    "972 AHC ALC ATA ATR BEX CHA CHD CHP CIT CIV CI2 COO CPA CRL CSD DEX DGD DLI DOV ELP EU1 EU2"
    " EUS EXL FMA HLC HWB INV IPA JLC LIC LNP NID PAS PFI PHY PLI POA PCH ROD T2M TAD TCS VET VEX"
    " ORD OEI RGR CP2",
    most=50,
)
_LINE_REFERENCES = _coded(
    "AFE BRD DGC AAJ INB MAK ALX PAN PON ABW SE SON OID DTC DTM DTQ DTR ITR MID OED OET OOR SME USM"
    " AAM CFR DOM FOR USG MAT NLR DDS ARN OP OSC TAR TCO AEI EXN AFK AEA PTA",
    most=100,
)
_INVOICE_REFERENCES = _coded(
    "ACL CID CN CU ITN UCN MRN OID PON RMA AAM ABT ADA AES AFD ANT BKN BOL CDN COD DSC FF FN FTR"
    " HWB IBC IPP LLR MAB MWB OBC PD PRN RTL SID SS SWN TAR TCO PX PTA",
    most=100,
)

_LINE_ITEM = Shape(
    needs={
        "number": Number(least=1, most=999, whole=True),
        "description": Text(1, 512),
        "price": _AMOUNT,
        "quantity": Shape(
            needs={
                "value": Number(least=1, most=1_000_000_000, whole=True),
                "unitOfMeasurement": _UNITS,
            }
        ),
        "manufacturerCountry": _COUNTRY,
        "weight": Shape(may={"netValue": _LINE_WEIGHT, "grossValue": _LINE_WEIGHT}),
    },
    may={
        "commodityCodes": Many(
            Shape(
                needs={"typeCode": choice("outbound inbound"), "value": Text(2, 18)},
                least=1,
            ),
            most=2,
            unique=True,
        ),
        "exportReasonType": _EXPORT_REASON,
        "isTaxesPaid": Flag(),
        "additionalInformation": Many(_ANY, least=1, most=8),
        "customerReferences": _LINE_REFERENCES,
        "customsDocuments": _CUSTOMS_DOCUMENTS,
        "preCalculatedLineItemTotalValue": _WHOLE_AMOUNT,
    },
    least=1,
)
_INVOICE = Shape(
    needs={"number": Text(1, 35), "date": Text(1, 35, date=True)},
    may={
        "signatureName": Text(most=35),
        "signatureTitle": Text(most=35),
        "signatureImage": Text(most=1_048_576),
        "instructions": Many(Text(1, 300), least=1, most=1),
        "customerDataTextEntries": Many(Text(0, 45), least=1, most=6),
        "totalNetWeight": _LINE_WEIGHT,
        "totalGrossWeight": _LINE_WEIGHT,
        "customerReferences": _INVOICE_REFERENCES,
        "termsOfPayment": _ANY,
        "indicativeCustomsValues": Shape(
            may={
                "importCustomsDutyValue": _WHOLE_AMOUNT,
                "importTaxesValue": _WHOLE_AMOUNT,
                "totalWithImportDutiesAndTaxes": _WHOLE_AMOUNT,
            },
            least=1,
            open=True,
        ),
        "preCalculatedTotalValues": Shape(
            needs={
                "preCalculatedTotalGoodsValue": _WHOLE_AMOUNT,
                "preCalculatedTotalInvoiceValue": _WHOLE_AMOUNT,
            },
            least=1,
        ),
    },
    least=1,
)
_CHARGE = Shape(
    needs={
        "value": Number(least=Decimal("0.001"), most=999_999_999_999_999, decimals=3),
        "typeCode": choice(
            "admin delivery documentation expedite export freight fuel_surcharge logistic other"
            " packaging pickup handling vat insurance reverse_charge"
        ),
    },
    may={"caption": _ANY},
    least=1,
)
_EXPORT = Shape(
    needs={"lineItems": Many(_LINE_ITEM, least=1, most=999)},
    may={
        "invoice": _INVOICE,
        "remarks": Many(Shape(needs={"value": _ANY}, least=1), most=3),
        "additionalCharges": Many(_CHARGE, most=5),
        "destinationPortName": _ANY,
        "placeOfIncoterm": Text(1, 256),
        "payerVATNumber": _ANY,
        "recipientReference": _ANY,
        "exporter": Shape(may={"id": _ANY, "code": _ANY}, least=1),
        "packageMarks": _ANY,
        "declarationNotes": Many(Shape(needs={"value": Text(most=700)}, least=1), most=3),
        "exportReference": Text(0, 40),
        "exportReason": Text(1, 30),
        "exportReasonType": _EXPORT_REASON,
        "licenses": Many(
            Shape(needs={"typeCode": choice("export import"), "value": Text(most=16)}, least=1),
            most=2,
            unique=True,
        ),
        "shipmentType": choice("personal commercial"),
        "customsDocuments": _CUSTOMS_DOCUMENTS,
    },
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
        "declaredValue": _AMOUNT,
        "declaredValueCurrency": _CURRENCY,
        "exportDeclaration": _EXPORT,
        "USFilingTypeValue": Text(1, 20),
    },
)
_PICKUP_IN_SHIPMENT = Shape(
    needs={"isRequested": Flag()},
    may={
        "closeTime": _CLOCK,
        "location": Text(most=80),
        "specialInstructions": Many(_INSTRUCTION, most=4),
        "pickupDetails": _PARTY,
        "pickupRequestorDetails": _PARTY,
    },
)

SHIPMENT = Shape(
    needs={
        "plannedShippingDateAndTime": Text(1, 29),
        "pickup": _PICKUP_IN_SHIPMENT,
        "productCode": Text(1, 6),
        "accounts": Many(_ACCOUNT, least=1, most=3),
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
                needs={"content": _ANY},
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
                    "languageCountryCode": _COUNTRY,
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
                    "currency": _CURRENCY,
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

_PICKUP_PARTY = Shape(needs={"postalAddress": _address(), "contactInformation": _CONTACT})
PICKUP = Shape(
    needs={
        "plannedPickupDateAndTime": Text(1, 29),
        "accounts": Many(_ACCOUNT, least=1, most=5, unique=True),
        "customerDetails": Shape(
            needs={"shipperDetails": _PICKUP_PARTY},
            may={
                "receiverDetails": _PICKUP_PARTY,
                "bookingRequestorDetails": Shape(
                    needs={"contactInformation": _CONTACT}, may={"postalAddress": _address()}
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
                            needs={"weight": _WEIGHT},
                            may={"typeCode": _PACKAGE_TYPES, "dimensions": _DIMENSIONS},
                        ),
                        least=1,
                        most=999,
                    ),
                },
                may={
                    "localProductCode": Text(1, 3),
                    "accounts": Many(_ACCOUNT, most=5),
                    "valueAddedServices": Many(
                        Shape(
                            needs={"serviceCode": Text(1, 6)},
                            may={
                                "localServiceCode": Text(1, 3),
                                "value": _AMOUNT,
                                "currency": _CURRENCY,
                                "method": choice("cash"),
                            },
                            least=1,
                        ),
                        most=99,
                    ),
                    "declaredValue": _AMOUNT,
                    "declaredValueCurrency": _CURRENCY,
                    "shipmentTrackingNumber": _ANY,
                },
            ),
            least=1,
            most=999,
        ),
    },
    may={
        "closeTime": _CLOCK,
        "location": Text(most=80),
        "locationType": choice("business residence"),
        "specialInstructions": Many(_INSTRUCTION, most=4, unique=True),
        "remark": _ANY,
    },
)
