"""Asked into a team by a letter: sent, seen, accepted once, withdrawn, expired."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation, InvitationLookup, Member, User
from accounts.services import key_hmac
from core.models import Event
from core.tenancy import merchant
from flows.suspension import suspend
from tests.dashboard.conftest import Shop

pytestmark = pytest.mark.django_db
WORDS = "a long and unusual sentence"
NEW = {"full_name": "María Núñez", "password": WORDS, "again": WORDS}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def invited(shop: Shop, email: str, role: str = "finance") -> str:
    """Invite an address through the page; return the link's path from the letter."""
    answer = shop.client().post("/settings/team/invite/", {"email": email, "role": role})
    assert answer.status_code == 302
    return link_in(mail.outbox[-1])


def link_in(letter: Any) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/invitations/\S+/)", str(letter.body))
    assert found is not None
    return found[1]


def invitation_of(shop: Shop, email: str) -> Invitation:
    with merchant(shop.owner):
        return Invitation.objects.filter(email=email).latest("id")


def change(shop: Shop, email: str, **fields: Any) -> None:
    with merchant(shop.owner):
        Invitation.objects.filter(email=email).update(**fields)


def team(shop: Shop) -> dict[str, str]:
    with merchant(shop.owner):
        return dict(Member.objects.filter(is_active=True).values_list("user__email", "role"))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_a_new_person_makes_an_account_and_is_in(shop: Shop) -> None:
    path = invited(shop, "New.Person@Example.com")
    (letter,) = mail.outbox
    assert letter.to == ["new.person@example.com"]
    assert "Acme" in letter.subject
    assert "new.person@example.com" not in team(shop)
    visitor = Client()
    page = visitor.get(path)
    assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
    assert page["Referrer-Policy"] == "same-origin"
    inside = visitor.post(path, NEW, follow=True)
    assert "You are in the team of Acme." in inside.content.decode()
    assert team(shop)["new.person@example.com"] == "finance"
    assert User.objects.get(email="new.person@example.com").full_name == "María Núñez"
    fresh = Client()
    fresh.post("/accounts/login/", {"login": "new.person@example.com", "password": WORDS})
    assert fresh.get("/").status_code == 200


def test_a_link_works_once(shop: Shop) -> None:
    path = invited(shop, "once@example.com")
    Client().post(path, NEW)
    assert Client().get(path).status_code == 404
    assert Client().post(path, NEW).status_code == 404
    assert not InvitationLookup.objects.exists()


def test_only_the_hash_of_a_link_is_kept(shop: Shop) -> None:
    token = invited(shop, "hash@example.com").split("/")[2]
    assert len(token) >= 43
    assert InvitationLookup.objects.get().token_hmac == key_hmac(token)
    with merchant(shop.owner):
        kept = [str(row) for row in Invitation.objects.values()] + [
            str(row) for row in Event.objects.values()
        ]
    assert [row for row in kept if token in row] == []


def test_a_known_person_signs_in_and_accepts_and_shows_nothing_before(
    shop: Shop, other_shop: Shop
) -> None:
    person = other_shop.people["owner"]
    person.full_name = "Name Elsewhere"
    person.save(update_fields=["full_name"])
    path = invited(shop, person.email, "read_only")
    assert person.email not in team(shop)
    assert "Name Elsewhere" not in shop.client().get("/settings/team/").content.decode()
    client = browser(person)
    assert "Accept the invitation" in client.get(path).content.decode()
    inside = client.post(path, follow=True).content.decode()
    assert "You are in the team of Acme." in inside
    assert team(shop)[person.email] == "read_only"
    assert "Name Elsewhere" in shop.client().get("/settings/team/").content.decode()


OF_THE_MOMENT = r'value="\w{64}"|/\d+/|title="[^"]*"|<time .*?</time>'
"""What of a page differs from one answer to the next, whoever was asked in."""


