"""What stops work is said in every language: refusals, our own findings, kinds of work."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import gettext

from core import jobs
from core.admin_site import records
from core.money import NoExchangeRate
from core.sentences import stored
from core.spoken import say_all
from flows.faults import FIELDS, FINDINGS, sentences_of
from flows.words import WORK
from integrations.carriers import fit
from integrations.errors import AnswerLost, NotAuthorised, Refused
from shipping.services.bookings import NoNumbersLeft
from shipping.services.terms import NoAgreement

LANGUAGES = ("es", "zh-hans")


def said(error: Exception, language: str, partner: str = "postal") -> str:
    with translation.override(language):
        return say_all(stored(sentences_of(error, partner=partner)))


def test_a_partners_refusal_keeps_its_words_and_names_it_as_people_do() -> None:
    error = Refused("", "410101", "Zip is wrong", status=400, partner="dhl_express")
    assert said(error, "en") == "DHL Express refused it: Zip is wrong"
    assert said(error, "zh-hans") == "DHL Express 拒绝受理：Zip is wrong"


def test_our_own_finding_is_told_with_its_field_and_its_limits() -> None:
    with pytest.raises(Refused) as caught:
        fit.optional("x" * 50, field="recipient.city", longest=45)
    assert said(caught.value, "es") == (
        "Este dato tiene 50 caracteres y Correos admite 45: ciudad. Acórtelo."
    )
    assert said(caught.value, "zh-hans") == "“城市”有 50 个字符，邮政 最多接受 45 个，请缩短。"


def test_lines_that_do_not_fit_say_how_many_there_are() -> None:
    with pytest.raises(Refused) as caught:
        fit.lines(["x" * 200], field="recipient.street_lines", count=3, longest=45)
    assert "3" in said(caught.value, "es", "dhl_express")
    assert "calle" in said(caught.value, "es", "dhl_express")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "error",
    [
        NotAuthorised("401", partner="postal"),
        AnswerLost("cut off", partner="postal"),
        NoAgreement("No terms."),
        NoNumbersLeft("None left."),
        NoExchangeRate("XTS", date(2026, 1, 2)),
        Refused("x", "no such code", "Words.", partner="line"),
    ],
)
def test_every_fault_has_words_of_the_language(error: Exception, language: str) -> None:
    assert said(error, language) != said(error, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_list_is_translated(language: str) -> None:
    words = {*FIELDS.values(), *FINDINGS.values(), *WORK.values()}
    with translation.override(language):
        assert sorted(word for word in words if gettext(word) == word) == []


def test_every_kind_of_work_has_words() -> None:
    kinds = {kind for kind in jobs._handlers if not kind.startswith("test.")}
    assert kinds
    assert kinds - set(WORK) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_the_records_has_a_name_in_the_language(language: str) -> None:
    tables = list(records._registry.values())
    with translation.override("en"):
        english = [str(table.plural) for table in tables]
    with translation.override(language):
        assert [name for name, table in zip(english, tables, strict=True)
                if not name or str(table.plural) == name] == []  # fmt: skip
