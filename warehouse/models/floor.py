"""Goods in buildings: locations and balances, reservations, picking, parcels."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Document
from core.tenant_models import TenantForeignKey, TenantModel
from orders.models import Order, OrderLine, Product

__all__ = [
    "Allocation", "Condition", "FloorRole", "Location", "Parcel", "ParcelItem", "PickTask",
    "Reservation", "Scan", "StaffAssignment", "StockBalance", "StockMove", "Warehouse", "Wave",
    "WaveKind",
]  # fmt: skip


class Warehouse(models.Model):
    """A building of the operator."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=30)
    email = models.EmailField(blank=True)
    time_zone = models.CharField(max_length=40)
    priority = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.code


class Location(models.Model):
    """A place in a warehouse: a branch of its tree (zone, aisle, rack), a place where goods lie
    (bin, receiving, staging), or one of the ledger's counterparts, which hold no balance."""

    class Kind(models.TextChoices):
        ZONE = "zone", pgettext_lazy("location", "Zone")
        AISLE = "aisle", pgettext_lazy("location", "Aisle")
        RACK = "rack", pgettext_lazy("location", "Rack")
        BIN = "bin", _("Bin")
        RECEIVING = "receiving", pgettext_lazy("location", "Receiving")
        STAGING = "staging", pgettext_lazy("location", "Staging")
        SUPPLIER = "supplier", _("Supplier")
        PACKED = "packed", _("Packed")
        ADJUSTMENT = "adjustment", _("Adjustment")
        LOST = "lost", pgettext_lazy("location", "Lost")
        COUNT = "count", pgettext_lazy("location", "Count")

    class Use(models.TextChoices):
        PICK = "pick", _("Pick face")
        RESERVE = "reserve", _("Reserve")

    HOLDS_GOODS = (Kind.BIN, Kind.RECEIVING, Kind.STAGING)
    COUNTERPARTS = (Kind.SUPPLIER, Kind.PACKED, Kind.ADJUSTMENT, Kind.LOST, Kind.COUNT)

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="locations")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    code = models.CharField(max_length=30)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.BIN)
    use = models.CharField(
        max_length=8, choices=Use.choices, default=Use.PICK, db_default=Use.PICK.value
    )
    """A bin's part: orders are picked from a pick face first, which is filled up from reserve."""
    capacity_units = models.PositiveIntegerField(null=True)
    capacity_volume_cm3 = models.PositiveIntegerField(null=True)
    capacity_weight_g = models.PositiveIntegerField(null=True)
    """What fits in, each where somebody has said so."""
    pick_sequence = models.PositiveIntegerField(default=0)
    zone = models.CharField(max_length=20, blank=True, default="", db_default="")
    aisle = models.CharField(max_length=20, blank=True, default="", db_default="")
    bay = models.CharField(max_length=20, blank=True, default="", db_default="")
    level = models.PositiveSmallIntegerField(null=True)
    x_mm = models.IntegerField(null=True)
    y_mm = models.IntegerField(null=True)
    """Both from the bench where picked goods are brought: x across the aisles, y along them."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["warehouse", "code"], name="location_once"),
            models.CheckConstraint(
                condition=Q(x_mm__isnull=True, y_mm__isnull=True)
                | Q(x_mm__isnull=False, y_mm__isnull=False),
                name="location_position_whole",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="location_not_in_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FloorRole(models.TextChoices):
    """What a person may do in one warehouse."""

    FLOOR = "floor", pgettext_lazy("in a warehouse", "Floor")
    SUPERVISOR = "supervisor", pgettext_lazy("in a warehouse", "Supervisor")


class StaffAssignment(models.Model):
    """Which warehouses a person of the staff works in, as what, and whether new work is told by
    e-mail."""

    Role = FloorRole

    staff = models.ForeignKey("accounts.Staff", on_delete=models.CASCADE, related_name="+")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(
        max_length=10, choices=FloorRole.choices, default=FloorRole.FLOOR,
        db_default=FloorRole.FLOOR.value,
    )  # fmt: skip
    role_by = models.CharField(max_length=120, blank=True, db_default="")
    role_at = models.DateTimeField(null=True)
    """Who said so, and when."""
    wants_email = models.BooleanField(default=False, db_default=False)
    email_language = models.CharField(max_length=10, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "warehouse"], name="assignment_once"),
        ]


class Condition(models.TextChoices):
    """What state goods are in. Only good ones that have not expired are promised to orders."""

    GOOD = "good", pgettext_lazy("goods", "Good")
    DAMAGED = "damaged", pgettext_lazy("goods", "Damaged")
    QUARANTINE = "quarantine", pgettext_lazy("goods", "In quarantine")
    EXPIRED = "expired", pgettext_lazy("goods", "Expired")


class StockBalance(TenantModel):
    """How much of a product lies at a location, by lot, expiry and condition. Always the sum of
    the moves. Whose it is says `merchant`."""

    product = TenantForeignKey(Product, related_name="balances")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    """The last day on which it may be used; null where goods do not expire."""
    condition = models.CharField(max_length=12, choices=Condition.choices, default=Condition.GOOD)
    on_hand = models.IntegerField(default=0)
    reserved = models.IntegerField(default=0)
    received_at = models.DateTimeField(null=True)
    """Since when the place has not been empty of it: the age of its oldest piece at most."""

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "product", "location", "lot", "expires_on", "condition"],
                name="stock_balance_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(condition__in=Condition.values), name="stock_condition_known"
            ),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="stock_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="reserved_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand")), name="reserved_within_stock"
            ),
        ]
        indexes = [
            # What lies in one bin, for counting it, filling it and looking into it.
            models.Index(fields=["merchant", "location"], name="stock_balance_place"),
            # Without pieces in its condition: their every change would rewrite the index.
            models.Index(
                fields=["expires_on"],
                name="stock_balance_expires",
                condition=Q(condition="good", expires_on__isnull=False),
            ),
        ]


class StockMove(TenantModel):
    """One immutable row of the double-entry ledger: `quantity` left one place for another."""

    product = TenantForeignKey(Product, related_name="+")
    from_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    to_location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)
    condition = models.CharField(max_length=12, choices=Condition.choices, default=Condition.GOOD)
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "merchant",
                    "reason",
                    "reference",
                    "product",
                    "from_location",
                    "lot",
                    "expires_on",
                    "condition",
                ],
                name="stock_move_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(condition__in=Condition.values), name="stock_move_condition_known"
            ),
            models.CheckConstraint(
                condition=~Q(from_location=F("to_location")), name="stock_move_goes_somewhere"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="stock_move_has_quantity"),
        ]
        indexes = [
            models.Index(fields=["merchant", "product", "id"], name="stock_move_product"),
            # What was shipped lately: days of cover.
            models.Index(
                fields=["merchant", "at"], name="stock_move_packed", condition=Q(reason="packed")
            ),
        ]


class Allocation(TenantModel):
    """Which warehouse an order ships from, and why."""

    order = TenantForeignKey(Order, related_name="allocations")
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    strategy = models.CharField(max_length=40)
    explanation = models.JSONField()
    priority = models.SmallIntegerField(default=0)
    ship_by = models.DateTimeField(null=True)
    """Both as the order had them when its stock was promised: waves take the most urgent first."""
    planned_at = models.DateTimeField(null=True)
    """When a wave took it; until then it waits."""
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "warehouse"], name="allocation_once"
            ),
        ]
        indexes = [
            # Holds only what waits, however many orders went before: waves and the board read it.
            models.Index(
                fields=["merchant", "warehouse", "-priority", "ship_by", "order"],
                name="allocation_waiting",
                condition=Q(planned_at__isnull=True),
            ),
            # The supervisor's figures: of every merchant, by the day they are to be shipped.
            models.Index(
                fields=["warehouse", "ship_by", "id"],
                include=["merchant"],
                name="allocation_due",
                condition=Q(planned_at__isnull=True),
            ),
        ]


class Reservation(TenantModel):
    """Stock promised to an order line, in one balance."""

    class Status(models.TextChoices):
        RESERVED = "reserved", _("Reserved")
        PICKED = "picked", _("Picked")
        CONSUMED = "consumed", _("Packed")
        RELEASED = "released", pgettext_lazy("reservation", "Released")

    order_line = TenantForeignKey(OrderLine, related_name="reservations")
    balance = TenantForeignKey(StockBalance, related_name="reservations")
    quantity = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RESERVED)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order_line", "balance"], name="reservation_once"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "balance"], name="reservation_balance")]


class WaveKind(models.TextChoices):
    """What the orders of a wave have in common, and so how they are packed."""

    SINGLE_ITEM = "single_item", _("One piece each")
    SINGLE_PRODUCT = "single_product", _("One product each")
    MULTI = "multi", _("Several products")


class Wave(TenantModel):
    """Orders of one merchant and warehouse that are picked together."""

    Kind = WaveKind

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RELEASED = "released", _("Released")
        PICKED = "picked", _("Picked")
        CLOSED = "closed", _("Closed")
        DISMISSED = "dismissed", pgettext_lazy("wave", "Dismissed")

    number = models.CharField(max_length=30)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    kind = models.CharField(
        max_length=16, choices=WaveKind.choices, default=WaveKind.MULTI, db_default=WaveKind.MULTI
    )
    template = models.ForeignKey(
        "warehouse.WaveTemplate", on_delete=models.PROTECT, null=True, related_name="+"
    )
    """What proposed it; null where a person planned it."""
    ship_by = models.DateTimeField(null=True)
    """The earliest of its orders."""
    cut_off_at = models.DateTimeField(null=True)
    """When the carrier takes its last parcel. With the template it names the merchants' waves that
    were proposed together."""
    pick_list = TenantForeignKey(Document, null=True, related_name="+")
    path_mm = models.PositiveIntegerField(null=True)
    serpentine_mm = models.PositiveIntegerField(null=True)
    """The walk from the bench through all tasks and back, as laid and by pick sequence; null where
    a bin has no position."""
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "number"], name="wave_number_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "-id"], name="wave_status"),
            models.Index(
                fields=["warehouse", "status", "id"],
                include=["merchant"],
                name="wave_open",
                condition=Q(status__in=["planned", "released", "picked"]),
            ),
        ]


class Parcel(TenantModel):
    """One closed carton; planned before it is packed, so that its label can be ready."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        PACKED = "packed", _("Packed")
        HANDED_OVER = "handed_over", _("Handed over")
        CANCELLED = "cancelled", _("Cancelled")

    order = TenantForeignKey(Order, related_name="parcels")
    reference = models.CharField(max_length=24)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="+")
    wave = TenantForeignKey(Wave, null=True, related_name="parcels")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PLANNED)
    carton_code = models.CharField(max_length=20, blank=True)
    carton_said = models.JSONField(null=True)
    """Stored sentences: why this carton, and how its goods are packed."""
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    expected_weight_g = models.PositiveIntegerField()
    weight_g = models.PositiveIntegerField(null=True)
    service_code = models.CharField(max_length=40, blank=True)
    ship_by = models.DateTimeField(null=True)
    """As its order had it when the parcel was planned."""
    packing_list = TenantForeignKey(Document, null=True, related_name="+")
    packed_at = models.DateTimeField(null=True)
    packed_by = models.CharField(max_length=120, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "reference"], name="parcel_reference_once"),
            models.UniqueConstraint(
                fields=["merchant", "order"],
                condition=~Q(status="cancelled"),
                name="parcel_live_once",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-id"], name="parcel_newest"),
            models.Index(fields=["merchant", "wave", "status"], name="parcel_of_wave"),
            models.Index(fields=["merchant", "status", "-id"], name="parcel_status_newest"),
            # The supervisor's board counts what is at hand and draws what was done, hour by hour.
            models.Index(
                fields=["wave", "ship_by", "id"],
                include=["merchant"],
                name="parcel_to_pack",
                condition=Q(status="planned"),
            ),
            models.Index(
                fields=["warehouse", "ship_by", "id"],
                include=["merchant"],
                name="parcel_packed_due",
                condition=Q(status="packed"),
            ),
            models.Index(
                fields=["warehouse", "packed_at"],
                include=["merchant", "packed_by"],
                name="parcel_packed_when",
                condition=Q(packed_at__isnull=False),
            ),
            models.Index(
                fields=["warehouse", "handed_over_at"],
                include=["merchant"],
                name="parcel_left_when",
                condition=Q(handed_over_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ParcelItem(TenantModel):
    """What is, or will be, in a parcel."""

    parcel = TenantForeignKey(Parcel, related_name="items")
    order_line = TenantForeignKey(OrderLine, related_name="+")
    product = TenantForeignKey(Product, related_name="+")
    quantity = models.PositiveIntegerField()
    unit_value = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    """What a kit's component is declared at: its share of the line's price. Null: the line's."""
    scanned = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "parcel", "order_line", "product", "unit_value"],
                name="parcel_item_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(scanned__lte=F("quantity")), name="parcel_item_not_overfull"
            ),
        ]

    @property
    def unit_price(self) -> Decimal:
        """What one piece is worth, in the currency of the order's line."""
        return self.order_line.unit_price if self.unit_value is None else self.unit_value


