"""What buyers bought, and the products it is made of."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.tenant_models import TenantForeignKey, TenantModel
from orders.models.channels import Channel


class Battery(models.TextChoices):
    """How a battery travels with the product."""

    NONE = "none", _("No battery")
    CONTAINED = "contained", _("Battery in the device")
    PACKED = "packed", _("Battery packed with the device")
    ALONE = "alone", _("Battery alone")


class Product(TenantModel):
    """A stock-keeping unit with what carriers and customs must know about it."""

    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    brand = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=80, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    weight_g = models.PositiveIntegerField()
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    nature = models.CharField(max_length=20, blank=True)
    hs_code = models.CharField(max_length=10, blank=True)
    origin_country = models.CharField(max_length=2, blank=True)
    customs_description = models.CharField(max_length=512, blank=True)
    unit_value = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    battery = models.CharField(max_length=10, choices=Battery.choices, default=Battery.NONE)
    min_days_left = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Days that a piece with an expiry date must have left when it is promised to an order."""
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "sku"], name="product_sku_once"),
            models.CheckConstraint(condition=Q(weight_g__gt=0), name="product_has_weight"),
            models.CheckConstraint(
                condition=Q(unit_value__gte=0), name="product_value_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "gtin"], name="product_gtin"),
            models.Index(fields=["merchant", "model"], name="product_model"),
            models.Index(fields=["merchant", "title"], name="product_title"),
        ]

    def __str__(self) -> str:
        return self.sku


class Import(TenantModel):
    """One uploaded file and what became of it.

    `header` are its columns; `preview` its first rows while a person is to say what they mean;
    `choice` what the person said; `notes` what was assumed; `skipped` rows left out by reason.
    """

    class Kind(models.TextChoices):
        ORDERS = "orders", _("Orders")
        PRODUCTS = "products", _("Products")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READING = "reading", _("Reading")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    file_name = models.CharField(max_length=200)
    storage_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    refusal = models.TextField(blank=True)
    refusal_code = models.CharField(max_length=40, blank=True)
    refusal_params = models.JSONField(default=dict)
    layout = models.CharField(max_length=40, blank=True)
    header = models.JSONField(default=list)
    preview = models.JSONField(default=list)
    choice = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    skipped = models.JSONField(default=dict)
    rows_read = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    entries_in_file = models.PositiveIntegerField(default=0)
    entries_created = models.PositiveIntegerField(default=0)
    entries_updated = models.PositiveIntegerField(default=0)
    resume_after_row = models.PositiveIntegerField(default=0)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["merchant", "-id"], name="import_newest")]


class RejectedRow(TenantModel):
    """A row that cannot be read: what was wrong, and what would be right.

    With the fault `same_order` it is a sound row that stands beside a rejected one of its order.
    """

    source = TenantForeignKey(Import, related_name="rejected_rows")
    row_number = models.PositiveIntegerField()
    column = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=300, blank=True)
    cells = models.JSONField(default=list)
    fault_code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    wrong = models.CharField(max_length=500)
    right = models.CharField(max_length=500)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "row_number", "column"], name="rejected_row_once"
            ),
        ]


class OrderStatus(models.TextChoices):
    """Where an order stands inside the house; the parcel's way is the tracking room's."""

    RECEIVED = "received", _("Received")
    HELD = "held", _("On hold")
    ACCEPTED = "accepted", _("Accepted")
    BACKORDERED = "backordered", _("Backordered")
    ALLOCATED = "allocated", _("Allocated")
    PACKED = "packed", _("Packed")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    LOST = "lost", _("Lost")
    CANCELLED = "cancelled", _("Cancelled")
    SPLIT = "split", pgettext_lazy("order", "Split")
    MERGED = "merged", pgettext_lazy("order", "Merged")


class OrderMadeBy(models.TextChoices):
    """How an order came to be that no channel sent."""

    SPLIT = "split", _("Part of a split order")
    MERGE = "merge", _("Several orders in one")


GOES_TOGETHER = (OrderStatus.ACCEPTED, OrderStatus.BACKORDERED, OrderStatus.ALLOCATED)
"""Orders that may still be shipped together with others."""


