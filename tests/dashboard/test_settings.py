"""The team, its keys, the merchant and the language a person has chosen."""

from __future__ import annotations

import re

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from accounts.models import ApiKey, Invitation, Member, MembershipLookup, User
from accounts.services import add_member
from core.documents import store
from core.models import Document
from core.tenancy import merchant
from tests.dashboard.conftest import Shop
from tests.factories import ACTOR, NOW

pytestmark = pytest.mark.django_db


def member_of(shop: Shop, email: str) -> Member:
    with merchant(shop.owner):
        return Member.objects.get(user__email=email)


def a_document(shop: Shop) -> Document:
    return store(
        merchant_id=shop.owner.pk, kind="commercial_invoice", number="INV-000001",
        subject_kind="order", subject_id=1, content=b"%PDF-1.7 test",
        content_type="application/pdf", now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    "sent",
    [{}, {"email": "no address", "role": "finance"}, {"email": "a@b.example", "role": "king"},
     {"email": "a\x00@b.example", "role": "finance"},
     {"email": "owner@acme.example", "role": "finance"},
     {"email": "FINANCE@acme.example", "role": "owner"}],
)  # fmt: skip
def test_a_wrong_invitation_is_explained(shop: Shop, sent: dict[str, str]) -> None:
    response = shop.client().post("/settings/team/invite/", sent)
    assert response.status_code == 400
    assert 'class="errorlist"' in response.content.decode()
    assert member_of(shop, "finance@acme.example").role == "finance"


def test_an_owner_changes_roles_but_not_the_own_one(shop: Shop) -> None:
    client = shop.client()
    theirs, mine = member_of(shop, "finance@acme.example"), member_of(shop, "owner@acme.example")
    client.post(f"/settings/team/{theirs.pk}/role/", {"role": "read_only"})
    assert client.post(f"/settings/team/{mine.pk}/role/", {"role": "finance"}).status_code == 404
    assert client.post(f"/settings/team/{mine.pk}/remove/").status_code == 404
    client.post(f"/settings/team/{theirs.pk}/role/", {"role": "emperor"})
    assert member_of(shop, "finance@acme.example").role == "read_only"
    assert member_of(shop, "owner@acme.example").role == "owner"


def test_a_removed_member_is_out_at_once(shop: Shop) -> None:
    inside = shop.client("finance")
    assert inside.get("/").status_code == 200
    member = member_of(shop, "finance@acme.example")
    shop.client().post(f"/settings/team/{member.pk}/remove/")
    assert inside.get("/").status_code == 403
    assert not MembershipLookup.objects.filter(user=shop.people["finance"]).exists()


def test_another_merchants_member_and_key_do_not_exist(shop: Shop, other_shop: Shop) -> None:
    theirs = member_of(other_shop, "finance@rival.example")
    client = shop.client()
    assert client.post(f"/settings/team/{theirs.pk}/remove/").status_code == 404
    assert client.post(f"/settings/team/{theirs.pk}/role/", {"role": "owner"}).status_code == 404
    other_shop.client().post("/settings/keys/", {"name": "ERP", "role": "operations"})
    with merchant(other_shop.owner):
        key = ApiKey.objects.get()
    assert client.post(f"/settings/keys/{key.pk}/revoke/").status_code == 404
    with merchant(other_shop.owner):
        assert ApiKey.objects.get().revoked_at is None


def test_a_key_is_shown_once_works_and_is_ended(shop: Shop) -> None:
    client = shop.client()
    made = client.post("/settings/keys/", {"name": "ERP", "role": "operations"})
    shown = re.search(r'id="new-key">(wb_[^<]+)<', made.content.decode())
    assert shown is not None
    assert made["Cache-Control"] == "private, no-store"
    assert shown[1] not in client.get("/settings/keys/").content.decode()
    key = {"HTTP_AUTHORIZATION": f"Bearer {shown[1]}"}
    assert Client().get("/api/v1/orders", **key).status_code == 200  # type: ignore[arg-type]
    with merchant(shop.owner):
        key_id = ApiKey.objects.get().pk
    client.post(f"/settings/keys/{key_id}/revoke/")
    assert Client().get("/api/v1/orders", **key).status_code == 401  # type: ignore[arg-type]
    again = client.post(f"/settings/keys/{key_id}/revoke/", follow=True)
    assert b"was revoked before" in again.content


@pytest.mark.parametrize("sent", [{}, {"name": "x", "role": "owner"}, {"name": "", "role": "x"}])
def test_a_key_form_that_lacks_something_says_so(shop: Shop, sent: dict[str, str]) -> None:
    response = shop.client().post("/settings/keys/", sent)
    assert response.status_code == 400
    with merchant(shop.owner):
        assert not ApiKey.objects.exists()


