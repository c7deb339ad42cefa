"""A suspended merchant: nobody comes in, nothing new begins, what has left goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import add_member
from core import jobs
from core.jobs import SUSPENDED
from core.leases import leases
from core.models import Event, Job, Merchant, SuspendedMerchant
from core.tenancy import across_merchants, merchant
from flows.intake import submit_file
from flows.suspension import reinstate, suspend
from flows.transit import due_polls, tell
from orders.models import Import
from tests.factories import (
    ACTOR,
    NOW,
    a_handed_over_parcel,
    a_merchant,
    a_product,
    a_warehouse,
    an_api_key,
    an_order,
    order_body,
)
from tests.floor import a_released_wave, a_staff_member, allocated_orders, ask, logged_in
from tracking.models import TrackedParcel
from tracking.services import NewEvent
from warehouse.models import Warehouse, Wave

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)


@pytest.fixture
def house(db: None) -> Warehouse:
    return a_warehouse("szx1")


@pytest.fixture
def acme(house: Warehouse) -> Merchant:
    owner = a_merchant("acme")
    a_product(owner)
    return owner


@pytest.fixture
def staff(house: Warehouse) -> Callable[[str], Client]:
    return lambda role: logged_in(a_staff_member(role, house))


def shut(owner: Merchant) -> None:
    suspend(merchant_id=owner.pk, reason="Two invoices unpaid", actor="staff:a", now=NOW)


def open_again(owner: Merchant) -> None:
    reinstate(merchant_id=owner.pk, reason="Paid", actor="staff:a", now=timezone.now())


def kinds_claimed(owner: Merchant, queue: str, *, now: datetime | None = None) -> set[str]:
    """What a worker would do now; the leases are given back."""
    claimed = jobs.claim(merchant_id=owner.pk, queue=queue, count=10, now=now or timezone.now())
    leases.let_go(*claimed)
    return {job.kind for job in claimed}


def a_browser(owner: Merchant, email: str = "owner@acme.example") -> Client:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email)
    with merchant(owner):
        add_member(user=user, role="owner", actor=ACTOR, now=NOW)
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_an_administrator_suspends_and_reinstates_with_a_reason(
    staff: Callable[[str], Client], acme: Merchant
) -> None:
    admin = staff("admin")
    page = f"/staff/merchants/{acme.pk}/suspend/"
    assert "Suspend Acme" in admin.get(page).content.decode()
    assert admin.post(page, {"reason": "  "}).status_code == 400
    assert not SuspendedMerchant.objects.exists()
    assert admin.post(page, {"reason": "Two invoices unpaid"}).status_code == 302
    listed = ask(admin, "/staff/merchants/").json()["merchants"]
    assert [(row["code"], row["active"]) for row in listed] == [("acme", False)]
    assert "Suspended" in admin.get("/staff/merchants/").content.decode()
    assert ask(admin, page, {"reason": "again"}).status_code == 409
    back = f"/staff/merchants/{acme.pk}/reinstate/"
    assert "Two invoices unpaid" in admin.get(back).content.decode()
    assert ask(admin, back, {"reason": "Paid"}).json()["merchant"]["active"] is True
    assert ask(admin, back, {"reason": "Paid"}).status_code == 409
    assert ask(admin, "/staff/merchants/999999/suspend/", {"reason": "x"}).status_code == 404
    with merchant(acme):
        events = Event.objects.filter(subject_kind="merchant").order_by("id")
        assert [(each.kind, each.actor, each.data["reason"]) for each in events] == [
            ("merchant.suspended", "staff:admin@operator.example", "Two invoices unpaid"),
            ("merchant.reinstated", "staff:admin@operator.example", "Paid"),
        ]


@pytest.mark.parametrize("role", ["floor", "customs", "support"])
def test_other_staff_suspend_nobody(
    staff: Callable[[str], Client], acme: Merchant, role: str
) -> None:
    client = staff(role)
    for path in ("", f"{acme.pk}/suspend/", f"{acme.pk}/reinstate/"):
        assert client.post(f"/staff/merchants/{path}", {"reason": "x"}).status_code in (403, 405)
    assert not SuspendedMerchant.objects.exists()


def test_members_read_that_it_is_suspended_and_whom_to_write_to(acme: Merchant) -> None:
    client = a_browser(acme)
    assert client.get("/").status_code == 200
    shut(acme)
    for path in ("/", "/orders/", "/upload/", "/settings/team/", "/merchants/"):
        answer = client.get(path)
        text = answer.content.decode()
        if path != "/merchants/":
            assert answer.status_code == 403, path
            assert "The account of Acme is suspended" in text
            assert "mailto:desk@operator.example" in text
            assert "Two invoices unpaid" not in text
    file = BytesIO(b"order-id\n")
    file.name = "orders.txt"
    assert client.post("/upload/", {"kind": "orders", "file": file}).status_code == 403
    open_again(acme)
    assert client.get("/").status_code == 200


def test_a_member_of_two_goes_over_to_the_other(acme: Merchant) -> None:
    rival = a_merchant("rival")
    a_browser(acme)
    client = a_browser(rival)
    client.get("/")
    shut(acme)
    assert "/merchants/" in client.get("/").content.decode()
    assert "Acme (suspended)" in client.get("/merchants/").content.decode()
    client.post("/merchants/", {"merchant": str(rival.pk)})
    assert client.get("/").status_code == 200
    fresh = a_browser(rival)
    assert "Rival" in fresh.get("/").content.decode()


def test_keys_are_refused_with_a_stable_code_and_nothing_comes_in(
    acme: Merchant, client: Client
) -> None:
    headers = {"Authorization": f"Bearer {an_api_key(acme)}"}
    rival = {"Authorization": f"Bearer {an_api_key(a_merchant('rival'))}"}
    shut(acme)
    for answer in (
        client.get("/api/v1/orders", headers=headers),
        client.post("/api/v1/orders", json.dumps(order_body()), "application/json",
                    headers=headers),
    ):  # fmt: skip
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "merchant_suspended"
        assert "desk@operator.example" in answer.json()["detail"]
    assert client.get("/api/v1/orders", headers=rival).status_code == 200
    assert client.get("/api/v1/orders", headers={"Authorization": "Bearer wb_x"}).status_code == 401
    open_again(acme)
    assert client.get("/api/v1/orders", headers=headers).json()["results"] == []


def test_work_towards_new_parcels_waits_and_goes_on_afterwards(acme: Merchant) -> None:
    an_order(acme)
    upload = submit_file(
        merchant_id=acme.pk, kind="orders", file=BytesIO(b"order-id\n"), filename="o.txt",
        actor=ACTOR, now=NOW,
    )  # fmt: skip
    shut(acme)
    now = timezone.now()
    assert kinds_claimed(acme, "flow", now=now) == set()
    with merchant(acme):
        waiting = Job.objects.filter(kind__in=["intake.read_file", "allocation.allocate"])
        assert {job.last_error for job in waiting} == {SUSPENDED}
        assert all(job.run_after > now for job in waiting)
        assert Import.objects.get(pk=upload.pk).status == Import.Status.WAITING
    open_again(acme)
    again = kinds_claimed(acme, "flow", now=timezone.now() + timedelta(seconds=1))
    assert {"intake.read_file", "allocation.allocate"} <= again


def test_what_has_left_is_tracked_and_the_buyer_sees_it(acme: Merchant, client: Client) -> None:
    parcel = a_handed_over_parcel(acme, an_order(acme))
    with merchant(acme):
        Job.objects.all().delete()
        Job.objects.create(kind="clearance.follow", key="1", queue="calls", run_after=NOW,
                           created_at=NOW)  # fmt: skip
        TrackedParcel.objects.filter(pk=parcel.pk).update(next_poll_at=NOW)
    shut(acme)
    assert client.get(f"/t/{parcel.link_token}/").status_code == 200
    assert (acme.pk, parcel.carrier_code) in due_polls(now=timezone.now())
    assert kinds_claimed(acme, "calls") == {"clearance.follow"}
    told = tell(
        merchant_id=acme.pk,
        parcel_id=parcel.pk,
        events=[NewEvent(code="in_transit.departed_hub", happened_at=NOW, source="feed",
                         vendor="UPU_EMSEVT", vendor_event_id="1")],
    )  # fmt: skip
    assert told


def test_the_floor_begins_nothing_and_hands_nothing_over(
    staff: Callable[[str], Client], acme: Merchant, house: Warehouse
) -> None:
    allocated_orders(acme, 1)
    begun = a_released_wave(acme, house)
    floor = staff("admin")
    plan = {"merchant": "acme", "warehouse": "szx1"}
    shut(acme)
    for path, body in (
        ("/stations/waves/", plan),
        ("/stations/hand-over/", {**plan, "carrier": "postal", "signed_by": "Li"}),
        (f"/stations/waves/{begun.pk}/release/", {}),
    ):
        refused = ask(floor, path, body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (409, "merchant")
    assert "Suspended" in floor.get("/stations/").content.decode()
    with merchant(acme):
        assert Wave.objects.count() == 1


def test_the_app_role_cannot_let_a_merchant_in(acme: Merchant) -> None:
    from django.db import ProgrammingError

    shut(acme)
    with pytest.raises(ProgrammingError, match="permission denied"), merchant(acme):
        SuspendedMerchant.objects.all().delete()
    with merchant(acme):
        Merchant.objects.filter(pk=acme.pk).update(is_active=True)
    assert a_browser(acme).get("/").status_code == 403


def test_a_suspension_needs_a_reason_and_a_merchant(acme: Merchant) -> None:
    from core.merchants import ReasonMissing

    with pytest.raises(ReasonMissing):
        suspend(merchant_id=acme.pk, reason=" ", actor="a", now=NOW)
    with pytest.raises(Merchant.DoesNotExist):
        suspend(merchant_id=10**9, reason="x", actor="a", now=NOW)
    with across_merchants("The test counts."):
        assert Merchant.objects.filter(is_active=False).count() == 0
