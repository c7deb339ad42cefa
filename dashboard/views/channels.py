"""Settings, channels: shops are connected, paused, ended; what they refused to hear is settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, member_view
from core.tenancy import merchant
from dashboard.forms_channels import NewChannelForm, offered_kinds
from dashboard.readings.channels import read_channels, read_notices
from dashboard.screens.channels import LeavePage
from dashboard.views.screens import asked, show
from flows.channels.clients import NotOffered
from flows.channels.consent import come_back, connect_shop, send_to_marketplace
from flows.channels.deciding import tell_decision_again
from flows.channels.reading import read_again, start_reading_channel
from flows.channels.telling import tell_again
from orders.models import ChannelConnection, ChannelDecision, ChannelNotice, UnreadOrder
from orders.services import (
    AlreadyConnected,
    NotOpen,
    NotRefused,
    NotThere,
    end_connection,
    pause,
    resume,
    set_telling,
    settle_decision,
    settle_notice,
    settle_unread,
)


@member_view("orders.view")
@require_safe
def channels(request: MemberRequest) -> HttpResponse:
    """The connected shops. `kind` says which marketplace's shop is to be connected next."""
    kind = asked(request, "kind", [value for value, _ in offered_kinds()])
    return _page(request, NewChannelForm(kind=kind) if kind else None)


def _page(request: MemberRequest, form: NewChannelForm | None) -> HttpResponse:
    with merchant(request.caller.merchant_id):
        page = read_channels(caller=request.caller, form=form, now=timezone.now())
    status = 400 if form and form.is_bound else 200
    return show(
        request, "dashboard/settings/channels.html", page, current="settings", status=status
    )


@member_view("channels.edit")
@require_POST
def channel_new(request: MemberRequest) -> HttpResponse:
    """Open a connection and show the way to the marketplace's page of consent."""
    kind, now = request.POST.get("kind", ""), timezone.now()
    if kind not in dict(offered_kinds()):
        messages.error(request, _("Choose the marketplace of the shop."))
        return _back()
    form = NewChannelForm(request.POST, kind=kind)
    if not form.is_valid():
        return _page(request, form)
    said = form.cleaned_data
    day = said["read_from"]
    try:
        with merchant(request.caller.merchant_id):
            opened = connect_shop(
                kind=said["kind"],
                name=said["name"],
                options=form.options(),
                read_from=datetime.combine(day, time(), UTC) if day else now,
                actor=request.caller.actor,
                now=now,
            )
            address = _address(request, opened.pk)
    except AlreadyConnected:
        form.add_error("name", _("A shop of this name is connected already."))
        return _page(request, form)
    return _leave(request, address, said["name"])


