"""What each kind of background work is called by people who read that it stopped."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WORK: Mapping[str, str] = {
    "allocation.allocate": gettext_noop("Reserving stock"),
    "allocation.fill_backorders": gettext_noop("Reserving new stock for waiting orders"),
    "booking.book": gettext_noop("Booking with the carrier"),
    "booking.booked_twice": gettext_noop("Voiding one of two bookings"),
    "booking.void": gettext_noop("Voiding an unused booking"),
    "booking.fetch_label": gettext_noop("Fetching the label"),
    "channels.alert": gettext_noop("Writing to the owners of a shop"),
    "channels.decide": gettext_noop("Telling a shop which orders are taken"),
    "channels.get_tokens": gettext_noop("Connecting a shop"),
    "channels.read": gettext_noop("Reading a shop's orders"),
    "channels.read_orders": gettext_noop("Reading orders a shop told us of"),
    "channels.read_push": gettext_noop("Checking a shop's message"),
    "channels.renumbered": gettext_noop("Correcting a parcel's number in a shop"),
    "channels.number_unused": gettext_noop("Taking a parcel's number back in a shop"),
    "channels.tell": gettext_noop("Telling a shop of a parcel"),
    "clearance.prepare": gettext_noop("Drafting the declarations"),
    "clearance.lodge_export": gettext_noop("Lodging the export declaration"),
    "clearance.lodge_import": gettext_noop("Lodging the import declaration"),
    "clearance.withdraw": gettext_noop("Withdrawing a declaration"),
    "clearance.follow": gettext_noop("Asking customs for its decision"),
    "delivery.consign": gettext_noop("Giving the parcel to the delivery partner"),
    "delivery.follow": gettext_noop("Asking the delivery partner"),
    "delivery.fetch_proof": gettext_noop("Fetching the proof of delivery"),
    "export.tell_carrier": gettext_noop("Telling the carrier of the handover"),
    "intake.read_file": gettext_noop("Reading an uploaded file"),
    "listings.release": gettext_noop("Releasing the orders of a mapped code"),
    "orders.recheck_products": gettext_noop("Checking the orders of corrected products"),
    "allocation.simulate": gettext_noop("Replaying past orders under draft rules"),
    "suppliers.send": gettext_noop("Writing to a supplier"),
    "papers.inbound_label": gettext_noop("Making the carton label of an inbound"),
    "papers.manifest": gettext_noop("Making the manifest"),
    "papers.order": gettext_noop("Making the papers of a parcel"),
    "papers.payout_advice": gettext_noop("Making the payout advice"),
    "papers.pick_list": gettext_noop("Making the pick list"),
    "papers.product_labels": gettext_noop("Making product labels"),
    "rules.notify": gettext_noop("Telling a member what a rule found"),
    "waves.propose": gettext_noop("Proposing waves"),
    "rules.try": gettext_noop("Trying rules on past orders"),
}


def work_words(kind: str) -> str:
    """A kind of background work; one without words of its own is shown as it is."""
    return _(WORK[kind]) if kind in WORK else kind.replace(".", ", ").replace("_", " ")
