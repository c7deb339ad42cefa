"""The tabs over everything about orders, the same on each of its pages."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.screens.common import Tab
from orders.models import Order

STATUSES = (
    Order.Status.HELD, Order.Status.BACKORDERED, Order.Status.SHIPPED, Order.Status.DELIVERED,
)  # fmt: skip
TOGETHER, BLOCKED = "together", "blocked"


def order_tabs(current: str) -> tuple[Tab, ...]:
    """`current` is a status, `TOGETHER`, `BLOCKED`, or empty for all orders."""
    here = reverse("dashboard:orders")
    return (
        Tab(label=_("All"), url=here, current=not current),
        *(
            Tab(
                label=str(status.label),
                url=f"{here}?status={status.value}",
                current=current == status.value,
            )
            for status in STATUSES
        ),
        Tab(
            label=_("Could go together"),
            url=reverse("dashboard:orders_together"),
            current=current == TOGETHER,
        ),
        Tab(
            label=_("Blocked buyers"),
            url=reverse("dashboard:blocked_buyers"),
            current=current == BLOCKED,
        ),
    )