def test_the_owner_cannot_tell_a_known_address_from_an_unknown_one(
    shop: Shop, other_shop: Shop
) -> None:
    """The same answer, page and letter, but for the address and the link."""
    told = []
    for email in (other_shop.people["owner"].email, "nobody@knows.example"):
        client = shop.client()
        answer = client.post("/settings/team/invite/", {"email": email, "role": "finance"})
        page = client.get("/settings/team/").content.decode()
        row = re.search(
            rf'<tr><td class="strong wrap-any">{re.escape(email)}.*?</tr>', page, re.DOTALL
        )
        assert row is not None
        letter = mail.outbox[-1]
        path = link_in(letter)
        texts = (row[0], letter.subject, str(letter.body), Client().get(path).content.decode())
        plain = [text.replace(email, "").replace(path.split("/")[2], "") for text in texts]
        told.append([re.sub(OF_THE_MOMENT, "", text) for text in plain])
        assert answer.status_code == 302
    assert told[0] == told[1]


def test_another_person_cannot_accept(shop: Shop, other_shop: Shop) -> None:
    path = invited(shop, "wanted@example.com", "owner")
    client = browser(other_shop.people["owner"])
    page = client.get(path).content.decode()
    assert "this invitation is for another address" in page
    assert client.post(path).status_code == 403
    assert other_shop.people["owner"].email not in team(shop)
    signed_out = client.post("/accounts/logout/", {"next": path})
    assert signed_out["Location"] == path


def test_a_stranger_with_the_link_does_not_get_into_an_account_that_exists(
    shop: Shop, other_shop: Shop
) -> None:
    person = other_shop.people["owner"]
    path = invited(shop, person.email, "owner")
    visitor = Client()
    answer = visitor.post(path, NEW)
    assert answer.status_code == 400
    assert "_auth_user_id" not in visitor.session
    assert person.email not in team(shop)
    assert not User.objects.get(pk=person.pk).check_password(WORDS)


@pytest.mark.parametrize(
    "wrong",
    [{"full_name": ""}, {"again": "another sentence"}, {"password": "short", "again": "short"},
     {"password": "password123", "again": "password123"}, {"full_name": "a\x00b"}],
)  # fmt: skip
def test_a_wrong_form_is_explained_and_the_link_stays(shop: Shop, wrong: dict[str, str]) -> None:
    path = invited(shop, "slip@example.com")
    visitor = Client()
    answer = visitor.post(path, {**NEW, **wrong})
    assert answer.status_code == 400
    assert 'class="errorlist"' in answer.content.decode()
    assert not User.objects.filter(email="slip@example.com").exists()
    assert visitor.post(path, NEW).status_code == 302


def test_a_withdrawn_an_expired_and_a_replaced_link_are_over(shop: Shop) -> None:
    client = shop.client()
    withdrawn = invited(shop, "gone@example.com")
    pk = invitation_of(shop, "gone@example.com").pk
    client.post(f"/settings/team/invitations/{pk}/revoke/")
    expired = invited(shop, "late@example.com")
    change(shop, "late@example.com", expires_at=timezone.now() - timedelta(seconds=1))
    replaced = invited(shop, "again@example.com")
    pk = invitation_of(shop, "again@example.com").pk
    change(shop, "again@example.com", sent_at=timezone.now() - timedelta(hours=1))
    client.post(f"/settings/team/invitations/{pk}/resend/")
    assert len(mail.outbox) == 4
    for path in (withdrawn, expired, replaced, "/invitations/nonsense/", "/invitations/é/"):
        assert Client().get(path).status_code == 404
        assert Client().post(path, NEW).status_code == 404
    assert len(team(shop)) == 4
    assert Client().get(link_in(mail.outbox[-1])).status_code == 200


def test_a_letter_is_not_sent_twice_in_a_minute(shop: Shop) -> None:
    invited(shop, "often@example.com")
    client, pk = shop.client(), invitation_of(shop, "often@example.com").pk
    answer = client.post(f"/settings/team/invitations/{pk}/resend/", follow=True)
    assert "wait a minute" in answer.content.decode()
    twice = client.post("/settings/team/invite/", {"email": "often@example.com", "role": "finance"})
    assert twice.status_code == 400
    assert len(mail.outbox) == 1


