"""Suppliers who hold a merchant's goods, and what is asked of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Order, Product
from warehouse.models.places import Warehouse


class Supplier(TenantModel):
    """A house that the merchant buys from."""

    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="supplier_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SupplierProduct(TenantModel):
    """A product that a supplier holds, on what terms, and whether it ships to buyers itself."""

    supplier = TenantForeignKey(Supplier, related_name="products")
    product = TenantForeignKey(Product, related_name="suppliers")
    code = models.CharField(max_length=80, blank=True)
    """The supplier's own article number."""
    lead_days = models.PositiveSmallIntegerField()
    unit_cost = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    min_quantity = models.PositiveIntegerField(default=1)
    is_drop_ship = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "supplier", "product"], name="supplier_product_once"
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gt=0), name="supplier_product_has_minimum"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "product"], name="supplier_product_of")]


class RequestStatus(models.TextChoices):
    """How far a supplier's request has come."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent to the supplier")
    ACCEPTED = "accepted", _("Accepted by the supplier")
    REFUSED = "refused", _("Refused by the supplier")
    SHIPPED = "shipped", _("Shipped by the supplier")
    RECEIVED = "received", _("Received")
    CLOSED = "closed", _("Closed")


class SupplierRequest(TenantModel):
    """Goods asked of a supplier: bought into a warehouse, or shipped to one order's buyer."""

    Status = RequestStatus

    class Kind(models.TextChoices):
        PURCHASE = "purchase", _("Purchase")
        DROP_SHIP = "drop_ship", _("Drop shipment")

    number = models.CharField(max_length=20)
    supplier = TenantForeignKey(Supplier, related_name="requests")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    status = models.CharField(
        max_length=10, choices=RequestStatus.choices, default=RequestStatus.DRAFT
    )
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, null=True, related_name="+")
    order = TenantForeignKey(Order, null=True, related_name="supplier_requests")
    document = TenantForeignKey(Document, null=True, related_name="+")
    expected_on = models.DateField(null=True)
    why = models.CharField(max_length=300, blank=True)
    """Why it was refused or closed, in somebody's own words."""
    carrier = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    emailed_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="supplier_request_number"),
            models.UniqueConstraint(
                fields=["merchant", "supplier", "warehouse"],
                condition=Q(status="draft", kind="purchase"),
                name="supplier_request_draft_once",
            ),
            models.UniqueConstraint(
                fields=["merchant", "order"],
                condition=Q(status__in=["draft", "sent", "accepted", "shipped"]),
                name="supplier_request_of_order_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="purchase", warehouse__isnull=False, order__isnull=True)
                | Q(kind="drop_ship", warehouse__isnull=True, order__isnull=False),
                name="supplier_request_goes_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "-id"], name="supplier_request_newest"),
            models.Index(fields=["merchant", "order"], name="supplier_request_of_order"),
        ]

    def __str__(self) -> str:
        return self.number


class SupplierRequestLine(TenantModel):
    """So much of a product: what orders wait for, what is asked for (at least the supplier's
    minimum), what came."""

    request = TenantForeignKey(SupplierRequest, related_name="lines")
    product = TenantForeignKey(Product, related_name="+")
    needed = models.PositiveIntegerField()
    quantity = models.PositiveIntegerField()
    received = models.PositiveIntegerField(null=True)
    unit_cost = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "request", "product"], name="supplier_request_line_once"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="supplier_request_line_has_quantity"
            ),
        ]
