"""GET and POST /products, GET and PUT /products/{sku}."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.endpoints import Endpoint
from accounts.schema import IDEMPOTENCY_KEY, answers, list_parameters, page_of
from core.problems import Problem
from core.routes import permission
from core.tenancy import merchant
from flows.intake import receive_products
from flows.stock_picture import stock_of_product
from orders.api.bodies import NEW_PRODUCT_BODY, PRODUCT_BODY, NewProductBody, ProductBody
from orders.api.filters import ProductFilter
from orders.api.shapes import PRODUCT, ProductDetailShape, ProductShape
from orders.models import Product
from orders.rules.facts import ProductFacts
from orders.services.products import FIELDS


@permission("products.view", write="products.edit")
class Products(Endpoint):
    """The merchant's products."""

    @extend_schema(
        operation_id="list_products",
        summary="List products, newest first",
        parameters=list_parameters(ProductFilter),
        responses=answers({200: page_of(ProductShape, "Product")}, 400),
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer one page."""
        with merchant(self.caller.merchant_id):
            return self.page(Product.objects.all(), ProductFilter, PRODUCT.to_representation)

    @extend_schema(
        operation_id="create_product",
        summary="Add a product",
        description="The same product again answers 200; another one under a known SKU is a 409.",
        parameters=[IDEMPOTENCY_KEY],
        request=NewProductBody,
        responses=answers({201: ProductDetailShape, 200: ProductDetailShape}, 400, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """Add one."""
        body = self.read(NEW_PRODUCT_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            known = Product.objects.filter(sku=body["sku"]).first()
            if known is not None and any(getattr(known, name) != body[name] for name in FIELDS):
                raise Problem(
                    status=409,
                    code="product_differs",
                    field="sku",
                    detail=_("There is another product of this SKU. Change it with PUT."),
                )
            return 200 if known else 201, write(body, sku=body["sku"], caller=self, now=now)

        return self.answer(effect, now=now)


@permission("products.view", write="products.edit")
class OneProduct(Endpoint):
    """One product."""

    @extend_schema(
        operation_id="get_product",
        summary="One product with its stock",
        responses=answers({200: ProductDetailShape}, 404),
    )
    def get(self, request: Request, sku: str) -> Response:  # noqa: ARG002
        """Answer it."""
        with merchant(self.caller.merchant_id):
            return Response(detail(sku))

    @extend_schema(
        operation_id="put_product",
        summary="Add or replace a product",
        parameters=[IDEMPOTENCY_KEY],
        request=ProductBody,
        responses=answers({201: ProductDetailShape, 200: ProductDetailShape}, 400, 409, 413, 415),
    )
    def put(self, request: Request, sku: str) -> Response:  # noqa: ARG002
        """Write it whole."""
        body = self.read(PRODUCT_BODY)
        now = timezone.now()

        def effect() -> tuple[int, Any]:
            status = 200 if Product.objects.filter(sku=sku).exists() else 201
            return status, write(body, sku=sku, caller=self, now=now)

        return self.answer(effect, now=now)


def write(body: Mapping[str, Any], *, sku: str, caller: Endpoint, now: datetime) -> dict[str, Any]:
    """Write a validated product in the active block and return it."""
    facts = ProductFacts(sku=sku, **{name: body[name] for name in FIELDS})
    stock = {sku: body["stock"]} if body["stock"] else {}
    receive_products(products=[facts], stock=stock, actor=caller.caller.actor, now=now)
    return detail(sku)


def detail(sku: str) -> dict[str, Any]:
    """Return a product with its stock in bins; raise `Http404`."""
    product = Product.objects.filter(sku=sku).first()
    if product is None:
        raise Http404
    stock = stock_of_product(product_id=product.pk, now=timezone.now())
    return {
        **PRODUCT.to_representation(product),
        "stock": {
            "on_hand": stock.on_hand,
            "reserved": stock.reserved,
            "available": stock.available,
        },
    }
