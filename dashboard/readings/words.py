"""Codes in the reader's words: statuses, events, people, and the sentences of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing.models import LedgerEntry
from claims.models import Claim
from claims.words import evidence_words, reason_words
from core.models import Event
from core.money import Money
from core.spoken import say, say_all
from customs.models import Declaration
from dashboard.readings.product_words import changes_in_words
from dashboard.readings.rule_words import ruled_words
from dashboard.screens.common import Badge, HistoryEntry, Tone
from flows.words import work_words
from orders.models import ConflictOutcome, Hold, Import, Order
from shipping.models import Booking
from tracking.words import stage_words, trouble_words

ORDER_TONES: Mapping[str, Tone] = {
    Order.Status.HELD: "act",
    Order.Status.BACKORDERED: "act",
    Order.Status.LOST: "bad",
    Order.Status.DELIVERED: "good",
    Order.Status.CANCELLED: "neutral",
    Order.Status.SPLIT: "neutral",
    Order.Status.MERGED: "neutral",
}
DECLARATION_TONES: Mapping[str, Tone] = {
    Declaration.Status.INCOMPLETE: "act",
    Declaration.Status.HELD: "act",
    Declaration.Status.REFUSED: "bad",
    Declaration.Status.RELEASED: "good",
}
CLAIM_TONES: Mapping[str, Tone] = {
    Claim.Status.NEEDS_EVIDENCE: "act",
    Claim.Status.REFUSED: "bad",
    Claim.Status.PAID: "good",
}
IMPORT_TONES: Mapping[str, Tone] = {Import.Status.REFUSED: "bad", Import.Status.DONE: "good"}
BOOKING_TONES: Mapping[str, Tone] = {Booking.Status.REFUSED: "bad", Booking.Status.UNCLEAR: "act"}
EVENTS: Mapping[str, str] = {
    "order.received": gettext_noop("Received"),
    "order.held": gettext_noop("Received and held"),
    "order.sent_differently": gettext_noop("Sent again with other content; waits for a decision"),
    "order.cancel_requested": gettext_noop("Cancelled by the channel; waits for a decision"),
    "order.shipped_elsewhere": gettext_noop(
        "Shipped elsewhere, says the channel; waits for a decision"
    ),
    "order.conflict_decided": gettext_noop("Decided"),
    "order.updated": gettext_noop("Changed by the channel"),
    "order.corrected": gettext_noop("Recipient corrected"),
    "rule.applied": gettext_noop("Rule applied"),
    "rule.skipped": gettext_noop("Rule skipped: it is broken"),
    "rule.no_longer": gettext_noop("Rule no longer applies"),
    "order.rechecked": gettext_noop("Checked anew"),
    "order.stock_given_back": gettext_noop("Reserved stock given back"),
    "order.promise_lost": gettext_noop("A promised piece was not in its bin; allocated anew"),
    "order.accepted": gettext_noop("Accepted"),
    "order.backordered": gettext_noop("Waits for stock"),
    "order.allocated": gettext_noop("Stock reserved"),
    "supplier_request.draft": gettext_noop("Drafted"),
    "supplier_request.sent": gettext_noop("Sent to the supplier"),
    "supplier_request.accepted": gettext_noop("Accepted by the supplier"),
    "supplier_request.refused": gettext_noop("Refused by the supplier"),
    "supplier_request.shipped": gettext_noop("Shipped by the supplier"),
    "supplier_request.received": gettext_noop("Received"),
    "supplier_request.closed": gettext_noop("Closed"),
    "inbound.announced": gettext_noop("Announced"),
    "inbound.changed": gettext_noop("Changed"),
    "inbound.receiving": gettext_noop("The first goods are being looked at"),
    "inbound.reopened": gettext_noop("Opened again: more came"),
    "inbound.received": gettext_noop("Received"),
    "inbound.put_away": gettext_noop("All of it is put away"),
    "inbound.seen": gettext_noop("Differences noted"),
    "inbound.cancelled": gettext_noop("Cancelled"),
    "order.packed": gettext_noop("Packed"),
    "order.shipped": gettext_noop("Shipped"),
    "order.delivered": gettext_noop("Delivered"),
    "order.lost": gettext_noop("Counted as lost"),
    "order.cancelled": gettext_noop("Cancelled"),
    "order.split": gettext_noop("Split into parts"),
    "order.merged": gettext_noop("Merged with other orders"),
    "order.made_by_split": gettext_noop("Made as a part of an order"),
    "order.made_by_merge": gettext_noop("Made of several orders"),
    "order.undone": gettext_noop("Split or merge taken back"),
    "order.parcel_withdrawn": gettext_noop("Planned parcel taken out of its wave"),
    "order.taken_out": gettext_noop("Parcel taken out of its wave"),
    "order.lot_switched": gettext_noop("Another lot was picked"),
    "order.short_picked": gettext_noop("Less found on the shelf than the stock said"),
    "order.piece_broken": gettext_noop("A piece was found broken at packing"),
    "hold.released": gettext_noop("Hold released"),
    "booking.planned": gettext_noop("Service chosen"),
    "booking.booked": gettext_noop("Booked with the carrier"),
    "booking.refused": gettext_noop("Refused by the carrier"),
    "booking.unclear": gettext_noop("The carrier's answer is unclear; a person looks into it"),
    "booking.absent": gettext_noop("Not found at the carrier; booked again"),
    "booking.withdrawn": gettext_noop("Booking withdrawn"),
    "booking.dropped": gettext_noop("Booking given up before the carrier was asked"),
    "booking.void_voided": gettext_noop("The carrier voided the unused booking"),
    "booking.void_refused": gettext_noop("The carrier did not void the unused booking"),
    "parcel.weight_doubted": gettext_noop("Weight not as expected; weighed again"),
    "parcel.weight_confirmed": gettext_noop("Weight confirmed by a second reading"),
    "parcel.carton_taken": gettext_noop("Another carton taken"),
    "parcel.photographed": gettext_noop("Photo taken at packing"),
    "parcel.reweighed": gettext_noop("Weighed again"),
    "declaration.amended": gettext_noop("Declaration replaced by one with the true weight"),
    "booking.label_brought": gettext_noop("Label brought by staff"),
    "label.reprinted": gettext_noop("Label printed again"),
    "declaration.corrected": gettext_noop("Declaration corrected"),
    "job.tried_again": gettext_noop("Stopped work tried again"),
    "job.given_up": gettext_noop("Stopped work given up"),
    "merchant.suspended": gettext_noop("Account suspended"),
    "merchant.reinstated": gettext_noop("Account reinstated"),
    "member.added": gettext_noop("Joined the team"),
    "member.removed": gettext_noop("Removed from the team"),
    "member.role_changed": gettext_noop("Role changed"),
    "invitation.sent": gettext_noop("Invited to the team"),
    "invitation.sent_again": gettext_noop("Invitation sent again"),
    "invitation.revoked": gettext_noop("Invitation withdrawn"),
    "claim.filed": gettext_noop("Claim filed"),
    "claim.evidence_added": gettext_noop("Evidence added"),
    "claim.needs_evidence": gettext_noop("More evidence asked for"),
    "claim.approved": gettext_noop("Claim approved"),
    "claim.refused": gettext_noop("Claim refused"),
    "claim.paid": gettext_noop("Claim paid"),
    "product.changed": gettext_noop("Changed"),
    "product.kit_saved": gettext_noop("Kit saved"),
    "product.min_days_left_set": gettext_noop("Days left when sold set"),
    "product.expired": gettext_noop("Expired stock taken off sale"),
    "product.level_set": gettext_noop("Minimum and maximum set"),
    "product.customs_corrected": gettext_noop("Corrected with a declaration"),
}
ECHOES: Mapping[str, str] = {
    "order.packed": "parcel.packed",
    "order.shipped": "parcel.handed_over",
    "order.delivered": "parcel.delivered",
    "order.lost": "exception.lost",
}
"""What an order's status says again, where the parcel itself has said it: told once."""
DOCUMENTS: Mapping[str, str] = {
    "label": gettext_noop("Shipping label"),
    "commercial_invoice": gettext_noop("Commercial invoice"),
    "packing_list": gettext_noop("Packing list"),
    "pick_list": gettext_noop("Pick list"),
    "packing_photo": gettext_noop("Photo at packing"),
    "product_labels": gettext_noop("Product labels"),
    "inbound_label": gettext_noop("Carton label of an inbound"),
    "supplier_request": gettext_noop("Supplier request"),
    "manifest": gettext_noop("Manifest"),
    "declaration": gettext_noop("Declaration"),
    "export_declaration": gettext_noop("Export declaration"),
    "import_declaration": gettext_noop("Import declaration"),
    "proof_of_delivery": gettext_noop("Proof of delivery"),
    "claim_evidence": gettext_noop("Evidence"),
    "payout_advice": gettext_noop("Payout advice"),
}
ROLES: Mapping[str, str] = {
    "member:owner": gettext_noop("an owner of your team"),
    "member:operations": gettext_noop("operations or an owner of your team"),
    "member:finance": gettext_noop("finance or an owner of your team"),
    "staff:customs": gettext_noop("customs staff of the operator"),
    "staff:admin": gettext_noop("administrators of the operator"),
}
LEDGER: Mapping[str, str] = {
    "freight": gettext_noop("Carriage"),
    "freight_reversed": gettext_noop("Carriage taken back"),
    "claim_payout": gettext_noop("Claim paid"),
}


