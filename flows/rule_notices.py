"""What rules want people to know: by e-mail, gathered and capped, or on Today.

A notice is a row. A worker sends what has gathered for one rule and member in a span as one
letter; a letter that cannot be sent now is tried again, and one that was sent twice after a kill
names the same orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from core.jobs import ForAPerson, Later, Work, handler
from core.models import Job
from core.sentences import Sentence, gettext_noop
from core.tenancy import merchant
from orders.models import RuleNotice
from orders.services.automation import settle_notices

SPAN = timedelta(minutes=10)
"""Notices of one rule to one member within this span go as one letter."""
MOST_LETTERS_A_DAY = 50
"""Letters of a merchant's rules in a day; what is over waits for the next one."""
NAMED = 50
"""Orders that one letter names."""
AWAY = 300.0


def notice_works(notices: Sequence[RuleNotice], *, now: datetime) -> list[Work]:
    """The jobs that send these notices: one for each rule, member and span."""
    span = int(now.timestamp() // SPAN.total_seconds())
    due = now + SPAN
    whom = dict.fromkeys(
        (each.rule_id, each.member_id) for each in notices if each.member_id is not None
    )
    return [
        Work(
            "rules.notify",
            f"{rule_id}:{member_id}:{span}",
            {"rule_id": rule_id, "member_id": member_id},
            run_after=due,
        )
        for rule_id, member_id in whom
    ]


@handler("rules.notify", queue="flow")
def send_notices(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Send a member what a rule has gathered for them."""
    rule_id, member_id = payload["rule_id"], payload["member_id"]
    now = timezone.now()
    with merchant(merchant_id):
        waiting = RuleNotice.objects.filter(
            rule_id=rule_id, member_id=member_id, settled_at__isnull=True
        )
        many = waiting.count()
        newest = waiting.order_by("-id").first()
        if newest is None:
            return
        member = Member.objects.select_related("user").filter(pk=member_id, is_active=True).first()
        references = list(waiting.order_by("id").values_list("order__reference", flat=True)[:NAMED])
        _wait_for_room(now)
    if member is None:
        with merchant(merchant_id):
            settle_notices(rule_id=rule_id, member_id=member_id, up_to=newest.pk, now=now)
        text = gettext_noop("A person whom the rule “{name}” tells has left the team.")
        raise ForAPerson(Sentence("member_gone", text, {"name": newest.rule_name}))
    try:
        _letter(newest.rule_name, member.user.email, references, many).send()
    except OSError as away:
        raise Later(AWAY, f"The mail server did not take the letter: {away}") from away
    with merchant(merchant_id):
        settle_notices(rule_id=rule_id, member_id=member_id, up_to=newest.pk, now=now)


def _wait_for_room(now: datetime) -> None:
    sent = Job.objects.filter(
        kind="rules.notify", status=Job.Status.DONE, finished_at__gte=now - timedelta(days=1)
    )
    if sent[:MOST_LETTERS_A_DAY].count() >= MOST_LETTERS_A_DAY:
        raise Later(SPAN.total_seconds(), "The rules have sent their letters of the day.")


def _letter(rule: str, to: str, references: Sequence[str], many: int) -> EmailMessage:
    """A plain letter with the orders' addresses; no buyer is named in it."""
    name = " ".join(rule.split())
    lines = [
        ngettext(
            "Your rule “%(rule)s” fits %(count)s order:",
            "Your rule “%(rule)s” fits %(count)s orders:",
            many,
        )
        % {"rule": name, "count": many},
        "",
        *(
            f"{reference}  {settings.PUBLIC_URL}{reverse('dashboard:order', args=[reference])}"
            for reference in references
        ),
    ]
    if many > len(references):
        lines.append(_("and %(count)s more") % {"count": many - len(references)})
    subject = _("%(rule)s: orders to look at") % {"rule": name}
    return EmailMessage(subject, "\n".join(lines), settings.DEFAULT_FROM_EMAIL, [to])