class Order(TenantModel):
    """What the buyer bought. Fulfilment never edits it, only its status moves."""

    Status, MadeBy = OrderStatus, OrderMadeBy

    channel = TenantForeignKey(Channel, related_name="orders")
    external_order = models.CharField(max_length=80)
    reference = models.CharField(max_length=20)
    status = models.CharField(
        max_length=12, choices=OrderStatus.choices, default=OrderStatus.RECEIVED
    )
    content_sha256 = models.CharField(max_length=64)
    buyer_digest = models.CharField(max_length=64)
    """Of recipient and goods, as the channel said them; empty where no channel sent the order."""
    address_digest = models.CharField(max_length=64, blank=True)
    """Of the recipient as corrected: orders of one digest go to one door."""
    made_by = models.CharField(max_length=5, choices=OrderMadeBy.choices, blank=True)
    """Empty for what a channel sent; such orders have no words of a channel of their own."""
    parent = TenantForeignKey("self", null=True, related_name="parts", db_index=False)
    """The order that this one is a part of."""
    merged_into = TenantForeignKey("self", null=True, related_name="sources", db_index=False)
    """The order that this one's goods are shipped in."""
    undone_at = models.DateTimeField(null=True)
    """When the split or the merge that made this order was taken back."""
    placed_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    ship_by = models.DateTimeField(null=True)
    service_level = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=3)
    goods_value = models.DecimalField(max_digits=12, decimal_places=2)
    shipping_price = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    weight_g = models.PositiveIntegerField(default=0)
    sorting = models.CharField(max_length=60, blank=True)
    recipient_name = models.CharField(max_length=120)
    company = models.CharField(max_length=120, blank=True)
    street_1 = models.CharField(max_length=200)
    street_2 = models.CharField(max_length=200, blank=True)
    street_3 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=30, blank=True)
    email = models.CharField(max_length=254, blank=True)
    recipient_id = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    channel_said = models.JSONField(default=dict)
    """For the channel's own client: `context` of calls about the order, `taxes` collected."""
    said = models.TextField(blank=True)
    """The channel's own words as JSON, of which `content_sha256` is the hash; never corrected."""
    tags = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    wanted_service = models.CharField(max_length=40, blank=True)
    """The code of the service a rule wants; booking takes it where it takes the parcel."""
    wanted_warehouse = models.CharField(max_length=20, blank=True)
    """The code of the warehouse a rule wants; allocation looks at no other."""
    priority = models.SmallIntegerField(default=0)
    """Higher goes first, in allocation and in waves."""
    ruled = models.JSONField(default=list)
    """What the merchant's rules did at the last check, in their order: `{"rule", "name",
    "version", "did"}`, or `"skipped"` with the sentences that say why."""
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "channel", "external_order"], name="order_once"
            ),
            models.UniqueConstraint(fields=["merchant", "reference"], name="order_reference_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="order_newest"),
            models.Index(fields=["merchant", "status", "-id"], name="order_status_newest"),
            models.Index(fields=["merchant", "country", "-id"], name="order_country_newest"),
            models.Index(fields=["merchant", "external_order"], name="order_external"),
            models.Index(
                fields=["merchant", "buyer_digest", "-created_at"], name="order_same_buyer"
            ),
            # Lists sorted by value and by the day the order was placed (dashboard).
            models.Index(fields=["merchant", "goods_value", "-id"], name="order_by_value"),
            models.Index(
                F("merchant"),
                Coalesce("placed_at", "created_at"),
                F("id").desc(),
                name="order_by_arrival",
            ),
            models.Index(
                fields=["merchant", "address_digest", "id"],
                name="order_goes_together",
                condition=Q(status__in=GOES_TOGETHER) & ~Q(address_digest=""),
            ),
            models.Index(
                fields=["merchant", "parent"],
                name="order_of_parent",
                condition=Q(parent__isnull=False),
            ),
            models.Index(
                fields=["merchant", "merged_into"],
                name="order_merged_into",
                condition=Q(merged_into__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class OrderLine(TenantModel):
    """One product and quantity of an order.

    `channel_line`, `channel_code` and `channel_quantity` are the channel's own line: a bundle's
    components share one. `source_line` is the line of a split or merged order that these pieces
    are of; its order is the one the channel knows, or leads there.
    """

    order = TenantForeignKey(Order, related_name="lines")
    external_line = models.CharField(max_length=80)
    sku = models.CharField(max_length=80)
    title = models.CharField(max_length=300, blank=True)
    product = TenantForeignKey(Product, null=True, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)
    channel_line = models.CharField(max_length=80, blank=True)
    channel_code = models.CharField(max_length=80, blank=True)
    channel_quantity = models.PositiveIntegerField(default=0)
    listing = TenantForeignKey(
        "orders.ChannelListing", null=True, related_name="lines", db_index=False
    )
    source_line = TenantForeignKey("self", null=True, related_name="copies", db_index=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "external_line"], name="order_line_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_has_quantity"),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "sku"],
                name="order_line_unmapped",
                condition=Q(product__isnull=True),
            ),
            models.Index(
                fields=["merchant", "listing", "order"],
                name="order_line_of_listing",
                condition=Q(listing__isnull=False),
            ),
            models.Index(
                fields=["merchant", "source_line"],
                name="order_line_copies",
                condition=Q(source_line__isnull=False),
            ),
        ]


class HoldCode(models.TextChoices):
    """Why an order may not go on."""

    PAYMENT = "payment", _("Not paid")
    ADDRESS = "address", _("Address")
    PHONE = "phone", _("Phone")
    UNKNOWN_PRODUCT = "unknown_product", _("Unknown product")
    VALUE = "value", _("Implausible value")
    BATTERY = "battery", _("Battery")
    RESTRICTED = "restricted", _("Restricted goods")
    RECIPIENT_ID = "recipient_id", _("Recipient's tax number")
    CUSTOMS_DATA = "customs_data", _("Customs data")
    DUPLICATE = "duplicate", _("Possible duplicate")
    PARTY = "party", _("Denied party")
    EMAIL = "email", _("E-mail")
    DESTINATION = "destination", _("Destination")
    BLOCKED_BUYER = "blocked_buyer", _("Blocked buyer")
    RULE = "rule", _("Your rule")
    STOCK = "stock", _("Stock")


class Hold(TenantModel):
    """One reason why an order may not go on; an order may have many."""

    Code = HoldCode

    order = TenantForeignKey(Order, related_name="holds")
    code = models.CharField(max_length=20, choices=HoldCode.choices)
    field = models.CharField(max_length=120, blank=True)
    reason_code = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    suggestion = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    remedy = models.CharField(max_length=500)
    released_by_role = models.CharField(max_length=20)
    facts_sha256 = models.CharField(max_length=64, blank=True)
    """What the finding was made from: a person's release counts as long as it stays the same."""
    raised_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "code", "field"],
                condition=Q(released_at__isnull=True),
                name="hold_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "code", "-id"],
                name="hold_open_newest",
                condition=Q(released_at__isnull=True),
            ),
            models.Index(fields=["merchant", "order"], name="hold_of_order"),
        ]