class PickTask(TenantModel):
    """Take so much of a product at a location, for a parcel of a wave."""

    wave = TenantForeignKey(Wave, related_name="tasks")
    parcel = TenantForeignKey(Parcel, related_name="pick_tasks")
    reservation = TenantForeignKey(Reservation, related_name="+")
    product = TenantForeignKey(Product, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()
    position = models.PositiveIntegerField()
    picked_at = models.DateTimeField(null=True)
    picked_by = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "reservation"], name="pick_task_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "wave", "position"], name="pick_task_path"),
            models.Index(
                fields=["picked_at"],
                include=["merchant", "location", "picked_by"],
                name="pick_task_when",
                condition=Q(picked_at__isnull=False),
            ),
        ]


class Scan(TenantModel):
    """One scan at a station, kept raw. Its client-made id makes a repeated one harmless."""

    client_id = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()
    station = models.CharField(max_length=20)
    parcel = TenantForeignKey(Parcel, null=True, related_name="scans")
    raw = models.CharField(max_length=200)
    pressed_ms = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=20)
    answer = models.JSONField()
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "client_id"], name="scan_once"),
        ]
        indexes = [
            models.Index(fields=["merchant", "parcel", "id"], name="scan_of_parcel"),
            models.Index(fields=["at"], include=["merchant", "actor", "verdict"], name="scan_when"),
        ]
