"""Channels, a correction and the choice of columns as the templates are shown them."""

from __future__ import annotations

from datetime import timedelta

from dashboard.screens.channels import (
    ChannelsPage,
    ConnectionCard,
    DecisionRow,
    LeavePage,
    NoticeRow,
    NoticesPage,
    UnreadRow,
)
from dashboard.screens.common import Badge, Destructive, Option, Pager, Tab
from dashboard.screens.customs import CorrectionPage, GoodsRow, RefusedRow
from dashboard.screens.uploads import ColumnField, ColumnsPage, RejectedRow, TriedOrder
from tests.ui.fakes import NOW
from tests.ui.fakes_rest import NameForm

TABS = (Tab(label="Channels", url="/settings/channels/", current=True),)
END = Destructive(
    label="Disconnect…", undoes="No orders are read any more.", url="/x/", confirm_label="End it"
)


def channels_page(*, shops: bool = True) -> ChannelsPage:
    broken = ConnectionCard(
        name="Brightpeak DE",
        kind="eBay",
        account="brightpeak_trading",
        badge=Badge(label="Broken", tone="bad"),
        fault="The marketplace no longer accepts our access to this account.",
        remedy="Connect the account again. Orders are read on from here.",
        fault_since=NOW - timedelta(hours=5),
        read_at=NOW - timedelta(hours=6),
        read_until=NOW - timedelta(hours=6),
        orders_read=18_422,
        consent_ends_at=NOW + timedelta(days=9),
        tell_options=(Option(value="handover", label="When the carrier has it", selected=True),),
        tell_label="When the carrier has it",
        tell_url="/settings/channels/1/telling/",
        connect_url="/settings/channels/1/connect/",
        connect_label="Connect again",
        resume_url="/settings/channels/1/resume/",
        pause_url="",
        refused_count=2,
        push_address="https://ship.example/push/channels/9xKq2vTn4Lr8Ws3Zc6Yb1Mf7/",
        end=END,
    )
    return ChannelsPage(
        tabs=TABS,
        connections=(broken,) if shops else (),
        kinds=(
            Tab(label="Amazon", url="/settings/channels/?kind=amazon#new", current=not shops),
            Tab(label="eBay", url="/settings/channels/?kind=ebay#new"),
        ),
        form=None if shops else NameForm(),
        post_url="/settings/channels/new/",
        notices_url="/settings/channels/not-told/",
        is_moving=not shops,
    )


def leave_page() -> LeavePage:
    return LeavePage(
        name="Brightpeak DE",
        address="https://auth.ebay.example/oauth2/authorize?state=x",
        back_url="/settings/channels/",
    )


def notices_page(*, rows: bool = True) -> NoticesPage:
    notice = NoticeRow(
        order="12-34567-89012",
        order_url="/orders/WB234567892/",
        channel="Brightpeak DE",
        parcel="WB234567892-1",
        tracking_number="LX000000015CN",
        reason="The marketplace refused our request: 32200: invalid carrier",
        remedy="Correct what it names, then try again, or ask the operator.",
        since=NOW - timedelta(hours=2),
        again_url="/settings/channels/not-told/1/again/",
        settle=END,
    )
    decision = DecisionRow(
        order="302-1234567-1234567",
        order_url="/orders/WB234567893/",
        channel="Brightpeak DE",
        decision="Cancelled",
        reason="The marketplace refused our request: feed_fatal",
        remedy="Do it at the marketplace itself, or tell it again.",
        since=NOW - timedelta(hours=3),
        again_url="/settings/channels/decisions/1/again/",
        settle=END,
    )
    unread = UnreadRow(
        order="12-34567-89013",
        channel="Brightpeak DE",
        reason="ValueError: an amount of 1e+30",
        since=NOW - timedelta(hours=4),
        again_url="/settings/channels/unread/1/again/",
        settle=END,
    )
    return NoticesPage(
        tabs=TABS,
        notices=(notice,) if rows else (),
        decisions=(decision,) if rows else (),
        unread=(unread,) if rows else (),
        pager=Pager(),
    )


def correction_page() -> CorrectionPage:
    return CorrectionPage(
        local_reference="WB-EX-000012",
        direction="Import",
        country="DE",
        badge=Badge(label="Refused", tone="bad"),
        changed_at=NOW - timedelta(hours=1),
        order_reference="WB234567892",
        order_url="/orders/WB234567892/",
        corrects="",
        corrected_by="",
        corrected_by_url="",
        refused=(RefusedRow(where="Commodity code", value="6912", said="code too short"),),
        problems=("The code must have six digits or more.",),
        goods=(
            GoodsRow(
                id=1,
                sku="MUG-BLUE",
                title="Stoneware mug, blue / 蓝色马克杯",
                hs_code="691200",
                origin_country="CN",
                customs_description="Stoneware drinking mug",
                weight_g=350,
            ),
        ),
        may_correct=True,
        is_open=True,
        list_url="/customs/",
    )


def columns_page() -> ColumnsPage:
    return ColumnsPage(
        file_name="bestellungen.csv",
        why="No known layout has these columns.",
        header=("Bestellnr", "Artikel", "Menge"),
        rows=((2, ("4711", "MUG-BLUE", "2")),),
        fields=(
            ColumnField(
                name="external_order",
                label="Order number",
                help="",
                options=(Option(value="0", label="Bestellnr", selected=True),),
                is_required=True,
                example="4711",
            ),
            ColumnField(
                name="country",
                label="Country",
                help="Two letters or its name.",
                options=(Option(value="", label="none", selected=True),),
                is_required=True,
                is_missing=True,
                has_constant=True,
            ),
        ),
        dates=(Option(value="dmy", label="day first", selected=True),),
        numbers=(Option(value=",", label="1.234,56", selected=True),),
        zones=(Option(value="Europe/Berlin", label="Europe/Berlin", selected=True),),
        preset="Unser Shop",
        post_url="/uploads/1/columns/",
        upload_url="/uploads/1/",
        back_url="/upload/",
        error="Choose the column of the country.",
        is_tried=True,
        tried=(
            TriedOrder(
                number="4711",
                placed_at=NOW,
                recipient="Jürgen Groß",
                address="Hauptstraße 7, 50667 Köln",
                country="DE",
                goods=("2 × MUG-BLUE",),
                value="19.00 EUR",
            ),
        ),
        tried_rejected=(
            RejectedRow(row=3, column="Menge", value="x", wrong="not a count", right="1"),
        ),
        tried_rows=2,
    )
