"""Today: what needs the merchant, what moved, and the money."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.models import Claim
from core.models import Event, Job
from core.spoken import say_all
from customs.models import Declaration
from dashboard.readings.billing import balances, money_of_last_days
from dashboard.readings.channels import channels_attention
from dashboard.readings.inbounds import inbounds_attention
from dashboard.readings.rules import rules_attention
from dashboard.readings.supply import supplier_attention
from dashboard.readings.words import event_words, hold_name, unclear_words
from dashboard.screens.common import Tone
from dashboard.screens.today import Attention, FirstStep, Movement, StageCount, TodayPage
from flows.words import work_words
from orders.models import ChannelListing, Hold, Import, ListingStatus, Order, OrderConflict, Product
from shipping.models import Booking
from tracking.journey import order_journey
from tracking.models import ParcelException, TrackedParcel
from tracking.words import stage_words, trouble_words
from warehouse.models import StockCover

LATELY = timedelta(hours=24)
MONEY_SINCE = timedelta(days=30)
NEWEST_EVENTS = 400
SHOWN_MOVEMENTS = 12
SHOWN_FAILED = 100
SHOWN_CONFLICTS = 20
COUNTED = 10_000
MOVED = ("parcel.", "exception.", "order.delivered", "order.lost")
STAGE_OF_STATUS = {
    Order.Status.RECEIVED: "ordered",
    Order.Status.HELD: "ordered",
    Order.Status.ACCEPTED: "ordered",
    Order.Status.BACKORDERED: "ordered",
    Order.Status.ALLOCATED: "allocated",
    Order.Status.PACKED: "packed",
}
STOPPED = (Order.Status.HELD, Order.Status.BACKORDERED)
UNDER_WAY = ("handed_over", "in_transit", "cleared", "out_for_delivery")


def read_today(*, now: datetime) -> TodayPage:
    """The page. Every count is over what is still open, by an index that holds only that."""
    return TodayPage(
        attention=tuple(_attention(now)),
        stages=tuple(_stages()),
        movements=_movements(now),
        money=(*balances(), *money_of_last_days(since=now - MONEY_SINCE)),
        first_steps=_first_steps(),
        upload_url=reverse("dashboard:upload"),
    )


def _attention(now: datetime) -> Iterator[Attention]:
    yield from channels_attention(now)
    yield from rules_attention()
    yield from _conflicts()
    yield from _holds()
    yield from _listings()
    yield from _troubles()
    yield from _declarations()
    yield from _bookings()
    yield from _failed_jobs()
    yield from _claims()
    yield from _backorders()
    yield from _low_stock()
    yield from inbounds_attention()
    yield from supplier_attention(now)


def _holds() -> Iterator[Attention]:
    rows = (
        Hold.objects.filter(released_at__isnull=True)
        .order_by("code")
        .values("code")
        .annotate(many=Count("order", distinct=True), oldest=Min("raised_at"))
    )
    for row in rows:
        yield Attention(
            count=row["many"],
            label=_("Orders on hold: %(code)s") % {"code": hold_name(row["code"])},
            remedy=_("Each order says what is wrong and what would be right."),
            url=f"{reverse('dashboard:orders')}?hold={row['code']}",
            action=_("See orders"),
            oldest_at=row["oldest"],
        )


def _conflicts() -> Iterator[Attention]:
    rows = OrderConflict.objects.filter(resolved_at__isnull=True).select_related("order")
    for row in rows.order_by("-id")[:SHOWN_CONFLICTS]:
        yield Attention(
            count=1,
            label=_("Order: %(what)s") % {"what": str(row.get_kind_display())},
            remedy=_("Compare the two and decide which counts."),
            url=reverse("dashboard:order", args=[row.order.reference]),
            action=row.order.reference,
            oldest_at=row.raised_at,
        )


def _listings() -> Iterator[Attention]:
    rows = ChannelListing.objects.filter(status=ListingStatus.UNMAPPED).order_by("id")
    many = rows.order_by()[:COUNTED].count()
    if many:
        yield Attention(
            count=many,
            label=_("Codes that no product has"),
            remedy=_("Map each to a product or a bundle: its orders go on by themselves."),
            url=reverse("dashboard:listings"),
            action=_("See listings"),
            oldest_at=rows.values_list("created_at", flat=True)[0],
        )


def _troubles() -> Iterator[Attention]:
    rows = (
        ParcelException.objects.filter(closed_at__isnull=True)
        .order_by("kind")
        .values("kind")
        .annotate(many=Count("id"), oldest=Min("opened_at"))
    )
    for row in rows:
        tone: Tone = "bad" if row["kind"] in ("lost", "damaged", "destroyed") else "act"
        yield Attention(
            count=row["many"],
            label=_("Parcels: %(trouble)s") % {"trouble": trouble_words(row["kind"])},
            remedy=_(
                "Open a claim where a parcel is lost or damaged; else see what the carrier asks."
            ),
            url=f"{reverse('dashboard:shipments')}?problem=1",
            action=_("See parcels"),
            oldest_at=row["oldest"],
            tone=tone,
        )


def _declarations() -> Iterator[Attention]:
    asks = (Declaration.Status.INCOMPLETE, Declaration.Status.HELD, Declaration.Status.REFUSED)
    rows = (
        Declaration.objects.filter(status__in=asks, superseded_at__isnull=True)
        .order_by("status")
        .values("status")
        .annotate(many=Count("id"), oldest=Min("created_at"))
    )
    for row in rows:
        label = str(Declaration.Status(row["status"]).label)
        yield Attention(
            count=row["many"],
            label=_("Declarations: %(status)s") % {"status": label},
            remedy=_("See what is missing or what customs says."),
            url=f"{reverse('dashboard:customs')}?status={row['status']}",
            action=_("See customs"),
            oldest_at=row["oldest"],
        )


def _bookings() -> Iterator[Attention]:
    stuck = Booking.objects.filter(status__in=[Booking.Status.REFUSED, Booking.Status.UNCLEAR])
    for booking in stuck.select_related("parcel__order").order_by("-id")[:SHOWN_FAILED]:
        if booking.parcel.order.status == Order.Status.CANCELLED:
            continue
        is_unclear = booking.status == Booking.Status.UNCLEAR
        yield Attention(
            count=1,
            label=_("Booking: %(status)s") % {"status": str(booking.get_status_display())},
            remedy=unclear_words()
            if is_unclear
            else say_all(booking.refusal_said, otherwise=booking.refusal) or _looked_into(),
            url=reverse("dashboard:order", args=[booking.parcel.order.reference]),
            action=booking.parcel.order.reference,
            oldest_at=booking.created_at,
            tone="act" if is_unclear else "bad",
        )


def _looked_into() -> str:
    return _("The operator looks into it.")


def _failed_jobs() -> Iterator[Attention]:
    """Work that no machine can finish. Refused bookings are told of above by their orders."""
    failed = Job.objects.filter(status=Job.Status.FAILED).exclude(kind="booking.book")
    newest = list(failed.order_by("-id")[:SHOWN_FAILED])
    by_reason: dict[tuple[str, str], list[Job]] = {}
    for job in newest:
        by_reason.setdefault((job.kind, _why_failed(job)), []).append(job)
    for (kind, reason), jobs in by_reason.items():
        family = kind.partition(".")[0]
        yield Attention(
            count=len(jobs),
            label=_("Work that stopped: %(kind)s") % {"kind": work_words(kind)},
            remedy=reason or _looked_into(),
            url=reverse("dashboard:customs" if family == "clearance" else "dashboard:orders"),
            action=_("See where"),
            oldest_at=jobs[-1].created_at,
            tone="bad",
        )


def _why_failed(job: Job) -> str:
    """In words for the merchant; a fault of the program itself is the operator's to read."""
    if any(each.get("code") == "unknown_fault" for each in job.said):
        return ""
    return say_all(job.said, otherwise=job.last_error)


