"""`{% csrf_token %}` of a member's form also says which merchant was open when it was drawn.

Built into every template (settings), so that no form can forget it. Somebody who switches the
merchant in another tab and then sends an old form is told, and nothing is done to the new one
(accounts/access.py).
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.access import SENT_FOR

register = template.Library()


class SentForNode(CsrfTokenNode):
    """Django's hidden field, and ours beside it."""

    def render(self, context: Any) -> SafeString:
        """Draw both; a page that is of no merchant has Django's alone."""
        theirs = mark_safe(super().render(context))
        caller = getattr(context.get("request"), "caller", None)
        if caller is None or not theirs:
            return theirs
        ours = '<input type="hidden" name="{}" value="{}">'
        return format_html("{}{}", theirs, format_html(ours, SENT_FOR, caller.merchant_id))


@register.tag("csrf_token")
def csrf_token(parser: Parser, token: Token) -> SentForNode:  # noqa: ARG001 - Django's signature
    """Stand in for Django's tag."""
    return SentForNode()
