"""What is sealed opens at its own place with a key we hold, and nowhere else."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from core.sealed import Place, Unsealable, is_newest, seal, unseal

PLACE = Place(merchant_id=7, table="orders_channelconnection", row="41", field="sealed_tokens")
OLD = base64.urlsafe_b64encode(b"o" * 32).decode()
NEW = base64.urlsafe_b64encode(b"n" * 32).decode()


@given(st.text(max_size=300))
def test_what_is_sealed_opens_at_its_place(plain: str) -> None:
    sealed = seal(plain, place=PLACE)
    assert unseal(sealed, place=PLACE) == plain


def test_the_same_text_is_sealed_differently_each_time_and_never_shown() -> None:
    first, second = (seal("a refresh token", place=PLACE) for _ in range(2))
    assert first != second
    assert "refresh" not in first


@pytest.mark.parametrize(
    "other",
    [
        replace(PLACE, merchant_id=8),
        replace(PLACE, table="orders_channel"),
        replace(PLACE, row="42"),
        replace(PLACE, field="sealed_return"),
    ],
)
def test_copied_elsewhere_it_does_not_open(other: Place) -> None:
    sealed = seal("a refresh token", place=PLACE)
    assert unseal(sealed, place=PLACE) == "a refresh token"
    with pytest.raises(Unsealable):
        unseal(sealed, place=other)


@pytest.mark.parametrize("index", [0, 3, -1, -20])
def test_a_changed_character_does_not_open(index: int) -> None:
    sealed = seal("a refresh token", place=PLACE)
    other = "A" if sealed[index] != "A" else "B"
    at = index % len(sealed)
    with pytest.raises(Unsealable):
        unseal(sealed[:at] + other + sealed[at + 1 :], place=PLACE)


@pytest.mark.parametrize("text", ["", "1", "1.abcdef01", "2.x.y", "not sealed at all", "1.é.ü"])
def test_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises(Unsealable):
        unseal(text, place=PLACE)


def test_a_key_is_changed_by_putting_the_new_one_in_front(settings: Any) -> None:
    settings.FIELD_KEY = OLD
    sealed = seal("token", place=PLACE)
    settings.FIELD_KEY = f"{NEW},{OLD}"
    assert unseal(sealed, place=PLACE) == "token"
    assert not is_newest(sealed)
    assert is_newest(seal("token", place=PLACE))
    settings.FIELD_KEY = NEW
    with pytest.raises(Unsealable, match="FIELD_KEY"):
        unseal(sealed, place=PLACE)


@pytest.mark.parametrize("text", ["", "short", "%%%", base64.b64encode(b"x" * 31).decode()])
def test_a_useless_key_refuses_to_start(text: str, settings: Any) -> None:
    settings.FIELD_KEY = text
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEY"):
        seal("token", place=PLACE)
