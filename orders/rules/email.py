"""E-mail addresses as far as their form can tell: nothing is sent to find out."""

from __future__ import annotations

import re

from orders.rules.reasons import HoldFinding, found

LONGEST, LONGEST_LOCAL = 254, 64
LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+")
LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")


def check_email(email: str) -> HoldFinding | None:
    """Find an address that no mail could reach; none at all is fine, channels often give none."""
    text = email.strip()
    if not text or is_address(text):
        return None
    return found("email_invalid", value=text[:80])


def is_address(text: str) -> bool:
    """Tell whether a text has the form of RFC 5321, letters of any script allowed (RFC 6531)."""
    local, at, domain = text.rpartition("@")
    if not at or len(text) > LONGEST or len(local) > LONGEST_LOCAL:
        return False
    if not LOCAL.fullmatch(local) or local.startswith(".") or local.endswith("."):
        return False
    labels = domain.split(".")
    has_top = len(labels) > 1 and len(labels[-1]) > 1 and not labels[-1].isdigit()
    return ".." not in local and has_top and all(map(LABEL.fullmatch, labels))
