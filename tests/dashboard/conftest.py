"""A merchant with a team, and another one whose rows nobody of the first may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.services import add_member
from core.models import Merchant
from core.tenancy import merchant
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse

ROLES = ("owner", "operations", "finance", "read_only")


@dataclass(frozen=True)
class Shop:
    """One merchant and its people by role."""

    owner: Merchant
    people: dict[str, User]

    def client(self, role: str = "owner") -> Client:
        """A browser in which the person of that role is logged in."""
        client = Client()
        client.force_login(
            self.people[role], backend="allauth.account.auth_backends.AuthenticationBackend"
        )
        return client


def a_shop(code: str) -> Shop:
    owner = a_merchant(code)
    people = {}
    for role in ROLES:
        # No password: hashing one takes longer than most of these tests.
        user = User.objects.create_user(f"{role}@{code}.example")
        with merchant(owner):
            add_member(user=user, role=role, actor=ACTOR, now=NOW)
        people[role] = user
    return Shop(owner, people)


@pytest.fixture(autouse=True)
def empty_cache(services: object) -> Iterator[None]:
    """Guesses and rates of one test are none of the next one's business."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shop(db: None) -> Shop:
    """A merchant with stock of one product."""
    a_warehouse()
    made = a_shop("acme")
    a_product(made.owner)
    return made


@pytest.fixture
def other_shop(shop: Shop) -> Shop:
    """Another merchant with the same product."""
    made = a_shop("rival")
    a_product(made.owner)
    return made


@pytest.fixture
def page(shop: Shop) -> Callable[..., str]:
    """The text of a page that answers 200: `page("/orders/")`, `page("/", "finance")`."""

    def get(path: str, role: str = "owner") -> str:
        response = shop.client(role).get(path)
        assert response.status_code == 200, response.content[:500]
        return response.content.decode()

    return get
