"""The mode of shipping that an order's sorting suggests, with the reason in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.sentences import Sentence
from core.sentences import gettext_noop as _
from orders.rules.bounds import ModeBound, bounds

PARTS_OF_CATEGORY = 4


@dataclass(frozen=True, slots=True)
class SuggestedMode:
    """``mode`` is ``express``, ``line`` or ``postal``; empty where none of them fits."""

    mode: str
    reason: Sentence


WHY = {
    "postal": _("Small, light and harmless ({kind}, {weight}, {size}): the post is enough."),
    "line": _("A dedicated line reaches {country} and takes it ({kind}, {weight}, {size})."),
    "express": _(
        "Neither the post nor a line that reaches {country} takes it ({kind}, {weight}, {size}):"
        " express does."
    ),
}
NONE_FITS = _("No mode is meant for it ({kind}, {weight}, {size}): ask the operator.")


def suggest_mode(
    sorting: str, *, country: str, reached_by: Collection[str]
) -> SuggestedMode | None:
    """Suggest a mode for a sorting category; ``reached_by`` are the modes that go to the country.

    None for an order that is not sorted, because none of its products is known.
    """
    parts = sorting.split("/")
    if len(parts) != PARTS_OF_CATEGORY:
        return None
    _zone, kind, weight, size = parts
    about = {"kind": kind, "weight": weight, "size": size, "country": country}
    for bound in bounds().modes:
        if bound.mode in reached_by and _takes(bound, kind, weight, size):
            return SuggestedMode(bound.mode, Sentence(bound.mode, WHY[bound.mode], about))
    return SuggestedMode("", Sentence("none_fits", NONE_FITS, about))


def _takes(bound: ModeBound, kind: str, weight: str, size: str) -> bool:
    return kind in bound.kinds and weight in bound.weight_bands and size in bound.size_bands