def test_an_expired_address_may_be_invited_anew(shop: Shop) -> None:
    invited(shop, "late@example.com", "read_only")
    change(shop, "late@example.com", expires_at=timezone.now() - timedelta(seconds=1))
    assert "Expired" in shop.client().get("/settings/team/").content.decode()
    path = invited(shop, "late@example.com", "finance")
    Client().post(path, NEW)
    assert team(shop)["late@example.com"] == "finance"


def test_somebody_settled_before_is_not_settled_again(shop: Shop) -> None:
    invited(shop, "gone@example.com")
    client, pk = shop.client(), invitation_of(shop, "gone@example.com").pk
    change(shop, "gone@example.com", sent_at=timezone.now() - timedelta(hours=1))
    client.post(f"/settings/team/invitations/{pk}/revoke/")
    for act in ("revoke", "resend"):
        answer = client.post(f"/settings/team/invitations/{pk}/{act}/", follow=True)
        assert "accepted or withdrawn before" in answer.content.decode()
    assert len(mail.outbox) == 1


def test_a_merchant_may_have_so_many_waiting(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.services.invitations.MOST_PENDING", 1)
    invited(shop, "first@example.com")
    answer = shop.client().post(
        "/settings/team/invite/", {"email": "second@example.com", "role": "finance"}
    )
    assert answer.status_code == 400
    assert len(mail.outbox) == 1


def test_without_a_mail_server_the_owner_sees_the_link_once(shop: Shop, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    client = shop.client()
    answer = client.post("/settings/team/invite/", {"email": "here@example.com", "role": "finance"})
    shown = re.search(r'id="new-link">http://127\.0\.0\.1:8000(/invitations/[^<]+)<',
                      answer.content.decode())  # fmt: skip
    assert shown is not None
    assert answer["Cache-Control"] == "private, no-store"
    assert shown[1] not in client.get("/settings/team/").content.decode()
    Client().post(shown[1], NEW)
    assert team(shop)["here@example.com"] == "finance"


def test_a_letter_that_does_not_go_is_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> int:
        raise ConnectionRefusedError("no mail server there")

    monkeypatch.setattr("accounts.letters.send_mail", refuse)
    answer = shop.client().post(
        "/settings/team/invite/", {"email": "lost@example.com", "role": "finance"}, follow=True
    )
    text = answer.content.decode()
    assert "could not be sent" in text
    assert "/invitations/" + "x" not in text
    assert "lost@example.com" in text


def test_a_suspended_merchant_lets_nobody_join(shop: Shop) -> None:
    path = invited(shop, "late@example.com")
    suspend(merchant_id=shop.owner.pk, reason="unpaid", actor="staff:x", now=timezone.now())
    assert Client().get(path).status_code == 404
    assert Client().post(path, NEW).status_code == 404
    assert "late@example.com" not in team(shop)


def test_another_merchants_invitation_does_not_exist(shop: Shop, other_shop: Shop) -> None:
    invited(other_shop, "theirs@example.com")
    pk = invitation_of(other_shop, "theirs@example.com").pk
    for act in ("revoke", "resend"):
        assert shop.client().post(f"/settings/team/invitations/{pk}/{act}/").status_code == 404
    assert "theirs@example.com" not in shop.client().get("/settings/team/").content.decode()
    assert invitation_of(other_shop, "theirs@example.com").status == "pending"


def test_the_history_says_who_invited_whom_into_what(shop: Shop) -> None:
    Client().post(invited(shop, "seen@example.com"), NEW)
    with merchant(shop.owner):
        said = Event.objects.filter(kind__in=["invitation.sent", "member.added"]).order_by("-id")
        newest = [(event.kind, event.actor, event.data) for event in said[:2]]
    assert newest == [
        ("member.added", "user:seen@example.com", {"role": "finance"}),
        ("invitation.sent", "user:owner@acme.example", {"role": "finance"}),
    ]
