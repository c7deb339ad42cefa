"""A list costs the same queries with 2 and with 20 rows; the numbers are reviewed in a file."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.services import charge_booking
from core.tenancy import merchant
from customs.models import Declaration
from flows.aftersales import file_claim
from flows.inbounds import SaidLine
from orders.files.orders import ParsedLine
from orders.services import block_buyer
from shipping.models import Agreement, Booking
from tests.dashboard.conftest import Shop
from tests.factories import ACTOR, NOW, a_handed_over_parcel, a_product, an_order
from tests.inbounds import an_inbound
from warehouse.models import Warehouse

pytestmark = pytest.mark.django_db
BASELINE = json.loads((Path(__file__).parent / "query_counts.json").read_text())
LISTS = ("/", "/orders/", "/inbounds/", "/products/", "/shipments/", "/customs/", "/claims/",
         "/billing/",
         "/billing/?view=ledger", "/settings/team/", "/settings/keys/",
         "/listings/?status=all", "/blocked-buyers/")  # fmt: skip


def fill(shop: Shop, start: int, stop: int) -> None:
    """Rows for every list: a shipped order with its claim and papers, a held one, a product."""
    for index in range(start, stop):
        an_order(shop.owner, paid_at=None)
        a_product(shop.owner, sku=f"SKU-{index}")
        an_inbound(shop.owner, Warehouse.objects.get(), SaidLine(f"SKU-{index}", 5))
        unknown = ParsedLine(1, "1", f"sku_{index}", "A mug", 1, Decimal(9))
        an_order(shop.owner, lines=(unknown,))
        parcel = a_handed_over_parcel(shop.owner, an_order(shop.owner))
        file_claim(
            merchant_id=shop.owner.pk, tracking_number=parcel.tracking_number, kind="loss",
            amount=None, statement="", actor=ACTOR, now=NOW,
        )  # fmt: skip
        with merchant(shop.owner):
            block_buyer(kind="email", digest=f"{index:064}", note="", actor=ACTOR, now=NOW)
            booking = Booking.objects.get(pk=parcel.booking_id)
            charge_booking(
                booking=booking, agreement=Agreement.objects.get(),
                amount=parcel.booking.parcel.order.goods_value, currency="EUR",
                inputs={}, steps=[], now=NOW,
            )  # fmt: skip
            Declaration.objects.create(
                booking=booking, direction="export", country="CN", dataset="X",
                dataset_reason="", lrn=f"E{index}", elements={}, problems=[],
                status=Declaration.Status.INCOMPLETE, created_at=NOW,
            )  # fmt: skip


def _is_reading(sql: str) -> bool:
    """Opening and closing a merchant's block is not counted: tests nest it, production does not."""
    return not sql.startswith(("SAVEPOINT", "RELEASE", "SET LOCAL ROLE", "SELECT set_config"))


def queries(shop: Shop) -> dict[str, int]:
    counts = {}
    client = shop.client()
    for path in LISTS:
        client.get(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(path).status_code == 200
        counts[path] = len([query for query in captured if _is_reading(query["sql"])])
    return counts


def test_lists_cost_what_was_reviewed_however_many_rows_they_show(shop: Shop) -> None:
    fill(shop, 0, 2)
    with_two = queries(shop)
    fill(shop, 2, 20)
    with_twenty = queries(shop)
    assert with_twenty == with_two
    assert with_two == BASELINE
