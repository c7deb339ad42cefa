"""Which stock may be promised to orders, and in which order it is taken."""

from __future__ import annotations

from datetime import datetime

from django.db.models import (
    Case,
    DateField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, TruncDate

from warehouse.models import Condition, Location, StockBalance

FIRST_OUT = (
    F("expires_on").asc(nulls_last=True),
    Case(When(location__use=Location.Use.RESERVE, then=Value(1)), default=Value(0),
         output_field=IntegerField()),
    TruncDate("received_at").asc(nulls_first=True),
    F("location__pick_sequence").asc(),
    F("id").asc(),
)  # fmt: skip
"""First expired, first out; then from pick faces before reserve; then what came in on an earlier
day; of one day the nearest on the walk."""


def sellable(*, now: datetime) -> QuerySet[StockBalance]:
    """Good stock in bins that has not expired in its warehouse's day, with as many days left as its
    product must have. What of it is reserved is still in it."""
    today = Cast(
        Func(
            F("location__warehouse__time_zone"), Value(now), function="timezone",
            output_field=DateField(),
        ),
        DateField(),
    )  # fmt: skip
    needed = ExpressionWrapper(today + F("product__min_days_left"), output_field=DateField())
    return StockBalance.objects.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=needed),
        location__kind=Location.Kind.BIN,
        condition=Condition.GOOD,
    )


def promisable(*, now: datetime) -> QuerySet[StockBalance]:
    """Sellable stock of which pieces are free."""
    return sellable(now=now).filter(on_hand__gt=F("reserved"))
