"""The journey line and the formats: what people read, in their language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.utils import translation

from core.journey_line import JourneyLine, JourneyLineError, Stage, line_up_to
from core.templatetags.amounts import dimensions, money, weight
from core.templatetags.instants import (
    days_html,
    exact_time,
    instant_html,
    local_day,
    place_time,
)
from core.templatetags.journey import render_journey_line
from core.templatetags.words import code_with_words, country_name
from tests.ui.fakes import NOW, STAGES, line

LABELS = STAGES[:3]


def test_stages_before_the_furthest_one_are_done_even_without_an_instant() -> None:
    drawn = line_up_to(labels=LABELS, reached={"packed": NOW}, problem="Torn carton")
    assert drawn.states == ("done", "done", "problem")
    assert drawn.here.code == "packed"
    assert drawn.position == 3


def test_line_is_finished_once_its_last_stage_is_reached() -> None:
    drawn = line_up_to(labels=LABELS, reached={"packed": NOW})
    assert drawn.is_finished
    assert drawn.here.code == "packed"


def test_nothing_reached_yet_stands_at_the_first_stage() -> None:
    drawn = line_up_to(labels=LABELS, reached={})
    assert drawn.states == ("todo", "todo", "todo")
    assert drawn.here.code == "ordered"


def test_unknown_stage_is_refused_by_name() -> None:
    with pytest.raises(JourneyLineError, match="teleported"):
        line_up_to(labels=LABELS, reached={"teleported": NOW})


def test_parcel_cannot_stand_in_two_places() -> None:
    stages = tuple(Stage(code=code, label=code, state="current") for code in ("a", "b"))
    with pytest.raises(JourneyLineError, match="a, b"):
        JourneyLine(stages=stages)


def test_wide_line_is_a_list_that_marks_where_the_parcel_stands() -> None:
    html = render_journey_line(line=line(5), variant="wide", now=NOW)
    assert html.count("<li") == 8
    assert html.count('aria-current="step"') == 1
    assert "In transit<span" in html


def test_small_line_says_the_problem_and_escapes_it() -> None:
    html = render_journey_line(line=line(5, problem="<b>torn</b>"), variant="small", now=NOW)
    assert "&lt;b&gt;torn" in html
    assert "stage 5 of 8" in html


def test_relative_time_shows_the_exact_instant_on_hover() -> None:
    html = instant_html(NOW - timedelta(hours=3), now=NOW)
    assert "3 hours ago" in html
    assert 'datetime="2026-10-14T06:30:00+00:00"' in html
    assert "UTC" in html


def test_relative_time_speaks_the_readers_language() -> None:
    with translation.override("zh-hans"):
        assert "3小时前" in instant_html(NOW - timedelta(hours=3), now=NOW)


def test_local_day_invents_no_clock() -> None:
    html = local_day(date(2026, 10, 16))
    assert html == '<time datetime="2026-10-16">Fri 16 Oct</time>'


def test_place_time_keeps_the_clock_of_the_place() -> None:
    china = timezone(timedelta(hours=8))
    told = place_time(datetime(2026, 10, 13, 2, 14, tzinfo=china))
    assert "13 Oct 02:14" in told
    assert ">UTC+8<" in told


@pytest.mark.parametrize(
    ("minutes", "words"), [(330, "UTC+5:30"), (-210, "UTC-3:30"), (0, "UTC"), (-480, "UTC-8")]
)
def test_a_places_clock_says_how_far_it_is_from_utc(minutes: int, words: str) -> None:
    there = timezone(timedelta(minutes=minutes))
    assert f">{words}<" in place_time(datetime(2026, 10, 13, 2, 14, tzinfo=there))


@pytest.mark.parametrize("seconds", [-59, 0, 20])
@pytest.mark.parametrize(
    ("language", "words"), [("en", "just now"), ("es", "ahora mismo"), ("zh-hans", "刚刚")]
)
def test_less_than_a_minute_is_now(seconds: int, language: str, words: str) -> None:
    with translation.override(language):
        assert f">{words}<" in instant_html(NOW + timedelta(seconds=seconds), now=NOW)
    assert "minute" in instant_html(NOW - timedelta(seconds=60), now=NOW)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Fri 16 Oct to Mon 19 Oct"), ("zh-hans", "10月16日 周五 至 10月19日 周一")],
)
def test_expected_days_are_written_alike_on_every_page(language: str, words: str) -> None:
    first, last = date(2026, 10, 16), date(2026, 10, 19)
    with translation.override(language):
        said = re.sub("<[^>]+>", "", days_html(first, last))
        assert said == words
        assert days_html(first, first) == days_html(first) == local_day(first)


def test_exact_time_names_its_zone() -> None:
    assert "UTC" in exact_time(datetime(2026, 10, 13, 2, 14, tzinfo=UTC))


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1234.5", "EUR", "1,234.50"),
        ("7480", "JPY", "7,480"),
        ("7.475", "EUR", "7.475"),
        ("1.5", "KWD", "1.500"),
        ("-3", "USD", "-3.00"),
        ("100", "CNY", "100.00"),
    ],
)
def test_money_has_the_decimals_of_its_currency_and_never_rounds(
    amount: str, currency: str, words: str
) -> None:
    assert f">{words} <" in money(Decimal(amount), currency)


def test_money_uses_the_readers_separators() -> None:
    with translation.override("es"):
        assert "12.345,50" in money(Decimal("12345.5"), "EUR")


@pytest.mark.parametrize(
    ("grams", "words"), [(850, "850"), (1000, "1.0"), (1240, "1.24"), (20_005, "20.005")]
)
def test_weight_goes_from_grams_to_kilograms(grams: int, words: str) -> None:
    assert f">{words} <" in weight(grams)


def test_dimensions_are_centimetres_and_nothing_while_one_is_unknown() -> None:
    assert "30 × 20.5 × 10" in dimensions(300, 205, 100)
    assert dimensions(300, None, 100) == ""


def test_codes_carry_their_words() -> None:
    assert "Wireless" in code_with_words("8517.62", "Wireless apparatus")
    with translation.override("es"):
        assert country_name("DE") == "Alemania"
    assert country_name("XX") == "XX"


def test_sorting_turns_round_and_drops_the_cursor() -> None:
    request = RequestFactory().get("/orders/?status=held&cursor=abc&sort=-placed_at")
    source = '{% load lists %}{% sort_header "placed_at" "Placed" sort="-placed_at" %}'
    html = Template(source).render(RequestContext(request, {}))
    assert 'aria-sort="descending"' in html
    assert 'href="?status=held&amp;sort=placed_at"' in html


def test_pager_link_keeps_the_filters() -> None:
    request = RequestFactory().get("/orders/?status=held")
    source = '{% load lists %}{% address_with cursor="abc" %}'
    html = Template(source).render(Context({"request": request}))
    assert html == "?status=held&amp;cursor=abc"
