"""A refused declaration is corrected by a new one with a new LRN that names it, and goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import add_member
from core.jobs import ForAPerson
from core.models import Event, Job, Merchant
from core.tenancy import merchant
from customs.models import Declaration
from flows.clearance import follow, lodge_export, prepare
from integrations.customs.authority import LodgedDeclaration
from integrations.errors import Refused
from orders.models import Order, Product
from shipping.models import Booking
from tests.factories import (
    ACTOR,
    NOW,
    a_booked_parcel,
    a_merchant,
    a_product,
    a_warehouse,
    an_order,
)
from tests.floor import a_staff_member, ask, logged_in


class Authority:
    """Refuses while `faults` are set; keeps what it was told by LRN."""

    def __init__(self) -> None:
        self.faults: tuple[tuple[str, str, str], ...] = ()
        self.lodged: dict[str, Any] = {}

    def lodge(self, *, lrn: str, data: Any, **_: Any) -> LodgedDeclaration:
        if self.faults:
            message = "; ".join(text for _field, _code, text in self.faults)
            raise Refused(*self.faults[0][:2], message, status=422, faults=self.faults)
        self.lodged[lrn] = json.loads(json.dumps(data))
        return self.status(lrn)

    def status(self, lrn: str) -> LodgedDeclaration:
        return LodgedDeclaration(lrn, f"M-{lrn}", "released", "", "", timezone.now(), {})


@pytest.fixture
def customs(monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority()
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    monkeypatch.setattr("flows.clearance.authority", lambda: made)
    return made


@pytest.fixture
def owner(customs: Authority, db: None) -> Merchant:
    a_warehouse()
    owner = a_merchant("acme")
    a_product(owner)
    return owner


@pytest.fixture
def refused(owner: Merchant, customs: Authority) -> Declaration:
    """The export declaration, refused for the description of its goods."""
    booking: Booking = a_booked_parcel(owner, an_order(owner))
    told = {"booking_id": booking.pk}
    prepare(owner.pk, told)
    with merchant(owner):
        document = Declaration.objects.get(direction="export").elements
    name = next(key for key in document["lines"][0] if "gname" in key or "description" in key)
    customs.faults = ((f"data.lines[0].{name}", "vague", "The description is too vague."),)
    with pytest.raises(ForAPerson):
        lodge_export(owner.pk, told)
    customs.faults = ()
    with merchant(owner):
        return Declaration.objects.get(direction="export")


def product_fields(owner: Merchant, **changes: str) -> dict[str, str]:
    with merchant(owner):
        product = Product.objects.get()
    values = {
        "hs_code": product.hs_code, "origin_country": product.origin_country,
        "customs_description": product.customs_description, "weight_g": str(product.weight_g),
    }  # fmt: skip
    return {f"product-{product.pk}-{name}": text for name, text in {**values, **changes}.items()}


def page(declaration: Declaration) -> str:
    return f"/staff/declarations/{declaration.pk}/"


def exports(staff: Client) -> list[dict[str, Any]]:
    """The stopped export declarations; the import one lacks the buyer's data here."""
    listed = ask(staff, "/staff/declarations/").json()["declarations"]
    return [each for each in listed if each["direction"] == "export"]


def test_staff_see_what_was_refused_in_words(owner: Merchant, refused: Declaration) -> None:
    staff = logged_in(a_staff_member("customs"))
    [row] = exports(staff)
    [fault] = row["refused"]
    assert fault["said"] == "The description is too vague."
    assert fault["value"] == "Stoneware drinking mug"
    assert "line 1" in fault["where"]
    assert "Correct and lodge anew" in staff.get(page(refused)).content.decode()


def test_a_retry_without_correction_says_what_to_do(owner: Merchant, refused: Declaration) -> None:
    with pytest.raises(ForAPerson, match="Correct it"):
        lodge_export(owner.pk, {"booking_id": refused.booking_id})


