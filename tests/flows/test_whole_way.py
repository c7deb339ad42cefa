"""One merchant's sample orders from the file to the buyer's door, against the stand-ins."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from django.utils import timezone

from core.documents import read
from core.models import Document, Merchant
from core.tenancy import merchant
from flows.aftersales import decide_claim, file_claim
from flows.closing import close_parcel
from flows.export import NothingToHandOver, hand_over
from flows.fulfilment import pick, plan_next_wave, release, scan_parcel
from flows.intake import submit_file
from flows.transit import judge_silence, poll, read_feed, silent_parcels
from orders.models import Hold, Import, Order
from shipping.models import Booking
from tests.flows.conftest import failed, sample, shortened, work
from tracking.models import TrackedParcel
from warehouse.models import Parcel, ParcelItem, Warehouse
from warehouse.rules.presses import Press

ACTOR = "test"


def upload(owner: Merchant, kind: str, path: Path) -> Import:
    with path.open("rb") as file:
        upload = submit_file(
            merchant_id=owner.pk,
            kind=kind,
            file=file,
            filename=path.name,
            actor=ACTOR,
            now=timezone.now(),
        )
    work(owner)
    with merchant(owner):
        return Import.objects.get(pk=upload.pk)


def pack_everything(owner: Merchant) -> int:
    with merchant(owner):
        parcels = list(Parcel.objects.filter(status="planned").order_by("id"))
        items = {
            parcel.reference: list(
                ParcelItem.objects.filter(parcel=parcel).values_list("product__sku", "quantity")
            )
            for parcel in parcels
        }
    packed = 0
    for parcel in parcels:
        skus = [sku for sku, quantity in items[parcel.reference] for _ in range(quantity)]
        scans = [
            Press(client_id=f"{parcel.reference}-{number}", sequence=number, raw=sku)
            for number, sku in enumerate(skus, start=1)
        ]
        answers, state = scan_parcel(
            merchant_id=owner.pk,
            parcel_reference=parcel.reference,
            scans=scans,
            actor=ACTOR,
            now=timezone.now(),
        )
        assert {answer["code"] for answer in answers} == {"accepted"}
        if state.booking is None or state.booking.label_id is None:
            continue
        close_parcel(
            merchant_id=owner.pk,
            parcel_reference=parcel.reference,
            weight_g=parcel.expected_weight_g,
            actor=ACTOR,
            now=timezone.now(),
        )
        packed += 1
    return packed


def statuses(owner: Merchant) -> Counter[str]:
    with merchant(owner):
        return Counter(Order.objects.values_list("status", flat=True))


def test_sample_orders_reach_the_buyers_door(brightpeak: Merchant, tmp_path: Path) -> None:
    owner = brightpeak
    assert upload(owner, "products", sample("products.csv")).status == "done"
    done = upload(owner, "orders", shortened(sample("orders_amazon_unshipped.txt"), tmp_path))
    assert done.status == "done"
    assert done.entries_created > 70
    assert done.rows_rejected == 2
    with merchant(owner):
        held = Counter(Hold.objects.values_list("code", flat=True))
    assert {"payment", "address", "phone", "unknown_product", "battery"} <= set(held)
    warehouse = Warehouse.objects.get(code="SZX1")
    while wave := plan_next_wave(
        merchant_id=owner.pk, warehouse=warehouse, actor=ACTOR, now=timezone.now()
    ):
        assert release(merchant_id=owner.pk, wave_id=wave.pk, actor=ACTOR, now=timezone.now())
        pick(
            merchant_id=owner.pk,
            wave_id=wave.pk,
            task_ids=None,
            actor=ACTOR,
            now=timezone.now(),
        )
    work(owner)
    assert failed(owner) == []
    packed = pack_everything(owner)
    assert packed > 50
    until = time.monotonic() + 20
    handed_over = 0
    while handed_over < packed and time.monotonic() < until:
        work(owner)
        for carrier_code in ("dhl_express", "postal", "line"):
            try:
                handover = hand_over(
                    merchant_id=owner.pk,
                    warehouse=warehouse,
                    carrier_code=carrier_code,
                    signed_by="Driver",
                    actor=ACTOR,
                    now=timezone.now(),
                )
                handed_over += handover.parcel_count
            except NothingToHandOver:
                time.sleep(0.2)
    assert handed_over == packed
    until = time.monotonic() + 90
    while statuses(owner)["shipped"] and time.monotonic() < until:
        work(owner)
        read_feed(carrier_code="postal")
        for carrier_code in ("dhl_express", "line"):
            while poll(merchant_id=owner.pk, carrier_code=carrier_code):
                continue
        for merchant_id, parcel_id in silent_parcels(now=timezone.now()):
            judge_silence(merchant_id=merchant_id, parcel_id=parcel_id)
    assert failed(owner) == []
    found = statuses(owner)
    assert found["shipped"] == 0
    assert found["lost"] == packed // 50
    assert found["delivered"] == packed - packed // 50
    with merchant(owner):
        lost = list(TrackedParcel.objects.filter(lost_at__isnull=False))
        documents = Counter(Document.objects.values_list("kind", flat=True))
        assert Booking.objects.filter(status="booked").count() == packed
    assert documents["label"] == documents["commercial_invoice"] == packed
    assert documents["packing_list"] == packed
    for parcel in lost:
        claim = file_claim(
            merchant_id=owner.pk,
            tracking_number=parcel.tracking_number,
            kind="loss",
            amount=None,
            statement="It never came.",
            actor=ACTOR,
            now=timezone.now(),
        )
        claim = decide_claim(
            merchant_id=owner.pk, claim_number=claim.number, actor=ACTOR, now=timezone.now()
        )
        assert claim.status == "paid", claim.reasons
    work(owner)
    with merchant(owner):
        advice = Document.objects.filter(kind="payout_advice")
        assert advice.count() == len(lost)
        assert all(read(document).startswith(b"%PDF") for document in advice)
