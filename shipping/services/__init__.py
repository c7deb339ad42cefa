"""The only writer of the shipping tables."""

from __future__ import annotations

from shipping.services.bookings import (
    NotUnclear,
    TooEarly,
    attach_invoice,
    attach_label,
    begin_sending,
    drop_booking,
    lock_unclear,
    mark_booked,
    mark_not_sent,
    mark_refused,
    mark_unclear,
    plan_again,
    plan_booking,
    send_again,
    take_s10_number,
)
from shipping.services.handovers import NothingToHandOver, close_handover, mark_told, set_manifest
from shipping.services.terms import (
    accept_agreement,
    agreement_in_force,
    propose_agreement,
    publish_rate_card,
)
from shipping.services.voiding import NotWithdrawable, note_void, withdraw_booking

__all__ = [
    "NotUnclear",
    "NotWithdrawable",
    "NothingToHandOver",
    "TooEarly",
    "accept_agreement",
    "agreement_in_force",
    "attach_invoice",
    "attach_label",
    "begin_sending",
    "close_handover",
    "drop_booking",
    "lock_unclear",
    "mark_booked",
    "mark_not_sent",
    "mark_refused",
    "mark_told",
    "mark_unclear",
    "note_void",
    "plan_again",
    "plan_booking",
    "propose_agreement",
    "publish_rate_card",
    "send_again",
    "set_manifest",
    "take_s10_number",
    "withdraw_booking",
]  # fmt: skip
