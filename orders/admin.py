"""Records of orders, products, uploads and holds."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.admin_site import RecordAdmin, records
from orders.models import (
    Channel,
    ChannelConnection,
    ChannelNotice,
    Hold,
    Import,
    Order,
    OrderLine,
    Product,
    RejectedRow,
)


@admin.register(Order, site=records)
class OrderRecords(RecordAdmin):
    """What buyers bought."""

    list_display = ("reference", "external_order", "merchant", "status", "country", "created_at")
    list_filter = ("status",)
    search_fields = ("reference__exact", "external_order__exact")
    search_help_text = "reference, order number of the channel"
    hidden_fields = ("buyer_digest", "content_sha256")
    plural = _("Orders")


@admin.register(OrderLine, site=records)
class OrderLineRecords(RecordAdmin):
    """Lines of orders."""

    list_display = ("id", "order", "merchant", "sku", "quantity", "unit_price", "currency")
    search_fields = ("order__reference__exact",)
    search_help_text = "order reference"
    plural = _("Order lines")


@admin.register(Product, site=records)
class ProductRecords(RecordAdmin):
    """Stock-keeping units."""

    list_display = ("sku", "title", "merchant", "gtin", "hs_code", "origin_country", "battery")
    search_fields = ("sku__exact", "gtin__exact")
    search_help_text = "SKU, GTIN"
    plural = _("Products")


@admin.register(Hold, site=records)
class HoldRecords(RecordAdmin):
    """Why orders may not go on."""

    list_display = ("id", "order", "merchant", "code", "released_by_role", "raised_at",
                    "released_at")  # fmt: skip
    list_filter = ("code",)
    search_fields = ("order__reference__exact",)
    search_help_text = "order reference"
    plural = _("Holds")


@admin.register(Import, site=records)
class ImportRecords(RecordAdmin):
    """Uploaded files."""

    list_display = ("id", "file_name", "merchant", "kind", "status", "rows_read",
                    "rows_rejected", "created_at")  # fmt: skip
    list_filter = ("status",)
    plural = _("Uploads")


@admin.register(RejectedRow, site=records)
class RejectedRowRecords(RecordAdmin):
    """Rows that could not be read."""

    list_display = ("id", "source_id", "merchant", "row_number", "column", "fault_code")
    plural = _("Rejected rows")


@admin.register(Channel, site=records)
class ChannelRecords(RecordAdmin):
    """Where orders come from."""

    list_display = ("name", "kind", "merchant", "created_at")
    plural = _("Channels")


@admin.register(ChannelConnection, site=records)
class ChannelConnectionRecords(RecordAdmin):
    """Shops that let us in."""

    list_display = ("id", "channel", "merchant", "status", "account", "read_at", "fault_code")
    list_filter = ("status",)
    hidden_fields = ("sealed_tokens", "sealed_return", "consent_state_sha256", "push_token")
    search_fields = ("account__exact",)
    search_help_text = "account at the marketplace"
    plural = _("Connected shops")


@admin.register(ChannelNotice, site=records)
class ChannelNoticeRecords(RecordAdmin):
    """Parcels that channels are told of."""

    list_display = ("id", "parcel_reference", "merchant", "status", "tries", "fault_code",
                    "created_at")  # fmt: skip
    list_filter = ("status",)
    search_fields = ("parcel_reference__exact",)
    search_help_text = "parcel reference"
    plural = _("Notices to channels")
