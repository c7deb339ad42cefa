"""What tests start from, made through the services and flows as the product itself makes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.services import create_api_key
from core.models import Document, Merchant
from core.tenancy import across_merchants, merchant
from flows.allocation import allocate_order
from flows.channels.consent import connect_shop
from flows.fulfilment import plan_next_wave
from flows.intake import receive_orders, receive_products
from flows.terms import agree_standard_terms, publish_standard_terms
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import (
    Channel,
    ChannelConnection,
    ChannelDecision,
    ChannelNotice,
    Order,
    Product,
    UnreadOrder,
)
from orders.rules.facts import ProductFacts
from orders.services import (
    NewNotice,
    NotRead,
    ensure_channel,
    note_unread,
    queue_decisions,
    queue_notices,
    refuse_notice,
    settle_batch,
    take_batch,
)
from shipping.models import Booking, RateCard
from shipping.services import begin_sending, mark_booked, plan_booking
from tracking.models import TrackedParcel
from tracking.services import start_tracking
from warehouse.models import Location, Parcel, Supplier, SupplierProduct, Warehouse
from warehouse.services import (
    lay_counterparts,
    release_wave,
    save_supplier,
    save_supplier_product,
)

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ACTOR = "test"
_numbers = count(1)

PRODUCT: dict[str, Any] = {
    "sku": "MUG-BLUE",
    "title": "Stoneware mug, blue",
    "weight_g": 350,
    "length_mm": 120,
    "width_mm": 100,
    "height_mm": 110,
    "hs_code": "691200",
    "origin_country": "CN",
    "customs_description": "Stoneware drinking mug",
    "unit_value": "8.00",
    "currency": "EUR",
    "battery": "none",
}
ADDRESS = {
    "name": "Erika Mustermann",
    "street_1": "Heidestraße 17",
    "city": "Berlin",
    "postal_code": "10557",
    "country": "DE",
}


def a_warehouse(code: str = "szx1") -> Warehouse:
    """Make a warehouse in Shenzhen with three bins."""
    warehouse = Warehouse.objects.create(
        code=code, name="Shenzhen", street="88 Fenghuang Road", city="Shenzhen",
        region="Guangdong", postal_code="518103", country="CN", phone="+8675528880001",
        time_zone="Asia/Shanghai", priority=10,
    )  # fmt: skip
    for place in range(1, 4):
        Location.objects.create(warehouse=warehouse, code=f"A-{place:02d}", pick_sequence=place)
    lay_counterparts(warehouse=warehouse)
    return warehouse


def a_merchant(code: str = "acme", **fields: Any) -> Merchant:
    """Make a merchant with the standard terms accepted."""
    card = RateCard.objects.first() or publish_standard_terms(on=NOW.date())
    values = {
        "name": code.title(), "legal_name": f"{code.title()} Ltd", "street": "1 Software Road",
        "city": "Shenzhen", "postal_code": "518057", "country": "CN",
        "phone": "+8675526000000", "email": f"ops@{code}.example", "created_at": NOW,
    }  # fmt: skip
    with across_merchants("A test makes a merchant."):
        owner = Merchant.objects.create(code=code, **{**values, **fields})
    agree_standard_terms(merchant_id=owner.pk, rate_card=card, actor=ACTOR, now=NOW)
    return owner


def an_api_key(owner: Merchant, role: str = "owner") -> str:
    """Make a key and return its secret."""
    with merchant(owner):
        return create_api_key(name=f"{role} key", role=role, actor=ACTOR, now=NOW).secret


def product_facts(sku: str = "MUG-BLUE", **fields: Any) -> ProductFacts:
    """Return a product as the flows take it."""
    values = {**PRODUCT, "sku": sku, **fields}
    values["unit_value"] = Decimal(values["unit_value"])
    return ProductFacts(**values)


def a_product(owner: Merchant, sku: str = "MUG-BLUE", stock: int = 100, **fields: Any) -> None:
    """Write a product and open its stock; a warehouse must be there for that."""
    with merchant(owner):
        receive_products(
            products=[product_facts(sku, **fields)], stock={sku: stock}, actor=ACTOR, now=NOW
        )


def an_offer(sku: str = "MUG-BLUE", name: str = "Mill & Sons", **terms: Any) -> SupplierProduct:
    """Have a supplier hold a product, in the active block."""
    supplier = Supplier.objects.filter(name=name).first() or save_supplier(
        supplier_id=None, name=name, email="desk@mill.example", language="en", is_active=True,
        actor=ACTOR, now=NOW,
    )  # fmt: skip
    values: dict[str, Any] = {
        "code": "M-7", "lead_days": 5, "unit_cost": Decimal("3.20"), "currency": "EUR",
        "min_quantity": 1, "is_drop_ship": False,
    }  # fmt: skip
    return save_supplier_product(
        supplier_id=supplier.pk, product_id=Product.objects.get(sku=sku).pk, **{**values, **terms}
    )


def order_body(**fields: Any) -> dict[str, Any]:
    """Return the JSON of an order that passes its checks, for POST /api/v1/orders."""
    number = next(_numbers)
    return {
        "external_order": f"X-{number:06d}",
        "paid_at": "2026-11-20T08:00:00Z",
        "currency": "EUR",
        "address": {**ADDRESS, "name": f"Erika Mustermann {_roman(number)}"},
        "phone": "+49 30 901820",
        "email": "erika@example.com",
        "lines": [{"sku": "MUG-BLUE", "quantity": 2, "unit_price": "9.50"}],
        **fields,
    }


def _roman(number: int) -> str:
    """Spell a number in letters: buyers differ, and names without digits pass the checks."""
    return "".join(chr(ord("A") + int(digit)) for digit in str(number))


def a_parsed_order(**fields: Any) -> ParsedOrder:
    """Return an order that passes its checks as the flows take it."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "external_order": f"X-{number:06d}", "placed_at": NOW - timedelta(hours=2),
        "paid_at": NOW - timedelta(hours=1), "ship_by": None, "currency": "EUR",
        "shipping_price": None, "recipient_name": f"Erika Mustermann {_roman(number)}",
        "company": "", "street_lines": ("Heidestraße 17",), "city": "Berlin", "region": "",
        "postal_code": "10557", "country": "DE", "phone": "+49 30 901820",
        "email": "erika@example.com", "recipient_id": "", "service_level": "", "note": "",
        "lines": (ParsedLine(1, "1", "MUG-BLUE", "", 2, Decimal("9.50")),),
    }  # fmt: skip
    return ParsedOrder(**{**values, **fields})


