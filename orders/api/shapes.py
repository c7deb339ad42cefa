"""What the API answers about products, orders and imports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from orders.models import Hold, HoldCode, Import, Order, OrderStatus, Product
from orders.words import note_words


class ProductShape(serializers.ModelSerializer[Product]):
    """A product."""

    class Meta:
        model = Product
        fields = (
            "sku", "title", "brand", "model", "gtin", "weight_g", "length_mm", "width_mm",
            "height_mm", "nature", "hs_code", "origin_country", "customs_description",
            "unit_value", "currency", "battery", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class StockShape(serializers.Serializer[Any]):
    """Pieces of a product in the warehouses; `available` may be promised to orders."""

    on_hand = serializers.IntegerField()
    reserved = serializers.IntegerField()
    available = serializers.IntegerField()


class ProductDetailShape(ProductShape):
    """A product with its stock."""

    stock = StockShape()

    class Meta(ProductShape.Meta):
        fields = (*ProductShape.Meta.fields, "stock")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class HoldShape(serializers.Serializer[Hold]):
    """A reason why an order may not go on, what would be right, and who may release it."""

    id = serializers.IntegerField()
    code = serializers.ChoiceField(HoldCode.choices)
    field = serializers.CharField()
    reason_code = serializers.CharField()
    reason = serializers.CharField()
    remedy = serializers.CharField()
    suggestion = serializers.DictField()
    released_by_role = serializers.CharField(help_text="For example member:operations.")
    raised_at = serializers.DateTimeField()
    released_at = serializers.DateTimeField(allow_null=True)


class OrderSummaryShape(serializers.Serializer[Order]):
    """An order in a list."""

    reference = serializers.CharField()
    external_order = serializers.CharField()
    channel = serializers.CharField(source="channel.name")
    status = serializers.ChoiceField(OrderStatus.choices)
    country = serializers.CharField()
    recipient_name = serializers.CharField()
    service_level = serializers.CharField()
    currency = serializers.CharField()
    goods_value = serializers.DecimalField(12, 2)
    weight_g = serializers.IntegerField()
    tags = serializers.ListField(child=serializers.CharField(), help_text="Set by your rules.")
    placed_at = serializers.DateTimeField(allow_null=True)
    paid_at = serializers.DateTimeField(allow_null=True)
    ship_by = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class AddressShape(serializers.Serializer[Order]):
    """Where the order goes, as corrected by the checks."""

    name = serializers.CharField(source="recipient_name")
    company = serializers.CharField()
    street_1 = serializers.CharField()
    street_2 = serializers.CharField()
    street_3 = serializers.CharField()
    city = serializers.CharField()
    region = serializers.CharField()
    postal_code = serializers.CharField()
    country = serializers.CharField()


class LineShape(serializers.Serializer[Any]):
    """One product and quantity."""

    external_line = serializers.CharField()
    sku = serializers.CharField()
    title = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = serializers.DecimalField(12, 2)
    currency = serializers.CharField()


class OrderShape(OrderSummaryShape):
    """An order with its lines and holds."""

    shipping_price = serializers.DecimalField(12, 2)
    address = AddressShape(source="*")
    phone = serializers.CharField()
    email = serializers.CharField()
    recipient_id = serializers.CharField()
    note = serializers.CharField()
    sorting = serializers.CharField(help_text="Zone, kind, weight and size class.")
    made_by = serializers.CharField(help_text="`split` or `merge`; empty for a channel's order.")
    wanted_service = serializers.CharField(help_text="The service one of your rules asks for.")
    wanted_warehouse = serializers.CharField(help_text="The warehouse one of your rules names.")
    priority = serializers.IntegerField(help_text="Higher goes first; 0 where no rule sets it.")


class OrderAnswerShape(OrderShape):
    """An order as POST answers it: with its lines and open holds."""

    lines = LineShape(many=True)
    holds = HoldShape(many=True)


class BulkItemShape(serializers.Serializer[Any]):
    """What became of one order of a bulk request."""

    external_order = serializers.CharField()
    outcome = serializers.ChoiceField(["created", "unchanged", "updated", "differs", "invalid"])
    reference = serializers.CharField()
    status = serializers.CharField()
    holds = serializers.ListField(child=serializers.CharField())
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]


class BulkAnswerShape(serializers.Serializer[Any]):
    """One entry for each order, in the order they were sent."""

    results = BulkItemShape(many=True)


class ReleasedShape(serializers.Serializer[Any]):
    """The order after a hold was released."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(OrderStatus.choices)
    open_holds = serializers.ListField(child=serializers.CharField())


class ImportNoteShape(serializers.Serializer[Any]):
    """Something that was assumed about a file."""

    code = serializers.CharField()
    text = serializers.SerializerMethodField()

    def get_text(self, note: Mapping[str, Any]) -> str:
        """Say it in the caller's language."""
        return note_words(note)


class ImportShape(serializers.ModelSerializer[Import]):
    """An uploaded file: how far it was read and what became of it."""

    notes = ImportNoteShape(many=True)
    skipped = serializers.DictField(child=serializers.IntegerField())

    class Meta:
        model = Import
        fields = (
            "id", "kind", "file_name", "status", "refusal", "refusal_code", "layout", "notes",
            "rows_read", "rows_rejected", "skipped", "entries_in_file", "entries_created",
            "entries_updated", "created_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields


PRODUCT = ProductShape()
HOLD = HoldShape()
LINE = LineShape()
ORDER_SUMMARY = OrderSummaryShape()
ORDER = OrderShape()
IMPORT = ImportShape()
