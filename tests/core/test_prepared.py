"""Queries made once: the same rows as the queryset, behind the same wall."""

from __future__ import annotations

import pytest

from core.prepared import Prepared
from core.tenancy import NoMerchant, across_merchants, merchant
from orders.models import Product
from tests.factories import a_merchant, a_product
from warehouse.models import Location

pytestmark = pytest.mark.django_db(transaction=True)


def by_sku() -> Prepared[Product]:
    return Prepared(
        Product,
        lambda rows, sku: rows.filter(sku=sku).select_related("merchant").order_by("id"),
        "sku",
    )


def test_rows_are_the_active_merchants_with_what_they_refer_to() -> None:
    acme, rival = a_merchant("acme"), a_merchant("rival")
    a_product(acme, "MUG")
    a_product(rival, "MUG")
    query = by_sku()
    for owner in (acme, rival, acme):
        with merchant(owner):
            (found,) = query.rows(sku="MUG")
            assert found == Product.objects.get(sku="MUG")
            assert found.merchant.code == owner.code
            assert query.first(sku="%s") is None


def test_outside_of_a_merchants_block_nothing_is_read() -> None:
    a_product(a_merchant("acme"), "MUG")
    with pytest.raises(NoMerchant):
        by_sku().rows(sku="MUG")
    with across_merchants("The test crosses."), pytest.raises(NoMerchant):
        by_sku().rows(sku="MUG")


def test_a_name_that_stands_for_nothing_is_refused() -> None:
    query = Prepared(Location, lambda rows, place: rows.order_by("id"), "place")
    with pytest.raises(TypeError, match="stands for no parameter"):
        query.rows(place=1)
