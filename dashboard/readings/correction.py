"""One declaration that stopped, as the merchant sees and mends it."""

from __future__ import annotations

from django.urls import reverse

from accounts.authentication import Caller
from customs.words import problem_sentences, refusal_words
from dashboard.readings.words import declaration_badge
from dashboard.screens.customs import CorrectionPage, GoodsRow, RefusedRow
from flows.corrections import Correctable
from orders.models import Product


def read_correction(found: Correctable, *, caller: Caller, fault: str = "") -> CorrectionPage:
    """The page, for the caller's role; `fault` is what was wrong with what was sent."""
    declaration = found.declaration
    order = declaration.booking.parcel.order
    return CorrectionPage(
        local_reference=declaration.lrn,
        direction=str(declaration.get_direction_display()),
        country=declaration.country,
        badge=declaration_badge(declaration),
        changed_at=declaration.answered_at or declaration.lodged_at or declaration.created_at,
        order_reference=order.reference,
        order_url=reverse("dashboard:order", args=[order.reference]),
        corrects=declaration.corrects.lrn if declaration.corrects else "",
        corrected_by=found.corrected_by.lrn if found.corrected_by else "",
        corrected_by_url=reverse("dashboard:declaration", args=[found.corrected_by.pk])
        if found.corrected_by
        else "",
        refused=tuple(
            RefusedRow(where=each.where, value=each.value, said=each.said)
            for each in refusal_words(declaration)
        ),
        problems=tuple(problem_sentences(declaration)),
        goods=tuple(map(_goods, found.products)),
        may_correct=found.is_open and caller.may("products.edit"),
        is_open=found.is_open,
        list_url=reverse("dashboard:customs"),
        fault=fault,
    )


def _goods(product: Product) -> GoodsRow:
    return GoodsRow(
        id=product.pk,
        sku=product.sku,
        title=product.title,
        hs_code=product.hs_code,
        origin_country=product.origin_country,
        customs_description=product.customs_description,
        weight_g=product.weight_g,
    )
