"""What resembles what, and what is worth a warning."""

from __future__ import annotations

import pytest

from orders.rules.likeness import Described, code_pieces, likeness, mismatches, pack_size

MUG = Described("MUG-BLUE", "Ceramic mug, blue, 330 ml", "Brightpeak", "M330", "4006381333931")


def test_the_same_code_or_gtin_is_certain() -> None:
    assert likeness(Described("mug_blue"), MUG) == 100
    assert likeness(Described("4006381333931", "anything"), MUG) == 100


def test_what_is_nearer_scores_higher() -> None:
    near = likeness(Described("AMZ-MUG-BLUE", "Blue ceramic mug 330 ml"), MUG)
    less = likeness(Described("B00X", "Blue ceramic mug 330 ml"), MUG)
    none = likeness(Described("B00X", "USB charger"), MUG)
    assert 100 > near > less > none == 0


def test_model_counts_only_when_it_is_named() -> None:
    assert likeness(Described("1", "Brightpeak M330"), MUG) > likeness(Described("1", "M440"), MUG)


@pytest.mark.parametrize(
    ("title", "size"),
    [("Socks, set of 3", 3), ("Mug 6 pcs", 6), ("2er-Set Becher", 2), ("马克杯 3件装", 3),
     ("Paquete de 4 velas", 4), ("Mug 330 ml", None), ("Pack of 2, 3 pcs", None), ("", None)],
)  # fmt: skip
def test_pack_size_is_read(title: str, size: int | None) -> None:
    assert pack_size(title) == size


def test_differences_are_named_and_silence_is_none() -> None:
    told = Described("X", "Blue mug, pack of 2", "Otherbrand", "")
    assert [each.part for each in mismatches(told, MUG, pieces=1)] == ["brand", "quantity"]
    assert mismatches(told, MUG, pieces=2)[0].part == "brand"
    assert mismatches(Described("X"), MUG, pieces=1) == ()
    other = mismatches(Described("X", "USB charger"), MUG, pieces=1)
    assert [each.part for each in other] == ["title"]
    assert mismatches(Described("X", "蓝色陶瓷马克杯"), MUG, pieces=1) == ()


def test_a_code_is_looked_up_by_its_pieces() -> None:
    assert "MUG-BLUE" in code_pieces("AMZ-MUG-BLUE")
    assert "MUG-BLUE" in code_pieces("mug-blue-2")
    assert code_pieces("") == ()
