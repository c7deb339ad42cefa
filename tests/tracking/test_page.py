"""The buyer's page: where the parcel is for whoever has the link, the rest for the postcode."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from core.models import Merchant
from core.tenancy import merchant
from flows.transit import tell
from tests.factories import NOW, a_handed_over_parcel, a_merchant, a_product, a_warehouse, an_order
from tracking.models import TrackedParcel
from tracking.services import NewEvent
from tracking.views.guard import TRIES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache(services: object) -> None:
    cache.clear()


@pytest.fixture
def owner(db: None) -> Merchant:
    a_warehouse()
    made = a_merchant("acme")
    a_product(made)
    return made


@pytest.fixture
def parcel(owner: Merchant) -> TrackedParcel:
    return a_handed_over_parcel(owner, an_order(owner, recipient_name="Erika Mustermann"))


def event(code: str, at: datetime, **fields: Any) -> NewEvent:
    values = {"source": "feed", "vendor": "UPU_EMSEVT", "vendor_event_id": f"{code}-{at}"}
    return NewEvent(code=code, happened_at=at, **{**values, **fields})


def report(owner: Merchant, parcel: TrackedParcel, *events: NewEvent) -> None:
    tell(merchant_id=owner.pk, parcel_id=parcel.pk, events=events)


def here(parcel: TrackedParcel) -> str:
    return f"/t/{parcel.link_token}/"


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


PERSONAL = ("Erika", "Mustermann", "Heidestraße", "10557", "Berlin", "Stoneware")


def test_the_link_shows_the_parcel_and_nothing_personal(parcel: TrackedParcel) -> None:
    response = Client().get(here(parcel))
    text = response.content.decode()
    assert response.status_code == 200
    assert parcel.tracking_number in text
    assert [word for word in PERSONAL if word in text] == []
    assert response["X-Robots-Tag"].startswith("noindex")
    assert response["Cache-Control"] == "private, no-store"
    assert "<script" not in text


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 5000, "%00", "..%5c", "€"])
def test_a_link_that_leads_nowhere_says_so(parcel: TrackedParcel, token: str) -> None:
    client = Client()
    assert "No parcel under this link" in text_of(client, f"/t/{token}/", 404)
    assert client.post(f"/t/{token}/reveal/", {"postcode": "10557"}).status_code == 404
    assert "No parcel" in text_of(client, f"/t/{parcel.link_token[:-1]}/", 404)


@pytest.mark.parametrize("said", ["10557", " 10 557 ", "１０５５７"])
def test_the_right_postcode_opens_the_rest_for_this_link_only(
    owner: Merchant, parcel: TrackedParcel, said: str
) -> None:
    other = a_handed_over_parcel(owner, an_order(owner))
    client = Client()
    answer = client.post(f"{here(parcel)}reveal/", {"postcode": said})
    assert answer.status_code == 302
    assert answer["Location"] == here(parcel)
    cookie = answer.cookies["waybridge_parcel"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (here(parcel), True, "Lax")
    text = text_of(client, here(parcel))
    assert [word for word in PERSONAL if word not in text] == []
    stranger = Client()
    stranger.cookies["waybridge_parcel"] = cookie.value
    assert "Heidestraße" not in text_of(stranger, here(other))
    assert "Heidestraße" not in text_of(Client(), here(parcel))


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "é"])
def test_a_forged_cookie_opens_nothing(parcel: TrackedParcel, cookie: str) -> None:
    client = Client()
    client.cookies["waybridge_parcel"] = cookie
    assert "Heidestraße" not in text_of(client, here(parcel))


def test_guesses_are_counted_and_then_even_the_right_one_is_refused(
    parcel: TrackedParcel,
) -> None:
    client = Client()
    for left in range(TRIES - 1, -1, -1):
        answer = client.post(f"{here(parcel)}reveal/", {"postcode": f"9999{left}"})
        assert answer.status_code == 400
        assert f"{left} tr" in answer.content.decode()
    refused = Client().post(f"{here(parcel)}reveal/", {"postcode": "10557"})
    assert refused.status_code == 429
    assert "Too many tries" in refused.content.decode()
    assert "Heidestraße" not in refused.content.decode()


@pytest.mark.parametrize(
    "said", [{}, {"postcode": ""}, {"postcode": "\x00"}, {"postcode": "1" * 9999}]
)
def test_a_strange_postcode_is_a_wrong_one(parcel: TrackedParcel, said: dict[str, str]) -> None:
    assert Client().post(f"{here(parcel)}reveal/", said).status_code == 400


def test_an_address_without_a_postcode_opens_to_nobody(owner: Merchant) -> None:
    order = an_order(owner)
    parcel = a_handed_over_parcel(owner, order)
    with merchant(owner):
        type(order).objects.filter(pk=order.pk).update(postal_code="")
    answer = Client().post(f"{here(parcel)}reveal/", {"postcode": ""})
    assert answer.status_code == 400
    assert "no postcode" in answer.content.decode()
    assert "Heidestraße" not in answer.content.decode()


def test_events_are_told_in_words_at_the_clock_of_their_place(
    owner: Merchant, parcel: TrackedParcel
) -> None:
    at = NOW.replace(hour=20, minute=5)
    report(
        owner, parcel,
        event("EMC", at, city="SHENZHEN", country="CN"),
        event("EMD", at + timedelta(days=1), city="Frankfurt", country="DE"),
    )  # fmt: skip
    text = text_of(Client(), here(parcel))
    assert re.search(r"21 Nov,? 04:05", text)
    assert "Shenzhen" in text
    assert "Left the country of origin" in text
    assert "<svg" in text


def test_expected_days_are_days_without_a_clock(parcel: TrackedParcel) -> None:
    text = text_of(Client(), here(parcel))
    assert "Will come" in text
    times = re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)">', text)
    with_clock = re.findall(r">[^<]*00:00[^<]*<", text)
    assert len(times) == 2
    assert with_clock == []


def test_a_lost_parcel_says_what_the_buyer_must_do(owner: Merchant, parcel: TrackedParcel) -> None:
    lost = event("lost", NOW, vendor="WAYBRIDGE", source="silence")
    report(owner, parcel, event("EMC", NOW - timedelta(hours=1), country="CN"), lost)
    with merchant(owner):
        parcel.refresh_from_db()
    text = text_of(Client(), here(parcel))
    assert parcel.problem == "lost"
    assert "Tell the seller" in text
    assert "Will come</dt><dd>Not known yet" in text


@pytest.mark.parametrize(
    ("query", "header", "wanted"),
    [("", "es-MX,es;q=0.9", "es"), ("?lang=zh-hans", "es", "zh-hans"), ("", "xx", "en"),
     ("?lang=%00", "", "en"), ("?lang=fr", "es", "es")],
)  # fmt: skip
def test_the_page_speaks_the_asked_language_else_the_browsers(
    parcel: TrackedParcel, query: str, header: str, wanted: str
) -> None:
    response = Client().get(f"{here(parcel)}{query}", HTTP_ACCEPT_LANGUAGE=header)
    assert f'<html lang="{wanted}"' in response.content.decode()
    assert response["Content-Language"] == wanted
    assert "Accept-Language" in response["Vary"]


def test_an_asked_language_lasts_over_the_postcode(parcel: TrackedParcel) -> None:
    client = Client()
    text = text_of(client, f"{here(parcel)}?lang=es")
    target = re.findall(r'action="([^"]+reveal[^"]*)"', text)[0]
    assert client.post(target, {"postcode": "10557"})["Location"] == f"{here(parcel)}?lang=es"
