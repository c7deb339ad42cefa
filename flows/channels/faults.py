"""What went wrong with a channel, as a code with words: reason and remedy for the merchant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.sealed import Unsealable
from core.sentences import gettext_noop
from flows.channels.clients import NOT_SET_UP, NotOffered
from integrations.errors import NotAuthorised, Refused

LONGEST_WORD = 200


@dataclass(frozen=True, slots=True)
class ChannelFault:
    """`is_broken`: nothing gets better by waiting."""

    code: str
    params: Mapping[str, str]
    is_broken: bool


REASONS = {
    "not_authorised": gettext_noop("The marketplace no longer accepts our access to this account."),
    NOT_SET_UP: gettext_noop("The operator has no application at this marketplace yet."),
    "refused": gettext_noop("The marketplace refused our request: %(message)s"),
    "unavailable": gettext_noop("The marketplace does not answer at the moment."),
    "unreadable": gettext_noop("The stored access to this account cannot be opened any more."),
    "consent_failed": gettext_noop("The marketplace did not confirm your consent: %(message)s"),
    "connected_elsewhere": gettext_noop("This account is already connected to Waybridge."),
    "other_account": gettext_noop("Consent was given for another account than before."),
    "consent_ends": gettext_noop("Your consent ends soon."),
    "tried_too_long": gettext_noop("The marketplace could not be told for days: %(message)s"),
    "ended": gettext_noop("The connection was ended before the marketplace could be told."),
}
REMEDIES = {
    "not_authorised": gettext_noop("Connect the account again. Orders are read on from here."),
    NOT_SET_UP: gettext_noop("Ask the operator to set it up, then connect again."),
    "refused": gettext_noop("Correct what it names, then try again, or ask the operator."),
    "unavailable": gettext_noop("Nothing to do: we keep trying, and no order is lost."),
    "unreadable": gettext_noop("Connect the account again."),
    "consent_failed": gettext_noop("Connect the account again."),
    "connected_elsewhere": gettext_noop("End the other connection first."),
    "other_account": gettext_noop("Sign in to the right account, or open a new connection."),
    "consent_ends": gettext_noop("Connect the account again before that day."),
    "tried_too_long": gettext_noop("Enter the tracking number at the marketplace, or try again."),
    "ended": gettext_noop("Enter the tracking number at the marketplace."),
}


def told_of(fault: Exception) -> ChannelFault:
    """Sort a fault: what it is called, and whether waiting helps."""
    if isinstance(fault, NotAuthorised):
        return ChannelFault("not_authorised", {}, is_broken=True)
    if isinstance(fault, NotOffered):
        return ChannelFault(NOT_SET_UP, {}, is_broken=True)
    if isinstance(fault, Unsealable):
        return ChannelFault("unreadable", {}, is_broken=True)
    if isinstance(fault, Refused):
        words = ": ".join(filter(None, (fault.code, fault.message)))[:LONGEST_WORD]
        return ChannelFault("refused", {"message": words}, is_broken=True)
    return ChannelFault("unavailable", {}, is_broken=False)


def reason(code: str, params: Mapping[str, str]) -> str:
    """Say in the reader's language what is wrong."""
    return _(REASONS[code]) % params if code in REASONS else code


def remedy(code: str) -> str:
    """Say in the reader's language what to do."""
    return _(REMEDIES[code]) if code in REMEDIES else ""
