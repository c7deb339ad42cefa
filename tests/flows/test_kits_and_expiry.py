"""Orders are promised good stock that lasts, and kits leave as their components."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from core.models import Merchant
from core.tenancy import merchant
from flows.allocation import allocate_many
from flows.clearance import load
from flows.kits import KitHasStock, KitInKit, define_kit, need_days_left
from flows.paper_contexts import invoice_of
from orders.files.orders import ParsedLine
from orders.models import Order, Product
from orders.services import BadParts, PartOf
from tests.factories import (
    ACTOR,
    a_booked_parcel,
    a_merchant,
    a_product,
    a_warehouse,
    an_order,
)
from warehouse.models import Location, ParcelItem, PickTask, Reservation, StockBalance, StockMove
from warehouse.services import (
    Goods,
    consume_reservations,
    find_differences,
    transfer,
)

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def owner(monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    return a_merchant("acme")


def id_of(sku: str) -> int:
    return Product.objects.get(sku=sku).pk


def brought(
    sku: str, units: int, place: str, expires_on: date | None = None, condition: str = "good"
) -> None:
    """Bring in goods, in the active block."""
    transfer(
        goods=[Goods(id_of(sku), units, "", expires_on, condition)],
        from_location=Location.objects.get(code="SUPPLIER"),
        to_location=Location.objects.get(code=place),
        reason="received",
        reference=f"{sku}-{place}-{expires_on}-{condition}",
        actor=ACTOR,
        now=timezone.now(),
    )


def order_of(owner: Merchant, **units: int) -> Order:
    lines = tuple(
        ParsedLine(place, str(place), sku.replace("_", "-"), "", number, Decimal("10.00"))
        for place, (sku, number) in enumerate(units.items(), start=1)
    )
    return an_order(owner, lines=lines)


def allocated(order: Order, now: datetime | None = None) -> str:
    allocate_many(order_ids=[order.pk], now=now or timezone.now())
    return str(Order.objects.values_list("status", flat=True).get(pk=order.pk))


def promised(order: Order) -> dict[tuple[str, str, date | None], int]:
    rows = Reservation.objects.filter(order_line__order=order)
    return {
        (sku, code, expires_on): units
        for sku, code, expires_on, units in rows.values_list(
            "balance__product__sku", "balance__location__code", "balance__expires_on", "quantity"
        )
    }


def test_what_expires_first_goes_first_then_pick_faces_then_the_oldest(owner: Merchant) -> None:
    a_product(owner, "CREAM", stock=0)
    early, late = date(2030, 1, 1), date(2030, 6, 1)
    Location.objects.filter(code="A-02").update(use="reserve")
    order = order_of(owner, CREAM=8)
    with merchant(owner):
        brought("CREAM", 3, "A-03", early)
        brought("CREAM", 3, "A-02", late)
        brought("CREAM", 3, "A-01")
        assert allocated(order) == "allocated"
        assert promised(order) == {
            ("CREAM", "A-03", early): 3,
            ("CREAM", "A-02", late): 3,
            ("CREAM", "A-01", None): 2,
        }
    a_product(owner, "SOAP", stock=0)
    again = order_of(owner, SOAP=7)
    with merchant(owner):
        for place in ("A-01", "A-02", "A-03"):
            brought("SOAP", 3, place)
        StockBalance.objects.filter(location__code="A-03").update(
            received_at=timezone.now() - timedelta(days=3)
        )
        assert allocated(again) == "allocated"
        assert promised(again) == {
            ("SOAP", "A-03", None): 3,
            ("SOAP", "A-01", None): 3,
            ("SOAP", "A-02", None): 1,
        }


@pytest.mark.parametrize("condition", ["damaged", "quarantine", "expired"])
def test_only_good_stock_is_promised(owner: Merchant, condition: str) -> None:
    a_product(owner, "CREAM", stock=0)
    order = order_of(owner, CREAM=2)
    with merchant(owner):
        brought("CREAM", 5, "A-01", condition=condition)
        assert allocated(order) == "backordered"
        brought("CREAM", 2, "A-02")
        assert allocated(order) == "allocated"


def test_the_last_day_counts_where_the_goods_lie(owner: Merchant) -> None:
    a_product(owner, "CREAM", stock=0)
    order = order_of(owner, CREAM=1)
    last = date(2030, 1, 1)
    with merchant(owner):
        brought("CREAM", 5, "A-01", last)
        midnight = datetime(2030, 1, 2, tzinfo=CHINA)
        assert allocated(order, midnight) == "backordered"
        assert allocated(order, midnight - timedelta(seconds=1)) == "allocated"


def test_a_product_may_need_days_left(owner: Merchant) -> None:
    a_product(owner, "CREAM", stock=0)
    order = order_of(owner, CREAM=1)
    now = datetime(2030, 1, 1, 12, tzinfo=CHINA)
    with merchant(owner):
        brought("CREAM", 5, "A-01", date(2030, 1, 30))
        need_days_left(product_id=id_of("CREAM"), days=30, actor=ACTOR, now=now)
        assert allocated(order, now) == "backordered"
        need_days_left(product_id=id_of("CREAM"), days=29, actor=ACTOR, now=now)
        assert allocated(order, now) == "allocated"


@pytest.fixture
def lamp(owner: Merchant) -> Merchant:
    """A lamp of one base (value 8) and two bulbs (3 each), of which there are 9 and 9."""
    a_product(owner, "LAMP", stock=0)
    a_product(owner, "BASE", stock=9, unit_value="8.00")
    a_product(owner, "BULB", stock=9, unit_value="3.00", hs_code="853950")
    with merchant(owner):
        parts = [PartOf(id_of("BASE"), 1), PartOf(id_of("BULB"), 2)]
        define_kit(product_id=id_of("LAMP"), parts=parts, actor=ACTOR, now=timezone.now())
    return owner


def test_a_kits_components_are_promised_picked_packed_and_declared(lamp: Merchant) -> None:
    order = order_of(lamp, LAMP=3, BULB=1)
    booking = a_booked_parcel(lamp, order)
    with merchant(lamp):
        pieces = {sku: units for (sku, _place, _day), units in promised(order).items()}
        assert sum(Reservation.objects.values_list("quantity", flat=True)) == 3 + 6 + 1
        assert set(pieces) == {"BASE", "BULB"}
        tasks = PickTask.objects.values_list("product__sku", "quantity")
        assert sorted(tasks) == [("BASE", 3), ("BULB", 1), ("BULB", 6)]
        items = list(ParcelItem.objects.select_related("product", "order_line").order_by("id"))
        lamps = [item for item in items if item.order_line.sku == "LAMP"]
        worth = sum(item.unit_price * item.quantity for item in lamps)
        assert worth == Decimal("30.00")
        lines = invoice_of(load(booking.pk, timezone.now())).lines
        assert sum(line.unit_price * line.quantity for line in lines) == Decimal("40.00")
        assert {line.hs_code for line in lines} == {"691200", "853950"}
        consume_reservations(items=items, parcel_reference="P", actor=ACTOR, now=timezone.now())
        moved = StockMove.objects.filter(reason="packed").values_list("product__sku", "quantity")
        assert sorted(moved) == [("BASE", 3), ("BULB", 1), ("BULB", 6)]
        assert not find_differences().rows


def test_a_kit_waits_for_what_its_components_lack(lamp: Merchant) -> None:
    order = order_of(lamp, LAMP=5)
    with merchant(lamp):
        assert allocated(order) == "backordered"
        told = order.backorders.get()
        assert told.explanation["considered"][0]["short"] == {"BULB": 1}
        assert list(told.claims.values_list("product__sku", "quantity")) == [("BULB", 10)]
        brought("BULB", 1, "A-01")
        assert allocated(order) == "allocated"


def test_a_kit_is_made_of_products_that_are_none_and_has_no_stock(lamp: Merchant) -> None:
    now = timezone.now()
    with merchant(lamp):
        lamp_id, base, bulb = map(id_of, ("LAMP", "BASE", "BULB"))
        with pytest.raises(KitHasStock):
            define_kit(product_id=base, parts=[PartOf(bulb, 1)], actor=ACTOR, now=now)
        StockBalance.objects.update(on_hand=0)
        with pytest.raises(KitInKit):
            define_kit(product_id=base, parts=[PartOf(bulb, 1)], actor=ACTOR, now=now)
        with pytest.raises(BadParts):
            define_kit(product_id=lamp_id, parts=[PartOf(lamp_id, 1)], actor=ACTOR, now=now)
        assert not define_kit(
            product_id=lamp_id, parts=[PartOf(base, 1), PartOf(bulb, 2)], actor=ACTOR, now=now
        )
        assert define_kit(product_id=lamp_id, parts=[], actor=ACTOR, now=now)
