"""Rules asked of orders: what fits, what they do, and what is refused of a definition."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sentences import Sentence
from orders.rules.automation.definition import (
    MOST_CONDITIONS,
    BadDefinition,
    Definition,
    read_definition,
)
from orders.rules.automation.evaluation import (
    Asked,
    Rule,
    Standing,
    ask_rules,
    faults_of,
    fits,
    read_rule,
)
from orders.rules.automation.fields import FIELDS, OF_KIND, OPERATORS, Kind
from orders.rules.modes import suggest_mode

FACTS: dict[str, Any] = {
    "country": "DE", "region": "", "postal_code": "10557", "company": "Müller GmbH",
    "email_domain": "example.com", "note": "Bitte klingeln", "channel_kind": "amazon",
    "value": (Decimal("120.00"), "EUR"), "weight_g": 700, "quantity": 3, "line_count": 2,
    "paid_hours": Decimal("5.5"), "sku": ("MUG-BLUE", "LAMP-1"), "brand": ("Kiln", ""),
    "title": ("Stoneware mug, blue", "Desk lamp"), "nature": ("fragile", "general"),
    "battery": ("none", "contained"), "hs_code": ("691200", "9405210090"), "tag": (),
    "unit_price": ((Decimal(10), "EUR"), (Decimal(100), "EUR")),
}  # fmt: skip
RATES = {("EUR", "USD"): Decimal("1.1"), ("EUR", "EUR"): Decimal(1)}


def convert(amount: Decimal, source: str, target: str) -> Decimal | None:
    rate = RATES.get((source, target))
    return None if rate is None else amount * rate


def refusal(code: str) -> tuple[Sentence, ...]:
    return (Sentence("battery", "No batteries."),) if code == "POSTAL" else ()


ASKED = Asked(convert, refusal)


def condition(field: str, operator: str, *values: str, currency: str = "") -> dict[str, Any]:
    return {"field": field, "operator": operator, "values": list(values), "currency": currency}


def rule(
    *conditions: dict[str, Any],
    match: str = "all",
    actions: tuple[tuple[str, ...], ...] = (("tag", "fits"),),
) -> dict[str, Any]:
    return {
        "match": "all",
        "groups": [{"match": match, "conditions": list(conditions)}] if conditions else [],
        "actions": [{"kind": kind, "values": list(values)} for kind, *values in actions],
    }


def asked(number: int, data: dict[str, Any], *, stops: bool = False) -> Rule:
    return Rule(number, f"Rule {number}", 1, stops, read_definition(data))


def one(*parts: str, currency: str = "") -> bool:
    field, operator, *values = parts
    said = condition(field, operator, *values, currency=currency)
    return fits(read_definition(rule(said)), FACTS, convert)


@pytest.mark.parametrize(
    ("said", "is_so"),
    [
        (("country", "is", "de"), True),
        (("country", "is_not", "DE", "FR"), False),
        (("country", "in", "FR", "DE"), True),
        (("postal_code", "begins_with", "10"), True),
        (("postal_code", "begins_with", "11", "12"), False),
        (("company", "contains", "MÜLLER"), True),
        (("company", "contains", "ｍüller"), True),
        (("company", "is_not_empty"), True),
        (("region", "is_empty"), True),
        (("email_domain", "is", "EXAMPLE.COM"), True),
        (("channel_kind", "in", "ebay", "amazon"), True),
        (("weight_g", "greater", "700"), False),
        (("weight_g", "between", "700", "700"), True),
        (("weight_g", "less", "700.5"), True),
        (("line_count", "is", "2"), True),
        (("paid_hours", "greater", "5"), True),
        (("placed_hours", "greater", "0"), False),
        (("placed_hours", "is_empty"), True),
        (("sku", "is", "lamp-1"), True),
        (("sku", "is_not", "LAMP-1"), False),
        (("sku", "begins_with", "MUG"), True),
        (("title", "contains", "lamp"), True),
        (("brand", "is", "kiln"), True),
        (("battery", "in", "contained", "packed"), True),
        (("hs_code", "begins_with", "94"), True),
        (("nature", "is", "liquid"), False),
    ],
)
def test_a_condition_says_what_it_reads(said: tuple[str, ...], is_so: bool) -> None:
    assert one(*said) is is_so


@pytest.mark.parametrize(
    ("said", "currency", "is_so"),
    [
        (("value", "greater", "131.99"), "USD", True),
        (("value", "greater", "132"), "USD", False),
        (("value", "between", "100", "120"), "EUR", True),
        (("unit_price", "greater", "99"), "EUR", True),
        (("value", "less", "1000000"), "JPY", False),
    ],
)
def test_amounts_are_compared_in_the_rules_currency_and_never_without_a_rate(
    said: tuple[str, ...], currency: str, is_so: bool
) -> None:
    assert one(*said, currency=currency) is is_so


def test_groups_join_by_all_or_any() -> None:
    here, nowhere = condition("country", "is", "DE"), condition("country", "is", "FR")
    groups = [
        {"match": "any", "conditions": [here, nowhere]},
        {"match": "all", "conditions": [here, nowhere]},
    ]
    data = {**rule(), "groups": groups}
    assert not fits(read_definition(data), FACTS, convert)
    assert fits(read_definition({**data, "match": "any"}), FACTS, convert)


def test_rules_act_in_their_order_and_the_later_one_counts() -> None:
    outcome = ask_rules(
        [
            asked(1, rule(actions=(("tag", "a", "b"), ("priority", "5"), ("service", "LINE")))),
            asked(2, rule(condition("tag", "is", "a"), actions=(("tag", "b", "c"),))),
            asked(3, rule(actions=(("priority", "-3"), ("warehouse", "szx1"), ("hold", "look")))),
        ],
        FACTS,
        ASKED,
    )
    assert outcome.tags == ["a", "b", "c"]
    assert (outcome.service, outcome.warehouse, outcome.priority) == ("LINE", "szx1", -3)
    assert [(each.rule.id, each.note) for each in outcome.holds] == [(3, "look")]
    assert [told["rule"] for told in outcome.ruled] == [1, 2, 3]


def test_a_rule_that_stops_is_the_last_one_asked_and_only_where_it_fits() -> None:
    elsewhere = asked(1, rule(condition("country", "is", "FR")), stops=True)
    here = asked(2, rule(condition("country", "is", "DE")), stops=True)
    outcome = ask_rules([elsewhere, here, asked(3, rule())], FACTS, ASKED)
    assert [(told["rule"], told.get("stopped")) for told in outcome.ruled] == [(2, True)]


def test_a_service_that_does_not_fit_is_refused_with_the_reason_and_the_rest_is_done() -> None:
    data = rule(actions=(("service", "POSTAL"), ("tag", "x")))
    outcome = ask_rules([asked(1, data)], FACTS, ASKED)
    assert outcome.service == ""
    assert outcome.tags == ["x"]
    assert outcome.ruled[0]["did"][0]["refused"][0]["text"] == "No batteries."


def test_a_broken_rule_is_skipped_whole_says_why_and_stops_nothing() -> None:
    standing = Standing(frozenset({"LINE"}), frozenset(), frozenset({"member:1"}))
    data = rule(actions=(("service", "GONE"), ("warehouse", "w9"), ("notify", "member:2", "today")))
    faults = faults_of(read_definition(data), standing)
    assert [each.code for each in faults] == ["service_gone", "warehouse_gone", "member_gone"]
    broken = Rule(1, "Broken", 4, True, read_definition(data), faults)
    unreadable = read_rule(
        rule_id=2, name="Odd", version=1, stops=True, definition={"groups": 7}, standing=standing
    )
    outcome = ask_rules([broken, unreadable, asked(3, rule())], FACTS, ASKED)
    assert [(told["rule"], "skipped" in told) for told in outcome.ruled] == [
        (1, True), (2, True), (3, False),
    ]  # fmt: skip
    assert outcome.notices == []


def test_a_broken_rule_says_nothing_of_orders_it_does_not_fit() -> None:
    data = rule(condition("country", "is", "FR"))
    broken = Rule(1, "B", 1, False, read_definition(data), (Sentence("x", "gone"),))
    assert ask_rules([broken], FACTS, ASKED).ruled == []


def test_what_a_hold_looked_at_changes_its_hash_and_the_hours_do_not() -> None:
    data = rule(
        condition("country", "is", "DE"), condition("paid_hours", "greater", "1"),
        actions=(("hold",),),
    )  # fmt: skip

    def digest(**other: Any) -> str:
        return ask_rules([asked(1, data)], {**FACTS, **other}, ASKED).holds[0].facts_sha256

    assert digest() == digest(paid_hours=Decimal(9), note="other")
    only_country = rule(condition("country", "in", "DE", "AT"), actions=(("hold",),))
    hashes = {
        ask_rules([asked(1, only_country)], {**FACTS, "country": code}, ASKED).holds[0].facts_sha256
        for code in ("DE", "AT")
    }
    assert len(hashes) == 2


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        ([], "definition", "not_an_object"),
        ({**rule(), "match": "some"}, "match", "unknown_match"),
        ({**rule(), "eval": "1"}, "eval", "unknown_field"),
        ({**rule(), "actions": []}, "actions", "no_actions"),
        (rule(condition("colour", "is", "x")), "groups.0.conditions.0.field", "unknown_field"),
        (rule(condition("note", "matches", "(a+)+")), "groups.0.conditions.0.operator",
         "unfit_operator"),
        (rule(condition("weight_g", "contains", "1")), "groups.0.conditions.0.operator",
         "unfit_operator"),
        (rule(condition("weight_g", "is", "heavy")), "groups.0.conditions.0.values",
         "not_a_number"),
        (rule(condition("weight_g", "is", "1e9")), "groups.0.conditions.0.values", "not_a_number"),
        (rule(condition("weight_g", "is", "NaN")), "groups.0.conditions.0.values", "not_a_number"),
        (rule(condition("weight_g", "between", "9", "1")), "groups.0.conditions.0.values",
         "two_values"),
        (rule(condition("country", "is", "DE", "FR")), "groups.0.conditions.0.values",
         "one_value"),
        (rule(condition("country", "is")), "groups.0.conditions.0.values", "value_missing"),
        (rule(condition("country", "is_empty", "x")), "groups.0.conditions.0.values", "no_value"),
        (rule(condition("battery", "is", "huge")), "groups.0.conditions.0.values",
         "unknown_choice"),
        (rule(condition("value", "greater", "5")), "groups.0.conditions.0.currency",
         "unknown_currency"),
        (rule(condition("note", "is", "x", currency="EUR")), "groups.0.conditions.0.currency",
         "no_currency"),
        (rule(condition("note", "is", "x" * 101)), "groups.0.conditions.0.values",
         "value_too_long"),
        (rule(*[condition("note", "is", "x")] * (MOST_CONDITIONS + 1)), "groups.0.conditions",
         "too_many"),
        (rule(actions=(("priority", "101"),)), "actions.0.values", "bad_priority"),
        (rule(actions=(("priority", "1.5"),)), "actions.0.values", "bad_priority"),
        (rule(actions=(("tag", "a,b"),)), "actions.0.values", "bad_tag"),
        (rule(actions=(("notify", "eve@example.com"),)), "actions.0.values", "bad_notified"),
        (rule(actions=(("run", "rm"),)), "actions.0.kind", "unknown_action"),
        (rule(actions=(("hold",), ("hold", "x"))), "actions.1.kind", "twice"),
    ],
)  # fmt: skip
def test_a_bad_definition_names_place_and_fault(data: Any, place: str, code: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        read_definition(data)
    assert (place, code) in [(each.place, each.said.code) for each in caught.value.faults]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["match", "groups", "actions", "conditions", "field", "operator",
                         "values", "currency", "kind", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_whatever_comes_is_read_or_refused(data: Any) -> None:
    with suppress(BadDefinition):
        read = read_definition(data)
        assert read_definition(read.as_dict()) == read


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    conditions = []
    for name in draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=4)):
        field = FIELDS[name]
        operator = draw(st.sampled_from(OF_KIND[field.kind]))
        many = {"is_empty": 0, "is_not_empty": 0, "between": 2}.get(operator, 1)
        if field.kind in (Kind.NUMBER, Kind.MONEY):
            numbers = draw(st.lists(st.integers(-9, 999), min_size=many, max_size=many))
            values = [str(number) for number in sorted(numbers)]
        elif field.kind is Kind.CHOICE:
            codes = [code for code, _ in field.choices]
            values = draw(st.lists(st.sampled_from(codes), min_size=many, max_size=many))
        else:
            letters = st.text(min_size=1, max_size=9).filter(lambda text: text.strip("\x00 \n\t"))
            values = draw(st.lists(letters, min_size=many, max_size=many))
        currency = "USD" if field.kind is Kind.MONEY else ""
        conditions.append(condition(name, operator, *values, currency=currency))
    try:
        return read_definition(rule(*conditions, match=draw(st.sampled_from(["all", "any"]))))
    except BadDefinition:
        return read_definition(rule())


@given(definitions())
def test_every_definition_can_be_asked_of_full_and_of_empty_orders(definition: Definition) -> None:
    for facts in (FACTS, dict.fromkeys(FIELDS, None), {}):
        assert fits(definition, facts, convert) in (True, False)
    assert read_definition(definition.as_dict()) == definition


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=8))
def test_is_and_is_not_never_agree(name: str, text: str) -> None:
    if FIELDS[name].kind is Kind.TEXT and text.replace("\x00", "").strip():
        assert one(name, "is", text) is not one(name, "is_not", text)


def test_every_operator_of_every_kind_has_words() -> None:
    assert {each for kind in OF_KIND.values() for each in kind} == set(OPERATORS)


@pytest.mark.parametrize(
    ("sorting", "reached", "mode"),
    [
        ("EU/general/light/small", {"postal", "line", "express"}, "postal"),
        ("EU/battery/light/small", {"postal", "line", "express"}, "line"),
        ("EU/general/medium/parcel", {"postal", "express"}, "express"),
        ("EU/general/heavy/parcel", {"postal", "line", "express"}, "express"),
        ("EU/dangerous/light/small", {"postal", "line", "express"}, ""),
        ("EU/general/light/small", set(), ""),
    ],
)
def test_the_sorting_suggests_a_mode_with_its_reason(
    sorting: str, reached: set[str], mode: str
) -> None:
    suggested = suggest_mode(sorting, country="DE", reached_by=reached)
    assert suggested is not None
    assert suggested.mode == mode
    assert suggested.reason.text


def test_an_order_that_is_not_sorted_suggests_nothing() -> None:
    assert suggest_mode("", country="DE", reached_by={"postal"}) is None
