from __future__ import annotations

import pytest

from customs.rules.stopwords import check_description


@pytest.mark.parametrize(
    "description",
    [
        "Men's cotton T-shirt, knitted",
        "Cardboard boxes for gifts",
        "Bluetooth headphones with microphone",
        "USB-C charging cables",
        "Funda de silicona para teléfono",
    ],
)
def test_a_description_that_says_what_it_is_passes(description: str) -> None:
    assert check_description(description) is None


@pytest.mark.parametrize(
    ("description", "code"),
    [
        ("", "description_empty"),
        ("  ", "description_empty"),
        ("Gift", "description_stop_word"),
        ("GIFTS AND ACCESSORIES", "description_stop_word"),
        ("gift, accessories", "description_stop_word"),
        ("auto parts", "description_stop_word"),
        ("2 x clothes", "description_stop_word"),
        ("n/a", "description_too_short"),
        ("12345", "description_too_short"),
        ("棉质T恤".replace("T", ""), "description_not_latin"),
        ("cotton shirt " * 60, "description_too_long"),
    ],
)
def test_a_description_customs_cannot_use_is_refused(description: str, code: str) -> None:
    found = check_description(description, line=3)
    assert found is not None
    assert (found.code, found.line, found.element) == (code, 3, "goods_description")
    assert found.remedy.text
