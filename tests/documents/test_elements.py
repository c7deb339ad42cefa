"""Every element data_elements.csv asks of a document is on it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.documents.reading import squeezed, words
from tests.documents.samples import RENDERED

ELEMENTS_FILE = (
    Path(__file__).resolve().parents[3] / "shared" / "facts" / "customs" / "data_elements.csv"
)

SENDER = ["Brightline Trading Co., Ltd.", "Qianhai Free Trade Zone", "518000", "CHINA"]
ADDRESSEE = ["Jürgen Großkötter-Weißenfels", "Straße des 17. Juni 135", "10623 Berlin", "GERMANY"]
REACH = ["+49 30 1234567", "buyer@example.org"]
GOODS_LINE = ["Wireless charger, plastic housing, for mobile phones, 15 W", "2 ×"]

PRINTED = {
    "COMMERCIAL_INVOICE": {
        "invoice_number": ["INV-2026-000123"],
        "invoice_date": ["07 Mar 2026"],
        "seller_name_address_country": SENDER,
        "seller_tax_id": ["USCC 91440300MA5EXAMPL1", "IOSS IM2760000742"],
        "buyer_name_address_country_phone_email": ADDRESSEE + REACH,
        "consignee_if_different": ["Łukasz Wiśniewski", "90-001 Łódź", "POLAND"],
        "recipient_tax_id": ["Tax ID TAX-778899"],
        "incoterm_and_named_place": ["DAP Berlin"],
        "currency": ["EUR"],
        "reason_for_export": ["Sale of goods"],
        "description": [GOODS_LINE[0]],
        "hs_code": ["850440"],
        "country_of_origin": ["CN"],
        "quantity_unit": ["PCE"],
        "unit_price": ["12.50"],
        "line_total": ["37.50"],
        "net_weight": ["0.180"],
        "manufacturer_id_name": ["Dongguan Works"],
        "freight_charge": ["4.90"],
        "insurance_charge": ["1.10"],
        "discounts_assists_royalties": ["-2.00"],
        "total_value": ["Total EUR", "79.00"],
        "gross_weight_packages": ["1.250 kg, 1 package"],
        "transport_document_number": ["LX123456785CN"],
        "origin_declaration_text": ["of preferential origin"],
        "declarant_signature_name_date": ["Li Wei, export clerk, 07 Mar 2026"],
    },
    "PACKING_LIST": {
        "invoice_reference": ["INV-2026-000123"],
        "shipper_consignee": SENDER + ADDRESSEE,
        "package_number_marks_type": ["Package 1: LX123456785CN, CT carton"],
        "package_gross_net_weight": ["net 1.100 kg", "gross 1.250 kg"],
        "package_dimensions": ["30 × 20.5 × 10 cm"],
        "contents_description_qty": [GOODS_LINE[0], "PCE"],
        "batch_serial_expiry": ["Batch B77", "Serial SN-0001, SN-0002", "Expires 01 Jan 2027"],
    },
    "CN22": {
        "designated_operator": ["China Post"],
        "category": ["[×] Sale of goods / Vente de biens"],
        "eligibility_value": ["CN22"],
        "eligibility_weight": ["CN22"],
        "description_and_quantity": GOODS_LINE,
        "net_weight": ["0.360"],
        "value_and_currency": ["25.00", "Value EUR"],
        "hs_code": ["850440"],
        "country_of_origin": ["CN"],
        "total_weight": ["1.250 kg"],
        "total_value": ["50.00 EUR"],
        "date_sender_signature": ["07 Mar 2026, sender's signature", "Li Wei", "dangerous article"],
        "sender_name_address": SENDER,
    },
    "CN23": {
        "sender_name_business_address": SENDER,
        "sender_customs_reference": ["IM2760000742"],
        "addressee_name_address": ADDRESSEE,
        "addressee_phone_email": REACH,
        "importer_reference": ["DE123456789"],
        "item_barcode": ["LX 123 456 785 CN"],
        "category_and_explanation": ["[×] Sale of goods / Vente de biens", "E-commerce order"],
        "line_description_qty": GOODS_LINE,
        "line_net_weight": ["0.360"],
        "line_value_currency": ["25.00", "Value EUR"],
        "line_hs_code": ["850440"],
        "line_origin": ["CN"],
        "total_gross_weight": ["1.250 kg"],
        "total_value": ["50.00 EUR"],
        "postal_charges": ["4.90 EUR"],
        "licence_certificate_invoice_no": ["LIC-4", "CERT-5", "INV-2026-000123"],
        "comments_quarantine": ["No quarantine"],
        "office_of_origin_date": ["Shenzhen 51, 07 Mar 2026"],
        "signature": ["Li Wei"],
    },
}
RENDERED_AS = {
    "COMMERCIAL_INVOICE": "commercial_invoice",
    "PACKING_LIST": "packing_list",
    "CN22": "postal_label_cn22",
    "CN23": "postal_label_cn23",
}


def elements_of(document: str) -> set[str]:
    with ELEMENTS_FILE.open(encoding="utf-8") as file:
        return {row["element"] for row in csv.DictReader(file) if row["document"] == document}


@pytest.mark.parametrize("document", PRINTED)
def test_no_listed_element_is_forgotten(document: str) -> None:
    assert elements_of(document) == set(PRINTED[document])


@pytest.mark.parametrize("document", PRINTED)
def test_every_element_is_printed(document: str) -> None:
    text = words(RENDERED[RENDERED_AS[document]]())
    missing = {
        element: expected
        for element, pieces in PRINTED[document].items()
        for expected in pieces
        if squeezed(expected) not in text
    }
    assert missing == {}
