"""The demonstration data: an operator with two warehouses, two merchants, and their logins.

Everything is written through the services and may be run again: what exists is left as it is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from accounts.models import Staff, User
from accounts.services import add_member, add_staff, create_user
from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.demo_floor import furnish
from flows.terms import agree_standard_terms, publish_standard_terms
from shipping.models import Agreement, RateCard, S10Range
from warehouse.models import Location, StaffAssignment, Warehouse
from warehouse.services import lay_counterparts, lay_tree
from warehouse.services.equipment import make_wall

ACTOR = "demo"
AISLES = "ABCDEF"
AISLE_PITCH_MM, BAY_MM, FIRST_BIN_MM = 3_500, 1_200, 4_000
BINS_PER_AISLE = 20
STAFF = (
    ("floor@operator.example", "supervisor", "Chen Fang"),
    ("packer@operator.example", "floor", "Zhou Lin"),
    ("customs@operator.example", "customs", "Liu Wei"),
    ("support@operator.example", "support", "María Soto"),
    ("admin@operator.example", "admin", "Ada Admin"),
)
MEMBERS = (
    ("owner@brightpeak.example", "brightpeak", "owner", "Wang Min"),
    ("ops@brightpeak.example", "brightpeak", "operations", "Olga Ops"),
    ("finance@brightpeak.example", "brightpeak", "finance", "Fabio Fin"),
    ("reader@brightpeak.example", "brightpeak", "read_only", "Rita Reader"),
    ("owner@lumen.example", "lumen", "owner", "Luis Lumen"),
)
MERCHANTS = {
    "brightpeak": {
        "name": "Brightpeak Trading",
        "legal_name": "Shenzhen Brightpeak Trading Co., Ltd.",
        "street": "16 Keyuan Road, Nanshan",
        "city": "Shenzhen",
        "region": "Guangdong",
        "postal_code": "518057",
        "country": "CN",
        "phone": "+8675526710001",
        "email": "owner@brightpeak.example",
        "currency": "EUR",
        "eori": "DE123456789012345",
        "ioss_number": "IM2760000007",
        "gb_vat_number": "GB123456789",
        "au_gst_number": "51824753556",
    },
    "lumen": {
        "name": "Lumen Hogar",
        "legal_name": "Lumen Hogar (Hong Kong) Limited",
        "street": "2 Queen's Road Central",
        "city": "Hong Kong",
        "region": "",
        "postal_code": "",
        "country": "HK",
        "phone": "+85222345678",
        "email": "owner@lumen.example",
        "currency": "USD",
    },
}


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A login of the demonstration, as `make run` prints it."""

    door: str
    email: str
    role: str
    password: str


def password() -> str:
    """The demonstration's password: yours from DEMO_PASSWORD, else a plain one for loopback."""
    return os.environ.get("DEMO_PASSWORD", "waybridge-demo")


def seed(*, now: datetime) -> list[DemoLogin]:
    """Write the demonstration; return its logins. Owner role: it writes operator tables."""
    warehouses = [_shenzhen(), _hong_kong()]
    for warehouse in warehouses:
        furnish(warehouse=warehouse, now=now)
    _number_ranges()
    card = publish_standard_terms(on=now.date())
    for code in MERCHANTS:
        _merchant(code, card, now)
    logins = [_staff(email, role, name, warehouses) for email, role, name in STAFF]
    logins += [_member(email, code, role, name, now) for email, code, role, name in MEMBERS]
    return logins


def _shenzhen() -> Warehouse:
    return _warehouse(
        code="SZX1",
        name="Waybridge Shenzhen",
        street="88 Fenghuang Road, Bao'an",
        city="Shenzhen",
        region="Guangdong",
        postal_code="518103",
        country="CN",
        phone="+8675528880001",
        email="szx1@operator.example",
        time_zone="Asia/Shanghai",
        priority=10,
    )


def _hong_kong() -> Warehouse:
    return _warehouse(
        code="HKG1",
        name="Waybridge Hong Kong",
        street="9 Kwai Cheong Road, Kwai Chung",
        city="Hong Kong",
        region="New Territories",
        postal_code="",
        country="HK",
        phone="+85226890001",
        email="hkg1@operator.example",
        time_zone="Asia/Hong_Kong",
        priority=20,
    )


def _warehouse(*, code: str, **values: object) -> Warehouse:
    warehouse, is_new = Warehouse.objects.get_or_create(code=code, defaults=values)
    if is_new:
        bins = [
            Location(
                warehouse=warehouse,
                code=f"{aisle}-{number:02d}-{number % 4 + 1}",
                pick_sequence=index * BINS_PER_AISLE + number,
                zone="A",
                aisle=aisle,
                bay=f"{number:02d}",
                level=number % 4 + 1,
                x_mm=index * AISLE_PITCH_MM,
                y_mm=FIRST_BIN_MM + number * BAY_MM,
            )
            for index, aisle in enumerate(AISLES)
            for number in range(1, BINS_PER_AISLE + 1)
        ]
        apart = Location(warehouse=warehouse, code="X-01-1", pick_sequence=999, zone="DAMAGED")
        Location.objects.bulk_create([*bins, apart])
        make_wall(warehouse=warehouse, code="W1", slots=[f"W1-{slot:02d}" for slot in range(1, 13)])
    lay_counterparts(warehouse=warehouse)
    lay_tree(warehouse=warehouse)
    return warehouse


def _number_ranges() -> None:
    for country in ("CN", "HK"):
        S10Range.objects.get_or_create(
            service_indicator="LX",
            country=country,
            defaults={"next_serial": 10_000_000, "last_serial": 19_999_999},
        )


def _merchant(code: str, card: RateCard, now: datetime) -> None:
    with across_merchants("The demonstration makes its merchants."):
        owner, _ = Merchant.objects.get_or_create(
            code=code, defaults={**MERCHANTS[code], "created_at": now}
        )
    with merchant(owner):
        is_agreed = Agreement.objects.filter(status=Agreement.Status.ACCEPTED).exists()
    if not is_agreed:
        agree_standard_terms(merchant_id=owner.pk, rate_card=card, actor=ACTOR, now=now)


def _user(email: str, name: str) -> User:
    known = User.objects.filter(email=email).first()
    return known or create_user(email=email, password=password(), full_name=name)


def _staff(email: str, role: str, name: str, warehouses: list[Warehouse]) -> DemoLogin:
    staff: Staff = add_staff(user=_user(email, name), role=role)
    for warehouse in warehouses:
        here = role if role == Staff.Role.SUPERVISOR else StaffAssignment.Role.FLOOR
        StaffAssignment.objects.get_or_create(
            staff=staff, warehouse=warehouse, defaults={"role": here}
        )
    return DemoLogin(settings.ADMIN_URL, email, role, password())


def _member(email: str, code: str, role: str, name: str, now: datetime) -> DemoLogin:
    with across_merchants("The demonstration finds its merchant by code."):
        owner = Merchant.objects.get(code=code)
    user = _user(email, name)
    with merchant(owner):
        add_member(user=user, role=role, actor=ACTOR, now=now)
    return DemoLogin(settings.PUBLIC_URL, email, f"{role} of {owner.name}", password())
