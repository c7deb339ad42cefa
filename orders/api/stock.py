"""Stock by lot, what is wanted of it, and kits: GET /stock/{sku}, PUT its levels, /kits/{sku}."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers
from core.fields import StrictSerializer, Text, Whole
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from flows.kits import BadParts, KitHasStock, KitInKit, define_kit, need_days_left
from flows.stock_picture import BadLevel, Level, stock_of_product, want_level
from orders.api.listings import PartBody, parts_named
from orders.models import Product
from orders.services.kits import MOST_DAYS_LEFT
from orders.services.listings import MOST_PARTS

LARGEST_LEVEL = 1_000_000_000


class StockRowShape(serializers.Serializer[Any]):
    """Pieces of one lot, expiry and condition in a warehouse."""

    warehouse = serializers.CharField()
    lot = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True)
    condition = serializers.CharField(help_text="good, damaged, quarantine or expired")
    on_hand = serializers.IntegerField()
    reserved = serializers.IntegerField()
    available = serializers.IntegerField(help_text="May be promised to orders.")


class HouseStockShape(serializers.Serializer[Any]):
    """A warehouse's stock, what is wanted there, and how long it lasts."""

    warehouse = serializers.CharField(source="warehouse.code")
    on_hand = serializers.IntegerField()
    reserved = serializers.IntegerField()
    available = serializers.IntegerField()
    minimum = serializers.IntegerField(allow_null=True)
    maximum = serializers.IntegerField(allow_null=True)
    shipped = serializers.IntegerField(allow_null=True, help_text="Within the last `days`.")
    days = serializers.IntegerField(allow_null=True)
    days_left = serializers.IntegerField(
        allow_null=True, help_text="Days that `available` lasts at that rate."
    )
    is_low = serializers.BooleanField()


class ProductStockShape(serializers.Serializer[Any]):
    """A product's stock. Of a kit `available` is how many could leave from one warehouse."""

    sku = serializers.CharField()
    available = serializers.IntegerField()
    min_days_left = serializers.IntegerField(
        help_text="Days that a piece with an expiry date must have left when it is sold."
    )
    warehouses = HouseStockShape(many=True)
    lots = StockRowShape(many=True)


class LevelBody(StrictSerializer):
    """What is wanted in a warehouse; null where nothing is."""

    warehouse = Text(max_length=20)
    minimum = Whole(min_value=0, max_value=LARGEST_LEVEL, required=False, allow_null=True)
    maximum = Whole(min_value=0, max_value=LARGEST_LEVEL, required=False, allow_null=True)


class KitPartShape(serializers.Serializer[Any]):
    """So many pieces of a product in one kit."""

    sku = serializers.CharField()
    quantity = serializers.IntegerField()


class KitShape(serializers.Serializer[Any]):
    """What a product is made of; without parts it is no kit."""

    sku = serializers.CharField()
    available = serializers.IntegerField()
    min_days_left = serializers.IntegerField()
    parts = KitPartShape(many=True)


class KitBody(StrictSerializer):
    """What a product is made of when it ships, and how long its pieces must last."""

    parts: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=PartBody(), required=False, default=list, max_length=MOST_PARTS
    )
    min_days_left = Whole(min_value=0, max_value=MOST_DAYS_LEFT, required=False, allow_null=True)


STOCK, KIT, LEVEL_BODY, KIT_BODY = ProductStockShape(), KitShape(), LevelBody(), KitBody()


