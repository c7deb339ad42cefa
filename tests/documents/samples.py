"""One of each document, with every element filled in; tests change what they are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from claims.documents import PayoutAdvice, render_payout_advice
from core.pdf import AddressBlock, address_block
from customs.declaration_copy import DeclarationCopy, DeclarationSection, render_declaration_copy
from customs.documents import CommercialInvoice, InvoiceLine, render_commercial_invoice
from shipping.documents import (
    CustomsForm,
    Manifest,
    ManifestRow,
    PostalContent,
    PostalLabel,
    render_manifest,
    render_postal_label,
)
from warehouse.documents import (
    Package,
    PackedItem,
    PackingList,
    PickLine,
    PickList,
    render_packing_list,
    render_pick_list,
)

DAY = date(2026, 3, 7)
NOW = datetime(2026, 3, 7, 9, 30, tzinfo=UTC)
S10 = "LX123456785CN"

SELLER = address_block(
    name="Brightline Trading Co., Ltd.",
    street_lines=("Room 1802, Building 4, Qianhai Free Trade Zone",),
    city="Shenzhen",
    region="Guangdong",
    postal_code="518000",
    country="CN",
    phone="+86 755 8888 1234",
    email="export@brightline.example",
    identifiers=(("USCC", "91440300MA5EXAMPL1"), ("IOSS", "IM2760000742")),
)


def person(  # noqa: PLR0917 - one line of a table
    name: str, street: str, city: str, postal_code: str, country: str, region: str = ""
) -> AddressBlock:
    return address_block(
        name=name,
        street_lines=(street,),
        city=city,
        region=region,
        postal_code=postal_code,
        country=country,
        phone="+49 30 1234567",
        email="buyer@example.org",
        identifiers=(("Tax ID", "TAX-778899"),),
    )


PEOPLE = {
    "de": person(
        "Jürgen Großkötter-Weißenfels", "Straße des 17. Juni 135", "Berlin", "10623", "DE"
    ),
    "zh": person("王小明", "南京东路三段219号5楼", "上海市", "200001", "CN"),
    "ja": person("山田 太郎", "渋谷区神宮前1丁目2-3", "", "150-0001", "JP", "東京都"),
    "ar": person("محمد عبد الله الأحمد", "شارع الملك فهد، مبنى 12", "الرياض", "12271", "SA"),
    "es": person("María José Núñez Ibáñez", "Calle de Alcalá 45, 3º izq.", "Madrid", "28014", "ES"),
    "pl": person("Łukasz Wiśniewski", "ul. Świętokrzyska 12/4", "Łódź", "90-001", "PL"),
}

GOODS = (
    ("Wireless charger, plastic housing, for mobile phones, 15 W", "850440"),
    ("T-shirt, knitted, 100 % cotton, for adults", "610910"),
    ("Drinking bottle, stainless steel, 750 ml", "732393"),
)


def invoice_line(place: int = 0) -> InvoiceLine:
    description, hs_code = GOODS[place % len(GOODS)]
    return InvoiceLine(
        description=description,
        hs_code=hs_code,
        origin_country="CN",
        quantity=place + 1,
        unit_price=Decimal("12.50"),
        currency="EUR",
        net_weight_g=180,
        sku=f"SKU-{1000 + place}",
        manufacturer="Dongguan Works",
    )


INVOICE = CommercialInvoice(
    number="INV-2026-000123",
    invoice_date=DAY,
    created_at=NOW,
    seller=SELLER,
    buyer=PEOPLE["de"],
    consignee=PEOPLE["pl"],
    incoterm="DAP",
    named_place="Berlin",
    currency="EUR",
    reason_for_export="Sale of goods",
    lines=tuple(invoice_line(place) for place in range(3)),
    gross_weight_g=1250,
    packages=1,
    transport_document=S10,
    declarant="Li Wei, export clerk",
    declared_on=DAY,
    carrier="Postal small packet",
    order_reference="302-1234567-1234567",
    freight=Decimal("4.90"),
    insurance=Decimal("1.10"),
    discount=Decimal("2.00"),
    origin_declaration="The exporter declares that these products are of preferential origin.",
)

# What most orders look like: no consignee apart, two lines, no extras.
EVERYDAY_INVOICE = replace(
    INVOICE,
    consignee=None,
    lines=tuple(replace(line, manufacturer="") for line in INVOICE.lines[:2]),
    insurance=None,
    discount=None,
    origin_declaration="",
)

PACKING_LIST = PackingList(
    number="PKL-2026-000123",
    invoice_reference="INV-2026-000123",
    packed_on=DAY,
    created_at=NOW,
    shipper=SELLER,
    consignee=PEOPLE["de"],
    packages=(
        Package(
            number=1,
            marks=S10,
            kind="CT carton",
            gross_weight_g=1250,
            net_weight_g=1100,
            length_mm=300,
            width_mm=205,
            height_mm=100,
            items=(
                PackedItem(
                    sku="SKU-1000",
                    description=GOODS[0][0],
                    quantity=2,
                    batch="B77",
                    serial_numbers=("SN-0001", "SN-0002"),
                    expires_on=date(2027, 1, 1),
                ),
                PackedItem(sku="SKU-1001", description=GOODS[1][0], quantity=3),
            ),
        ),
    ),
    transport_document=S10,
    order_reference="302-1234567-1234567",
    carrier="Postal small packet",
)


def contents(count: int) -> tuple[PostalContent, ...]:
    return tuple(
        PostalContent(
            description=GOODS[place % 3][0],
            quantity=2,
            net_weight_g=360,
            value=Decimal("25.00"),
            currency="EUR",
            hs_code=GOODS[place % 3][1],
            origin_country="CN",
        )
        for place in range(count)
    )


CN22 = CustomsForm(
    form="CN22",
    category="sale_of_goods",
    contents=contents(2),
    signed_on=DAY,
    signatory="Li Wei",
    sender_reference="IM2760000742",
)
CN23 = replace(
    CN22,
    form="CN23",
    explanation="E-commerce order",
    importer_reference="DE123456789",
    postal_charges=Decimal("4.90"),
    office_of_origin="Shenzhen 51",
    invoice_number="INV-2026-000123",
    licence_number="LIC-4",
    certificate_number="CERT-5",
    comments="No quarantine",
)
LABEL = PostalLabel(
    item_number=S10,
    operator="China Post",
    service="Small packet / Petit paquet",
    sender=SELLER,
    recipient=PEOPLE["de"],
    gross_weight_g=1250,
    created_at=NOW,
    customs=CN22,
    reference="WB-000123",
)

PICK_LIST = PickList(
    number="PL-2026-00042",
    created_at=NOW,
    warehouse="SZX-1 Shenzhen",
    merchant="Brightline",
    lines=tuple(
        PickLine(
            location=f"A-{place // 4 + 1:02d}-{place % 4 + 1:02d}",
            sku=f"SKU-{1000 + place}",
            title=GOODS[place % 3][0],
            quantity=place % 5 + 1,
            put_into=f"P{place:03d}",
            lot="L2402",
        )
        for place in range(12)
    ),
    parcels=6,
    scan_text="https://warehouse.example/pick/PL-2026-00042",
    service="Postal small packet",
    ship_by=DAY,
)

MANIFEST = Manifest(
    number="HO-2026-0007",
    handed_over_at=NOW,
    carrier="China Post",
    service="Small packet",
    warehouse=SELLER,
    rows=tuple(
        ManifestRow(
            tracking_number=f"LX12345{place:04d}CN",
            reference=f"WB-{place:06d}",
            country="DE",
            weight_g=350 + place * 37,
        )
        for place in range(12)
    ),
)

PAYOUT = PayoutAdvice(
    number="PAY-2026-0003",
    created_at=NOW,
    claim_number="CL-2026-0009",
    reason="Lost in transit",
    payee=SELLER,
    payer=PEOPLE["de"],
    order_reference="302-1234567-1234567",
    tracking_number=S10,
    decided_on=DAY,
    paid_on=DAY,
    ledger_reference="LE-88",
    currency="EUR",
    steps=(("Goods", Decimal("112.50")), ("Above the limit", Decimal("-62.20"))),
    total=Decimal("50.30"),
    limit_sentence="The service's limit in force since 1 January 2026.",
)

DECLARATION = DeclarationCopy(
    lrn="EX-2026-000123",
    mrn="26CN1234567890",
    direction="export",
    country="CN",
    dataset="CN_EXPORT_LIST_9610",
    status="Released",
    created_at=NOW,
    sections=(DeclarationSection(title="Item 1", fields=(("hs_code", "850440"),)),),
)

RENDERED: dict[str, Callable[[], bytes]] = {
    "commercial_invoice": lambda: render_commercial_invoice(INVOICE),
    "packing_list": lambda: render_packing_list(PACKING_LIST),
    "postal_label_cn22": lambda: render_postal_label(LABEL),
    "postal_label_cn23": lambda: render_postal_label(replace(LABEL, customs=CN23)),
    "pick_list": lambda: render_pick_list(PICK_LIST),
    "manifest": lambda: render_manifest(MANIFEST),
    "payout_advice": lambda: render_payout_advice(PAYOUT),
    "declaration": lambda: render_declaration_copy(DECLARATION),
}
