"""May goods with lithium batteries go by this kind of service, and how must they be marked?

The packing instruction comes from ``lithium_batteries.csv``, the platform's answer per kind of
service from ``battery_policy.csv``. Cells up to 20 Wh and batteries up to 100 Wh are Section II;
bigger ones need a dangerous goods contract, which no service here has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from core.sentences import Sentence, gettext_noop
from customs.rules.facts import read_rows

BATTERY_KINDS = ("none", "contained", "packed", "alone")
SERVICE_MODES = ("express", "postal", "line")
SECTION_II_WATT_HOURS = Decimal(100)


class UnknownBatteryKind(ValueError):
    """Battery kind, chemistry or service mode is not one of ours. Permanent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryVerdict:
    """Whether it may go, under which UN number and instruction, with which mark, and why."""

    is_allowed: bool
    un_number: str
    packing_instruction: str
    section: str
    mark: str
    needs_shipper_declaration: bool
    reason: Sentence
    source: str
    confidence: str


@lru_cache(maxsize=1)
def _policy() -> Mapping[tuple[str, str], Mapping[str, str]]:
    rows = read_rows("battery_policy.csv")
    return {(row["configuration"], row["service_mode"]): row for row in rows}


@lru_cache(maxsize=1)
def _instructions() -> tuple[Mapping[str, str], ...]:
    return read_rows("lithium_batteries.csv")


def _instruction(chemistry: str, configuration: str, *, is_small: bool) -> Mapping[str, str]:
    wanted = ("II", "IB", "I/II", "IA/IB") if is_small else ("I", "IA", "I/II", "IA/IB")
    rows = [
        row
        for row in _instructions()
        if row["chemistry"] == chemistry and row["configuration"] == configuration
    ]
    for section in wanted:
        for row in rows:
            if row["section"] == section:
                return row
    raise UnknownBatteryKind(
        f"battery: no packing instruction for {chemistry} {configuration}; "
        "use li_ion or li_metal with contained, packed or alone"
    )


def check_battery(
    battery: str,
    mode: str,
    *,
    watt_hours: Decimal | None = None,
    chemistry: str = "li_ion",
) -> BatteryVerdict:
    """Answer for one product and one kind of service; raises UnknownBatteryKind.

    ``watt_hours`` is the battery's energy; None is taken as Section II, which the reason says.
    """
    if battery not in BATTERY_KINDS:
        raise UnknownBatteryKind(f"battery: {battery!r}; use one of {', '.join(BATTERY_KINDS)}")
    if mode not in SERVICE_MODES:
        raise UnknownBatteryKind(f"mode: {mode!r}; use one of {', '.join(SERVICE_MODES)}")
    if battery == "none":
        return BatteryVerdict(
            is_allowed=True,
            un_number="",
            packing_instruction="",
            section="",
            mark="",
            needs_shipper_declaration=False,
            reason=Sentence("no_battery", gettext_noop("There is no battery.")),
            source="operator policy",
            confidence="exact",
        )
    is_small = watt_hours is None or watt_hours <= SECTION_II_WATT_HOURS
    row = _instruction(chemistry, battery, is_small=is_small)
    policy = _policy()[(battery, mode)]
    is_allowed = is_small and policy["allowed"] == "yes"
    return BatteryVerdict(
        is_allowed=is_allowed,
        un_number="UN" + row["un_number"],
        packing_instruction="PI" + row["packing_instruction"],
        section=row["section"],
        mark=row["mark_or_label"],
        needs_shipper_declaration=row["shipper_declaration"] == "yes",
        reason=_reason(is_small=is_small, is_allowed=is_allowed, mode=mode, policy=policy),
        source=policy["source"],
        confidence=f"{policy['confidence']} | {row['basis']}",
    )


def _reason(*, is_small: bool, is_allowed: bool, mode: str, policy: Mapping[str, str]) -> Sentence:
    params = {"mode": mode, "condition": policy["condition"]}
    if not is_small:
        return Sentence(
            "battery_too_big",
            gettext_noop("A battery above 100 Wh needs a dangerous goods contract."),
        )
    if is_allowed:
        return Sentence(
            "battery_allowed", gettext_noop("Allowed by {mode} service: {condition}."), params
        )
    return Sentence(
        "battery_refused", gettext_noop("Refused by {mode} service: {condition}."), params
    )
