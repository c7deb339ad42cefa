"""One order with everything that hangs on it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from core.events import history
from core.models import Event
from core.money import Money
from core.tenancy import active_merchant_id
from customs.models import Declaration
from customs.models import LandedCost as StoredCost
from dashboard.readings.allocation import read_allocation, read_from_suppliers, read_on_order
from dashboard.readings.combining import read_family
from dashboard.readings.documents import documents_of
from dashboard.readings.landed_cost import landed_cost_of
from dashboard.readings.order_changes import cancel_act, field_words, read_changes
from dashboard.readings.orders import service_name
from dashboard.readings.rule_words import mode_words, ruled_words
from dashboard.readings.words import (
    history_of,
    hold_name,
    order_badge,
    role_words,
    sentence,
    unclear_words,
)
from dashboard.screens.common import Coded
from dashboard.screens.orders import (
    HoldCard,
    OrderLine,
    OrderNotice,
    OrderPage,
    OrderShipment,
)
from flows.changes import CORRECTABLE
from orders.models import Hold, Import, Order
from orders.models import OrderLine as StoredLine
from orders.querysets import kits_of
from orders.rules.kits import kits_free
from orders.rules.reasons import REASONS
from orders.services.holds import NOT_BY_HAND, may_release
from orders.words import asked_for, hold_words
from shipping.models import Booking
from shipping.words import service_words
from tracking.journey import order_journey
from tracking.models import TrackedParcel
from tracking.words import carrier_words
from warehouse.models import Allocation as StoredAllocation
from warehouse.models import Parcel, Reservation
from warehouse.states import LIVE

CLAIMABLE = (Order.Status.SHIPPED, Order.Status.DELIVERED, Order.Status.LOST)


def read_order(*, order: Order, caller: Caller) -> OrderPage:
    """The page of one order, for the caller's role."""
    events = history(subject_kind="order", subject_id=order.pk)
    allocation = (
        StoredAllocation.objects.filter(order=order).select_related("warehouse").order_by("-id")
    ).first()
    parcel = Parcel.objects.filter(order=order).order_by("-id").first()
    bookings = list(Booking.objects.filter(parcel__order=order).order_by("-id")[:10])
    tracked = {
        row.booking_id: row for row in TrackedParcel.objects.filter(booking__parcel__order=order)
    }
    newest = next((tracked[booking.pk] for booking in bookings if booking.pk in tracked), None)
    cost = StoredCost.objects.filter(booking__parcel__order=order).order_by("-id").first()
    can_claim = caller.may("claims.edit") and newest and order.status in CLAIMABLE
    lines = _stored_lines(order)
    changes = read_changes(order=order, lines=lines, left_out=_left_out(events), caller=caller)
    return OrderPage(
        reference=order.reference,
        external_order=order.external_order,
        channel=str(order.channel.get_kind_display()),
        placed_at=order.placed_at or order.created_at,
        badge=order_badge(order),
        is_cancelled=order.status == Order.Status.CANCELLED,
        line=order_journey(
            order=order,
            reached=newest.reached if newest else None,
            trouble=newest.problem if newest else "",
            allocated_at=allocation.created_at if allocation else None,
            packed_at=parcel.packed_at if parcel else None,
        ),
        recipient=order.recipient_name,
        address=address_lines(order),
        country=order.country,
        phone=order.phone,
        email=order.email,
        lines=_lines(order, lines),
        changes=changes,
        cancel=cancel_act(order, caller),
        family=read_family(order=order, caller=caller, now=timezone.now()),
        value=Money(order.goods_value, order.currency),
        holds=_holds(order, caller, correct_url=changes.correct_url),
        shipments=_shipments(bookings, tracked),
        notices=_notices(bookings),
        documents=documents_of(subject_kind="order", subject_id=order.pk),
        landed_cost=landed_cost_of(cost) if cost else None,
        allocation=read_allocation(order, allocation),
        from_suppliers=read_from_suppliers(order),
        on_order=read_on_order(order, {row.product_id for row in lines if row.product_id}),
        history=history_of(events),
        ruled=tuple(ruled_words(told, order.created_at.date()) for told in order.ruled),
        tags=tuple(order.tags),
        wanted=_wanted(order),
        mode=mode_words(order, order.created_at.date()),
        list_url=reverse("dashboard:orders"),
        claim_url=f"{reverse('dashboard:claim_new')}?parcel={newest.tracking_number}"
        if can_claim and newest
        else "",
    )


