"""Order, upload and shipment screens with realistic content."""

from __future__ import annotations

from datetime import date

from core.journey_line import JourneyLine
from customs.fact_words import FactWords, SourceWords
from dashboard.screens.common import Badge, Option, Pager
from dashboard.screens.order_changes import (
    ConflictCard,
    CorrectField,
    Difference,
    OrderChanges,
)
from dashboard.screens.orders import (
    Allocation,
    AllocationCandidate,
    HoldCard,
    LandedCost,
    LandedCostItem,
    OrderLine,
    OrderPage,
    OrderRow,
    OrderShipment,
    OrdersPage,
)
from dashboard.screens.shipments import (
    ContentRow,
    DeclarationRow,
    DeliveryProof,
    ShipmentPage,
    ShipmentRow,
    ShipmentsPage,
    TrackingRow,
)
from dashboard.screens.uploads import RejectedRow, UploadPage, UploadProgress, UploadRow
from tests.ui.fakes import (
    BULK,
    CANCEL,
    DHL,
    DOCUMENTS,
    FILTERS,
    HELD,
    HISTORY,
    LINE,
    MOVING,
    MUG_HS,
    PAGER,
    PHONE_HS,
    POST,
    TABS,
    ago,
    eur,
    line,
)
from tests.ui.fakes_combining import family

BUYERS: tuple[tuple[str, str, str, JourneyLine, tuple[str, ...]], ...] = (
    ("Jürgen Weiß-Großmann", "DE", "Amazon DE", line(5), ()),
    ("María José Núñez", "ES", "eBay ES", line(1), ("Address", "Recipient ID")),
    ("山田 太郎", "JP", "AliExpress", line(3), ()),
    ("محمد عبد الله", "AE", "Upload", line(6, problem="Held by customs: invoice asked for"), ()),
    ("王小明", "SG", "API client", line(8), ()),
    ("Siobhán O’Brien", "IE", "Amazon UK", line(2), ()),
    ("Anaïs Lefèvre", "FR", "Amazon FR", line(7), ()),
    ("Giuseppe Di Stefano", "IT", "eBay IT", line(4), ()),
    ("Łukasz Wiśniewski", "PL", "Allegro upload", line(1), ("Phone",)),
    ("Charlotte Thompson", "AU", "Amazon AU", line(5, problem="No scan for 9 days"), ()),
    ("Daan van der Berg", "NL", "Amazon NL", line(5), ()),
    ("Emma Johnson", "US", "Amazon US", line(8), ()),
)


def orders_page(*, rows: int = 12, is_filtered: bool = False) -> OrdersPage:
    made = tuple(
        OrderRow(
            id=str(index),
            reference=f"WB-{10_420 + index}",
            url=f"/orders/{index}/",
            external_order=f"302-{7_482_911 + index}-88{index:02d}345",
            channel=channel,
            placed_at=ago(hours=2 + 7 * index),
            recipient=buyer,
            country=country,
            line_count=1 + index % 3,
            value=eur(f"{19 + index * 13}.90") if country != "JP" else eur("7480", "JPY"),
            line=journey,
            holds=holds,
            service="" if holds else "EastLine Air",
        )
        for index, (buyer, country, channel, journey, holds) in enumerate(BUYERS[:rows])
    )
    return OrdersPage(
        tabs=TABS,
        filters=FILTERS,
        rows=made,
        pager=PAGER if rows else Pager(),
        sort="-placed_at",
        is_filtered=is_filtered,
        clear_url="?",
        export_url="?format=csv",
        upload_url="/orders/upload/",
        bulk_url="/orders/bulk/",
        bulk_actions=BULK,
    )


def order_changes(*, held: bool) -> OrderChanges:
    """A held order with everything that can be done to it; one under way with nothing."""
    conflict = ConflictCard(
        words="Sent again with other content",
        explanation="The channel sent this order again with other content.",
        differences=(
            Difference(field="Street", ours="Calle de la Montera 24", theirs="Calle Mayor 1"),
        ),
        since=ago(hours=1),
        decide_url="/orders/1/conflicts/1/",
        may_take=True,
        may_cancel=True,
    )
    names = (("recipient_name", "Name"), ("street_1", "Street"), ("postal_code", "Postal code"))
    return OrderChanges(
        warnings=("BT-SPK-02: the channel says brand Sony, you Brightpeak.",),
        conflicts=(conflict,) if held else (),
        fields=tuple(CorrectField(name=name, label=label, value="x") for name, label in names)
        if held
        else (),
        correct_url="/orders/1/correct/" if held else "",
        recheck_url="/orders/1/recheck/" if held else "",
        block_url="/orders/1/block/" if held else "",
        block_kinds=(Option(value="email", label="E-mail"),),
        left_out=("GIFT-CARD",),
    )