@member_view("channels.edit")
@require_POST
def channel_connect(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Show the way to the marketplace's own page of consent."""
    with merchant(request.caller.merchant_id):
        try:
            connection = ChannelConnection.objects.select_related("channel").get(pk=connection_id)
            address = _address(request, connection_id)
        except ChannelConnection.DoesNotExist as missing:
            raise Http404 from missing
        except (NotThere, NotOffered):
            messages.error(request, _("This shop cannot be connected now. Open it anew."))
            return _back()
    return _leave(request, address, connection.channel.name)


def _address(request: MemberRequest, connection_id: int) -> str:
    return send_to_marketplace(
        connection_id=connection_id, actor=request.caller.actor, now=timezone.now()
    )


def _leave(request: MemberRequest, address: str, name: str) -> HttpResponse:
    """A page with a link: the content policy lets no form lead to another house."""
    page = LeavePage(name=name, address=address, back_url=reverse("dashboard:channels"))
    return show(request, "dashboard/settings/channel_leave.html", page, current="settings")


@member_view("channels.edit")
@require_safe
def channel_return(request: MemberRequest, kind: str) -> HttpResponse:
    """Where the marketplace sends the member back to; a worker gets the tokens."""
    with merchant(request.caller.merchant_id):
        try:
            come_back(
                kind=kind,
                returned={name: str(value)[:2000] for name, value in request.GET.items()},
                actor=request.caller.actor,
                now=timezone.now(),
            )
        except NotThere:
            messages.error(
                request,
                _("We cannot tell which shop this consent is for, or it took longer than half an"
                  " hour. Press “Give consent” once more."),
            )  # fmt: skip
        else:
            messages.success(request, _("Thank you. The shop is being connected."))
    return _back()


@member_view("channels.edit")
@require_POST
def channel_pause(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Stop reading and telling."""
    done = _("Paused. Nothing is read or told until you go on.")
    return _do(request, connection_id, pause, done)


@member_view("channels.edit")
@require_POST
def channel_resume(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Go on after a pause or a fault."""

    def go_on(*, connection_id: int, actor: str, now: datetime) -> None:
        resume(connection_id=connection_id, actor=actor, now=now)
        start_reading_channel(connection_id)

    return _do(request, connection_id, go_on, _("Reading goes on from where it stopped."))


@member_view("channels.edit")
@require_POST
def channel_end(request: MemberRequest, connection_id: int) -> HttpResponse:
    """End a connection for good."""
    done = _("Disconnected. We have forgotten its credentials.")
    return _do(request, connection_id, end_connection, done)


@member_view("channels.edit")
@require_POST
def channel_telling(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Choose when the channel is told of a parcel."""
    tell_at = request.POST.get("tell_at", "")

    def set_it(*, connection_id: int, actor: str, now: datetime) -> None:
        set_telling(connection_id=connection_id, tell_at=tell_at, actor=actor, now=now)

    return _do(request, connection_id, set_it, _("Saved."))


def _do(
    request: MemberRequest, connection_id: int, service: Callable[..., None], done: str
) -> HttpResponse:
    with merchant(request.caller.merchant_id):
        if not ChannelConnection.objects.filter(pk=connection_id).exists():
            raise Http404
        try:
            service(connection_id=connection_id, actor=request.caller.actor, now=timezone.now())
        except NotThere:
            messages.info(request, _("The shop's connection has changed meanwhile."))
        except ValueError:
            messages.error(request, _("Choose when the channel is told."))
        else:
            messages.success(request, done)
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:channels"))


@member_view("orders.view")
@require_safe
def channel_notices(request: MemberRequest) -> HttpResponse:
    """What a person must do at the marketplaces."""
    with merchant(request.caller.merchant_id):
        page = read_notices(caller=request.caller, cursor=asked(request, "cursor"))
    return show(request, "dashboard/settings/channel_notices.html", page, current="settings")


@member_view("orders.edit")
@require_POST
def channel_notice_again(request: MemberRequest, notice_id: int) -> HttpResponse:
    """Tell the channel once more."""
    done = _("The marketplace is told once more.")
    return _task(request, ChannelNotice, "notice_id", notice_id, tell_again, done)


@member_view("orders.edit")
@require_POST
def channel_notice_settle(request: MemberRequest, notice_id: int) -> HttpResponse:
    """A person typed it in at the channel."""
    return _task(request, ChannelNotice, "notice_id", notice_id, settle_notice, _("Noted."))


@member_view("orders.edit")
@require_POST
def channel_decision_again(request: MemberRequest, decision_id: int) -> HttpResponse:
    """Tell the channel of an order's acceptance or cancellation once more."""
    done = _("The marketplace is told once more, within a few minutes.")
    return _task(request, ChannelDecision, "decision_id", decision_id, tell_decision_again, done)


@member_view("orders.edit")
@require_POST
def channel_decision_settle(request: MemberRequest, decision_id: int) -> HttpResponse:
    """A person did it at the channel."""
    return _task(request, ChannelDecision, "decision_id", decision_id, settle_decision, _("Noted."))


@member_view("orders.edit")
@require_POST
def channel_unread_again(request: MemberRequest, unread_id: int) -> HttpResponse:
    """Ask the channel for an order that could not be read."""
    done = _("The order is asked for once more.")
    return _task(request, UnreadOrder, "unread_id", unread_id, read_again, done)


@member_view("orders.edit")
@require_POST
def channel_unread_settle(request: MemberRequest, unread_id: int) -> HttpResponse:
    """A person has seen to it."""
    return _task(request, UnreadOrder, "unread_id", unread_id, settle_unread, _("Noted."))


def _task(  # noqa: PLR0917 - one place for three kinds of task
    request: MemberRequest,
    model: type[ChannelNotice | ChannelDecision | UnreadOrder],
    name: str,
    key: int,
    service: Callable[..., None],
    done: str,
) -> HttpResponse:
    with merchant(request.caller.merchant_id):
        if not model.objects.filter(pk=key).exists():
            raise Http404
        try:
            service(**{name: key}, actor=request.caller.actor, now=timezone.now())
        except (NotRefused, NotOpen):
            messages.info(request, _("This was settled meanwhile."))
        else:
            messages.success(request, done)
    return HttpResponseRedirect(reverse("dashboard:channel_notices"))