def _wanted(order: Order) -> tuple[tuple[str, str], ...]:
    """What rules asked for, as label and text."""
    wanted = []
    if order.wanted_service:
        service = service_words(order.wanted_service, order.created_at.date())
        wanted.append((_("Service"), service))
    if order.wanted_warehouse:
        wanted.append((_("Warehouse"), order.wanted_warehouse))
    if order.priority:
        wanted.append((_("Priority"), str(order.priority)))
    return tuple(wanted)


def address_lines(order: Order) -> tuple[str, ...]:
    """The address as written, without the name and the country."""
    place = " ".join(filter(None, (order.postal_code, order.city)))
    lines = (
        order.company, order.street_1, order.street_2, order.street_3, place, order.region,
    )  # fmt: skip
    return tuple(line for line in lines if line)


def _stored_lines(order: Order) -> list[StoredLine]:
    return list(StoredLine.objects.filter(order=order).select_related("product").order_by("id"))


def _held(order: Order, rows: Sequence[StoredLine]) -> dict[int, int]:
    """Pieces that lie in their bins for each line by its id: nothing once they are packed.

    Of a kit's line it is how many whole kits lie there.
    """
    sums = (
        Reservation.objects.filter(order_line__order=order, status__in=LIVE)
        .order_by()
        .values_list("order_line_id", "balance__product_id")
        .annotate(pieces=Sum("quantity"))
    )
    pieces: dict[int, dict[int, int]] = {}
    for line_id, product_id, units in sums:
        pieces.setdefault(line_id, {})[product_id] = units
    kits = kits_of({row.product_id or 0 for row in rows}, on=order.created_at.date())
    return {
        row.pk: kits_free(kits[row.product_id], pieces[row.pk])
        if row.product_id in kits
        else sum(pieces[row.pk].values())
        for row in rows
        if row.pk in pieces
    }


def _lines(order: Order, rows: Sequence[StoredLine]) -> tuple[OrderLine, ...]:
    waits = order.status == Order.Status.BACKORDERED
    held = _held(order, rows)
    return tuple(_line(row, held.get(row.pk, 0), waits=waits) for row in rows)


def _left_out(events: Sequence[Event]) -> tuple[str, ...]:
    """Codes of the channel's lines that are not shipped by us; the newest word counts."""
    told = (event.data["left_out"] for event in events if "left_out" in event.data)
    return tuple(map(str, next(told, ())))


def _line(row: StoredLine, allocated: int, *, waits: bool) -> OrderLine:
    product = row.product
    note = ""
    if product is None:
        note = _("This SKU is not in your product list")
    elif waits:
        note = _("Waits for stock")
    return OrderLine(
        sku=row.sku,
        product_url=reverse("dashboard:product", args=[product.pk]) if product else "",
        title=row.title,
        quantity=row.quantity,
        allocated=allocated,
        unit_value=Money(row.unit_price, row.currency),
        hs=hs_code(product.hs_code, product.customs_description) if product else None,
        origin_country=product.origin_country if product else "",
        note=note,
    )


def hs_code(code: str, words: str) -> Coded | None:
    """A tariff code with the goods' own description for customs; None while there is none."""
    return Coded(code=code, words=words) if code else None


def _holds(order: Order, caller: Caller, *, correct_url: str) -> tuple[HoldCard, ...]:
    role = f"member:{caller.role}"
    rows = Hold.objects.filter(order=order, released_at__isnull=True).order_by("id")
    return tuple(_hold(hold, order, role=role, correct_url=correct_url) for hold in rows)