def order_page(*, held: bool = False) -> OrderPage:
    holds = (
        HoldCard(
            code="address",
            words="Address cannot be delivered to",
            reason="Postcode 2801 has four digits; Spanish postcodes have five.",
            remedy="Madrid addresses begin with 28: most likely 28013.",
            who_may_release="Owner, Operations",
            since=ago(hours=5),
            may_release=True,
            release_url="/orders/1/holds/1/release/",
        ),
        HoldCard(
            code="party",
            words="Name is near a listed party",
            reason="The recipient's name is close to an entry of a sanctions list.",
            remedy="The operator compares birth date and address.",
            who_may_release="Operator, customs staff",
            since=ago(hours=5),
            may_release=False,
            release_url="",
        ),
    )
    cost = LandedCost(
        items=(
            LandedCostItem(
                label="Customs duty",
                sentence="2 kinds of goods at 3.00 EUR each, value up to 150 EUR, by air post.",
                amount=eur("6.00"),
            ),
            LandedCostItem(
                label="VAT Spain",
                sentence="21 % of 84.80 EUR goods and transport, collected by Amazon under IOSS.",
                amount=eur("17.81"),
            ),
        ),
        total=eur("23.81"),
        paid_by="Paid by the marketplace at checkout.",
        facts=(
            FactWords(
                what="Fixed duty for each kind of goods, European Union",
                since=date(2026, 7, 1),
                sources=(SourceWords("law.example", "https://law.example/duty"),),
                confidence="not verified",
                is_doubtful=True,
            ),
        ),
    )
    return OrderPage(
        reference="WB-10421",
        external_order="302-7482912-8801345",
        channel="Amazon DE",
        placed_at=ago(hours=9),
        badge=HELD if held else MOVING,
        line=line(1, problem="2 holds stop it") if held else line(5),
        recipient="María José Núñez Etxeberria",
        address=("Calle de la Montera 24, 3º izq.", "28013 Madrid"),
        country="ES",
        phone="+34 612 345 678",
        email="mj.nunez+amazon@correo.example",
        lines=(
            OrderLine(
                sku="BT-SPK-02",
                product_url="/products/1/",
                title="Altavoz inalámbrico / 无线蓝牙音箱",
                quantity=1,
                allocated=1,
                unit_value=eur("54.90"),
                hs=PHONE_HS,
                origin_country="CN",
            ),
            OrderLine(
                sku="MUG-BLUE-350",
                product_url="/products/2/",
                title="Stoneware mug, blue, 350 ml",
                quantity=4,
                allocated=1,
                unit_value=eur("7.475"),
                hs=None,
                origin_country="CN",
                note="3 on backorder, expected with inbound IN-204",
            ),
        ),
        changes=order_changes(held=held),
        family=family() if held else None,
        value=eur("84.80"),
        holds=holds if held else (),
        shipments=()
        if held
        else (
            OrderShipment(
                tracking_number="EL482910377CN",
                url="/shipments/1/",
                buyer_url="/t/x/",
                carrier=LINE,
                service="EastLine Air",
                reason="Chosen because: Spain, 1.24 kg, batteries contained; the cheapest of 2.",
            ),
        ),
        documents=() if held else DOCUMENTS,
        landed_cost=None if held else cost,
        allocation=None
        if held
        else Allocation(
            sentence="Shenzhen Bao'an holds every line; Yiwu would have split the order.",
            decided_at=ago(hours=8),
            candidates=(
                AllocationCandidate(
                    warehouse="Shenzhen Bao'an", verdict="2 of 2 lines in stock", chosen=True
                ),
                AllocationCandidate(
                    warehouse="Yiwu Futian", verdict="1 of 2 lines in stock", chosen=False
                ),
            ),
        ),
        history=HISTORY,
        list_url="/orders/",
        cancel=CANCEL,
        claim_url="" if held else "/claims/new/?order=1",
    )


def upload_page(*, error: str = "") -> UploadPage:
    return UploadPage(
        kinds=(
            Option(
                value="orders", label="Orders: Amazon report, Waybridge template", selected=True
            ),
            Option(value="products", label="Products and stock"),
        ),
        accept=".txt,.tsv,.csv,.xlsx",
        limit_words="TSV, CSV or XLSX, up to 60 MB",
        template_url="/orders/template.xlsx",
        recent=(
            UploadRow(
                file_name="amazon-unshipped-2026-10-13.txt",
                url="/orders/uploads/7/",
                kind="Orders",
                uploaded_at=ago(days=1),
                uploaded_by="陈美玲",
                badge=Badge(label="Done"),
                accepted=287,
                rejected=12,
            ),
        ),
        list_url="/orders/",
        post_url="/orders/upload/",
        error=error,
    )


