"""The connected shops, and the parcels whose channel refused to hear of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Min
from django.forms import Form
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from dashboard.forms_channels import offered_kinds
from dashboard.readings.paging import Ordering, read_page
from dashboard.readings.team import settings_tabs
from dashboard.screens.channels import (
    ChannelsPage,
    ConnectionCard,
    DecisionRow,
    NoticeRow,
    NoticesPage,
    UnreadRow,
)
from dashboard.screens.common import Badge, Destructive, Option, Tab, Tone
from dashboard.screens.today import Attention
from flows.channels.faults import reason, remedy
from flows.channels.pushes import push_address
from flows.channels.reading import SHOWN_AFTER
from orders.models import ChannelConnection, ChannelDecision, ChannelNotice, UnreadOrder

SHOWN = 100
REMIND_BEFORE = timedelta(days=10)
Status = ChannelConnection.Status
TONES: dict[str, Tone] = {
    Status.WAITING: "act",
    Status.CONNECTING: "progress",
    Status.ACTIVE: "good",
    Status.BROKEN: "bad",
    Status.PAUSED: "neutral",
}


def read_channels(*, caller: Caller, form: Form | None, now: datetime) -> ChannelsPage:
    """Every live connection, newest first; `form` asks for a shop of the marketplace chosen."""
    may_edit = caller.may("channels.edit")
    live = ChannelConnection.objects.exclude(status=Status.ENDED).select_related("channel")
    connections = list(live.order_by("-id")[:SHOWN])
    refused = dict(
        ChannelNotice.objects.filter(status=ChannelNotice.Status.REFUSED)
        .order_by()
        .values_list("connection_id")
        .annotate(Count("id"))
    )
    return ChannelsPage(
        tabs=settings_tabs("channels"),
        connections=tuple(
            _card(each, refused=refused.get(each.pk, 0), may_edit=may_edit, now=now)
            for each in connections
        ),
        kinds=_kinds(str(form["kind"].value() or "") if form else "") if may_edit else (),
        form=form if may_edit else None,
        post_url=reverse("dashboard:channel_new"),
        notices_url=reverse("dashboard:channel_notices"),
        is_moving=any(each.status == Status.CONNECTING for each in connections),
    )


def _kinds(chosen: str) -> tuple[Tab, ...]:
    address = reverse("dashboard:channels")
    return tuple(
        Tab(label=label, url=f"{address}?kind={kind}#new", current=kind == chosen)
        for kind, label in offered_kinds()
    )


def fault_of(connection: ChannelConnection, now: datetime) -> str:
    """Return the code of what a person should know of, "" when there is nothing.

    One outage is weather; the third in a row is told. A consent that ends soon is told before.
    """
    is_told = connection.status in (Status.BROKEN, Status.WAITING, Status.CONNECTING)
    if connection.fault_code and (is_told or connection.failures >= SHOWN_AFTER):
        return connection.fault_code
    ends_at = connection.consent_expires_at
    if ends_at and ends_at - now < REMIND_BEFORE and connection.status == Status.ACTIVE:
        return "consent_ends"
    return ""


def _card(
    connection: ChannelConnection, *, refused: int, may_edit: bool, now: datetime
) -> ConnectionCard:
    code = fault_of(connection, now)
    status = connection.status

    def act(name: str, *states: str) -> str:
        allowed = may_edit and status in states
        return reverse(f"dashboard:channel_{name}", args=[connection.pk]) if allowed else ""

    is_set_up = bool(connection.sealed_tokens)
    return ConnectionCard(
        name=connection.channel.name,
        kind=str(connection.channel.get_kind_display()),
        account=connection.account,
        badge=Badge(label=str(connection.get_status_display()), tone=TONES[status]),
        fault=reason(code, connection.fault_params) if code else "",
        remedy=remedy(code) if code else "",
        fault_since=connection.fault_since,
        read_at=connection.read_at,
        read_until=connection.read_until,
        orders_read=connection.orders_read,
        consent_ends_at=connection.consent_expires_at,
        tell_options=tuple(
            Option(value=value, label=str(label), selected=value == connection.tell_at)
            for value, label in ChannelConnection.TellAt.choices
        ),
        tell_label=str(connection.get_tell_at_display()),
        tell_url=act("telling", *TONES),
        connect_url=act("connect", Status.WAITING, Status.ACTIVE, Status.BROKEN, Status.PAUSED),
        connect_label=_("Connect again") if is_set_up else _("Give consent"),
        resume_url=act("resume", Status.BROKEN, Status.PAUSED) if is_set_up else "",
        pause_url=act("pause", Status.ACTIVE),
        refused_count=refused,
        push_address=push_address(connection) if may_edit and is_set_up else "",
        end=Destructive(
            label=_("Disconnect…"),
            undoes=_(
                "No orders of %(name)s are read any more, and parcels under way are not told to it."
                " Its orders stay."
            )
            % {"name": connection.channel.name},
            url=act("end", *TONES),
            confirm_label=_("Disconnect %(name)s") % {"name": connection.channel.name},
        )
        if may_edit
        else None,
    )


def read_notices(*, caller: Caller, cursor: str) -> NoticesPage:
    """Parcels that a person must tell the channel of, newest first."""
    rows = ChannelNotice.objects.filter(status=ChannelNotice.Status.REFUSED).select_related(
        "connection__channel", "order"
    )
    page = read_page(rows, order=Ordering(), cursor=cursor)
    may_edit = caller.may("orders.edit")
    return NoticesPage(
        tabs=settings_tabs("channels"),
        notices=tuple(_notice(row, may_edit=may_edit) for row in page.rows),
        decisions=tuple(_decision(row, may_edit=may_edit) for row in _refused_decisions()),
        unread=tuple(_unread(row, may_edit=may_edit) for row in _unread_orders()),
        pager=page.pager,
    )


def _notice(notice: ChannelNotice, *, may_edit: bool) -> NoticeRow:
    number = str(notice.said.get("tracking_number", ""))
    return NoticeRow(
        order=notice.order.external_order,
        order_url=reverse("dashboard:order", args=[notice.order.reference]),
        channel=notice.connection.channel.name,
        parcel=notice.parcel_reference,
        tracking_number=number,
        reason=reason(notice.fault_code, notice.fault_params),
        remedy=remedy(notice.fault_code),
        since=notice.created_at,
        again_url=reverse("dashboard:channel_notice_again", args=[notice.pk]) if may_edit else "",
        settle=Destructive(
            label=_("Entered by hand…"),
            undoes=_("We no longer try to tell the marketplace of %(number)s.")
            % {"number": number},
            url=reverse("dashboard:channel_notice_settle", args=[notice.pk]),
            confirm_label=_("It is entered"),
        )
        if may_edit
        else None,
    )


def _refused_decisions() -> list[ChannelDecision]:
    rows = ChannelDecision.objects.filter(status=ChannelDecision.Status.REFUSED)
    return list(rows.select_related("connection__channel", "order").order_by("-id")[:SHOWN])


def _decision(row: ChannelDecision, *, may_edit: bool) -> DecisionRow:
    number = row.order.external_order
    return DecisionRow(
        order=number,
        order_url=reverse("dashboard:order", args=[row.order.reference]),
        channel=row.connection.channel.name,
        decision=str(row.get_kind_display()),
        reason=reason(row.fault_code, row.fault_params),
        remedy=_("Do it at the marketplace itself, or tell it again."),
        since=row.created_at,
        again_url=reverse("dashboard:channel_decision_again", args=[row.pk]) if may_edit else "",
        settle=Destructive(
            label=_("Done by hand…"),
            undoes=_("We no longer try to tell the marketplace about order %(number)s.")
            % {"number": number},
            url=reverse("dashboard:channel_decision_settle", args=[row.pk]),
            confirm_label=_("It is done"),
        )
        if may_edit
        else None,
    )


def _unread_orders() -> list[UnreadOrder]:
    rows = UnreadOrder.objects.filter(settled_at__isnull=True)
    return list(rows.select_related("connection__channel").order_by("-id")[:SHOWN])


def _unread(row: UnreadOrder, *, may_edit: bool) -> UnreadRow:
    may_read = may_edit and bool(row.external_order)
    return UnreadRow(
        order=row.external_order,
        channel=row.connection.channel.name,
        reason=row.reason,
        since=row.seen_at,
        again_url=reverse("dashboard:channel_unread_again", args=[row.pk]) if may_read else "",
        settle=Destructive(
            label=_("Seen to…"),
            undoes=_("This order does not become one of ours unless its marketplace changes it."),
            url=reverse("dashboard:channel_unread_settle", args=[row.pk]),
            confirm_label=_("It is seen to"),
        )
        if may_edit
        else None,
    )


def channels_attention(now: datetime) -> Iterator[Attention]:
    """Shops that are not read, and parcels whose channel does not know of them, for Today."""
    live = ChannelConnection.objects.exclude(status=Status.ENDED).select_related("channel")
    for connection in live.order_by("id")[:SHOWN]:
        code = fault_of(connection, now)
        if code:
            yield Attention(
                count=1,
                label=f"{connection.channel.name}: {reason(code, connection.fault_params)}",
                remedy=remedy(code),
                url=reverse("dashboard:channels"),
                action=_("See channels"),
                oldest_at=connection.fault_since,
                tone="bad" if connection.status == Status.BROKEN else "act",
            )
    refused = ChannelNotice.objects.filter(status=ChannelNotice.Status.REFUSED)
    found = refused.aggregate(many=Count("id"), oldest=Min("created_at"))
    if found["many"]:
        yield Attention(
            count=found["many"],
            label=_("Parcels their marketplace does not know of"),
            remedy=_("It refused their tracking numbers: tell it again, or enter them by hand."),
            url=reverse("dashboard:channel_notices"),
            action=_("See parcels"),
            oldest_at=found["oldest"],
        )
    decisions = ChannelDecision.objects.filter(status=ChannelDecision.Status.REFUSED)
    found = decisions.aggregate(many=Count("id"), oldest=Min("created_at"))
    if found["many"]:
        yield Attention(
            count=found["many"],
            label=_("Orders whose marketplace did not take our word"),
            remedy=_("It refused to hear that they are taken or cancelled: see to it there."),
            url=reverse("dashboard:channel_notices"),
            action=_("See orders"),
            oldest_at=found["oldest"],
        )
    unread = UnreadOrder.objects.filter(settled_at__isnull=True)
    found = unread.aggregate(many=Count("id"), oldest=Min("seen_at"))
    if found["many"]:
        yield Attention(
            count=found["many"],
            label=_("Orders of marketplaces that could not be read"),
            remedy=_("They are not among your orders: look at them there, then read them again."),
            url=reverse("dashboard:channel_notices"),
            action=_("See orders"),
            oldest_at=found["oldest"],
        )
