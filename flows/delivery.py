"""Stage 9, delivery: the last mile in a partner's hands, and the proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.utils import timezone

from core.documents import put_bytes, register
from core.jobs import ForAPerson, Later, Work, enqueue, handler
from core.models import Document
from core.tenancy import merchant
from flows.addresses import recipient_address
from flows.faults import sentences_of
from flows.partners import ask, carrier, delivery_partner
from flows.transit import tell
from integrations.carriers.base import Proof
from integrations.delivery.citydrop import Consignment
from integrations.errors import Refused
from tracking.models import PartnerDelivery, TrackedParcel
from tracking.services import NewEvent, ask_partner, note_partner, save_proof

T = TypeVar("T")

POLL_SECONDS = 2
POLL_SLOWLY_AFTER = 120
POLL_SLOWLY_SECONDS = 120
PARTNER = "citydrop"


@handler("delivery.consign", queue="calls")
def consign(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Give a cleared line parcel to the delivery partner, who knows it by our reference."""
    now = timezone.now()
    with merchant(merchant_id):
        parcel = _parcel(payload["parcel_id"])
        packed = parcel.booking.parcel
        delivery = ask_partner(parcel=parcel, reference=f"LM-{parcel.booking.reference}", now=now)
        recipient = recipient_address(packed.order)
    _ask(
        lambda: delivery_partner().consign(
            reference=delivery.reference,
            tracking_number=parcel.tracking_number,
            recipient=recipient,
            weight_g=packed.weight_g or packed.expected_weight_g,
        ),
        partner="delivery",
    )
    with merchant(merchant_id):
        told = {"delivery_id": delivery.pk}
        enqueue([Work("delivery.follow", str(delivery.pk), told)], now=timezone.now())


@handler("delivery.follow", queue="calls")
def follow(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Ask the partner until the parcel is delivered or lost."""
    with merchant(merchant_id):
        delivery = PartnerDelivery.objects.get(pk=payload["delivery_id"])
    status: Consignment | None = _ask(
        lambda: delivery_partner().status(delivery.reference), partner="delivery"
    )
    if status is None:
        raise Later(POLL_SECONDS, "The partner does not know the consignment yet.")
    now = timezone.now()
    with merchant(merchant_id):
        note_partner(
            delivery_id=delivery.pk, status=status.status, attempts=status.attempts, now=now
        )
    events = [
        NewEvent(
            source="partner",
            vendor=event.vendor,
            code=event.code,
            happened_at=event.happened_at,
            city=event.city,
            country=event.country,
            description=event.description,
            vendor_event_id=event.vendor_event_id,
            raw=event.raw,
        )
        for event in status.events
    ]
    tell(merchant_id=merchant_id, parcel_id=delivery.parcel_id, events=events)
    if status.proof is not None:
        _keep_proof(merchant_id, delivery.parcel_id, PARTNER, status.proof)
    if status.status not in ("delivered", "lost"):
        slow = (now - delivery.created_at).total_seconds() > POLL_SLOWLY_AFTER
        wait = POLL_SLOWLY_SECONDS if slow else POLL_SECONDS
        raise Later(wait, f"The parcel is {status.status}.")


@handler("delivery.fetch_proof", queue="calls")
def fetch_proof(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Fetch the carrier's proof of delivery where it gives one apart."""
    with merchant(merchant_id):
        parcel = _parcel(payload["parcel_id"])
    client = carrier(parcel.carrier_code)
    fetch = getattr(client, "proof_of_delivery", None)
    if fetch is None:
        return
    proof: Proof | None = _ask(lambda: fetch(parcel.tracking_number), partner=parcel.carrier_code)
    if proof is not None:
        _keep_proof(merchant_id, parcel.pk, parcel.carrier_code, proof)


def _ask(call: Callable[[], T], *, partner: str) -> T:
    """Ask; a refusal is for a person, any other fault for later."""
    try:
        return ask(call, again_after_s=POLL_SECONDS)
    except Refused as refused:
        raise ForAPerson(*sentences_of(refused, partner=partner)) from refused


def _parcel(parcel_id: int) -> TrackedParcel:
    related = "booking__parcel__order"
    return TrackedParcel.objects.select_related(related).get(pk=parcel_id)


def _keep_proof(merchant_id: int, parcel_id: int, source: str, proof: Proof) -> None:
    """Store the picture, then the proof that names it."""
    now = timezone.now()
    stored = None
    if proof.document is not None:
        kind = proof.document_content_type
        stored = put_bytes(merchant_id=merchant_id, content=proof.document, content_type=kind)
    with merchant(merchant_id):
        parcel = _parcel(parcel_id)
        picture: Document | None = None
        if stored is not None and proof.document is not None:
            picture = register(
                kind="proof_of_delivery",
                number=parcel.booking.reference,
                subject_kind="order",
                subject_id=parcel.booking.parcel.order_id,
                content=proof.document,
                content_type=proof.document_content_type,
                stored_as=stored,
                now=now,
            )
        save_proof(
            parcel=parcel,
            source=source,
            signed_by=proof.signed_by,
            delivered_at=proof.delivered_at or parcel.delivered_at or now,
            latitude=proof.latitude,
            longitude=proof.longitude,
            picture=picture,
            now=now,
        )