def sentence(stored: Mapping[str, Any]) -> str:
    """A rule's stored sentence in the reader's language.

    A sentence whose template has changed since it was stored is shown as it was written then.
    """
    return reason_words(stored)


def percent(template: str, params: Mapping[str, Any], *, stored: str) -> str:
    """A `%(name)s` template in the reader's language; `stored` where its values do not fit."""
    try:
        return _(template) % params
    except (KeyError, TypeError, ValueError):
        return stored


def problem_words(problem: Mapping[str, Any]) -> tuple[str, str]:
    """What is wrong in a declaration and what would be right."""
    return sentence(problem.get("fault") or {}), sentence(problem.get("remedy") or {})


def unclear_words() -> str:
    """What a merchant is told of a booking whose outcome is not known."""
    return _(
        "The carrier's answer was lost. Waybridge staff find out whether the parcel is booked;"
        " you need do nothing."
    )


def order_badge(order: Order) -> Badge:
    """An order's status."""
    return Badge(
        label=str(order.get_status_display()), tone=ORDER_TONES.get(order.status, "progress")
    )


def declaration_badge(declaration: Declaration) -> Badge:
    """A declaration's status."""
    return Badge(
        label=str(declaration.get_status_display()),
        tone=DECLARATION_TONES.get(declaration.status, "progress"),
    )


