"""What data files say to people is marked for translation, and holds say it in every language."""

from __future__ import annotations

import csv

import pytest
from django.utils import translation

from claims.data_words import RULES, SOURCES
from claims.words import reason_words
from core.sentences import Sentence, Told
from core.spoken import say
from customs.data_words import CONDITIONS, GOODS, MODES
from customs.rules.battery import SERVICE_MODES
from orders.models import Hold
from orders.rules.reasons import REASONS, HoldFinding, found
from orders.words import hold_words
from shipping.data_words import SERVICES, ZONES
from tests.i18n.catalogues import ROOT
from tracking.words import REASONS as CAUSES

FILES = [
    ("customs/data/restricted_goods.csv", "goods", GOODS),
    ("customs/data/battery_policy.csv", "condition", CONDITIONS),
    ("claims/data/limits.csv", "rule", RULES),
    ("claims/data/limits.csv", "source", SOURCES),
    ("shipping/data/services.csv", "name", SERVICES),
]


@pytest.mark.parametrize(("path", "column", "marked"), FILES)
def test_every_text_of_a_data_file_is_marked(
    path: str, column: str, marked: tuple[str, ...]
) -> None:
    with (ROOT / path).open(encoding="utf-8", newline="") as handle:
        said = {row[column] for row in csv.DictReader(handle)}
    assert said == set(marked)
    assert set(MODES) == set(SERVICE_MODES)


def _hold(finding: HoldFinding) -> Hold:
    return Hold(
        reason_code=finding.reason_code,
        params=finding.kept,
        reason=finding.sentence,
        remedy=finding.remedy,
    )


def test_a_reason_within_a_reason_is_translated_too() -> None:
    why = Told(
        Sentence(
            "prohibited",
            "HS {hs_prefix} ({goods}) is not carried there.",
            {"goods": "wine", "hs_prefix": "2204"},
        )
    )
    hold = _hold(found("restricted_goods", sku="RIOJA-1", country="AU", why=why))
    assert hold.reason == "RIOJA-1 may not be sent to AU: HS 2204 (wine) is not carried there."
    with translation.override("es"):
        assert hold_words(hold)[0] == (
            "RIOJA-1 no puede enviarse a AU: HS 2204 (vino) no se transporta a ese destino."
        )
    with translation.override("zh-hans"):
        assert hold_words(hold)[0] == ("RIOJA-1 不可寄往 AU：HS 2204（葡萄酒）不予承运至该目的地。")


def test_a_part_of_the_address_is_named_in_the_readers_language() -> None:
    hold = _hold(found("address_field_missing", part="postal code", country="DE"))
    with translation.override("zh-hans"):
        assert hold_words(hold) == ("地址缺少邮编，寄往 DE 必填。", "请向买家索取邮编并填写。")


def test_a_hold_of_a_reason_no_longer_known_is_shown_as_stored() -> None:
    hold = Hold(reason_code="long_gone", reason="It was so.", remedy="Do so.", params={})
    with translation.override("es"):
        assert hold_words(hold) == ("It was so.", "Do so.")


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_hold_whose_values_do_not_fit_is_shown_as_stored(reason: str) -> None:
    hold = Hold(reason_code=reason, reason="As stored.", remedy="As stored.", params={})
    needs_values = "%(" in REASONS[reason].template + REASONS[reason].remedy
    with translation.override("es"):
        assert (hold_words(hold)[0] == "As stored.") == needs_values


def test_missing_evidence_is_named_in_words() -> None:
    stored = Sentence(
        "evidence_missing",
        "Proof is missing: {evidence}.",
        {"evidence": "commercial_invoice, photo_of_goods"},
    ).as_dict()
    with translation.override("es"):
        said = reason_words(stored)
    assert said == "Faltan pruebas: Factura comercial, Foto de la mercancía."


def test_every_zone_and_reason_has_words() -> None:
    with (ROOT / "shipping/data/zones.csv").open(encoding="utf-8", newline="") as handle:
        zones = {row["zone"] for row in csv.DictReader(handle)}
    assert {zone for zone in zones if not zone.isdigit()} == set(ZONES)
    with (ROOT / "tracking/data/status_map.csv").open(encoding="utf-8", newline="") as handle:
        reasons = {row["reason"] for row in csv.DictReader(handle)}
    assert reasons - {""} == set(CAUSES)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("es", "Lleva batería (integrada, embalada con el aparato)"),
        ("zh-hans", "内置于设备, 与设备同装"),
    ],
)
def test_words_within_a_stored_sentence_are_said_too(language: str, said: str) -> None:
    stored = Sentence(
        "battery",
        "Holds a battery ({kinds}): {service} is the cheapest that takes it, "
        "at {amount} {currency}.",
        {"kinds": "contained, packed", "service": "EastLine Standard", "amount": "6.48",
         "currency": "USD"},
    ).as_dict()  # fmt: skip
    with translation.override(language):
        assert said in say(stored)
