"""Listings and blocked buyers as the templates are shown them."""

from __future__ import annotations

from datetime import timedelta

from dashboard.screens.blocks import BlockedBuyersPage, BlockRow
from dashboard.screens.common import Badge, BulkAction, Destructive, Filter, Option, Pager, Tab
from dashboard.screens.listings import (
    ListingPage,
    ListingRow,
    ListingsPage,
    PartField,
    Suggested,
)
from tests.ui.fakes import NOW

SUGGESTED = Suggested(sku="MUG-BLUE-350", title="Stoneware mug, blue, 350 ml", score=84)


def listing_row(number: int = 1) -> ListingRow:
    return ListingRow(
        id=number,
        code=f"EB-MUG-{number}",
        item_number="1145520031",
        channel="eBay DE",
        title="Tasse blau 350 ml / 蓝色马克杯",
        badge=Badge(label="To be mapped", tone="act"),
        parts=(),
        waiting=12,
        is_more=False,
        progress="200 orders checked, more to come",
        suggestion=SUGGESTED,
        url=f"/listings/{number}/",
        map_url=f"/listings/{number}/map/",
        seen_at=NOW - timedelta(hours=3),
    )


def listings_page(*, rows: int = 3) -> ListingsPage:
    return ListingsPage(
        tabs=(Tab(label="To be mapped", url="/listings/", current=True),),
        filters=(Filter(name="q", label="Search", kind="search"),),
        rows=tuple(listing_row(number + 1) for number in range(rows)),
        pager=Pager(next_cursor="x"),
        sort="",
        is_filtered=False,
        clear_url="/listings/",
        may_map=True,
        bulk_url="/listings/bulk/",
        bulk_actions=(BulkAction(value="accept", label="Take their suggestions"),),
    )


def listing_page() -> ListingPage:
    return ListingPage(
        row=listing_row(),
        brand="Brightpeak",
        model="M350",
        suggestions=(SUGGESTED,),
        parts=(PartField(sku="MUG-BLUE-350", quantity="1"), PartField(sku="", quantity="1")),
        fault="There is no product X. Add it first.",
        may_map=True,
        list_url="/listings/",
    )


def blocked_buyers_page() -> BlockedBuyersPage:
    return BlockedBuyersPage(
        tabs=(Tab(label="Blocked buyers", url="/blocked-buyers/", current=True),),
        rows=(
            BlockRow(
                id=1,
                kind="E-mail",
                fingerprint="9f86d081",
                note="Chargebacks in May",
                made_at=NOW - timedelta(days=2),
                made_by="Mei Lin",
                remove=Destructive(
                    label="Remove",
                    undoes="Later orders of this buyer are no longer held.",
                    url="/blocked-buyers/1/remove/",
                    confirm_label="Remove this buyer",
                ),
            ),
        ),
        pager=Pager(),
        count=1,
        is_more=False,
        kinds=(Option(value="email", label="E-mail"),),
        fault="",
        may_edit=True,
        post_url="/blocked-buyers/add/",
    )
