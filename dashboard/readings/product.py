"""One product: what it is, what its orders are held for, and what was changed."""

from __future__ import annotations

from datetime import date

from django.forms import Form
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from core.events import history
from dashboard.forms_products import ProductForm
from dashboard.readings.product_words import CODES, FIELDS
from dashboard.readings.words import history_of
from dashboard.screens.products import ProductFact, ProductPage, ProductRemark
from flows.products import product_findings
from flows.stock_picture import stock_of_product
from orders.models import Hold, Order, OrderLine, Product
from orders.words import hold_words

COUNTED = 100
"""Orders that wait are counted up to this."""
SHOWN_CHANGES = 50


def read_product(
    product: Product, *, caller: Caller, form: Form | None = None, fault: str = "", on: date
) -> ProductPage:
    """The page of one product of the active merchant; a form that was refused is shown again."""
    may_edit = caller.may("products.edit")
    shown = form or ProductForm.of(product)
    stock = stock_of_product(product_id=product.pk, now=timezone.now())
    waiting = _orders_held(product)
    return ProductPage(
        sku=product.sku,
        title=product.title,
        list_url=reverse("dashboard:products"),
        on_hand=stock.on_hand,
        reserved=stock.reserved,
        available=stock.available,
        stock_url=reverse("dashboard:product_stock", args=[product.pk]),
        remarks=_remarks(product, on),
        orders_held=waiting,
        is_more=waiting == COUNTED,
        orders_url=f"{reverse('dashboard:orders')}?status={Order.Status.HELD}",
        fault=fault,
        form=shown if may_edit else None,
        facts=() if may_edit else _facts(product),
        post_url=reverse("dashboard:product", args=[product.pk]),
        history=history_of(
            history(subject_kind="product", subject_id=product.pk, limit=SHOWN_CHANGES)
        ),
    )


def _orders_held(product: Product) -> int:
    lines = OrderLine.objects.filter(product=product, order__status=Order.Status.HELD)
    return len(lines.order_by().values_list("order_id", flat=True).distinct()[:COUNTED])


def _remarks(product: Product, on: date) -> tuple[ProductRemark, ...]:
    told = [
        hold_words(
            Hold(
                reason_code=finding.reason_code,
                params=finding.kept,
                reason=finding.sentence,
                remedy=finding.remedy,
            )
        )
        for finding in product_findings(product, on=on)
    ]
    return tuple(ProductRemark(reason=reason, remedy=remedy) for reason, remedy in told)


def _facts(product: Product) -> tuple[ProductFact, ...]:
    """For those who may not change it."""
    words = {"nature": _nature(product), "battery": str(product.get_battery_display())}
    return tuple(
        ProductFact(label=_(label), value=words.get(name) or str(getattr(product, name)) or "–")
        for name, label in FIELDS.items()
    )


def _nature(product: Product) -> str:
    return _(CODES["nature"].get(product.nature, product.nature)) if product.nature else ""