def _claims() -> Iterator[Attention]:
    waiting = Claim.objects.filter(status=Claim.Status.NEEDS_EVIDENCE)
    found = waiting.aggregate(many=Count("id"), oldest=Min("created_at"))
    if found["many"]:
        yield Attention(
            count=found["many"],
            label=_("Claims that wait for evidence"),
            remedy=_("A photo or a statement lets them be decided."),
            url=f"{reverse('dashboard:claims')}?status={Claim.Status.NEEDS_EVIDENCE}",
            action=_("See claims"),
            oldest_at=found["oldest"],
        )


def _backorders() -> Iterator[Attention]:
    waiting = Order.objects.filter(status=Order.Status.BACKORDERED)
    found = waiting.aggregate(
        many=Count("id"), oldest=Coalesce(Min("backorders__since"), Min("created_at"))
    )
    if found["many"]:
        yield Attention(
            count=found["many"],
            label=_("Orders that wait for stock"),
            remedy=_("Send more stock to the warehouse; they go on by themselves."),
            url=f"{reverse('dashboard:orders')}?status={Order.Status.BACKORDERED}",
            action=_("See orders"),
            oldest_at=found["oldest"],
            tone="neutral",
        )


def _low_stock() -> Iterator[Attention]:
    low = StockCover.objects.filter(is_low=True)
    found = low.aggregate(
        many=Count("product", distinct=True), oldest=Min("low_since"), first=Min("days_left")
    )
    if not found["many"]:
        return
    remedy = _("Send more to the warehouse, or set another minimum.")
    if found["first"] is not None:
        lasts = ngettext("The first lasts %(days)s day.", "The first lasts %(days)s days.",
                         found["first"]) % {"days": found["first"]}  # fmt: skip
        remedy = f"{lasts} {remedy}"
    yield Attention(
        count=found["many"],
        label=_("Products that run low"),
        remedy=remedy,
        url=f"{reverse('dashboard:products')}?low=1",
        action=_("See products"),
        oldest_at=found["oldest"],
    )