def claim_badge(claim: Claim) -> Badge:
    """A claim's status."""
    return Badge(
        label=str(claim.get_status_display()), tone=CLAIM_TONES.get(claim.status, "progress")
    )


def import_badge(upload: Import) -> Badge:
    """An upload's status."""
    return Badge(
        label=str(upload.get_status_display()), tone=IMPORT_TONES.get(upload.status, "progress")
    )


def actor_words(actor: str) -> str:
    """Who did something. Staff are not named to merchants, and machines are the house."""
    door, _colon, name = actor.partition(":")
    if door == "user":
        return name
    if door == "key":
        return _("API key %(prefix)s") % {"prefix": name}
    return _("Waybridge staff") if door == "staff" else "Waybridge"


def event_words(event: Event) -> str:
    """What changed. A kind without words of its own is shown as it is."""
    family, _dot, what = event.kind.partition(".")
    if event.kind in EVENTS:
        return _(EVENTS[event.kind])
    if family == "parcel":
        return stage_words(what) if what in _stages() else what.replace("_", " ")
    if family == "exception":
        return trouble_words(what)
    if family == "declaration" and what in Declaration.Status.values:
        return _declaration_words(event, str(Declaration.Status(what).label))
    return event.kind.replace(".", ": ").replace("_", " ")


def _declaration_words(event: Event, status: str) -> str:
    """Which declaration, and what became of it."""
    whose = {
        Declaration.Direction.EXPORT: _("Export declaration: %(status)s"),
        Declaration.Direction.IMPORT: _("Import declaration: %(status)s"),
    }.get(event.data.get("direction", ""), _("Declaration: %(status)s"))
    return whose % {"status": status}


def _stages() -> frozenset[str]:
    return frozenset(("packed", "handed_over", "in_transit", "cleared", "out_for_delivery",
                      "delivered"))  # fmt: skip


