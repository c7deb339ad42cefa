"""What the buyer's page shows of one parcel, read inside the merchant's block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core.models import Merchant
from core.templatetags.words import country_name
from orders.models import Order
from tracking.journey import order_journey
from tracking.models import DeliveryProof, TrackedParcel, TrackingEvent
from tracking.rules.geo import Place, find_place, zone_of_country
from tracking.screens import (
    BuyerEvent,
    ExpectedArrival,
    PlaceState,
    RevealedDetails,
    Todo,
    TrackingMap,
    TrackingPage,
    map_around,
)
from tracking.words import (
    HIDDEN_FROM_BUYERS,
    carrier_words,
    report_words,
    trouble_words,
)
from warehouse.models import ParcelItem

SHOWN_EVENTS = 60
ENDED = ("returned", "destroyed", "cancelled", "lost")


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Addresses of the page, made by the view."""

    reveal_url: str
    languages: tuple[tuple[str, str, bool], ...]


def read_parcel(parcel_id: int) -> TrackedParcel:
    """The parcel of a link with its booking and order."""
    return TrackedParcel.objects.select_related("booking__parcel__order").get(pk=parcel_id)


def read_page(
    parcel: TrackedParcel, *, links: PageLinks, is_revealed: bool, postcode_error: str = ""
) -> TrackingPage:
    """The whole page; name, address and contents only when `is_revealed`."""
    packed = parcel.booking.parcel
    order = packed.order
    events = _events(parcel)
    line = order_journey(
        order=order,
        reached=parcel.reached,
        trouble=parcel.problem,
        packed_at=packed.packed_at,
    )
    return TrackingPage(
        tracking_number=parcel.tracking_number,
        seller=Merchant.objects.values_list("name", flat=True).get(pk=parcel.merchant_id),
        headline=_headline(parcel, line.here.label),
        since=parcel.problem_since or parcel.milestone_at,
        line=line,
        expected=_expected(parcel),
        holder=_holder(parcel, order),
        holder_contact="",
        todo=_todo(parcel),
        address_hint=_hint(order),
        reveal_url=links.reveal_url,
        events=tuple(_event(row, parcel) for row in events),
        languages=links.languages,
        map=_map(events, order.country),
        details=_details(parcel, order) if is_revealed else None,
        postcode_error=postcode_error,
    )


def _headline(parcel: TrackedParcel, here: str) -> str:
    return trouble_words(parcel.problem) if parcel.problem else here


def _expected(parcel: TrackedParcel) -> ExpectedArrival | None:
    """Days as promised; nothing once it has come, or can no longer."""
    if parcel.expected_from is None or parcel.delivered_at or parcel.problem in ENDED:
        return None
    last = parcel.expected_to if parcel.expected_to != parcel.expected_from else None
    return ExpectedArrival(first=parcel.expected_from, last=last)


def _holder(parcel: TrackedParcel, order: Order) -> str:
    if parcel.delivered_at:
        return _("You, or who took it for you")
    if parcel.problem == "customs_held":
        return _("Customs of %(country)s") % {"country": country_name(order.country)}
    if parcel.problem in ("returned", "cancelled"):
        return _("The sender")
    if parcel.booking.parcel.handed_over_at is None:
        return _("The sender's warehouse")
    has_partner = parcel.carrier_code == "line" and "out_for_delivery" in parcel.reached
    return carrier_words("partner" if has_partner else parcel.carrier_code)


def _todo(parcel: TrackedParcel) -> Todo | None:
    what = {
        "customs_held": _("Customs may write to you: answer and send what it asks for."),
        "attempt_failed": _("Be there for the next try, or ask the carrier for another day."),
        "awaiting_collection": _("Collect the parcel; take an identity document with you."),
        "lost": _("Tell the seller: the sender asks the carrier to pay for it."),
        "damaged": _("Keep the parcel and its box, take photos, and tell the seller."),
        "partial": _("Tell the seller what is missing."),
    }.get(parcel.problem)
    return Todo(words=what) if what else None


def _hint(order: Order) -> str:
    """First letters and the country: not the town either, since a small one has one postcode."""
    initials = " ".join(f"{word[0]}•••" for word in order.recipient_name.split()[:4])
    return ", ".join(filter(None, (initials, country_name(order.country))))


def _told_title(item: ParcelItem) -> str:
    """What the buyer bought, in the channel's words; a kit's component in the merchant's own."""
    is_component = item.product_id != item.order_line.product_id
    said = "" if is_component else item.order_line.title
    return str(said or item.product.title)


def _details(parcel: TrackedParcel, order: Order) -> RevealedDetails:
    place = " ".join(filter(None, (order.postal_code, order.city)))
    address = (
        order.company, order.street_1, order.street_2, order.street_3, place, order.region,
        country_name(order.country),
    )  # fmt: skip
    items = ParcelItem.objects.filter(parcel_id=parcel.booking.parcel_id).order_by("id")
    contents = [
        (item.quantity, _told_title(item)) for item in items.select_related("order_line", "product")
    ]
    proof = DeliveryProof.objects.filter(parcel=parcel).first()
    return RevealedDetails(
        recipient=order.recipient_name,
        address=tuple(filter(None, address)),
        contents=tuple(f"{quantity} × {title}" for quantity, title in contents),
        signed_by=proof.signed_by if proof else "",
    )


def _events(parcel: TrackedParcel) -> list[TrackingEvent]:
    """Newest first, without what says nothing to a buyer."""
    rows = TrackingEvent.objects.filter(parcel=parcel).exclude(canonical__in=HIDDEN_FROM_BUYERS)
    return list(rows.order_by("-happened_at", "-id")[:SHOWN_EVENTS])


def _event(row: TrackingEvent, parcel: TrackedParcel) -> BuyerEvent:
    place = find_place(row.city, row.country) if row.country else None
    zone = place.zone if place else zone_of_country(row.country or parcel.destination_country)
    return BuyerEvent(
        local_at=row.happened_at.astimezone(ZoneInfo(zone)),
        place=", ".join(
            filter(None, (row.city.title() if row.city.isupper() else row.city,
                          country_name(row.country) if row.country else ""))
        ),
        words=report_words(row.canonical),
    )  # fmt: skip


def _map(events: Sequence[TrackingEvent], destination: str) -> TrackingMap | None:
    """The places of the way in their order, and the middle of the country it goes to.

    Not the buyer's town: the map is shown to everyone who has the link.
    """
    way: list[Place] = []
    for row in sorted(events, key=_when):
        place = find_place(row.city, row.country) if row.country else None
        if place is not None and (not way or way[-1] != place):
            way.append(place)
    end = find_place("", destination)
    if not way or end is None:
        return None
    is_there = way[-1].country == end.country
    drawn: list[tuple[str, float, float, PlaceState]] = [
        (_place_words(place), *place.xy, "done") for place in way[:-1]
    ]
    drawn.append((_place_words(way[-1]), *way[-1].xy, "current"))
    if not is_there:
        drawn.append((country_name(end.country), *end.xy, "todo"))
    names = {"from": _place_words(way[0]), "here": _place_words(way[-1])}
    words = _("The parcel has gone from %(from)s to %(here)s.") % names
    if not is_there:
        words = _("The parcel has gone from %(from)s to %(here)s and goes on to %(to)s.") % {
            **names,
            "to": country_name(end.country),
        }
    return map_around(places=drawn, words=words)


def _when(row: TrackingEvent) -> datetime:
    return row.happened_at


def _place_words(place: Place) -> str:
    return country_name(place.country) if place.kind == "country" else place.name
