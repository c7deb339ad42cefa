"""The WeasyPrint engine: what is expensive is made once per process, and no address is ever opened.

What each choice is worth is measured in ``docs/pdf-performance.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import weasyprint
from django.template.base import Template
from django.template.loader import get_template
from weasyprint.text.fonts import FontConfiguration

from core.pdf.fonts import FontsOfOneDocument, name_bare_fonts

# Only the elements our templates use: the browser's default sheet costs a third of a short page.
DEFAULT_RULES = """
html, body, div, p, h1, h2 { display: block }
head, title, meta { display: none }
b { font-weight: 700 }
"""

# Not printed: controls; direction overrides, which could make an amount or a name read backwards;
# emoji, their tags and selectors, and private letters, which no document font has.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
    "\ufe0e\ufe0f\ue000-\uf8ff\U0001f000-\U0001faff\U000e0000-\U000e0fff]"
)


class RefusedFetch(PermissionError):
    """A document tried to load something by address. Permanent: documents carry all they show."""

    def __init__(self, url: str) -> None:
        super().__init__(f"document: refused to load {url[:80]!r}; put the content in the template")


class _NoFetch(weasyprint.URLFetcher):  # type: ignore[misc]
    """Refuses http, file, data and every other address."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ARG002
        raise RefusedFetch(url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One document to print.

    ``template`` and ``stylesheets`` are template names; ``created_at`` (aware) becomes the only
    date in the file, so it must be the document's own instant and not the time of printing.
    """

    template: str
    stylesheets: tuple[str, ...]
    title: str
    created_at: datetime
    context: Mapping[str, object] = field(default_factory=dict)
    lang: str = "en"


def render_pdf(sheet: Sheet) -> bytes:
    """Return the PDF of a sheet: subset fonts embedded, no link out, same input same bytes.

    Raises RefusedFetch never for text (everything is escaped), only for a template that names an
    address; ValueError when ``created_at`` has no time zone.
    """
    if sheet.created_at.tzinfo is None:
        raise ValueError("created_at: has no time zone; pass an aware instant")
    html = get_template(sheet.template).render(
        {
            **sheet.context,
            "sheet_title": sheet.title,
            "sheet_lang": sheet.lang,
            "sheet_created": sheet.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )
    page = _Page(string=UNPRINTABLE.sub("", html), url_fetcher=_NO_FETCH)
    document = page.render(
        font_config=_fonts(), stylesheets=[_stylesheet(name) for name in sheet.stylesheets]
    )
    document.fonts = FontsOfOneDocument()
    pdf: bytes = document.write_pdf(finisher=name_bare_fonts)
    return pdf


def warm_up(*stylesheets: str) -> None:
    """Load the font list and the named stylesheets before the first document asks for them."""
    _fonts()
    for name in stylesheets:
        _stylesheet(name)


class _Page(weasyprint.HTML):  # type: ignore[misc]
    """HTML with the short default sheet above in place of the browser's."""

    def _ua_stylesheets(self, forms: bool = False) -> list[weasyprint.CSS]:  # noqa: ARG002
        return [_default_rules()]


_NO_FETCH = _NoFetch()


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _default_rules() -> weasyprint.CSS:
    return weasyprint.CSS(string=DEFAULT_RULES, url_fetcher=_NO_FETCH)


@cache
def _stylesheet(name: str) -> weasyprint.CSS:
    template: Template = get_template(name).template  # type: ignore[attr-defined]
    return weasyprint.CSS(string=template.source, url_fetcher=_NO_FETCH, font_config=_fonts())
