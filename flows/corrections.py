"""Stage 8, clearance: a refused or incomplete declaration mended by a person, and lodged again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.jobs import Work, enqueue
from core.models import Job
from core.money import NoExchangeRate
from core.tenancy import merchant
from customs.models import Declaration
from customs.rules.declarations.entries import Entry, Path, entries_of
from customs.services import UNLODGED, NotCorrectable, begin_correction
from flows.clearance import load, redraft
from flows.recheck import recheck_products_work
from orders.models import Product
from orders.rules.customs_data import CustomsData
from orders.services import correct_customs_data
from warehouse.models import ParcelItem

STOPPED = (Job.Status.FAILED, Job.Status.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class Correctable:
    """A declaration with what it is made of: the products packed, and its own values."""

    declaration: Declaration
    products: tuple[Product, ...]
    entries: tuple[Entry, ...]
    corrected_by: Declaration | None

    @property
    def is_open(self) -> bool:
        """Whether it can be corrected: refused, or not lodged yet, and not corrected already."""
        status = self.declaration.status
        is_stopped = status == Declaration.Status.REFUSED or status in UNLODGED
        return is_stopped and self.declaration.superseded_at is None


def correctable(*, merchant_id: int, declaration_id: int) -> Correctable:
    """Read a declaration for its page; raise `Declaration.DoesNotExist`."""
    with merchant(merchant_id):
        declaration = Declaration.objects.select_related(
            "booking__parcel__order", "corrects", "merchant"
        ).get(pk=declaration_id)
        items = ParcelItem.objects.filter(parcel=declaration.booking.parcel_id)
        products = {
            item.product_id: item.product for item in items.select_related("product").order_by("id")
        }
        return Correctable(
            declaration,
            tuple(products.values()),
            tuple(entries_of(declaration.elements)),
            Declaration.objects.filter(corrects=declaration).first(),
        )


def correct_declaration(
    *,
    merchant_id: int,
    declaration_id: int,
    products: Mapping[int, CustomsData],
    entries: Sequence[tuple[Path, str]],
    actor: str,
    now: datetime,
) -> Declaration:
    """Mend product data and the declaration's own values, draft it anew, and lodge it.

    The one that is returned counts from now on: for a refused one a new one, with a new LRN, that
    names it. Incomplete still, it says what is missing and waits for the next correction; its own
    status tells. Products that are not in the parcel are left alone.

    Raises `NotCorrectable` when somebody corrected it first, `NoExchangeRate`, or
    `Declaration.DoesNotExist`.
    """
    with merchant(merchant_id):
        fresh = begin_correction(
            declaration_id=declaration_id, entries=entries, actor=actor, now=now
        )
        packed = ParcelItem.objects.filter(parcel=fresh.booking.parcel_id)
        mended = [
            product_id
            for product_id in sorted(set(packed.values_list("product_id", flat=True)))
            if product_id in products
            and correct_customs_data(
                product_id=product_id, correct=products[product_id], actor=actor, now=now
            )
        ]
        if mended:
            # Other orders may be held for what was mended here.
            enqueue([recheck_products_work(mended, now)], now=now)
        drafted = redraft(load(fresh.booking_id, now), fresh.direction, now)
        if drafted.status != Declaration.Status.INCOMPLETE and _is_due(drafted):
            key, told = str(fresh.booking_id), {"booking_id": fresh.booking_id}
            enqueue([Work(_lodging(drafted), key, told)], now=now, again=True)
        return drafted


def _lodging(declaration: Declaration) -> str:
    return f"clearance.lodge_{declaration.direction}"


def _is_due(declaration: Declaration) -> bool:
    """Tell whether its hour has come: it was refused, or its lodging stopped for what it lacked.

    Any other is lodged when the parcel is packed, or handed over.
    """
    if declaration.corrects_id is not None:
        return True
    jobs = Job.objects.filter(kind=_lodging(declaration), key=str(declaration.booking_id))
    return jobs.filter(status__in=STOPPED).exists()


__all__ = [
    "Correctable", "NoExchangeRate", "NotCorrectable", "correct_declaration", "correctable",
]  # fmt: skip
