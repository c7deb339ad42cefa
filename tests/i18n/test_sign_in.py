"""The language is chosen before one has signed in, without a script, and `next` is kept."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/accounts/login/?next=%2Forders%2F%3Fq%3D1"
WORDS = (("zh-hans", "登录"), ("es", "Iniciar sesión"), ("en", "Sign in"))


@pytest.fixture(autouse=True)
def empty_cache(services: object) -> None:
    cache.clear()


def chosen(client: Client, page: Any, language: str) -> Any:
    """Press the button of a language on a page, as a browser without scripts does."""
    text = page.content.decode()
    form = re.search(r'action="/language/".*?</form>', text, re.DOTALL)
    assert form is not None
    assert f'name="language" value="{language}"' in form[0]
    back = re.search(r'name="next" value="([^"]*)"', form[0])
    assert back is not None
    return client.post("/language/", {"language": language, "next": unescape(back[1])}, follow=True)


@pytest.mark.parametrize(("language", "words"), WORDS)
def test_the_sign_in_page_speaks_the_chosen_language_and_keeps_next(
    language: str, words: str
) -> None:
    client = Client()
    page = chosen(client, client.get(PAGE), language)
    text = page.content.decode()
    assert f'<html lang="{language}"' in text
    assert words in text
    assert 'name="next" value="/orders/?q=1"' in text
    assert page.redirect_chain == [(PAGE, 302)]


def test_a_refused_sign_in_keeps_next_through_the_choice() -> None:
    client = Client()
    refused = client.post(
        "/accounts/login/", {"login": "a@b.example", "password": "x", "next": "/orders/"}
    )
    text = chosen(client, refused, "es").content.decode()
    assert '<html lang="es"' in text
    assert 'name="next" value="/orders/"' in text


@pytest.mark.parametrize("path", ["/accounts/password/reset/", "/invitations/over/"])
def test_other_pages_before_the_sign_in_have_the_choice(path: str) -> None:
    client = Client()
    page = chosen(client, client.get(path), "zh-hans")
    assert page.redirect_chain == [(path, 302)]
    assert '<html lang="zh-hans"' in page.content.decode()


def test_the_choice_leads_to_no_other_site() -> None:
    answer = Client().post("/language/", {"language": "es", "next": "https://evil.example/"})
    assert "evil" not in answer["Location"]
