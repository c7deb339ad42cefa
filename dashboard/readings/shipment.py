"""One booked parcel with everything that hangs on it."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from billing.models import Charge
from core.events import history
from core.models import Document
from core.money import Money
from core.templatetags.instants import days_html
from core.templatetags.words import country_name
from customs.models import Declaration
from dashboard.readings.customs import declaration_reason
from dashboard.readings.documents import document_rows
from dashboard.readings.order import buyer_url, hs_code
from dashboard.readings.orders import service_name
from dashboard.readings.words import declaration_badge, history_of, sentence
from dashboard.screens.common import Badge, Coded, Tone
from dashboard.screens.shipments import (
    ContentRow,
    DeclarationRow,
    DeliveryProof,
    ShipmentPage,
    TrackingRow,
)
from tracking.journey import order_journey
from tracking.models import DeliveryProof as StoredProof
from tracking.models import TrackedParcel, TrackingEvent
from tracking.words import carrier_words, report_words, standing_words, trouble_words
from warehouse.models import ParcelItem, ParcelPhoto


def read_shipment(*, parcel: TrackedParcel, caller: Caller) -> ShipmentPage:
    """The page of one parcel, for the caller's role."""
    booking = parcel.booking
    packed, order = booking.parcel, booking.parcel.order
    charge = Charge.objects.filter(booking=booking).order_by("id").first()
    papers = Document.objects.filter(
        Q(subject_kind="order", subject_id=order.pk)
        | Q(pk__in=[booking.label_id, booking.invoice_id, packed.packing_list_id])
    ).select_related("replaces")
    can_claim = caller.may("claims.edit") and packed.handed_over_at is not None
    return ShipmentPage(
        tracking_number=parcel.tracking_number,
        order_reference=order.reference,
        order_url=reverse("dashboard:order", args=[order.reference]),
        buyer_url=buyer_url(parcel),
        badge=_badge(parcel),
        line=order_journey(
            order=order,
            reached=parcel.reached,
            trouble=parcel.problem,
            packed_at=packed.packed_at,
        ),
        carrier=Coded(code=parcel.carrier_code.upper(), words=carrier_words(parcel.carrier_code)),
        service=service_name(booking),
        service_reason=sentence(booking.choice.get("reason") or {}),
        country=parcel.destination_country,
        weight_g=packed.weight_g or packed.expected_weight_g,
        length_mm=packed.length_mm,
        width_mm=packed.width_mm,
        height_mm=packed.height_mm,
        price=Money(charge.amount, charge.currency) if charge else None,
        expected=_expected(parcel),
        contents=_contents(parcel),
        declarations=_declarations(parcel),
        tracking=_tracking(parcel),
        documents=document_rows(papers.order_by("id")[:200]),
        history=history_of(history(subject_kind="order", subject_id=order.pk)),
        list_url=reverse("dashboard:shipments"),
        proof=_proof(parcel),
        photo_urls=tuple(
            reverse("dashboard:document", args=[document_id])
            for document_id in ParcelPhoto.objects.filter(parcel=packed)
            .order_by("id")
            .values_list("document_id", flat=True)
        ),
        claim_url=f"{reverse('dashboard:claim_new')}?parcel={parcel.tracking_number}"
        if can_claim
        else "",
    )


def _badge(parcel: TrackedParcel) -> Badge:
    if parcel.problem:
        tone: Tone = "bad" if parcel.lost_at else "act"
        return Badge(label=trouble_words(parcel.problem), tone=tone)
    tone = "good" if parcel.delivered_at else "progress"
    is_packed = parcel.booking.parcel.packed_at is not None
    return Badge(label=standing_words(parcel.milestone, is_packed=is_packed), tone=tone)


def _expected(parcel: TrackedParcel) -> str:
    """Local days at the buyer's place, as the carrier or the service promises them."""
    if parcel.delivered_at:
        return _("Delivered")
    if parcel.expected_from is None:
        return _("Not known yet")
    return days_html(parcel.expected_from, parcel.expected_to)


def _contents(parcel: TrackedParcel) -> tuple[ContentRow, ...]:
    items = ParcelItem.objects.filter(parcel_id=parcel.booking.parcel_id)
    rows = items.select_related("product", "order_line").order_by("id")
    return tuple(
        ContentRow(
            sku=item.product.sku,
            title=item.product.title,
            quantity=item.quantity,
            hs=hs_code(item.product.hs_code, item.product.customs_description),
            origin_country=item.product.origin_country,
            value=Money(item.unit_price * item.quantity, item.order_line.currency),
        )
        for item in rows
    )


def _declarations(parcel: TrackedParcel) -> tuple[DeclarationRow, ...]:
    rows = Declaration.objects.filter(booking=parcel.booking).order_by("id")
    return tuple(
        DeclarationRow(
            direction=f"{row.get_direction_display()}, {country_name(row.country)}",
            local_reference=row.lrn,
            movement_reference=row.mrn,
            badge=declaration_badge(row),
            changed_at=row.answered_at or row.lodged_at or row.created_at,
            reason=declaration_reason(row),
            url=reverse("dashboard:declaration", args=[row.pk]),
        )
        for row in rows
    )


def _tracking(parcel: TrackedParcel) -> tuple[TrackingRow, ...]:
    rows = TrackingEvent.objects.filter(parcel=parcel).order_by("-happened_at", "-id")[:200]
    return tuple(
        TrackingRow(
            at=row.happened_at,
            place=", ".join(filter(None, (row.city, row.country))),
            words=report_words(row.canonical),
            source=carrier_words(parcel.carrier_code if row.source in _ASKED else row.source),
            source_code=row.code,
            source_words=row.description,
        )
        for row in rows
    )


_ASKED = frozenset({"poll", "push", "feed"})
"""How the carrier's own words reached us; the others are sources by themselves."""


def _proof(parcel: TrackedParcel) -> DeliveryProof | None:
    proof = StoredProof.objects.filter(parcel=parcel).select_related("picture").first()
    if proof is None:
        return None
    where = ""
    if proof.latitude is not None and proof.longitude is not None:
        where = f"{proof.latitude:.4f}, {proof.longitude:.4f}"
    picture = proof.picture
    is_image = picture is not None and picture.content_type.startswith("image/")
    return DeliveryProof(
        signed_by=proof.signed_by,
        delivered_at=proof.delivered_at,
        place=where or country_name(parcel.destination_country),
        signature_url=reverse("dashboard:document", args=[picture.pk]) if is_image else "",
    )
