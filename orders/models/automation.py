"""The merchant's own rules for orders, their dry runs, and what they want people to know."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models.orders import Order


class AutomationRule(TenantModel):
    """One rule of the merchant: what it looks for and what it then does to an order.

    Rules are asked by `position`; one that `stops` ends the asking when it fits. `definition` is
    what `orders.rules.automation.definition` reads; `version` counts its changes, each of which
    stays whole in the rule's events.
    """

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    is_active = models.BooleanField(default=False)
    stops = models.BooleanField(default=False)
    definition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    updated_at = models.DateTimeField()
    updated_by = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["merchant", "position", "id"], name="automation_rule_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class OrderTag(TenantModel):
    """Finds orders by a tag; `Order.tags` is what they are shown by.

    A table of its own, because the operators of arrays are not leakproof: behind row-level
    security an index on the array would never be used.
    """

    order = TenantForeignKey(Order, related_name="+", db_index=False)
    tag = models.CharField(max_length=30)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "order", "tag"], name="order_tag_once"),
        ]
        indexes = [models.Index(fields=["merchant", "tag", "-order"], name="order_tag_newest")]


class RuleNotice(TenantModel):
    """An order that a rule wants somebody to know of: a member by e-mail, or all on Today.

    `member_id` is null for Today. `rule_id` is no foreign key: a notice outlives its rule.
    """

    rule_id = models.BigIntegerField()
    rule_name = models.CharField(max_length=80)
    order = TenantForeignKey(Order, related_name="+")
    member_id = models.BigIntegerField(null=True)
    letter = models.CharField(max_length=80, blank=True, db_default="")
    """The letter that tells of it, written down before it is sent; empty while it waits."""
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "rule_id", "order", "member_id"],
                nulls_distinct=False,
                name="rule_notice_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "rule_id", "member_id", "id"],
                name="rule_notice_open",
                condition=Q(settled_at__isnull=True),
            ),
        ]


class TrialStatus(models.TextChoices):
    """Where a dry run stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class RuleTrial(TenantModel):
    """A dry run: what these rules would have done to the orders of a period. Changes nothing.

    `rules` is a copy of the rules as they were when it began, in their order; `touched` counts
    orders per rule id. `resume_after_order` moves in the transaction that writes a page.
    """

    Status = TrialStatus

    rules = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    status = models.CharField(max_length=8, choices=TrialStatus.choices, default="waiting")
    orders_total = models.PositiveIntegerField(default=0)
    orders_seen = models.PositiveIntegerField(default=0)
    orders_changed = models.PositiveIntegerField(default=0)
    is_cut = models.BooleanField(default=False)
    """The period holds more orders than one dry run looks at."""
    touched = models.JSONField(default=dict)
    resume_after_order = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["merchant", "-id"], name="rule_trial_newest")]

    @property
    def counted(self) -> list[dict[str, Any]]:
        """Each rule with the number of `orders` it would act on, so far."""
        return [{**told, "orders": self.touched.get(str(told["rule"]), 0)} for told in self.rules]


class RuleTrialOrder(TenantModel):
    """An order that the rules of a dry run fit: what each would have done and what would differ."""

    trial = TenantForeignKey(RuleTrial, related_name="orders", db_index=False)
    order = TenantForeignKey(Order, related_name="+")
    ruled = models.JSONField()
    """As `Order.ruled`."""
    changes = models.JSONField()
    """`{"field", "now", "then"}` for each column that would be another."""

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "trial", "order"], name="rule_trial_order_once"
            ),
        ]
