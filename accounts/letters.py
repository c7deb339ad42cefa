"""Letters to people, sent by whoever asks for them, outside of any transaction."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

log = logging.getLogger("waybridge.letters")

KEPT_HERE = frozenset({"console", "dummy", "filebased"})
"""Back ends of Django's that put a letter into a log or a folder of this machine, or nowhere."""


def reach_people() -> bool:
    """Tell whether letters leave this machine; else the link must be handed over by a person."""
    kind = settings.EMAIL_BACKEND.removeprefix("django.core.mail.backends.").partition(".")[0]
    return kind not in KEPT_HERE


def send_invitation(*, to: str, merchant_name: str, role: str, link: str, days: int) -> bool:
    """Send the letter in the language of who invites; False, and a log line, when it did not go."""
    words = {
        "merchant": " ".join(merchant_name.split()),
        "role": role,
        "link": link,
        "days": days,
    }
    subject = _("%(merchant)s invites you to its team on Waybridge") % words
    text = (
        _(
            "%(merchant)s invites you to its team on Waybridge, as: %(role)s.\n\n"
            "Look at the invitation and accept it here:\n%(link)s\n\n"
            "The link works once and for %(days)s days. Nothing happens if you do not open it."
            " If you did not expect this letter, you can forget it."
        )
        % words
    )
    try:
        return bool(send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to]))
    except (OSError, SMTPException) as error:
        log.warning("The letter with an invitation could not be sent: %s", error)
        return False
