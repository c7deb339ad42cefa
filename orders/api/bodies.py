"""What the API takes for products and orders. Lengths and bounds are those of the files."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from stdnum import ean
from stdnum.exceptions import ValidationError as BadNumber

from core.fields import Amount, Currency, Instant, OneOf, StrictSerializer, Text, Whole
from orders.files.cells import lengths, values
from orders.files.orders import LARGEST_QUANTITY
from orders.files.products import HEAVIEST_G, HS_CODE, LARGEST_STOCK, LAST_HS_CHAPTER, LONGEST_MM
from orders.rules.countries import country_codes

MOST_LINES = 200
MOST_ORDERS = 500
LARGEST_VALUE = Decimal("9999999999.99")
"""What the column of an order's value holds."""


def text(name: str, **options: Any) -> Text:
    """Return a text field of the length the files allow; optional ones may be empty."""
    if not options.get("required"):
        options = {"required": False, "allow_blank": True, "default": "", **options}
    options.setdefault("max_length", lengths().get(name, 200))
    return Text(**options)


class CountryCode(Text):
    """An ISO 3166 alpha-2 code in capitals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2, **options)

    def to_internal_value(self, data: Any) -> str:
        """Take known codes only; an empty one where the field allows it."""
        code = super().to_internal_value(data)
        if code and code not in country_codes():
            raise ValidationError(
                _("Use the two capital letters of an ISO 3166 country, for example CN."),
                code="unknown_country",
            )
        return code


class ProductBody(StrictSerializer):
    """A product without its SKU, as PUT takes it."""

    title = text("title", required=True)
    brand = text("brand", max_length=80)
    model = text("model", max_length=80)
    gtin = text("gtin")
    weight_g = Whole(min_value=1, max_value=HEAVIEST_G)
    length_mm = Whole(min_value=1, max_value=LONGEST_MM)
    width_mm = Whole(min_value=1, max_value=LONGEST_MM)
    height_mm = Whole(min_value=1, max_value=LONGEST_MM)
    nature = OneOf(values()["natures"], default="general")
    hs_code = text("hs_code", max_length=10)
    origin_country = CountryCode(required=False, allow_blank=True, default="")
    customs_description = text("customs_description")
    unit_value = Amount()
    currency = Currency()
    battery = OneOf(values()["batteries"])
    stock = Whole(
        min_value=0,
        max_value=LARGEST_STOCK,
        default=0,
        help_text="Pieces in the warehouse. Counts only for a product that never had stock.",
    )

    def validate_gtin(self, value: str) -> str:
        """Check the length and the check digit."""
        try:
            return str(ean.validate(value)) if value else ""
        except BadNumber as error:
            raise ValidationError(
                _("Use the 8, 12, 13 or 14 digits printed under the barcode."), code="bad_gtin"
            ) from error

    def validate_hs_code(self, value: str) -> str:
        """Check that it can be a code of the Harmonised System."""
        is_code = value.isascii() and HS_CODE.fullmatch(value)
        if value and not (is_code and int(value[:2]) <= LAST_HS_CHAPTER):
            raise ValidationError(
                _("Use 6 to 10 digits of the Harmonised System, for example 851762."),
                code="bad_hs_code",
            )
        return value


class NewProductBody(ProductBody):
    """A product with its SKU, as POST takes it."""

    sku = text("sku", required=True)


class AddressBody(StrictSerializer):
    """Where an order goes. What is missing or odd becomes a hold with a remedy, not an error."""

    name = text("recipient_name", required=True)
    company = text("company")
    street_1 = text("street_1", required=True)
    street_2 = text("street_2")
    street_3 = text("street_3")
    city = text("city")
    region = text("region")
    postal_code = text("postal_code")
    country = text("country", required=True, help_text="ISO 3166 alpha-2, for example DE.")


class LineBody(StrictSerializer):
    """One product and quantity."""

    external_line = text("external_line", help_text="Your line number; SKU#n where left out.")
    sku = text("sku", required=True)
    title = text("title")
    quantity = Whole(min_value=1, max_value=LARGEST_QUANTITY)
    unit_price = Amount(
        required=False,
        allow_null=True,
        default=None,
        help_text="In the order's currency; the product's value where left out.",
    )


class OrderBody(StrictSerializer):
    """One order as a platform sends it."""

    external_order = text("external_order", required=True)
    channel = Text(max_length=80, default="api", help_text="Your shop or system; one each.")
    placed_at = Instant(required=False, allow_null=True, default=None)
    paid_at = Instant(
        required=False, allow_null=True, default=None, help_text="Unpaid orders are held."
    )
    ship_by = Instant(required=False, allow_null=True, default=None)
    service_level = text("service_level")
    currency = Currency()
    shipping_price = Amount(required=False, allow_null=True, default=None)
    address = AddressBody()
    phone = text("phone")
    email = text("email")
    recipient_id = text("recipient_id", help_text="The recipient's tax number where customs ask.")
    note = text("note")
    lines: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=LineBody(), allow_empty=False, max_length=MOST_LINES
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check what the lines say together."""
        given = [line["external_line"] for line in attrs["lines"] if line["external_line"]]
        if len(set(given)) != len(given):
            raise ValidationError(
                {"lines": [_("Each external_line may stand once.")]}, code="repeated_line"
            )
        total = sum(
            ((line["unit_price"] or 0) * line["quantity"] for line in attrs["lines"]), Decimal(0)
        )
        if total > LARGEST_VALUE:
            raise ValidationError(
                {"lines": [_("The lines are worth more than one order can hold.")]},
                code="value_too_large",
            )
        return attrs


class BulkBody(StrictSerializer):
    """Many orders at once. Each is judged alone, so only the envelope is described here."""

    orders = serializers.ListField(
        child=serializers.JSONField(), allow_empty=False, max_length=MOST_ORDERS
    )


class BulkShape(serializers.Serializer[Any]):
    """The bulk body as documented: each entry is an order."""

    orders: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=OrderBody(), allow_empty=False, max_length=MOST_ORDERS
    )


ORDER_BODY = OrderBody()
BULK_BODY = BulkBody()
PRODUCT_BODY = ProductBody()
NEW_PRODUCT_BODY = NewProductBody()
