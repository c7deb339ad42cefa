"""Every fact a landed cost may rest on is told in words: kind, source and how sure."""

from __future__ import annotations

import csv
import re
from datetime import date

from django.utils import translation

from customs.fact_words import CONFIDENCE, KINDS, facts_in_words
from customs.rules.facts import DATA

LANDED_COST = DATA.parent / "rules" / "landed_cost"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_has_words_for_its_source_and_how_sure_it_is() -> None:
    told = facts_in_words([*rows("regimes.csv"), *rows("tariff_rates.csv")])
    assert {each.confidence for each in told} <= {words for _, words in CONFIDENCE}
    for each in told:
        assert each.sources
        for source in each.sources:
            assert "https://" not in source.words
            assert source.url.startswith("https://") or not source.url


def test_kinds_that_a_cost_rests_on_are_named() -> None:
    """The kinds are those that the rules ask for by name."""
    code = "".join(file.read_text("utf-8") for file in LANDED_COST.glob("*.py"))
    asked = set(re.findall(r"regimes?\(\s*[^()]+?, \"([a-z_]+)\"", code))
    assert asked
    assert asked <= set(KINDS)


def test_a_fact_as_a_merchant_reads_it() -> None:
    facts = [
        {
            "id": "EU-flat_duty_per_item-2026-07-01",
            "source": "https://www.law.example/duty (quotes Art 1) | https://press.example/x",
            "confidence": "source-secondary; whether it is collected is disputed",
        },
        {"id": "EU-610910", "source": "golden case EU-IT-H1-4", "confidence": "unverified-high"},
        {"id": "rate USD/EUR", "source": "operator reference table (x)", "confidence": "?"},
    ]
    flat, duty, rate = facts_in_words(facts)
    assert flat.what == "Fixed duty for each kind of goods, European Union"
    assert (flat.since, flat.is_doubtful) == (date(2026, 7, 1), True)
    assert [(each.words, each.url) for each in flat.sources] == [
        ("law.example", "https://www.law.example/duty"),
        ("press.example", "https://press.example/x"),
    ]
    assert (duty.what, duty.since) == ("Duty rate of HS 610910, European Union", None)
    assert rate.what == "Exchange rate USD to EUR"
    assert rate.confidence == "nobody noted how sure"
    with translation.override("zh-hans"):
        (flat,) = facts_in_words(facts[:1])
    assert flat.what.endswith("欧盟")
