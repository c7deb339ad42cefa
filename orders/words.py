"""Why an order is held and what was assumed about a file, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.sentences import Sentence
from core.spoken import say
from orders.files.faults import NOTES, SKIPS
from orders.models import BlockKind, Hold, OrderStatus
from orders.rules.reasons import REASONS, SENTENCES

PARTS: Mapping[str, str] = {
    "name": gettext_noop("name"),
    "company": gettext_noop("company"),
    "street": gettext_noop("street"),
    "city": gettext_noop("city"),
    "region": gettext_noop("region"),
    "postal code": gettext_noop("postal code"),
}
"""Parts of an address as the checks name them."""


def hold_words(hold: Hold) -> tuple[str, str]:
    """The reason and what would be right; as stored, where the reason is no longer known."""
    reason = REASONS.get(hold.reason_code)
    if reason is None:
        return hold.reason, hold.remedy
    values = _values(hold.params)
    try:
        return _(reason.template) % values, _(reason.remedy) % values
    except (KeyError, TypeError, ValueError):
        return hold.reason, hold.remedy


def note_words(note: Mapping[str, Any]) -> str:
    """Something that was assumed about an uploaded file."""
    template = NOTES.get(note.get("code", ""))
    if template is None:
        return ""
    try:
        return str(_(template) % note.get("params", {}))
    except (KeyError, TypeError, ValueError):
        return ""


def skip_words(reason: str) -> str:
    """Why rows of a file are no open orders."""
    return _(SKIPS[reason]) if reason in SKIPS else reason


def _values(params: Mapping[str, Any]) -> dict[str, Any]:
    """The stored values, those that are words said in the reader's language."""
    values = dict(params)
    for name, told in params.items():
        if name.endswith(SENTENCES):
            values[name.removesuffix(SENTENCES)] = " ".join(map(say, told))
    if kinds := params.get("kinds"):
        labels = dict(BlockKind.choices)
        values["kinds"] = ", ".join(str(labels.get(kind, kind)) for kind in kinds.split(", "))
    if params.get("part") in PARTS:
        values["part"] = _(PARTS[params["part"]])
    return values


ASKED_FOR: Mapping[str, str] = {
    "restricted_goods": gettext_noop(
        "the permit or licence for these goods (its number, who issued it, until when it is "
        "valid), or a data sheet that shows they are of another kind"
    ),
    "battery_refused": gettext_noop(
        "the battery's UN 38.3 test summary and data sheet (kind, Wh, how it is built in)"
    ),
    "battery_alone": gettext_noop(
        "the battery's UN 38.3 test summary and your dangerous goods contract with a carrier"
    ),
    "party_listed": gettext_noop(
        "what tells the recipient from the listed person or company: full name, date and place of "
        "birth or the company's registration"
    ),
    "commodity_code_short": gettext_noop(
        "the ten-digit commodity code of the product, with a data sheet"
    ),
}
"""What staff need from the merchant before they can let an order go on, by the hold's reason."""


def asked_for(hold: Hold) -> str:
    """What to send to staff who release this hold; empty where the merchant releases it."""
    if not hold.released_by_role.startswith("staff:"):
        return ""
    text = ASKED_FOR.get(hold.reason_code)
    return _(text) if text else _("what shows that the order may be sent")


def too_late_words(status: str, why: Sentence | None = None) -> str:
    """Say why an order can no longer be changed, and what can be done.

    `why` is what keeps its parcel in its wave, where that is known.
    """
    if why is not None:
        return say(why.as_dict())
    if status == OrderStatus.CANCELLED:
        return _("The order was cancelled. Send a new one under another number.")
    if status in (OrderStatus.SPLIT, OrderStatus.MERGED):
        return _("The order is split or merged. Undo that first; or change the orders made of it.")
    if status in (OrderStatus.ALLOCATED, OrderStatus.PACKED):
        return _(
            "A parcel is packed for this order. Ask the operator's warehouse whether it can still"
            " be kept back."
        )
    if status in (OrderStatus.HELD, OrderStatus.ACCEPTED, OrderStatus.BACKORDERED):
        return _(
            "A supplier was asked to ship this order to the buyer. Have them refuse the request"
            " first; then cancel or change the order."
        )
    return _("The order has left the warehouse. Open a claim, or have the buyer return the parcel.")