def _hold(hold: Hold, order: Order, *, role: str, correct_url: str) -> HoldCard:
    reason, remedy = hold_words(hold)
    send = asked_for(hold)
    mend_url, mend_label, mend_help = _mended_at(hold) if correct_url else ("", "", "")
    return HoldCard(
        code=hold.code,
        words=hold_name(hold.code),
        reason=reason,
        remedy=remedy,
        who_may_release=role_words(hold.released_by_role),
        since=hold.raised_at,
        may_release=may_release(role, hold.released_by_role)
        and hold.reason_code not in NOT_BY_HAND,
        suggestion=tuple(
            (name, field_words(name), str(value))
            for name, value in hold.suggestion.items()
            if name in CORRECTABLE
        ),
        correct_url=correct_url,
        release_url=reverse("dashboard:hold_release", args=[order.reference, hold.pk]),
        write_to=settings.OPERATOR["email"] if send else "",
        mail_url=_mail_url(order, hold) if send else "",
        send=send,
        mend_url=mend_url,
        mend_label=mend_label,
        mend_help=mend_help,
    )


OF_THE_PRODUCT = frozenset({"hs_code", "origin_country", "customs_description", "unit_price"})


def _mended_at(hold: Hold) -> tuple[str, str, str]:
    """The page on which the cause is mended, if not on the order's: its address, label, help."""
    reason = REASONS.get(hold.reason_code)
    if reason is not None and reason.field in OF_THE_PRODUCT:
        return (
            f"{reverse('dashboard:upload')}?kind={Import.Kind.PRODUCTS}",
            _("Upload corrected products"),
            _("A product file changes only the products in it; the orders they hold are then"
              " checked by themselves."),
        )  # fmt: skip
    if hold.code == Hold.Code.UNKNOWN_PRODUCT:
        return reverse("dashboard:listings"), _("See listings"), ""
    return "", "", ""


def _mail_url(order: Order, hold: Hold) -> str:
    """A letter to the operator about a hold, by the names the operator finds it under."""
    about = f"{order.reference} ({order.external_order}): {hold_name(hold.code)}"
    return f"mailto:{settings.OPERATOR['email']}?subject={quote(about)}"


def _shipments(
    bookings: Sequence[Booking], tracked: dict[int, TrackedParcel]
) -> tuple[OrderShipment, ...]:
    return tuple(
        OrderShipment(
            tracking_number=tracked[booking.pk].tracking_number,
            url=reverse("dashboard:shipment", args=[tracked[booking.pk].pk]),
            buyer_url=buyer_url(tracked[booking.pk]),
            carrier=Coded(
                code=booking.carrier_code.upper(), words=carrier_words(booking.carrier_code)
            ),
            service=service_name(booking),
            reason=sentence(booking.choice.get("reason") or {}),
            is_withdrawn=booking.status == Booking.Status.VOIDED,
        )
        for booking in bookings
        if booking.pk in tracked
    )


def _notices(bookings: Sequence[Booking]) -> tuple[OrderNotice, ...]:
    """What stopped behind the order, and who sees to it."""
    notices = [
        OrderNotice(words=unclear_words())
        for booking in bookings
        if booking.status == Booking.Status.UNCLEAR
    ]
    stopped = Declaration.objects.filter(
        booking__in=[booking.pk for booking in bookings],
        status=Declaration.Status.REFUSED,
        superseded_at__isnull=True,
    )
    for declaration in stopped.order_by("pk"):
        words = _("Customs refused the declaration {lrn}. Correct it, or wait for Waybridge staff.")
        notices.append(
            OrderNotice(
                words=words.format(lrn=declaration.lrn),
                url=reverse("dashboard:declaration", args=[declaration.pk]),
                action=_("See what was refused"),
            )
        )
    return tuple(notices)


def buyer_url(parcel: TrackedParcel) -> str:
    """The buyer's page of a parcel, as it is sent to the buyer."""
    return f"{settings.PUBLIC_URL}/t/{parcel.link_token}/"


def find_order(reference: str) -> Order | None:
    """The active merchant's order of that reference."""
    active_merchant_id()
    return Order.objects.filter(reference=reference).select_related("channel").first()
