"""What MyDHL API 3.1 refuses in the export declaration of a shipment."""

from __future__ import annotations

from decimal import Decimal

from sandbox.partners.dhl_parts import AMOUNT, ANY, COUNTRY, LINE_WEIGHT, WHOLE_AMOUNT
from sandbox.validation import Flag, Many, Number, Shape, Text, choice

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
        "price": AMOUNT,
        "quantity": Shape(
            needs={
                "value": Number(least=1, most=1_000_000_000, whole=True),
                "unitOfMeasurement": _UNITS,
            }
        ),
        "manufacturerCountry": COUNTRY,
        "weight": Shape(may={"netValue": LINE_WEIGHT, "grossValue": LINE_WEIGHT}),
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
        "additionalInformation": Many(ANY, least=1, most=8),
        "customerReferences": _LINE_REFERENCES,
        "customsDocuments": _CUSTOMS_DOCUMENTS,
        "preCalculatedLineItemTotalValue": WHOLE_AMOUNT,
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
        "totalNetWeight": LINE_WEIGHT,
        "totalGrossWeight": LINE_WEIGHT,
        "customerReferences": _INVOICE_REFERENCES,
        "termsOfPayment": ANY,
        "indicativeCustomsValues": Shape(
            may={
                "importCustomsDutyValue": WHOLE_AMOUNT,
                "importTaxesValue": WHOLE_AMOUNT,
                "totalWithImportDutiesAndTaxes": WHOLE_AMOUNT,
            },
            least=1,
            open=True,
        ),
        "preCalculatedTotalValues": Shape(
            needs={
                "preCalculatedTotalGoodsValue": WHOLE_AMOUNT,
                "preCalculatedTotalInvoiceValue": WHOLE_AMOUNT,
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
    may={"caption": ANY},
    least=1,
)
EXPORT_DECLARATION = Shape(
    needs={"lineItems": Many(_LINE_ITEM, least=1, most=999)},
    may={
        "invoice": _INVOICE,
        "remarks": Many(Shape(needs={"value": ANY}, least=1), most=3),
        "additionalCharges": Many(_CHARGE, most=5),
        "destinationPortName": ANY,
        "placeOfIncoterm": Text(1, 256),
        "payerVATNumber": ANY,
        "recipientReference": ANY,
        "exporter": Shape(may={"id": ANY, "code": ANY}, least=1),
        "packageMarks": ANY,
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
