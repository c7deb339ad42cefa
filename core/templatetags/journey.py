"""`{% journey_line line variant="small|wide|vertical" %}`: the same journey line in every door."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.journey_line import JourneyLine, StageState
from core.templatetags.instants import instant_html

register = template.Library()

VARIANTS = ("small", "wide", "vertical")


@register.simple_tag(takes_context=True)
def journey_line(context: dict[str, Any], line: JourneyLine, variant: str = "wide") -> SafeString:
    """Draw the line. `wide` turns vertical by itself on a phone; `small` fits a list row."""
    if variant not in VARIANTS:
        raise template.TemplateSyntaxError(
            f"journey_line: variant {variant!r} is unknown; use one of {', '.join(VARIANTS)}."
        )
    return render_journey_line(line=line, variant=variant, now=context.get("now"))


def render_journey_line(*, line: JourneyLine, variant: str, now: datetime | None) -> SafeString:
    """The markup itself, also for admin list columns that have no template of their own."""
    if variant == "small":
        return _small(line=line, now=now)
    return mark_safe(
        render_to_string(
            "components/journey_line.html", {"line": line, "variant": variant, "now": now}
        )
    )


def _small(*, line: JourneyLine, now: datetime | None) -> SafeString:
    """Built without the template engine: a list draws fifty of these in one response.

    The dots are decoration beside the words, so a screen reader hears one short sentence per row
    and not eight list items.
    """
    here = line.here
    words = line.problem or here.label
    position = _("stage %(position)d of %(total)d") % {
        "position": line.position,
        "total": len(line.stages),
    }
    trouble = " has-problem" if line.has_problem else ""
    since = instant_html(here.at, now=now) if here.at else ""
    return SafeString(
        f'<span class="journey journey-small{trouble}">'
        f'<span class="journey-dots" aria-hidden="true">{_dots(line.states)}</span>'
        f'<span class="journey-now"><span class="journey-words">{conditional_escape(words)}</span> '
        f'<span class="visually-hidden">({escape(position)})</span> {since}</span></span>'
    )


@lru_cache(maxsize=256)
def _dots(states: tuple[StageState, ...]) -> SafeString:
    """Eight stages have few combinations of states; each is drawn once per process."""
    return mark_safe("".join(f'<i class="is-{state}"></i>' for state in states))
