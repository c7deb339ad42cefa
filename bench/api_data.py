"""Merchants, orders and bodies that the API is measured with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from core.tenancy import merchant
from orders.models import Channel, Order
from orders.services import ensure_channel
from tests.factories import ADDRESS, NOW, a_merchant, a_product, a_warehouse, an_api_key
from warehouse.models import Warehouse

STATUSES = [Order.Status.ACCEPTED, Order.Status.ALLOCATED, Order.Status.SHIPPED,
            Order.Status.DELIVERED, Order.Status.HELD]  # fmt: skip
COUNTRIES = ["DE", "FR", "GB", "US", "AU", "BR", "JP", "CN"]


@dataclass(frozen=True)
class Tenant:
    """One merchant with a key and two products."""

    merchant_id: int
    secret: str

    @classmethod
    def make(cls, code: str) -> Tenant:
        """Make it, and the warehouse where it is the first."""
        if not Warehouse.objects.exists():
            a_warehouse()
        owner = a_merchant(code)
        for sku in ("MUG-BLUE", "BOWL-RED"):
            a_product(owner, sku, stock=1_000_000)
        return cls(owner.pk, an_api_key(owner))

    def body(self, number: int) -> dict[str, Any]:
        """Return an order of two lines; every buyer is another one."""
        letters = "".join(chr(ord("a") + int(digit)) for digit in f"{number:07d}")
        return {
            "external_order": f"B-{number}",
            "placed_at": "2026-11-20T07:00:00Z",
            "paid_at": "2026-11-20T08:00:00Z",
            "currency": "EUR",
            "service_level": "standard",
            "address": {**ADDRESS, "name": f"Erika {letters.title()}"},
            "phone": "+49 30 901820",
            "email": f"{letters}@example.com",
            "lines": [
                {"sku": "MUG-BLUE", "quantity": 2, "unit_price": "9.50"},
                {"sku": "BOWL-RED", "quantity": 1, "unit_price": "7.90"},
            ],
        }

    def bulk(self, count: int, numbers: Iterator[int]) -> dict[str, Any]:
        """Return a bulk body of `count` new orders."""
        return {"orders": [self.body(next(numbers)) for _ in range(count)]}

    def fill(self, count: int) -> None:
        """Write `count` orders as they would lie there after months, in one statement."""
        with merchant(self.merchant_id):
            channel = ensure_channel(kind=Channel.Kind.API, name="api", now=NOW)
            with connection.cursor() as cursor:
                cursor.execute(FILL, [self.merchant_id, channel.pk, STATUSES, COUNTRIES, count])
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE orders_order")


FILL = """
INSERT INTO orders_order (merchant_id, channel_id, external_order, reference, status,
  content_sha256, buyer_digest, placed_at, paid_at, service_level, currency, goods_value,
  shipping_price, weight_g, sorting, recipient_name, company, street_1, street_2, street_3, city,
  region, postal_code, country, phone, email, recipient_id, note, created_at,
  channel_said, said, tags, wanted_service, wanted_warehouse, priority, ruled, address_digest,
  made_by)
SELECT m, c, 'F-' || n, 'WB' || lpad(n::text, 9, '0'), s[1 + n %% 5], md5(n::text), md5(n::text),
  t, t, 'standard', 'EUR', 10 + n %% 90, 0, 700, 'EU/general/light/small', 'Erika Mustermann', '',
  'Heidestraße ' || n %% 100, '', '', 'Berlin', '', '10557', k[1 + n %% 8], '+4930901820',
  'erika@example.com', '', '', t, '{}', '', '{}', '', '', 0, '[]', md5(n::text), ''
FROM (VALUES (%s::bigint, %s::bigint, %s::text[], %s::text[])) AS given(m, c, s, k),
  generate_series(1, %s) AS n,
  LATERAL (SELECT now() - interval '1 year' + n * interval '1 minute') AS at(t)
"""
