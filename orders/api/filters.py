"""Filters of the orders room's lists; each is named like the field it filters."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import CharFilter, ChoiceFilter, FilterSet

from orders.models import Hold, HoldCode, Import, Order, OrderStatus, OrderTag


class ProductFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of GET /products."""

    sku = CharFilter(max_length=80)
    gtin = CharFilter(max_length=14)


class OrderFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of GET /orders."""

    status = ChoiceFilter(choices=OrderStatus.choices)
    country = CharFilter(max_length=2, help_text="ISO 3166 alpha-2 code in capitals.")
    external_order = CharFilter(max_length=80)
    hold = ChoiceFilter(
        choices=HoldCode.choices, method="held_for", help_text="Orders with this hold open."
    )
    tag = CharFilter(max_length=30, method="tagged", help_text="Orders with exactly this tag.")

    def held_for(self, rows: QuerySet[Order], name: str, code: str) -> Any:  # noqa: ARG002
        """Keep orders that have an open hold of this code."""
        held = Hold.objects.filter(code=code, released_at__isnull=True)
        return rows.filter(pk__in=held.values("order_id"))

    def tagged(self, rows: QuerySet[Order], name: str, tag: str) -> Any:  # noqa: ARG002
        """Keep orders with this tag."""
        return rows.filter(pk__in=OrderTag.objects.filter(tag=tag).values("order_id"))


class ImportFilter(FilterSet):  # type: ignore[misc]  # untyped library
    """Filters of GET /imports."""

    kind = ChoiceFilter(choices=Import.Kind.choices)
    status = ChoiceFilter(choices=Import.Status.choices)
