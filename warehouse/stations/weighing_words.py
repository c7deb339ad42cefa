"""What the pack and weigh stations say of a reading."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.spoken import run_on, say
from flows.closing import Closing
from flows.fulfilment import PackState
from warehouse.services import Weighed


def asks_again_words(weighed: Weighed) -> str:
    """What was expected, and that a second reading has to agree."""
    expected = weighed.expected
    said = _("{weight} g, expected {least} to {most} g. Check the contents, then weigh it again to"
             " confirm.")  # fmt: skip
    return said.format(
        weight=weighed.weight_g,
        least=max(0, expected.expected_g - expected.tolerance_g),
        most=expected.expected_g + expected.tolerance_g,
    )


def is_label_coming(state: PackState) -> bool:
    """Tell whether a closed parcel was booked anew and its new label is not there yet."""
    return state.booking is None or state.booking.label_id is None


def new_label_words(closing: Closing) -> str:
    """That the old label is void and why, and that a new one is coming."""
    reasons = [say(sentence.as_dict()) for sentence in closing.why]
    last = _("The old label is void: take it off. The new one is coming.")
    return run_on([*reasons, last])
