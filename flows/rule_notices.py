"""What rules want people to know: by e-mail, gathered and capped, or on Today.

A notice is a row. A worker sends what has gathered for one rule and member in a span as one
letter. One that the mail server does not take is tried again; one whose worker died while sending
is never sent again by a machine: a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
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
from orders.services.letters import (
    LetterUnclear,
    find_unclear,
    letter_went,
    open_letter,
    take_letter_back,
)

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
            {
                "rule_id": rule_id,
                "member_id": member_id,
                "letter": f"{rule_id}:{member_id}:{span}",
            },
            run_after=due,
        )
        for rule_id, member_id in whom
    ]


@handler("rules.notify", queue="flow")
def send_notices(merchant_id: int, payload: Mapping[str, Any]) -> None:
    """Send a member what a rule has gathered for them."""
    to = {"rule_id": payload["rule_id"], "member_id": payload["member_id"]}
    letter = payload.get("letter") or f"{to['rule_id']}:{to['member_id']}"
    now = timezone.now()
    try:
        with merchant(merchant_id):
            _wait_for_room(now)
            told = open_letter(**to, letter=letter)
            if not told:
                return
            member = Member.objects.select_related("user").filter(pk=to["member_id"])
            reader = member.filter(is_active=True).first()
            if reader is None:
                letter_went(**to, letter=letter, now=now)
    except LetterUnclear as unclear:
        with merchant(merchant_id):
            many = find_unclear(**to, letter=letter)
        text = gettext_noop(
            "A letter about orders that a rule fits (number of orders: {count}) may have gone or"
            " not: sending it was interrupted. Try again to send it once more."
        )
        raise ForAPerson(Sentence("letter_unclear", text, {"count": str(many)})) from unclear
    name = told[-1].rule_name
    if reader is None:
        text = gettext_noop("A person whom the rule “{name}” tells has left the team.")
        raise ForAPerson(Sentence("member_gone", text, {"name": name}))
    references = [notice.order.reference for notice in told[:NAMED]]
    # A mailbox that was given a letter twice shows letters of one name once.
    message_id = f"<rule-{merchant_id}-{letter.replace(':', '-')}-{told[-1].pk}@{_house()}>"
    try:
        _letter(name, reader.user.email, references, len(told), message_id).send()
    except OSError as away:
        with merchant(merchant_id):
            take_letter_back(**to, letter=letter)
        raise Later(AWAY, f"The mail server did not take the letter: {away}") from away
    with merchant(merchant_id):
        letter_went(**to, letter=letter, now=now)


def _house() -> str:
    """The part of our sender's address behind the @."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _wait_for_room(now: datetime) -> None:
    sent = Job.objects.filter(
        kind="rules.notify", status=Job.Status.DONE, finished_at__gte=now - timedelta(days=1)
    )
    if sent[:MOST_LETTERS_A_DAY].count() >= MOST_LETTERS_A_DAY:
        raise Later(SPAN.total_seconds(), "The rules have sent their letters of the day.")


def _letter(
    rule: str, to: str, references: Sequence[str], many: int, message_id: str
) -> EmailMessage:
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
    return EmailMessage(
        subject,
        "\n".join(lines),
        settings.DEFAULT_FROM_EMAIL,
        [to],
        headers={"Message-ID": message_id},
    )
