"""A team keeps an owner whatever happens at once; a form of one merchant is none of another's."""

from __future__ import annotations

import re
from functools import partial

import pytest
from django.test import Client

from accounts.models import Invitation, Member, User
from accounts.services import LastOwner, add_member, remove_member
from core.models import Merchant
from core.tenancy import merchant
from tests.dashboard.conftest import Shop
from tests.factories import ACTOR, NOW, a_merchant
from tests.flows.racing import at_once


def owners(owner: Merchant) -> list[Member]:
    with merchant(owner):
        return list(Member.objects.filter(role="owner", is_active=True).order_by("id"))


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one() -> None:
    acme = a_merchant("acme")
    with merchant(acme):
        for name in ("one", "two"):
            user = User.objects.create_user(f"{name}@acme.example")
            add_member(user=user, role="owner", actor=ACTOR, now=NOW)

    def remove(member: Member) -> bool:
        with merchant(acme):
            return remove_member(member_id=member.pk, actor=ACTOR, now=NOW)

    results = at_once([partial(remove, each) for each in owners(acme)])
    assert sorted(type(each).__name__ for each in results) == ["LastOwner", "bool"]
    assert len(owners(acme)) == 1


@pytest.mark.django_db
def test_the_only_owner_can_neither_be_removed_nor_be_something_else(shop: Shop) -> None:
    [last] = owners(shop.owner)
    with merchant(shop.owner), pytest.raises(LastOwner):
        remove_member(member_id=last.pk, actor=ACTOR, now=NOW)
    with merchant(shop.owner), pytest.raises(LastOwner):
        add_member(user=last.user, role="finance", actor=ACTOR, now=NOW)
    with merchant(shop.owner):
        add_member(user=last.user, role="owner", actor=ACTOR, now=NOW)
        helper = Member.objects.get(user__email="finance@acme.example")
        assert remove_member(member_id=helper.pk, actor=ACTOR, now=NOW)
    assert owners(shop.owner) == [last]


@pytest.fixture
def both(shop: Shop) -> tuple[Client, Merchant]:
    """An owner of two merchants, with the first one open."""
    second = a_merchant("second")
    with merchant(second):
        add_member(user=shop.people["owner"], role="owner", actor=ACTOR, now=NOW)
    client = shop.client()
    assert client.get("/settings/team/").status_code == 200
    return client, second


def sent_for(client: Client, page: str) -> str:
    found = re.search(r'name="sent_for" value="(\d+)"', client.get(page).content.decode())
    assert found is not None
    return found[1]


@pytest.mark.django_db
def test_a_form_from_before_the_switch_does_nothing_to_the_new_merchant(
    shop: Shop, both: tuple[Client, Merchant]
) -> None:
    client, second = both
    drawn = sent_for(client, "/settings/team/")
    assert drawn == str(shop.owner.pk)
    invite = {"email": "new@acme.example", "role": "finance", "sent_for": drawn}
    assert client.post("/merchants/", {"merchant": second.pk, "sent_for": drawn}).status_code == 302
    refused = client.post("/settings/team/invite/", invite, follow=True)
    said = refused.content.decode()
    assert shop.owner.name in said
    assert "It was not done" in said
    for owner in (shop.owner, second):
        with merchant(owner):
            assert not Member.objects.filter(user__email="new@acme.example").exists()
    with merchant(second):
        assert Invitation.objects.count() == 0
    assert sent_for(client, "/settings/team/") == str(second.pk)
    again = {**invite, "sent_for": str(second.pk)}
    client.post("/settings/team/invite/", again)
    with merchant(second):
        assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_a_stranger_s_merchant_is_not_named(shop: Shop, both: tuple[Client, Merchant]) -> None:
    stranger = a_merchant("stranger")
    client, _second = both
    form = {"email": "n@acme.example", "role": "finance", "sent_for": str(stranger.pk)}
    said = client.post("/settings/team/invite/", form, follow=True).content.decode()
    assert "another merchant" in said
    assert stranger.name not in said