def upload_progress(*, running: bool) -> UploadProgress:
    rejected = (
        RejectedRow(
            row=48,
            column="quantity-purchased",
            value="two",
            wrong="Not a whole number.",
            right="A number such as 2.",
        ),
        RejectedRow(
            row=113,
            column="ship-country",
            value="",
            wrong="The country is missing.",
            right="A two-letter country code such as DE.",
        ),
        RejectedRow(
            row=207,
            column="currency",
            value="€uro",
            wrong="Not a currency.",
            right="Three letters such as EUR.",
        ),
    )
    return UploadProgress(
        file_name="amazon-unshipped-2026-10-14.txt",
        kind="Amazon unshipped orders",
        state="reading" if running else "done",
        uploaded_at=ago(minutes=1),
        rows_total=12_840,
        rows_done=4_310 if running else 12_840,
        created=4_122 if running else 12_611,
        updated=3,
        unchanged=150,
        held=31 if running else 88,
        rejected=4 if running else 12,
        progress_url="/orders/uploads/8/progress/",
        orders_url="/orders/?upload=8",
        upload_url="/orders/upload/",
        list_url="/orders/",
        rejected_url="" if running else "/orders/uploads/8/rejected.csv",
        rejected_rows=() if running else rejected,
    )


def upload_failed() -> UploadProgress:
    return UploadProgress(
        file_name="holiday-photo.jpg",
        kind="Orders",
        state="failed",
        uploaded_at=ago(minutes=1),
        rows_total=None,
        rows_done=0,
        created=0,
        updated=0,
        unchanged=0,
        held=0,
        rejected=0,
        progress_url="",
        orders_url="/orders/",
        upload_url="/orders/upload/",
        list_url="/orders/",
        failure="This is a picture, not a table. Upload the report as TSV, CSV or XLSX.",
    )


def shipments_page(*, rows: int = 12) -> ShipmentsPage:
    carriers = ((DHL, "Express Worldwide"), (POST, "Small packet"), (LINE, "EastLine Air"))
    return ShipmentsPage(
        tabs=TABS[:2],
        filters=FILTERS,
        rows=tuple(
            ShipmentRow(
                tracking_number=f"EL4829103{index:02d}CN",
                url=f"/shipments/{index}/",
                order_reference=f"WB-{10_420 + index}",
                order_url=f"/orders/{index}/",
                carrier=carriers[index % 3][0],
                service=carriers[index % 3][1],
                country=country,
                weight_g=180 + index * 217,
                booked_at=ago(hours=4 + 9 * index),
                line=journey,
            )
            for index, (_buyer, country, _channel, journey, _holds) in enumerate(BUYERS[:rows])
        ),
        pager=PAGER if rows else Pager(),
        sort="-booked_at",
        is_filtered=False,
        clear_url="?",
        export_url="?format=csv",
        orders_url="/orders/",
    )


def shipment_page() -> ShipmentPage:
    return ShipmentPage(
        tracking_number="EL482910377CN",
        order_reference="WB-10421",
        order_url="/orders/1/",
        buyer_url="/t/x/",
        badge=MOVING,
        line=line(7),
        carrier=LINE,
        service="EastLine Air",
        service_reason="Chosen because: Spain, 1.24 kg, batteries contained; the cheapest of 2.",
        country="ES",
        weight_g=1240,
        length_mm=300,
        width_mm=205,
        height_mm=100,
        price=eur("96.40", "CNY"),
        expected="Thu 15 Oct to Fri 16 Oct",
        contents=(
            ContentRow(
                sku="BT-SPK-02",
                title="Altavoz inalámbrico / 无线蓝牙音箱",
                quantity=1,
                hs=PHONE_HS,
                origin_country="CN",
                value=eur("54.90"),
            ),
            ContentRow(
                sku="MUG-BLUE-350",
                title="Stoneware mug, blue",
                quantity=4,
                hs=MUG_HS,
                origin_country="CN",
                value=eur("29.90"),
            ),
        ),
        declarations=(
            DeclarationRow(
                direction="Export, China",
                local_reference="WBX26CN0004211",
                movement_reference="531620260160042117",
                badge=Badge(label="Released", tone="good"),
                changed_at=ago(days=2),
            ),
            DeclarationRow(
                direction="Import, Spain",
                local_reference="WBI26ES0004211",
                movement_reference="",
                badge=Badge(label="Held", tone="act"),
                changed_at=ago(hours=2),
                reason="Invoice asked for; sent again 1 hour ago.",
            ),
        ),
        tracking=(
            TrackingRow(
                at=ago(hours=3),
                place="Liège, BE",
                words="Arrived at sorting centre",
                source="EastLine",
                source_code="InTransit_Arrival",
                source_words="Arrived at hub",
            ),
            TrackingRow(
                at=ago(days=1),
                place="Shenzhen, CN",
                words="Left the country of origin",
                source="EastLine",
                source_code="InTransit_Departure",
                source_words="Departed",
            ),
        ),
        documents=DOCUMENTS,
        history=HISTORY,
        list_url="/shipments/",
        proof=DeliveryProof(
            signed_by="M. J. Núñez", delivered_at=ago(hours=1), place="Madrid, front door"
        ),
        claim_url="/claims/new/?shipment=1",
        void=CANCEL,
    )
