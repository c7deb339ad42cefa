"""Cycle counts: lists of bins to count, blind, and what was found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Product
from warehouse.models.places import Location, Warehouse
from warehouse.models.stock import Condition


class CountList(TenantModel):
    """Bins of one merchant's goods in a warehouse to be counted, and why these."""

    class Basis(models.TextChoices):
        ABC = "abc", pgettext_lazy("count", "Class")
        ZONE = "zone", pgettext_lazy("count", "Zone")
        BIN = "bin", pgettext_lazy("count", "Bin")
        SHORT_PICK = "short_pick", pgettext_lazy("count", "Short pick")

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("count", "Open")
        DONE = "done", pgettext_lazy("count", "Done")

    number = models.CharField(max_length=20)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(max_length=10, choices=Basis.choices)
    chosen = models.CharField(max_length=60, blank=True)
    """The class, zone or bin that was asked for, or the order whose pick was short."""
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    done_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="count_list_number_once"),
        ]
        indexes = [models.Index(fields=["merchant", "status", "-id"], name="count_list_newest")]

    def __str__(self) -> str:
        return self.number


class CountTask(TenantModel):
    """One bin of a list. It moves by `COUNT_MOVES`; every attempt's pieces are kept."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("count", "To count")
        COUNTING = "counting", pgettext_lazy("count", "Being counted")
        SECOND = "second", pgettext_lazy("count", "Second count by somebody else")
        DECIDE = "decide", pgettext_lazy("count", "Difference to decide")
        DONE = "done", pgettext_lazy("count", "Counted")

    count_list = TenantForeignKey(CountList, related_name="tasks")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    attempt = models.PositiveSmallIntegerField(default=0)
    """How many whole counts were finished; one that goods moved under is not one."""
    recounts = models.PositiveSmallIntegerField(default=0)
    counter = models.CharField(max_length=120, blank=True)
    counters = models.JSONField(default=list)
    """Who finished a count of it, in order."""
    began_move_id = models.BigIntegerField(null=True)
    ended_move_id = models.BigIntegerField(null=True)
    """The newest ledger row of the bin when the count began, and when its result was written."""
    began_at = models.DateTimeField(null=True)
    counted_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "count_list", "location"], name="count_task_once"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "count_list", "position"], name="count_task_path"),
            models.Index(fields=["merchant", "location", "status"], name="count_task_of_bin"),
        ]


class CountLine(TenantModel):
    """Pieces of one kind of goods found in a bin at one attempt; `expected` is what the ledger had
    when the attempt ended (null while it is going on: nobody is told before)."""

    task = TenantForeignKey(CountTask, related_name="lines")
    attempt = models.PositiveSmallIntegerField()
    product = TenantForeignKey(Product, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    condition = models.CharField(max_length=12, choices=Condition.choices)
    counted = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(null=True)
    adjusted = models.IntegerField(default=0)
    """Pieces written into the ledger for it."""

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "merchant", "task", "attempt", "product", "lot", "expires_on", "condition",
                ],
                name="count_line_once",
                nulls_distinct=False,
            ),
        ]  # fmt: skip