@permission("products.view", write="products.edit")
class OneStock(Endpoint):
    """A product's stock."""

    @extend_schema(
        operation_id="get_stock",
        summary="A product's stock by warehouse, lot, expiry and condition",
        responses=answers({200: ProductStockShape}, 404),
    )
    def get(self, request: Request, sku: str) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            return Response(stock_detail(_product(sku), timezone.now()))

    @extend_schema(
        operation_id="put_stock_level",
        summary="Set the minimum and maximum of a product in a warehouse",
        description="Below the minimum you are warned; the maximum says up to where to send more.",
        parameters=[IDEMPOTENCY_KEY],
        request=LevelBody,
        responses=answers({200: ProductStockShape}, 400, 404, 409, 413, 415),
    )
    def put(self, request: Request, sku: str) -> Response:  # noqa: ARG002
        """Set them."""
        body = self.read(LEVEL_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            product = _product(sku)
            known = {house.warehouse.code for house in stock_of_product(
                product_id=product.pk, now=now).houses}  # fmt: skip
            if body["warehouse"] not in known:
                raise _refused("warehouse", "unknown_warehouse", _("There is no such warehouse."))
            level = Level(body.get("minimum"), body.get("maximum"))
            try:
                want_level(
                    product_id=product.pk, house_code=body["warehouse"], level=level,
                    actor=self.caller.actor, now=now,
                )  # fmt: skip
            except BadLevel as error:
                words = _("A maximum needs a minimum that is not above it.")
                raise _refused("maximum", "bad_level", words) from error
            return 200, stock_detail(product, now)

        return self.answer(effect, now=now)


@permission("products.view", write="products.edit")
class OneKit(Endpoint):
    """What a product is made of."""

    @extend_schema(
        operation_id="get_kit",
        summary="The components of a kit",
        responses=answers({200: KitShape}, 404),
    )
    def get(self, request: Request, sku: str) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            return Response(kit_detail(_product(sku), timezone.now()))

    @extend_schema(
        operation_id="put_kit",
        summary="Say what a product is made of",
        description="Its components are reserved, picked, packed and declared when it is sold."
        " No parts: it is no kit any more. Orders that have their stock keep it.",
        parameters=[IDEMPOTENCY_KEY],
        request=KitBody,
        responses=answers({200: KitShape}, 400, 404, 409, 413, 415),
    )
    def put(self, request: Request, sku: str) -> Response:  # noqa: ARG002
        """Write it whole."""
        body = self.read(KIT_BODY)
        now, actor = timezone.now(), self.caller.actor

        def effect() -> tuple[int, Any]:
            product = _product(sku)
            try:
                parts = parts_named(body["parts"])
                define_kit(product_id=product.pk, parts=parts, actor=actor, now=now)
            except KitHasStock as error:
                raise _refused("parts", "kit_has_stock", has_stock_words(error)) from error
            except KitInKit as error:
                raise _refused("parts", "kit_in_kit", in_kit_words()) from error
            except BadParts as error:
                words = _("Name other products, each once, with 1 to 1,000 pieces.")
                raise _refused("parts", "bad_parts", words) from error
            days = body.get("min_days_left")
            if days is not None:
                need_days_left(product_id=product.pk, days=days, actor=actor, now=now)
            return 200, kit_detail(_product(sku), now)

        return self.answer(effect, now=now)


def has_stock_words(error: KitHasStock) -> str:
    """Why a product with stock is made no kit."""
    return _("{pieces} pieces of it lie in stock: a kit has none of its own.").format(
        pieces=error.pieces
    )


def in_kit_words() -> str:
    """Why kits are not nested."""
    return _("A kit is made of products, not of kits.")


def stock_detail(product: Product, now: datetime) -> dict[str, Any]:
    """A product's stock as the API answers it, in the active block."""
    stock = stock_of_product(product_id=product.pk, now=now)
    told = {
        "sku": product.sku, "available": stock.available, "min_days_left": product.min_days_left,
        "warehouses": stock.houses, "lots": stock.rows,
    }  # fmt: skip
    return dict(STOCK.to_representation(told))


def kit_detail(product: Product, now: datetime) -> dict[str, Any]:
    """A product's components as the API answers them, in the active block."""
    stock = stock_of_product(product_id=product.pk, now=now)
    told = {
        "sku": product.sku, "available": stock.available, "min_days_left": product.min_days_left,
        "parts": stock.components,
    }  # fmt: skip
    return dict(KIT.to_representation(told))


def _product(sku: str) -> Product:
    product = Product.objects.filter(sku=sku).first()
    if product is None:
        raise Http404
    return product


def _refused(field: str, code: str, detail: str) -> Problem:
    return Problem(status=400, code=code, field=field, detail=detail)
