"""Claims, holds and exceptions as staff work on them; each role sees its own screens only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from billing.models import LedgerEntry
from claims.models import Claim
from core.events import history
from core.models import Job, Merchant
from core.tenancy import merchant
from dashboard.readings.words import history_of
from flows.aftersales import add_evidence, file_claim
from orders.models import Hold, Order
from tests.factories import ACTOR, NOW, a_handed_over_parcel, an_order
from tests.floor import PDF, ask
from tracking.models import ParcelException, TrackedParcel

Staff = Callable[[str], Client]


@pytest.fixture
def lost(acme: Merchant) -> TrackedParcel:
    """A parcel the carrier reports as lost."""
    parcel = a_handed_over_parcel(acme, an_order(acme))
    with merchant(acme):
        ParcelException.objects.create(parcel=parcel, kind="lost", reason="gone", opened_at=NOW)
    return parcel


@pytest.fixture
def claim(acme: Merchant, lost: TrackedParcel) -> Claim:
    return file_claim(
        merchant_id=acme.pk,
        tracking_number=lost.tracking_number,
        kind="loss",
        amount=None,
        statement="It never came.",
        actor=ACTOR,
        now=NOW,
    )


def give_evidence(owner: Merchant, claim: Claim) -> None:
    add_evidence(
        merchant_id=owner.pk,
        claim_number=claim.number,
        code="commercial_invoice",
        content=PDF,
        note="",
        actor=ACTOR,
        now=NOW,
    )


def test_claim_is_shown_with_its_proposal_and_decided_and_paid_once(
    staff: Staff, acme: Merchant, claim: Claim
) -> None:
    give_evidence(acme, claim)
    support = staff("support")
    listed = ask(support, "/staff/claims/").json()["claims"]
    assert [(row["number"], row["status"]) for row in listed] == [(claim.number, "open")]
    detail = ask(support, listed[0]["url"]).json()["claim"]
    assert detail["proposal"]["outcome"] == "approved"
    assert all(detail["proposal"]["reasons"])
    page = support.get(listed[0]["url"]).content.decode()
    assert "Approve and pay" in page
    assert support.get(detail["evidence"][0]["url"]).content == PDF
    decided = ask(support, listed[0]["decide_url"], {})
    assert decided.json()["claim"]["status"] == "paid"
    again = ask(support, listed[0]["decide_url"], {})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "claim")
    with merchant(acme):
        assert LedgerEntry.objects.count() == 1
    assert ask(support, "/staff/claims/").json()["claims"] == []
    assert claim.number in support.get("/staff/claims/?all=1").content.decode()
    assert support.get(listed[0]["url"]).status_code == 200


def test_claim_without_proof_asks_for_it(staff: Staff, acme: Merchant, claim: Claim) -> None:
    support = staff("support")
    decided = support.post(f"/staff/claims/{claim.pk}/decide/")
    assert decided.status_code == 302
    with merchant(acme):
        assert Claim.objects.get().status == "needs_evidence"
    assert "Commercial invoice" in support.get(f"/staff/claims/{claim.pk}/").content.decode()
    spoken = support.get(f"/staff/claims/{claim.pk}/", headers={"accept-language": "es"})
    said = spoken.content.decode()
    assert "Factura comercial" in said
    assert "UPU Convention" not in said
    assert "aftersales" not in said
    assert "Pequeño paquete postal (con seguimiento)" in said


def test_papers_that_belong_to_no_claim_are_not_shown(staff: Staff, acme: Merchant) -> None:
    from tests.floor import a_released_wave, label_for, parcels_of
    from warehouse.models import Warehouse

    wave = a_released_wave(acme, Warehouse.objects.get())
    booking = label_for(acme, parcels_of(acme, wave)[0])
    assert staff("support").get(f"/staff/documents/{booking.label_id}/").status_code == 404


def test_customs_releases_a_hold_and_the_order_goes_on(staff: Staff, acme: Merchant) -> None:
    order = an_order(acme, recipient_name="Erika Mustermann")
    with merchant(acme):
        Order.objects.filter(pk=order.pk).update(status="held")
        hold = Hold.objects.create(
            order=order, code="party", reason_code="party_match", reason="A listed name.",
            remedy="Compare birth dates.", released_by_role="staff:customs", raised_at=NOW,
        )  # fmt: skip
    customs = staff("customs")
    assert "A listed name." in customs.get("/staff/holds/").content.decode()
    listed = ask(customs, "/staff/holds/").json()["holds"]
    for silence in ({}, {"note": "  ok "}):
        refused = ask(customs, listed[0]["release_url"], silence)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "note")
    with merchant(acme):
        assert Hold.objects.get(pk=hold.pk).released_at is None
    reason = {"note": "Another birth date: passport seen."}
    released = ask(customs, listed[0]["release_url"], reason)
    assert released.json() == {"hold": hold.pk, "released": True, "order_accepted": True}
    assert ask(customs, listed[0]["release_url"], reason).status_code == 409
    with merchant(acme):
        [told] = history_of(history(subject_kind="order", subject_id=order.pk)[1:2])
        assert told.detail.endswith(reason["note"])
        assert Order.objects.get(pk=order.pk).status == "accepted"
        assert Job.objects.filter(kind="allocation.allocate", key=str(order.pk)).exists()
    assert ask(customs, "/staff/holds/").json()["holds"] == []


def test_hold_of_another_role_stays(staff: Staff, acme: Merchant) -> None:
    order = an_order(acme)
    with merchant(acme):
        hold = Hold.objects.create(
            order=order, code="restricted", reason_code="x", reason="A knife.", remedy="Ask.",
            released_by_role="staff:support", raised_at=NOW,
        )  # fmt: skip
    response = ask(staff("customs"), f"/staff/holds/{hold.pk}/release/", {"note": "permit 4711"})
    assert (response.status_code, response.json()["errors"][0]["field"]) == (403, "hold")
    with merchant(acme):
        assert Hold.objects.get().released_at is None


def test_exception_is_listed_and_closed_once(
    staff: Staff, acme: Merchant, lost: TrackedParcel
) -> None:
    support = staff("support")
    row = ask(support, "/staff/exceptions/").json()["exceptions"][0]
    assert (row["tracking_number"], row["words"]) == (lost.tracking_number, "Lost")
    assert lost.tracking_number in support.get("/staff/exceptions/").content.decode()
    assert ask(support, row["close_url"], {}).json()["closed"] is True
    assert ask(support, row["close_url"], {}).status_code == 409
    with merchant(acme):
        assert ParcelException.objects.get().closed_by == "staff:support@operator.example"


@pytest.mark.parametrize(
    "path",
    ["/staff/claims/99999999/", "/staff/claims/99999999999999999999999/",
     "/staff/documents/99999999/", "/staff/claims/?below=99999999999999999999999999",
     "/staff/claims/?below=%00"],
)  # fmt: skip
def test_unknown_numbers_are_no_server_error(staff: Staff, acme: Merchant, path: str) -> None:
    assert staff("support").get(path).status_code in (200, 404)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("floor", "/stations/"),
        ("customs", "/staff/holds/"),
        ("support", "/staff/claims/"),
        ("admin", "/stations/"),
    ],
)
def test_everybody_starts_on_the_screen_of_the_role(staff: Staff, role: str, allowed: str) -> None:
    client = staff(role)
    assert client.get("/staff/")["Location"] == allowed
    assert client.get(allowed).status_code == 200


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("floor", "/staff/claims/"),
        ("floor", "/staff/holds/"),
        ("floor", "/staff/exceptions/"),
        ("floor", "/records/"),
        ("customs", "/stations/"),
        ("customs", "/staff/claims/"),
        ("support", "/stations/pack/"),
        ("support", "/staff/holds/"),
    ],
)
def test_screens_of_other_roles_are_refused(staff: Staff, role: str, path: str) -> None:
    assert staff(role).get(path).status_code == 403
