"""Codes never stand alone: HS, carrier, hold and country codes with their words beside them."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags.instants import active_locale

register = template.Library()


@register.simple_tag
def code_with_words(code: str, words: str) -> SafeString:
    """The code in its own type and the words after it; either may be missing."""
    if not code:
        return format_html("{}", words)
    if not words or words == code:
        return format_html('<code class="code">{}</code>', code)
    return format_html(
        '<span class="coded"><code class="code">{}</code> '
        '<span class="coded-words">{}</span></span>',
        code,
        words,
    )


@register.filter
def country_name(code: str) -> str:
    """The country in the reader's language; the code itself when it is not one ISO knows."""
    return str(active_locale().territories.get(code.upper(), code))


@register.filter
def country(code: str) -> SafeString | str:
    """The ISO code followed by the name, for tables where the code is what people scan for."""
    return _country(code.upper(), active_locale()) if code else ""


@lru_cache(maxsize=1024)
def _country(code: str, locale: Locale) -> SafeString:
    """Every list has a column of these; there are 250 countries and a few languages."""
    return code_with_words(code, str(locale.territories.get(code, code)))
