"""Our words for what a carrier reported, the stages and the troubles, in the reader's language.

Sources: the codes of ``tracking/data/milestones.csv`` and ``exceptions.csv``.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tracking.rules.vocabulary import MILESTONES

STAGES: Mapping[str, str] = {
    "ordered": gettext_noop("Ordered"),
    "allocated": gettext_noop("Allocated"),
    "packed": gettext_noop("Packed"),
    "handed_over": gettext_noop("Handed over"),
    "in_transit": gettext_noop("In transit"),
    "cleared": gettext_noop("Cleared"),
    "out_for_delivery": gettext_noop("Out for delivery"),
    "delivered": gettext_noop("Delivered"),
}
TROUBLES: Mapping[str, str] = {
    "pickup_failed": gettext_noop("The carrier could not collect it"),
    "not_received": gettext_noop("Not scanned by the carrier since the handover"),
    "held": gettext_noop("Held on the way"),
    "customs_held": gettext_noop("Held by customs"),
    "delayed": gettext_noop("Delayed"),
    "attempt_failed": gettext_noop("Delivery was tried without success"),
    "awaiting_collection": gettext_noop("Waits to be collected"),
    "returning": gettext_noop("On its way back to the sender"),
    "damaged": gettext_noop("Damaged"),
    "partial": gettext_noop("Delivered in part"),
    "lost": gettext_noop("Lost"),
    "cancelled": gettext_noop("Cancelled"),
    "returned": gettext_noop("Back at the sender"),
    "destroyed": gettext_noop("Destroyed"),
}
REPORTS: Mapping[str, str] = {
    "pre_transit.ordered": gettext_noop("Ordered"),
    "pre_transit.allocated": gettext_noop("Allocated"),
    "pre_transit.packed": gettext_noop("Packed"),
    "pre_transit.info_received": gettext_noop("The carrier knows of the parcel"),
    "pre_transit.label_created": gettext_noop("The label was made"),
    "pre_transit.pickup_scheduled": gettext_noop("Collection is planned"),
    "pre_transit.pickup_failed": gettext_noop("The carrier could not collect it"),
    "accepted.handed_over": gettext_noop("Handed to the carrier"),
    "accepted.not_scanned": gettext_noop("Not scanned by the carrier since the handover"),
    "accepted.accepted": gettext_noop("Accepted by the carrier"),
    "accepted.picked_up": gettext_noop("Collected by the carrier"),
    "in_transit.general": gettext_noop("On its way"),
    "in_transit.origin_hub": gettext_noop("At the carrier's hub in the country of origin"),
    "in_transit.export_customs": gettext_noop("With export customs"),
    "in_transit.export_held": gettext_noop("Held by export customs"),
    "in_transit.export_cleared": gettext_noop("Released for export"),
    "in_transit.departed_origin": gettext_noop("Left the country of origin"),
    "in_transit.transit_hub_arrived": gettext_noop("Arrived at a hub on the way"),
    "in_transit.transit_hub_departed": gettext_noop("Left a hub on the way"),
    "in_transit.arrived_destination": gettext_noop("Arrived in the country of destination"),
    "in_transit.import_customs": gettext_noop("With import customs"),
    "in_transit.customs_held": gettext_noop("Held by customs"),
    "in_transit.import_cleared": gettext_noop("Cleared by customs"),
    "in_transit.handover_last_mile": gettext_noop("Handed to the delivery partner"),
    "in_transit.destination_hub": gettext_noop("At the hub in the country of destination"),
    "in_transit.delivery_depot": gettext_noop("At the delivery depot"),
    "in_transit.held": gettext_noop("Held on the way"),
    "in_transit.delayed": gettext_noop("Delayed"),
    "in_transit.reroute_requested": gettext_noop("Another way was asked for"),
    "in_transit.rerouted": gettext_noop("Sent another way"),
    "out_for_delivery.scheduled": gettext_noop("Delivery is planned"),
    "out_for_delivery.on_vehicle": gettext_noop("With the courier"),
    "attempted.failed": gettext_noop("Delivery was tried without success"),
    "available_for_pickup.ready": gettext_noop("Ready to be collected"),
    "delivered.confirmed": gettext_noop("Delivered"),
    "delivered.signed": gettext_noop("Delivered and signed for"),
    "delivered.neighbour": gettext_noop("Delivered to a neighbour"),
    "delivered.collected": gettext_noop("Collected by the buyer"),
    "delivered.cod_collected": gettext_noop("Delivered and paid on delivery"),
    "delivered.partial": gettext_noop("Delivered in part"),
    "delivered.damaged": gettext_noop("Delivered damaged"),
    "returning.in_transit": gettext_noop("On its way back to the sender"),
    "returned.received": gettext_noop("Back at the sender"),
    "terminated.lost": gettext_noop("Lost"),
    "terminated.destroyed": gettext_noop("Destroyed"),
    "terminated.cancelled": gettext_noop("Cancelled"),
    "unknown.not_found": gettext_noop("The carrier does not know the parcel yet"),
    "unknown.stale": gettext_noop("No news for some time"),
    "unknown.unmapped": gettext_noop("The carrier reported something else"),
    "info.note": gettext_noop("Note of the carrier"),
    "info.eta_changed": gettext_noop("The expected day has changed"),
}
REASONS: Mapping[str, str] = {
    "address_incorrect": gettext_noop("The address is wrong"),
    "business_closed": gettext_noop("The business was closed"),
    "customs_delay": gettext_noop("Customs takes longer"),
    "damaged": gettext_noop("Damaged"),
    "docs_missing": gettext_noop("Documents are missing"),
    "duties_unpaid": gettext_noop("Duty or tax is not paid"),
    "force_majeure": gettext_noop("Force majeure"),
    "invalid_number": gettext_noop("The number is not valid"),
    "late_flight": gettext_noop("The flight is late"),
    "lost": gettext_noop("It cannot be found"),
    "mechanical": gettext_noop("A vehicle broke down"),
    "missorted": gettext_noop("Sorted the wrong way"),
    "other": gettext_noop("Another reason"),
    "payment_due": gettext_noop("A payment is due"),
    "prohibited": gettext_noop("The goods are not allowed"),
    "recipient_absent": gettext_noop("Nobody was there"),
    "recipient_moved": gettext_noop("The recipient has moved"),
    "recipient_refused": gettext_noop("The recipient refused it"),
    "recipient_request": gettext_noop("The recipient asked for it"),
    "recipient_unreachable": gettext_noop("The recipient cannot be reached"),
    "security": gettext_noop("Security check"),
    "service_failure": gettext_noop("A fault of the carrier"),
    "shipper_cancelled": gettext_noop("The sender cancelled it"),
    "unclaimed": gettext_noop("Nobody collected it"),
    "weather": gettext_noop("The weather"),
}
"""Why, as the status map codes what carriers say."""
HIDDEN_FROM_BUYERS = frozenset(
    {
        "unknown.not_found",
        "unknown.unmapped",
        "info.note",
        "pre_transit.label_created",
        "accepted.not_scanned",
    }
)
"""Reports that say nothing to the buyer."""
CARRIERS: Mapping[str, str] = {
    "dhl_express": "DHL Express",
    "postal": gettext_noop("Post"),
    "line": "EastLine",
    "partner": "CityDrop",
    "waybridge": "Waybridge",
}


def stage_words(stage: str) -> str:
    """A stage of the journey line."""
    return _(STAGES[stage])


def standing_words(milestone: str, *, is_packed: bool) -> str:
    """Where a booked parcel stands: it is followed from its booking on, before it is packed."""
    return stage_words(milestone) if is_packed or milestone != "packed" else _("Booked")


def trouble_words(kind: str) -> str:
    """What is wrong with a parcel; a kind without words of its own is shown as it is."""
    return _(TROUBLES[kind]) if kind in TROUBLES else kind.replace("_", " ")


def cause_words(reason: str) -> str:
    """Why something is wrong; a reason without words of its own is shown as it is."""
    return _(REASONS[reason]) if reason in REASONS else reason.replace("_", " ")


def report_words(canonical: str) -> str:
    """One report of a carrier."""
    return _(REPORTS.get(canonical, REPORTS["unknown.unmapped"]))


def carrier_words(code: str) -> str:
    """The name of a carrier or of another source of events."""
    return _(CARRIERS[code]) if code in CARRIERS else code


def stage_labels() -> tuple[tuple[str, str], ...]:
    """Every stage with its words, in journey order."""
    return tuple((stage, stage_words(stage)) for stage in MILESTONES)
