"""An unclear booking is settled once by a person, and no worker that comes late undoes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from billing.models import Charge
from core.jobs import ForAPerson
from core.models import Event, Job, Merchant
from core.sentences import verbatim
from core.tenancy import merchant
from flows.booked import settle_booked
from flows.booking import book_parcel
from flows.unclear_bookings import fetch_label
from integrations.carriers.base import BookingAnswer
from integrations.errors import Refused
from shipping.models import Booking
from shipping.services import mark_refused, plan_booking
from tests.factories import NOW, a_merchant, a_product, a_warehouse
from tests.floor import PDF, a_released_wave, a_staff_member, ask, logged_in
from tracking.models import TrackedParcel
from warehouse.models import Parcel

NUMBER = "1234567891"
CHOICE = {
    "amount": "12.00", "currency": "EUR", "service_code": "DHL_EXPRESS_WORLDWIDE",
    "chargeable_weight_g": 900, "steps": [], "reason": {"text": "x"},
}  # fmt: skip


class Carrier:
    """Knows what the test tells it, and refuses to look anything up when told so."""

    def __init__(self) -> None:
        self.known: BookingAnswer | None = None
        self.refuses_look_ups = False
        self.booked = 0

    def find_by_reference(self, reference: str) -> BookingAnswer | None:
        if self.refuses_look_ups:
            raise Refused("reference", "ambiguous", f"{reference} is ambiguous")
        return self.known

    def book(self, _: Any) -> BookingAnswer:
        self.booked += 1
        return BookingAnswer(NUMBER, PDF, "application/pdf", {})


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    made = Carrier()
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    for module in ("booking", "unclear_bookings"):
        monkeypatch.setattr(f"flows.{module}.carrier", lambda _: made)
    return made


@pytest.fixture
def owner(carrier: Carrier, db: None) -> Merchant:
    house, owner = a_warehouse(), a_merchant("acme")
    a_product(owner)
    a_released_wave(owner, house)
    return owner


@pytest.fixture
def booking(owner: Merchant) -> Booking:
    """Asked for an hour ago; nobody knows what came of it."""
    with merchant(owner):
        [job] = Job.objects.filter(kind="booking.book")
        Job.objects.filter(pk=job.pk).update(status="failed", last_error="no answer in time")
        planned = plan_booking(
            parcel=Parcel.objects.get(), carrier_code="dhl_express",
            service_code="DHL_EXPRESS_WORLDWIDE", choice=CHOICE, invoice_number="INV-1",
            tracking_number="", now=NOW,
        )  # fmt: skip
        Booking.objects.filter(pk=planned.pk).update(
            status="unclear", sending_since=timezone.now() - timedelta(hours=1), send_attempts=8,
            refusal="no answer in time",
        )  # fmt: skip
        return Booking.objects.get(pk=planned.pk)


@pytest.fixture
def support(owner: Merchant) -> Client:
    return logged_in(a_staff_member("support"))


def stand(owner: Merchant) -> Booking:
    with merchant(owner):
        return Booking.objects.get()


def found(client: Client, booking: Booking, number: str, **more: Any) -> Any:
    path = f"/staff/bookings/{booking.pk}/found/"
    return client.post(
        path, {"tracking_number": number, **more}, headers={"accept": "application/json"}
    )


def test_listed_with_what_was_asked(support: Client, booking: Booking) -> None:
    [row] = ask(support, "/staff/bookings/").json()["unclear"]
    assert (row["known_by"], row["attempts"]) == (booking.reference, 8)
    page = support.get("/staff/bookings/").content.decode()
    assert booking.reference in page
    assert "no answer in time" in page


def test_found_is_booked_charged_and_followed_once(
    owner: Merchant, support: Client, booking: Booking, carrier: Carrier
) -> None:
    assert found(support, booking, "12345 67891").json()["tracking_number"] == NUMBER
    assert found(support, booking, NUMBER).status_code == 409
    with merchant(owner):
        assert (Charge.objects.count(), TrackedParcel.objects.count()) == (1, 1)
        told = Event.objects.get(kind="booking.booked")
        assert told.actor == "staff:support@operator.example"
        parcel_id = booking.parcel_id
        assert Job.objects.get(kind="booking.book").status == "queued"
    book_parcel(owner.pk, {"parcel_id": parcel_id})
    assert carrier.booked == 0
    carrier.known = BookingAnswer(NUMBER, PDF, "application/pdf", {})
    fetch_label(owner.pk, {"booking_id": booking.pk})
    assert stand(owner).label_id is not None


def test_found_with_its_label(owner: Merchant, support: Client, booking: Booking) -> None:
    picture = SimpleUploadedFile("label.pdf", b"\x89PNG", "application/pdf")
    assert found(support, booking, NUMBER, label=picture).status_code == 400
    paper = SimpleUploadedFile("label.pdf", PDF, "application/pdf")
    assert found(support, booking, NUMBER, label=paper).status_code == 200
    assert stand(owner).label_id is not None
    with merchant(owner):
        assert not Job.objects.filter(kind="booking.fetch_label").exists()


@pytest.mark.parametrize("number", ["1234567890", "123", "LX473124829CN", ""])
def test_a_number_that_cannot_be_the_carriers_changes_nothing(
    owner: Merchant, support: Client, booking: Booking, number: str
) -> None:
    answer = found(support, booking, number)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "tracking_number"
    assert stand(owner).status == "unclear"


def test_a_label_under_another_number_goes_to_a_person(
    owner: Merchant, support: Client, booking: Booking, carrier: Carrier
) -> None:
    found(support, booking, NUMBER)
    carrier.known = BookingAnswer("9999999990", PDF, "application/pdf", {})
    with pytest.raises(ForAPerson, match="9999999990"):
        fetch_label(owner.pk, {"booking_id": booking.pk})
    assert stand(owner).label_id is None
    paper = SimpleUploadedFile("label.pdf", PDF, "application/pdf")
    path = f"/staff/bookings/{booking.pk}/label/"
    answers = [support.post(path, {"label": paper}).status_code for _ in range(2)]
    assert answers == [302, 400]


def test_not_found_is_looked_up_once_more_and_then_booked_though_look_ups_are_refused(
    owner: Merchant, support: Client, booking: Booking, carrier: Carrier
) -> None:
    path = f"/staff/bookings/{booking.pk}/absent/"
    assert ask(support, path, {}).json()["status"] == "planned"
    assert ask(support, path, {}).status_code == 409
    carrier.refuses_look_ups = True
    book_parcel(owner.pk, {"parcel_id": booking.parcel_id})
    assert carrier.booked == 1
    assert (stand(owner).status, stand(owner).reference) == ("booked", booking.reference)


def test_not_found_but_there_after_all_is_not_booked_again(
    owner: Merchant, support: Client, booking: Booking, carrier: Carrier
) -> None:
    ask(support, f"/staff/bookings/{booking.pk}/absent/", {})
    carrier.known = BookingAnswer(NUMBER, PDF, "application/pdf", {})
    book_parcel(owner.pk, {"parcel_id": booking.parcel_id})
    assert (carrier.booked, stand(owner).tracking_number) == (0, NUMBER)


def test_too_early_to_say_that_it_is_not_there(
    owner: Merchant, support: Client, booking: Booking
) -> None:
    with merchant(owner):
        Booking.objects.update(sending_since=timezone.now())
    answer = ask(support, f"/staff/bookings/{booking.pk}/absent/", {})
    assert (answer.status_code, stand(owner).status) == (409, "unclear")


def test_a_late_worker_neither_refuses_nor_doubles(
    owner: Merchant, support: Client, booking: Booking
) -> None:
    found(support, booking, NUMBER)
    with merchant(owner):
        mark_refused(
            booking_id=booking.pk, sent_at=booking.sending_since, why=[verbatim("no")], now=NOW
        )
        assert not settle_booked(
            booking_id=booking.pk, tracking_number="9999999990", label=None, actor="w", now=NOW
        )
        assert Charge.objects.count() == 1
    assert (stand(owner).status, stand(owner).tracking_number) == ("booked", NUMBER)


def test_a_late_refusal_of_an_earlier_asking_ends_nothing_after_a_persons_word(
    owner: Merchant, support: Client, booking: Booking
) -> None:
    ask(support, f"/staff/bookings/{booking.pk}/absent/", {})
    with merchant(owner):
        Booking.objects.update(status="sending", sending_since=timezone.now())
        mark_refused(
            booking_id=booking.pk, sent_at=booking.sending_since, why=[verbatim("no")], now=NOW
        )
    assert stand(owner).status == "sending"