def test_product_data_mended_by_staff_make_a_new_declaration_that_goes_on(
    owner: Merchant, refused: Declaration, customs: Authority
) -> None:
    staff = logged_in(a_staff_member("customs"))
    body = product_fields(owner, customs_description="Glazed stoneware mug for hot drinks, 350 ml")
    told = ask(staff, page(refused), body).json()["declaration"]
    assert told["lrn"] == f"{refused.lrn}-2"
    assert ask(staff, page(refused), body).status_code == 409
    with merchant(owner):
        old, new = Declaration.objects.filter(direction="export").order_by("id")
        assert (old.status, new.corrects_id, new.status) == ("refused", old.pk, "draft")
        assert old.superseded_at is not None
        job = Job.objects.get(kind="clearance.lodge_export")
        assert job.status == "queued"
        event = Event.objects.get(kind="declaration.corrected")
        assert (event.actor, event.data["corrects"]) == ("staff:customs@operator.example", old.lrn)
    lodge_export(owner.pk, {"booking_id": refused.booking_id})
    follow(owner.pk, {"declaration_id": new.pk})
    assert "Glazed stoneware mug" in json.dumps(customs.lodged[new.lrn])
    with merchant(owner):
        assert Declaration.objects.get(pk=new.pk).status == "released"
    assert exports(staff) == []
    assert new.lrn in staff.get(page(refused)).content.decode()


def test_a_value_of_the_declaration_itself_is_set_and_survives_a_new_draft(
    owner: Merchant, refused: Declaration, customs: Authority
) -> None:
    staff = logged_in(a_staff_member("customs"))
    shown = ask(staff, page(refused)).json()["declaration"]
    entry = next(each for each in shown["entries"] if each["value"] == "Stoneware drinking mug")
    told = ask(staff, page(refused), {entry["key"]: "Mug of stoneware"}).json()["declaration"]
    prepare(owner.pk, {"booking_id": refused.booking_id})
    lodge_export(owner.pk, {"booking_id": refused.booking_id})
    assert "Mug of stoneware" in json.dumps(customs.lodged[told["lrn"]])
    with merchant(owner):
        assert Product.objects.get().customs_description == "Stoneware drinking mug"


def test_a_correction_refused_again_is_corrected_again(
    owner: Merchant, refused: Declaration, customs: Authority
) -> None:
    staff = logged_in(a_staff_member("customs"))
    second = ask(staff, page(refused), {}).json()["declaration"]
    customs.faults = (("", "no", "Still no."),)
    with pytest.raises(ForAPerson):
        lodge_export(owner.pk, {"booking_id": refused.booking_id})
    third = ask(staff, second["url"], {}).json()["declaration"]
    assert third["lrn"] == f"{refused.lrn}-3"


@pytest.mark.parametrize(
    ("field", "value"),
    [("hs_code", "12"), ("hs_code", "990000"), ("origin_country", "XX"), ("weight_g", "0"),
     ("customs_description", "")],
)  # fmt: skip
def test_product_data_that_cannot_be_right_change_nothing(
    owner: Merchant, refused: Declaration, field: str, value: str
) -> None:
    staff = logged_in(a_staff_member("customs"))
    answer = ask(staff, page(refused), product_fields(owner, **{field: value}))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    with merchant(owner):
        assert Declaration.objects.filter(direction="export").count() == 1


def member(owner: Merchant, role: str) -> Client:
    user = User.objects.create_user(f"{role}@acme.example")
    with merchant(owner):
        add_member(user=user, role=role, actor=ACTOR, now=NOW)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_merchant_sees_and_mends_its_own(owner: Merchant, refused: Declaration) -> None:
    path = f"/customs/{refused.pk}/"
    reader, operations = member(owner, "read_only"), member(owner, "operations")
    body = product_fields(owner, customs_description="Glazed stoneware mug for hot drinks")
    assert "too vague" in reader.get(path).content.decode()
    assert reader.post(path, body).status_code == 403
    with merchant(owner):
        reference = Order.objects.get().reference
    assert refused.lrn in operations.get(f"/orders/{reference}/").content.decode()
    assert operations.post(path, product_fields(owner, hs_code="1")).status_code == 400
    assert operations.post(path, body).status_code == 302
    assert operations.post(path, body).status_code == 409
    with merchant(owner):
        assert Product.objects.get().customs_description == "Glazed stoneware mug for hot drinks"
        assert Declaration.objects.filter(corrects=refused.pk).exists()
    assert "too vague" in operations.get("/customs/").content.decode()
    assert operations.get("/").status_code == 200
