"""Products and pieces as a form says them: what a listing or a kit is made of."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from dashboard.screens.listings import PartField
from orders.models import Product
from orders.services import PartOf


class BadPart(ValueError):
    """A row of the form that names no product, or no number; the message says so in words."""


def typed_parts(request: MemberRequest) -> list[PartField]:
    """Return the rows of the form that name a product, as they were typed."""
    skus, counts = request.POST.getlist("sku"), request.POST.getlist("quantity")
    return [
        PartField(sku=sku.replace("\x00", "").strip()[:80], quantity=count.strip()[:10] or "1")
        for sku, count in zip(skus, [*counts, *["1"] * len(skus)], strict=False)
        if sku.strip()
    ]


def parts_of(typed: Sequence[PartField]) -> list[PartOf]:
    """Find the products that were typed, in the active block; raises `BadPart`."""
    rows = Product.objects.filter(sku__in=[part.sku for part in typed])
    ids = dict(rows.values_list("sku", "pk"))
    for part in typed:
        if part.sku not in ids:
            raise BadPart(_("There is no product %(sku)s. Add it first.") % {"sku": part.sku})
        if not (part.quantity.isascii() and part.quantity.isdigit() and len(part.quantity) < 5):
            raise BadPart(_("The pieces of %(sku)s must be a whole number.") % {"sku": part.sku})
    return [PartOf(ids[part.sku], int(part.quantity)) for part in typed]