def _stages() -> Iterator[StageCount]:
    """Open orders by stage: the house's own until the handover, the parcel's after."""
    orders_url, parcels_url = reverse("dashboard:orders"), reverse("dashboard:shipments")
    counts: dict[str, int] = {}
    troubled: dict[str, int] = {}
    by_status = (
        Order.objects.filter(status__in=list(STAGE_OF_STATUS))
        .order_by()
        .values_list("status")
        .annotate(many=Count("id"))
    )
    for status, many in by_status:
        stage = STAGE_OF_STATUS[status]
        counts[stage] = counts.get(stage, 0) + many
        troubled[stage] = troubled.get(stage, 0) + (many if status in STOPPED else 0)
    by_milestone = (
        TrackedParcel.objects.filter(milestone__in=UNDER_WAY)
        .order_by()
        .values_list("milestone")
        .annotate(many=Count("id"), trouble=Count("id", filter=~Q(problem="")))
    )
    for milestone, many, trouble in by_milestone:
        counts[milestone], troubled[milestone] = many, trouble
    for stage in dict.fromkeys((*STAGE_OF_STATUS.values(), *UNDER_WAY)):
        is_ours = stage in STAGE_OF_STATUS.values()
        yield StageCount(
            label=stage_words(stage),
            count=counts.get(stage, 0),
            troubled=troubled.get(stage, 0),
            url=f"{orders_url}?status={stage}" if is_ours else f"{parcels_url}?milestone={stage}",
        )


def _movements(now: datetime) -> tuple[Movement, ...]:
    """The newest move of each parcel that moved within a day, from the newest events."""
    newest = Event.objects.filter(subject_kind="order").order_by("-id")[:NEWEST_EVENTS]
    latest: dict[int, Event] = {}
    for event in newest:
        if event.at >= now - LATELY and event.kind.startswith(MOVED):
            latest.setdefault(event.subject_id, event)
        if len(latest) == SHOWN_MOVEMENTS:
            break
    parcels = (
        TrackedParcel.objects.filter(booking__parcel__order_id__in=list(latest))
        .select_related("booking__parcel__order")
        .order_by("id")
    )
    by_order = {parcel.booking.parcel.order_id: parcel for parcel in parcels}
    return tuple(
        _movement(by_order[order_id], event)
        for order_id, event in latest.items()
        if order_id in by_order
    )


def _movement(parcel: TrackedParcel, event: Event) -> Movement:
    packed = parcel.booking.parcel
    return Movement(
        reference=packed.order.reference,
        url=reverse("dashboard:shipment", args=[parcel.pk]),
        country=packed.order.country,
        words=event_words(event),
        at=event.at,
        line=order_journey(
            order=packed.order,
            reached=parcel.reached,
            trouble=parcel.problem,
            packed_at=packed.packed_at,
        ),
    )


def _first_steps() -> tuple[FirstStep, ...]:
    """Setting up, shown until a first parcel is booked."""
    if TrackedParcel.objects.exists():
        return ()
    upload = reverse("dashboard:upload")
    return (
        FirstStep(
            label=_("Upload your products"),
            note=_("Weight, size, HS code, origin and stock."),
            url=f"{upload}?kind={Import.Kind.PRODUCTS}",
            done=Product.objects.exists(),
        ),
        FirstStep(
            label=_("Upload your first orders"),
            note=_("A marketplace's order file or our template; or connect a shop under Settings."),
            url=f"{upload}?kind={Import.Kind.ORDERS}",
            done=Order.objects.exists(),
        ),
    )
