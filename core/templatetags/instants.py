"""Times as people read them: relative words, with the exact instant on hover."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from html import escape

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_timedelta
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

register = template.Library()

DAY, MOMENT, FULL = "EEE d MMM", "d MMM HH:mm", "d MMM y HH:mm"
CHINESE = {DAY: "M月d日 EEE", MOMENT: "M月d日 HH:mm", FULL: "y年M月d日 HH:mm"}
"""Patterns of Babel. A Chinese date goes from the year to the day and names each part."""


@lru_cache(maxsize=64)
def _locale_of(language: str) -> Locale:
    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        # A language Babel has no data for still gets readable English numbers and dates.
        return Locale("en")


def _pattern(usual: str) -> str:
    return CHINESE[usual] if active_locale().language == "zh" else usual


def active_locale() -> Locale:
    """Babel's locale for the language this response is written in."""
    return _locale_of(get_language() or "en")


def instant_html(at: datetime, *, now: datetime | None = None) -> SafeString:
    """`<time datetime title>` around "3 hours ago"; the title names the zone it is given in."""
    reference = now or timezone.now()
    locale = active_locale()
    local = timezone.localtime(at)
    passed = at - reference
    if abs(passed) < timedelta(minutes=1):
        words = _("just now")
    else:
        words = format_timedelta(
            passed, granularity="minute", threshold=1.0, add_direction=True, locale=locale
        )
    # Written by hand, as every row of every list holds one: format_html takes five times as long.
    title = escape(f"{format_datetime(local, 'medium', locale=locale)} {local.tzname()}")
    machine = at.astimezone(UTC).isoformat(timespec="seconds")
    return SafeString(f'<time datetime="{machine}" title="{title}">{escape(words)}</time>')


@register.simple_tag(takes_context=True)
def relative_time(context: template.Context, at: datetime | None) -> SafeString | str:
    """How long ago, measured from `now` in the context where the view set it; nothing for None."""
    return instant_html(at, now=context.get("now")) if at else ""


@register.filter
def exact_time(at: datetime | None) -> SafeString | str:
    """Date and time in full with its zone, for histories where the order matters."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return format_html(
        '<time datetime="{}">{} <span class="unit">{}</span></time>',
        at.astimezone(UTC).isoformat(timespec="seconds"),
        format_datetime(local, _pattern(FULL), locale=active_locale()),
        local.tzname(),
    )


@register.filter
def local_day(day: date | None) -> SafeString | str:
    """A calendar day as such: no clock time is invented for it and no zone may move it."""
    if day is None:
        return ""
    words = format_date(day, _pattern(DAY), locale=active_locale())
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), words)


@register.simple_tag
def days_html(first: date, last: date | None = None) -> SafeString | str:
    """One day, or the first and the last of several, the same on every page."""
    if last is None or last == first:
        return local_day(first)
    return format_html(_("{first} to {last}"), first=local_day(first), last=local_day(last))


@register.filter
def place_time(local_at: datetime | None) -> SafeString | str:
    """Day and time by the clock of the place where it happened, with how far that is from UTC.

    The offset and not the zone's name: CST is China's, Cuba's and Chicago's.
    """
    if local_at is None:
        return ""
    words = format_datetime(
        local_at, _pattern(MOMENT), tzinfo=local_at.tzinfo, locale=active_locale()
    )
    return format_html(
        '<time datetime="{}">{} <span class="unit">{}</span></time>',
        local_at.isoformat(), words, _from_utc(local_at),
    )  # fmt: skip


def _from_utc(local_at: datetime) -> str:
    """`UTC+8`, `UTC+5:30`, `UTC`."""
    minutes = int((local_at.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return "UTC" + (f"{sign}{hours}" if minutes else "") + (f":{rest:02d}" if rest else "")
