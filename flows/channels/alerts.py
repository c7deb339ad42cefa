"""Owners hear of a shop that is not read, and of a consent that ends: by e-mail, once a fault.

A letter is a job of its own, named by the fault and whom it goes to: the same fault queues nothing
a second time, and a mail server that is away costs a later try, not the letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Member, MemberRole
from core.jobs import Later, Work, enqueue, handler
from core.tenancy import merchant
from flows.channels.faults import reason, remedy
from orders.models import ChannelConnection

REMIND_BEFORE = (timedelta(days=10), timedelta(days=3), timedelta(days=1))
LATER_S = 900
Status = ChannelConnection.Status


def alert_broken(*, connection_id: int, now: datetime) -> None:
    """Queue the letters about what has just broken a connection, in the active block."""
    connection = ChannelConnection.objects.get(pk=connection_id)
    if connection.status == Status.BROKEN and connection.fault_since is not None:
        key = f"{connection.fault_code}:{connection.fault_since.isoformat()}"
        _queue(connection, connection.fault_code, key, now)


def remind_of_consent(*, connection: ChannelConnection, now: datetime) -> None:
    """Queue the letters about a consent that ends soon, once each of `REMIND_BEFORE`."""
    ends_at = connection.consent_expires_at
    if ends_at is None or ends_at - now > REMIND_BEFORE[0]:
        return
    step = max(number for number, left in enumerate(REMIND_BEFORE) if ends_at - now <= left)
    _queue(connection, "consent_ends", f"consent_ends:{ends_at.isoformat()}:{step}", now)


def _queue(connection: ChannelConnection, code: str, key: str, now: datetime) -> None:
    members = Member.objects.filter(role=MemberRole.OWNER, is_active=True)
    owners = list(members.values_list("pk", flat=True))
    enqueue(
        [
            Work(
                "channels.alert",
                f"{connection.pk}:{key}:{owner}",
                {"connection_id": connection.pk, "code": code, "member_id": owner},
            )
            for owner in owners
        ],
        now=now,
    )


@handler("channels.alert", queue="channels")
def alert(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Write one letter, unless what it is about is over."""
    code = payload["code"]
    with merchant(merchant_id):
        connection = ChannelConnection.objects.select_related("channel").get(
            pk=payload["connection_id"]
        )
        owner = Member.objects.select_related("user").get(pk=payload["member_id"])
    ends_at = connection.consent_expires_at
    is_ending = (
        connection.status == Status.ACTIVE
        and ends_at is not None
        and ends_at - timezone.now() <= REMIND_BEFORE[0]
    )
    is_broken = connection.status == Status.BROKEN and connection.fault_code == code
    if not owner.is_active or not (is_ending if code == "consent_ends" else is_broken):
        return
    subject, text = _letter(connection, code)
    try:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [owner.user.email])
    except (OSError, SMTPException) as away:
        # What a mail server says may name the address; the job keeps its class only.
        raise Later(LATER_S, f"the letter did not go: {type(away).__name__}") from away


def _letter(connection: ChannelConnection, code: str) -> tuple[str, str]:
    words = {
        "name": " ".join(connection.channel.name.split()),
        "kind": connection.channel.get_kind_display(),
        "reason": reason(code, connection.fault_params),
        "remedy": remedy(code),
        "link": f"{settings.PUBLIC_URL}/settings/channels/",
    }
    if code == "consent_ends":
        subject = _("Your consent for %(name)s ends soon") % words
    else:
        subject = _("%(name)s is not read any more") % words
    text = _(
        "Your shop %(name)s (%(kind)s) needs you.\n\n%(reason)s\n%(remedy)s\n\n%(link)s\n\n"
        "You get this letter once for this trouble, as an owner of the team."
    )
    return subject, text % words
