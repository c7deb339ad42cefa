"""The demonstration's floor: something to try at every station, in the first warehouse.

What belongs to the building comes with the demonstration; a merchant's goods once an installation.
Everything may be run again: what exists is left as it is.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal

from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.inbounds import SaidLine, announce
from flows.intake import receive_products
from flows.replenishing import set_pick_face
from orders.models import Product
from orders.rules.facts import ProductFacts
from warehouse.models import Inbound, Location, PutWall, Warehouse, WaveTemplate
from warehouse.services import Goods, counterpart, transfer
from warehouse.services.equipment import make_wall
from warehouse.services.homes import home_bins
from warehouse.services.inbounds import InboundFacts
from warehouse.services.wave_templates import TemplateFacts, save_template

ACTOR = "demo"
OWNER, HOUSE = "brightpeak", "SZX1"
WORKDAYS = (0, 1, 2, 3, 4)
EVENING = time(18, 0)
SLOTS = 12
DAMAGED = "DAMAGED"
"""As warehouse/data/put_away_zones.csv names the zone of damaged goods."""
FIRST_RESERVE = 1_000
"""On the walk: behind every pick bin."""
LAMP = ProductFacts(
    sku="DESK-LAMP", title="Desk lamp, brushed steel", weight_g=900, length_mm=300, width_mm=180,
    height_mm=120, hs_code="9405210090", origin_country="CN",
    customs_description="Electric desk lamp of steel, for mains operation",
    unit_value=Decimal("18.00"), currency="EUR", battery="none", gtin="4006381333924",
)  # fmt: skip
AT_HAND, IN_RESERVE = 4, 120
FACE = (10, 40)


def furnish(*, warehouse: Warehouse, now: datetime) -> None:
    """Set up a put wall, reserve bins and the damaged zone's, and wave templates."""
    if not PutWall.objects.filter(warehouse=warehouse).exists():
        slots = [f"W1-{number:02d}" for number in range(1, SLOTS + 1)]
        make_wall(warehouse=warehouse, code="W1", slots=slots)
    _bins(warehouse)
    known = set(WaveTemplate.objects.filter(warehouse=warehouse).values_list("name", flat=True))
    for name, kind in (("Single items by 18:00", "single_item"), ("Put wall by 18:00", "multi")):
        if name not in known:
            _template(warehouse, name, kind, now)


def _bins(warehouse: Warehouse) -> None:
    known = set(Location.objects.filter(warehouse=warehouse).values_list("code", flat=True))
    for zone in ("R", DAMAGED):
        if zone not in known:
            Location.objects.create(
                warehouse=warehouse, code=zone, kind=Location.Kind.ZONE, zone=zone
            )
    wanted = {f"R-{number:02d}": number for number in range(1, 7)} | {"D-01": 100}
    for code, number in wanted.items():
        if code in known:
            continue
        is_reserve = code.startswith("R-")
        zone = "R" if is_reserve else DAMAGED
        Location.objects.create(
            warehouse=warehouse, code=code, kind=Location.Kind.BIN, zone=zone,
            parent=Location.objects.get(warehouse=warehouse, code=zone),
            use=Location.Use.RESERVE if is_reserve else Location.Use.PICK,
            pick_sequence=FIRST_RESERVE + number, capacity_units=500 if is_reserve else None,
        )  # fmt: skip


def _template(warehouse: Warehouse, name: str, kind: str, now: datetime) -> None:
    facts = TemplateFacts(
        name=name, kind=kind, carrier_code="", cut_off=EVENING, weekdays=WORKDAYS,
        lead_minutes=600, every_minutes=30, ship_within_hours=None, max_orders=60,
        max_weight_g=None, max_volume_cm3=None,
        max_slots=SLOTS if kind == "multi" else None,
    )  # fmt: skip
    save_template(template_id=None, warehouse=warehouse, facts=facts, actor=ACTOR, now=now)


def bring_goods(*, now: datetime) -> None:
    """Bring the first merchant a product whose pick face runs low, with more of it in reserve and
    an inbound on its way."""
    house = Warehouse.objects.get(code=HOUSE)
    with across_merchants("The demonstration finds its merchant by code."):
        owner = Merchant.objects.get(code=OWNER)
    with merchant(owner):
        receive_products(products=[LAMP], stock={LAMP.sku: AT_HAND}, actor=ACTOR, now=now)
        product = Product.objects.get(sku=LAMP.sku)
        face = home_bins(warehouse_id=house.pk, product_ids=[product.pk], now=now)[product.pk]
        transfer(
            goods=[Goods(product.pk, IN_RESERVE)],
            from_location=counterpart(warehouse_id=house.pk, kind=Location.Kind.SUPPLIER),
            to_location=Location.objects.get(warehouse=house, code="R-01"),
            reason="opening", reference=f"{LAMP.sku}/reserve", actor=ACTOR, now=now,
        )  # fmt: skip
        if not Inbound.objects.exists():
            facts = InboundFacts(
                warehouse=house, reference="Spring collection", cartons=2,
                expected_on=now.date() + timedelta(days=1),
            )  # fmt: skip
            announce(
                facts=facts, lines=[SaidLine(LAMP.sku, 60)], source="dashboard", actor=ACTOR,
                now=now,
            )  # fmt: skip
    set_pick_face(
        merchant_id=owner.pk, warehouse=house, sku=LAMP.sku, place=face.code, limits=FACE,
        actor=ACTOR, now=now,
    )  # fmt: skip
