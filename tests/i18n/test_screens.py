"""The doors answer in the language of the browser, or in the one chosen by cookie."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize(
    ("asked", "spoken", "heading"),
    [
        ("es-MX,es;q=0.9", "es", "Iniciar sesión"),
        ("zh-CN,zh;q=0.9", "zh-hans", "登录"),
        ("de", "en", "Sign in"),
    ],
)
def test_the_sign_in_page_follows_the_browser(
    db: None, asked: str, spoken: str, heading: str
) -> None:
    page = Client().get(reverse("account_login"), headers={"accept-language": asked})
    assert page.status_code == 200
    assert page.headers["Content-Language"] == spoken
    assert heading in page.content.decode()


def test_the_chosen_language_wins_over_the_browsers(db: None) -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    page = client.get(reverse("account_login"), headers={"accept-language": "zh-CN"})
    assert "Iniciar sesión" in page.content.decode()
