"""How goods are packed by their nature: ``warehouse/data/packing_by_nature.csv``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.dated import Dated, in_force, read_dated
from core.sentences import Sentence, gettext_noop
from warehouse.rules.gs1 import DATA

MATERIALS = {
    "bubble_wrap": gettext_noop("Wrap each piece in bubble wrap."),
    "sealed_bag": gettext_noop("Put each piece into a sealed bag with absorbent."),
    "steel_shield": gettext_noop("Wrap in the steel shield, in the middle of the carton."),
    "insulated_liner": gettext_noop("Line the carton with the insulated liner."),
}
MARKS = {
    "fragile": gettext_noop("Mark on the parcel: FRAGILE."),
    "this_way_up": gettext_noop("Mark on the parcel: THIS WAY UP."),
    "magnetic": gettext_noop("Mark on the parcel: MAGNETIZED MATERIAL."),
    "perishable": gettext_noop("Mark on the parcel: PERISHABLE."),
}


@dataclass(frozen=True, slots=True)
class NatureRule:
    """One nature's way of packing.

    `padding_mm` is kept free on each side of the carton; `carton_only` forbids mailers; pieces
    heavier than `double_box_above_g` go into a carton within the carton, None for never.
    """

    nature: str
    material: str
    is_upright: bool
    padding_mm: int
    carton_only: bool
    double_box_above_g: int | None
    mark: str
    bears_g: int | None = None
    """The most that may lie above a piece of it, None for any weight."""


def nature_rules_on(on: date) -> dict[str, NatureRule]:
    """The rules in force on that day by nature; general goods have none."""
    return {rule.nature: rule for rule in in_force(_rules(), on)}


def instructions(rules: Iterable[NatureRule]) -> tuple[Sentence, ...]:
    """What a packer has to do for goods of these natures, each said once."""
    found: dict[str, Sentence] = {}
    for rule in sorted(rules, key=lambda each: each.nature):
        found[rule.material] = Sentence(rule.material, MATERIALS[rule.material])
        if rule.is_upright:
            found["upright"] = Sentence("upright", gettext_noop("Keep the goods upright."))
        if rule.mark:
            found[f"mark_{rule.mark}"] = Sentence(f"mark_{rule.mark}", MARKS[rule.mark])
    return tuple(found.values())


def _rule(columns: Mapping[str, str]) -> NatureRule:
    above = columns["double_box_above_g"]
    rule = NatureRule(
        nature=columns["nature"],
        material=columns["material"],
        is_upright=columns["is_upright"] == "yes",
        padding_mm=int(columns["padding_mm"]),
        carton_only=columns["carton_only"] == "yes",
        double_box_above_g=int(above) if above else None,
        mark=columns["mark"],
        bears_g=int(columns["bears_g"]) if columns["bears_g"] else None,
    )
    if rule.material not in MATERIALS or (rule.mark and rule.mark not in MARKS):
        raise ValueError(f"{rule.nature}: material or mark has no words in natures.py")
    return rule


@lru_cache(maxsize=1)
def _rules() -> tuple[Dated[NatureRule], ...]:
    return read_dated(DATA / "packing_by_nature.csv", _rule)
