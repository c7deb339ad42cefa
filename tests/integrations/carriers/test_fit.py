"""Texts and amounts fit a partner's fields whole, or are refused by name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.carriers import fit
from integrations.errors import Refused


def test_lines_that_fit_stay_as_they_are() -> None:
    assert fit.lines(("Flat 2", " ", "7 High St"), field="s", count=3, longest=45) == (
        "Flat 2",
        "7 High St",
    )


def test_a_long_line_breaks_between_words() -> None:
    text = "Avenida de la Constitución número 1234 escalera B piso 5 puerta izquierda"
    got = fit.lines((text,), field="s", count=3, longest=45)
    assert got == (
        "Avenida de la Constitución número 1234",
        "escalera B piso 5 puerta izquierda",
    )


def test_four_short_lines_flow_into_three() -> None:
    assert fit.lines(("a", "b", "c", "d"), field="s", count=3, longest=45) == ("a b c d",)


def test_chinese_breaks_between_characters_but_never_inside_a_number() -> None:
    got = fit.lines(("信義路五段十二號1234567樓",), field="s", count=3, longest=10)
    assert got == ("信義路五段十二", "號1234567樓")
    assert "".join(got) == "信義路五段十二號1234567樓"


@pytest.mark.parametrize("text", ["x" * 46, "word " * 40, "数" * 200])
def test_an_address_that_cannot_fit_is_refused_not_cut(text: str) -> None:
    with pytest.raises(Refused) as raised:
        fit.lines((text,), field="recipient.street_lines", count=3, longest=45)
    assert (raised.value.field, raised.value.code) == ("recipient.street_lines", "too_long")


def test_no_address_at_all_is_refused() -> None:
    with pytest.raises(Refused) as raised:
        fit.lines(("", " "), field="street", count=3, longest=45)
    assert raised.value.code == "required"


@given(st.lists(st.text(alphabet="ab 1九龍é", min_size=1, max_size=60), min_size=1, max_size=5))
def test_wrapping_loses_and_adds_nothing(given_lines: list[str]) -> None:
    try:
        got = fit.lines(given_lines, field="s", count=3, longest=45)
    except Refused:
        return
    assert len(got) <= 3
    assert all(0 < len(line) <= 45 for line in got)
    assert "".join("".join(got).split()) == "".join("".join(given_lines).split())


def test_a_summary_says_how_many_more() -> None:
    assert fit.summary(["Shirt", "Shirt", "Hat"], field="c", longest=70) == "Shirt; Hat"
    assert fit.summary(["Shirt " * 9, "Hat " * 9], field="c", longest=60) == (
        "Shirt Shirt Shirt Shirt Shirt Shirt Shirt Shirt and 1 more"
    )


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1.0001", "precision"),
        ("NaN", "precision"),
        ("Infinity", "precision"),
        ("-1", "out_of_range"),
        ("1e12", "out_of_range"),
    ],
)
def test_amounts_that_would_lose_digits_are_refused(value: str, code: str) -> None:
    with pytest.raises(Refused) as raised:
        fit.number(Decimal(value), field="declared_value")
    assert (raised.value.field, raised.value.code) == ("declared_value", code)


@given(st.decimals(min_value=0, max_value=Decimal(999999999999), places=3))
def test_amounts_survive_the_way_through_json(value: Decimal) -> None:
    assert Decimal(repr(fit.number(value, field="v"))) == value


def test_weights_and_sizes_are_kilograms_and_centimetres() -> None:
    assert fit.kilograms(1, field="w") == 0.001
    assert fit.centimetres(305, field="l") == 30.5
    for act in (fit.kilograms, fit.centimetres):
        with pytest.raises(Refused):
            act(0, field="w")
