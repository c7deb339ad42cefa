"""Stage 5, fulfilment: a picture of the parcel as it was packed, kept as evidence."""

from __future__ import annotations

from datetime import datetime

from core.documents import PICTURES, content_type_of, put_bytes, register
from core.tenancy import merchant
from warehouse.models import Parcel, ParcelPhoto
from warehouse.services.extras import keep_photo

PHOTO = "packing_photo"
MAX_BYTES = 10 * 1024 * 1024
MOST_PHOTOS = 12


class BadPhoto(ValueError):
    """The file is neither a JPEG nor a PNG, empty, or larger than 10 MB."""


class TooManyPhotos(Exception):
    """The parcel has as many pictures as it may."""


def add_photo(
    *, merchant_id: int, parcel_reference: str, content: bytes, actor: str, now: datetime
) -> ParcelPhoto:
    """Keep a picture of a parcel; what it is, its first bytes say. The same one twice is one.

    Raises `BadPhoto`, `TooManyPhotos`, `Parcel.DoesNotExist`.
    """
    content_type = content_type_of(content, PICTURES)
    if content_type is None or len(content) > MAX_BYTES:
        raise BadPhoto
    stored = put_bytes(merchant_id=merchant_id, content=content, content_type=content_type)
    with merchant(merchant_id):
        parcel = Parcel.objects.select_for_update().get(reference=parcel_reference)
        if ParcelPhoto.objects.filter(parcel=parcel).count() >= MOST_PHOTOS:
            raise TooManyPhotos
        document = register(
            kind=PHOTO,
            number=f"{parcel.reference}-{stored[1][:12]}",
            subject_kind="order",
            subject_id=parcel.order_id,
            content=content,
            content_type=content_type,
            stored_as=stored,
            now=now,
        )
        photo, _is_new = keep_photo(parcel=parcel, document=document, actor=actor, now=now)
    return photo


def photos_of(*, merchant_id: int, parcel_reference: str) -> list[ParcelPhoto]:
    """The pictures of a parcel, oldest first."""
    with merchant(merchant_id):
        rows = ParcelPhoto.objects.filter(parcel__reference=parcel_reference)
        return list(rows.select_related("document").order_by("id"))