def an_order(owner: Merchant, **fields: Any) -> Order:
    """Receive one order over the upload channel; accepted unless `fields` make it held."""
    with merchant(owner):
        channel = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=NOW)
        received = receive_orders(
            orders=[a_parsed_order(**fields)], channel=channel, actor=ACTOR, now=NOW
        )
    return received.created[0]


def a_connection(owner: Merchant, kind: str = "ebay", **fields: Any) -> ChannelConnection:
    """Open a connection that waits for consent; `fields` are written over it."""
    with merchant(owner):
        connection = connect_shop(
            kind=kind, name=f"{kind} shop", options={}, read_from=NOW, actor=ACTOR, now=NOW
        )
        ChannelConnection.objects.filter(pk=connection.pk).update(**{"read_at": NOW, **fields})
        return ChannelConnection.objects.select_related("channel").get(pk=connection.pk)


def a_refused_notice(connection_id: int, order: Order, parcel_reference: str) -> ChannelNotice:
    """Write down, in the active block, that a channel refused to hear of a parcel."""
    (notice,) = queue_notices(
        notices=[
            NewNotice(connection_id, order.pk, parcel_reference, {"tracking_number": "LX1CN"})
        ],
        now=NOW,
    )
    refuse_notice(notice_id=notice.pk, code="refused", params={"message": "no"}, now=NOW)
    return notice


def a_refused_decision(connection_id: int, order: Order) -> ChannelDecision:
    """Write down, in the active block, that a channel did not take our word on an order."""
    queue_decisions(connection_id=connection_id, order_ids=[order.pk], kind="accept", now=NOW)
    (decision,) = take_batch(connection_id=connection_id, batch="1", most=1)
    settle_batch(ids=[decision.pk], refusals={decision.pk: ("refused", {"message": "no"})}, now=NOW)
    return decision


def an_unread_order(connection_id: int, number: str = "BAD-1") -> UnreadOrder:
    """Write down, in the active block, that an order of a channel could not be read."""
    note_unread(
        connection_id=connection_id, found=[NotRead(number, "0" * 64, "ValueError: no")], now=NOW
    )
    return UnreadOrder.objects.get(connection_id=connection_id, key=number)


def a_booked_parcel(owner: Merchant, order: Order, label: Document | None = None) -> Booking:
    """Allocate, plan and book an accepted order without asking a carrier; tracking has begun."""
    allocate_order(owner.pk, {"order_id": order.pk})
    warehouse = Warehouse.objects.get(priority=10)
    wave = plan_next_wave(merchant_id=owner.pk, warehouse=warehouse, actor=ACTOR, now=NOW)
    assert wave is not None
    with merchant(owner):
        release_wave(wave_id=wave.pk, actor=ACTOR, now=NOW)
        parcel = Parcel.objects.select_related("order", "warehouse").get(order=order)
        booking = plan_booking(
            parcel=parcel,
            carrier_code="postal",
            service_code="POSTAL_SMALL_PACKET",
            choice={"reason": {"text": "The cheapest service that carries it."}},
            invoice_number=f"INV-{next(_numbers):06d}",
            tracking_number="",
            now=NOW,
        )
        begin_sending(booking_id=booking.pk, now=NOW)
        mark_booked(
            booking_id=booking.pk,
            tracking_number=f"LX{next(_numbers):09d}CN",
            label=label,
            now=NOW,
        )
        booking = Booking.objects.select_related("parcel__order", "parcel__warehouse").get(
            pk=booking.pk
        )
        start_tracking(booking=booking, now=NOW)
    return booking


def a_packed_parcel(owner: Merchant, order: Order) -> Booking:
    """Book an order's parcel and let it be packed: the order can leave its wave no more."""
    booking = a_booked_parcel(owner, order)
    with merchant(owner):
        Parcel.objects.filter(pk=booking.parcel_id).update(
            status=Parcel.Status.PACKED, packed_at=NOW, weight_g=900
        )
        Order.objects.filter(pk=order.pk).update(status=Order.Status.PACKED)
    return booking


def a_handed_over_parcel(owner: Merchant, order: Order) -> TrackedParcel:
    """Book an order's parcel and let it have left the house, as claims need it."""
    booking = a_booked_parcel(owner, order)
    with merchant(owner):
        Parcel.objects.filter(pk=booking.parcel_id).update(
            status=Parcel.Status.HANDED_OVER, packed_at=NOW, handed_over_at=NOW, weight_g=900
        )
        # Else the next wave would take the order again.
        Order.objects.filter(pk=order.pk).update(status=Order.Status.SHIPPED)
        return TrackedParcel.objects.get(booking=booking)
