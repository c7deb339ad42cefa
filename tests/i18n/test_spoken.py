"""What Django says once the catalogues are compiled as the set-up compiles them."""

from __future__ import annotations

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

from core.sentences import Sentence
from customs.models import Declaration
from orders.files.faults import REFUSALS
from orders.models import Hold, Order
from orders.rules.reasons import REASONS
from warehouse.models import Wave

LANGUAGES = ("es", "zh-hans")


@pytest.mark.parametrize(
    ("language", "orders", "tracking", "wave"),
    [("es", "Pedidos", "N.º de seguimiento", "Oleada"), ("zh-hans", "订单", "运单号", "波次")],
)
def test_the_trade_is_called_by_its_words(
    language: str, orders: str, tracking: str, wave: str
) -> None:
    with translation.override(language):
        assert (gettext("Orders"), gettext("Tracking number"), gettext("Wave")) == (
            orders,
            tracking,
            wave,
        )


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("es", "1 retención levantada.", "3 retenciones levantadas."),
        ("zh-hans", "已放行 1 个拦截。", "已放行 3 个拦截。"),
    ],
)
def test_counts_take_the_plural_of_the_language(language: str, one: str, many: str) -> None:
    with translation.override(language):
        said = [
            ngettext("%(count)s hold released.", "%(count)s holds released.", n) % {"count": n}
            for n in (1, 3)
        ]
    assert said == [one, many]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_with_two_meanings_is_said_by_its_context(language: str) -> None:
    with translation.override(language):
        assert Declaration.Status.RELEASED.label != Wave.Status.RELEASED.label
        assert str(Declaration.Direction.EXPORT.label) != gettext("Export")
        assert pgettext("hold", "Release") != gettext("Release")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_hold_and_its_remedy_is_said_with_its_values(language: str, reason: str) -> None:
    held = REASONS[reason]
    with translation.override(language):
        said = [gettext(held.template), gettext(held.remedy)]
    assert said[0] != held.template
    assert said[1] != held.remedy


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_every_refused_file_is_told_in_the_readers_language(language: str, code: str) -> None:
    with translation.override(language):
        assert gettext(REFUSALS[code]) != REFUSALS[code]


@pytest.mark.parametrize("language", LANGUAGES)
def test_statuses_and_hold_codes_are_translated(language: str) -> None:
    with translation.override("en"):
        english = [str(label) for _, label in (*Order.Status.choices, *Hold.Code.choices)]
    with translation.override(language):
        said = [str(label) for _, label in (*Order.Status.choices, *Hold.Code.choices)]
    assert [pair for pair in zip(english, said, strict=True) if pair[0] == pair[1]] == []


def test_a_rules_sentence_is_filled_in_the_readers_language() -> None:
    sentence = Sentence("still", "Still to scan: {wanted}.", {"wanted": "MUG-01"})
    with translation.override("zh-hans"):
        assert gettext(sentence.template).format(**sentence.params) == "还需扫描：MUG-01。"
    with translation.override("es"):
        assert gettext(sentence.template).format(**sentence.params) == "Falta por leer: MUG-01."
