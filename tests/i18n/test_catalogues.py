"""Both catalogues are whole: every sentence said, with the same values filled in."""

from __future__ import annotations

import re

import pytest

from tests.i18n.catalogues import LOCALES, catalogue, messages, placeholders, texts

FULL_WIDTH = re.compile(r"[一-鿿][,;:?!]|[,;?!][一-鿿]")
"""Half-width punctuation beside a Chinese character."""
MARK_UP = re.compile(r"</?\w+>")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_is_translated_and_none_is_unsure(locale: str) -> None:
    open_ones = [m.id for m in messages(locale) if m.fuzzy or not all(texts(m.string))]
    assert open_ones == []


def test_both_languages_say_the_same_sentences() -> None:
    ids = [{(m.context, texts(m.id)) for m in messages(locale)} for locale in LOCALES]
    assert ids[0] == ids[1]
    assert len(ids[0]) > 1000


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_are_those_of_the_english_sentence(locale: str) -> None:
    wrong = [
        (said, wanted)
        for message in messages(locale)
        for said in texts(message.string)
        if placeholders(said) != placeholders(wanted := texts(message.id)[-1])
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_mark_up_and_line_ends_are_kept(locale: str) -> None:
    wrong = [
        said
        for message in messages(locale)
        for said in texts(message.string)
        if sorted(MARK_UP.findall(said)) != sorted(MARK_UP.findall(texts(message.id)[0]))
        or said.startswith("\n") != texts(message.id)[0].startswith("\n")
        or said.endswith("\n") != texts(message.id)[0].endswith("\n")
    ]
    assert wrong == []


@pytest.mark.parametrize(("locale", "forms"), [("es", 2), ("zh_Hans", 1)])
def test_plurals_have_the_forms_of_the_language(locale: str, forms: int) -> None:
    assert catalogue(locale).num_plurals == forms
    plurals = [m for m in messages(locale) if isinstance(m.id, (list, tuple))]
    assert plurals
    assert {len(texts(m.string)) for m in plurals} == {forms}


def test_chinese_is_punctuated_in_full_width() -> None:
    wrong = [
        said for m in messages("zh_Hans") for said in texts(m.string) if FULL_WIDTH.search(said)
    ]
    assert wrong == []


@pytest.mark.parametrize(("locale", "stop"), [("es", "."), ("zh_Hans", "。")])
def test_a_label_does_not_come_back_as_a_sentence(locale: str, stop: str) -> None:
    said = {texts(m.id)[0]: texts(m.string)[0] for m in messages(locale)}
    closed = {english for english, own in said.items() if own.endswith(stop)}
    assert [english for english in closed if english[-1] not in ".:?"] == []