def event_detail(event: Event) -> str:
    """The little that an event carries, where a reader gains by it."""
    data = event.data
    if event.kind == "hold.released":
        return ": ".join(filter(None, (hold_name(str(data.get("code", ""))), data.get("note", ""))))
    if event.kind.startswith("rule."):
        return ruled_words(data, event.at.date())
    if event.kind.startswith("product."):
        return STOCK_WISHES.get(event.kind, changes_in_words)(data)
    if event.kind in ("order.held", "order.rechecked"):
        return ", ".join(hold_name(code) for code in data.get("holds", ()))
    if event.kind == "claim.evidence_added":
        return evidence_words(str(data.get("code", "")))
    if event.kind in ("job.tried_again", "job.given_up"):
        return ": ".join(filter(None, (work_words(str(data.get("job", ""))), data.get("why", ""))))
    if event.kind == "order.conflict_decided":
        return str(dict(ConflictOutcome.choices).get(data.get("outcome", ""), ""))
    return say(data["sentence"]) if data.get("sentence") else _first_told(data)


def _kit_told(data: Mapping[str, Any]) -> str:
    return ", ".join(f"{pieces} × {sku}" for sku, pieces in data.get("parts", {}).items())


def _days_told(data: Mapping[str, Any]) -> str:
    return f"{data.get('was')} → {data.get('days')}"


def _level_told(data: Mapping[str, Any]) -> str:
    both = (NOTHING if data.get(name) is None else str(data[name]) for name in LEVELS)
    return f"{data.get('warehouse')}: {' / '.join(both)}"


def _expired_told(data: Mapping[str, Any]) -> str:
    return f"{data.get('pieces')} × {data.get('expires_on')} ({data.get('bin')})"


NOTHING = "–"
LEVELS = ("minimum", "maximum")
STOCK_WISHES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "product.kit_saved": _kit_told,
    "product.min_days_left_set": _days_told,
    "product.level_set": _level_told,
    "product.expired": _expired_told,
}
"""What the merchant said of a product's stock, in its history."""


def _first_told(data: Mapping[str, Any]) -> str:
    if data.get("reasons"):
        return say_all(data["reasons"])
    if weight_g := data.get("weight_g"):
        return f"{weight_g} g"
    names = ("reason", "tracking_number", "warehouse", "manifest", "mrn", "why", "lrn")
    return next((str(data[name]) for name in names if data.get(name)), "")


FAMILY = frozenset(
    {"order.split", "order.merged", "order.made_by_split", "order.made_by_merge", "order.undone"}
)


def _family_detail(data: Mapping[str, Any]) -> str:
    """The orders that belong together, the reason, and the customs limits that were undercut."""
    told = [data[name] for name in ("parts", "orders", "into", "of") if data.get(name)]
    names = [", ".join(each) if isinstance(each, list) else str(each) for each in told]
    limits = ", ".join(data.get("customs_limits", ()))
    under = _("under %(limits)s") % {"limits": limits} if limits else ""
    return "; ".join(filter(None, (*names, under, str(data.get("reason", "")))))


def hold_name(code: str) -> str:
    """A hold code's name."""
    return str(dict(Hold.Code.choices).get(code, code))


def document_words(kind: str) -> str:
    """A kind of document."""
    return _(DOCUMENTS[kind]) if kind in DOCUMENTS else kind.replace("_", " ")


def role_words(role: str) -> str:
    """Who may release a hold."""
    return _(ROLES[role]) if role in ROLES else role.replace(":", " ")


def ledger_words(entry: LedgerEntry) -> str:
    """Why money moved."""
    return _(LEDGER[entry.reason]) if entry.reason in LEDGER else entry.reason.replace("_", " ")


def money_words(money: Money) -> str:
    """An amount inside a sentence: "12.50 EUR"."""
    return f"{money.amount:f} {money.currency}"


def history_of(events: list[Event]) -> tuple[HistoryEntry, ...]:
    """Events (newest first) as a screen shows them, each change once."""
    return tuple(
        HistoryEntry(
            at=event.at,
            actor=actor_words(event.actor),
            words=event_words(event),
            detail=event_detail(event),
        )
        for event in _told_once(events)
    )


def _told_once(events: Sequence[Event]) -> Iterator[Event]:
    """Without what is told twice: by order and parcel, or by the house and then by the carrier.

    Of a stage told again before the next one, the first telling stays: it has the detail.
    """
    kinds = {event.kind for event in events}
    parcels = [event for event in events if event.kind.startswith("parcel.")]
    again = {newer.pk for newer, older in pairwise(parcels) if newer.kind == older.kind}
    for event in events:
        if ECHOES.get(event.kind) not in kinds and event.pk not in again:
            yield event