@pytest.mark.parametrize("role", ["operations", "finance", "read_only"])
def test_only_an_owner_changes_the_team_and_its_keys(shop: Shop, role: str) -> None:
    client = shop.client(role)
    member = member_of(shop, "owner@acme.example")
    sent = {"email": "x@y.example", "role": "owner", "name": "k"}
    for path in ("invite/", f"{member.pk}/role/", f"{member.pk}/remove/"):
        assert client.post(f"/settings/team/{path}", sent).status_code == 403
    assert client.post("/settings/keys/", sent).status_code == 403
    with merchant(shop.owner):
        assert not Invitation.objects.exists()


def test_a_member_of_two_merchants_goes_over_from_one_to_the_other(
    shop: Shop, other_shop: Shop
) -> None:
    with merchant(other_shop.owner):
        add_member(user=shop.people["owner"], role="read_only", actor=ACTOR, now=NOW)
    client = shop.client()
    assert "/merchants/" in client.get("/").content.decode()
    client.post("/merchants/", {"merchant": str(other_shop.owner.pk)})
    text = client.get("/").content.decode()
    assert "Rival" in text
    assert client.get("/settings/team/").status_code == 403


@pytest.mark.parametrize("wanted", ["", "x", "999999"])
def test_nobody_goes_over_to_a_merchant_they_do_not_belong_to(
    shop: Shop, other_shop: Shop, wanted: str
) -> None:
    client = shop.client()
    client.post("/merchants/", {"merchant": wanted or str(other_shop.owner.pk)})
    assert "Acme" in client.get("/").content.decode()
    assert "/merchants/" not in client.get("/").content.decode()


def test_a_member_removed_from_the_open_merchant_is_told_and_nothing_is_done_to_the_other(
    shop: Shop, other_shop: Shop
) -> None:
    person = shop.people["finance"]
    with merchant(other_shop.owner):
        add_member(user=person, role="owner", actor=ACTOR, now=NOW)
        theirs = Member.objects.get(user__email="read_only@rival.example")
    client = shop.client("finance")
    assert "Acme" in client.get("/").content.decode()
    mine = member_of(shop, person.email)
    shop.client().post(f"/settings/team/{mine.pk}/remove/")
    answer = client.post(f"/settings/team/{theirs.pk}/remove/", follow=True)
    text = answer.content.decode()
    assert "You are no longer in the team of Acme. What you see now is Rival." in text
    assert "What you sent was not done." in text
    with merchant(other_shop.owner):
        assert Member.objects.get(pk=theirs.pk).is_active
    assert "no longer in the team" not in client.get("/").content.decode()


def test_a_member_of_no_team_any_more_is_told(shop: Shop) -> None:
    client = shop.client("finance")
    client.get("/")
    mine = member_of(shop, "finance@acme.example")
    shop.client().post(f"/settings/team/{mine.pk}/remove/")
    answer = client.get("/orders/")
    assert answer.status_code == 403
    assert "You are no longer in the team of Acme." in answer.content.decode()


def test_the_language_is_kept_in_a_cookie(shop: Shop) -> None:
    client = shop.client()
    client.post("/language/", {"language": "es", "next": "/orders/"})
    assert '<html lang="es"' in client.get("/orders/").content.decode()
    elsewhere = client.post("/language/", {"language": "es", "next": "https://evil.example/"})
    assert "evil" not in elsewhere["Location"]


def test_a_document_is_given_out_whole_and_only_to_its_merchant(
    shop: Shop, other_shop: Shop
) -> None:
    document = a_document(shop)
    for role in ("owner", "read_only"):
        got = shop.client(role).get(f"/documents/{document.pk}/")
        assert got.content == b"%PDF-1.7 test"
        assert got["Content-Type"] == "application/pdf"
        assert (
            got["Content-Disposition"] == 'attachment; filename="commercial_invoice-INV-000001.pdf"'
        )
    assert other_shop.client().get(f"/documents/{document.pk}/").status_code == 404


def test_a_document_whose_file_was_changed_is_not_given_out(shop: Shop) -> None:
    document = a_document(shop)
    with default_storage.open(document.storage_name, "wb") as stored:
        stored.write(b"%PDF-1.7 other")
    response = shop.client().get(f"/documents/{document.pk}/", follow=True)
    assert b"damaged or missing" in response.content


def test_nobody_takes_on_an_address_that_another_team_may_invite(shop: Shop) -> None:
    # The library's page would change the address without a proof that it is one's own.
    client = shop.client("read_only")
    said = {"email": "next.boss@rival.example"}
    for action in ("action_add", "action_primary"):
        assert client.post("/accounts/email/", {action: "", **said}).status_code == 404
    assert client.get("/accounts/email/").status_code == 404
    assert not User.objects.filter(email=said["email"]).exists()


def test_a_persons_pages_are_kept_by_no_cache(shop: Shop) -> None:
    for path in ("/", "/orders/", "/settings/team/", "/settings/keys/"):
        assert shop.client().get(path)["Cache-Control"] == "private, no-store"
