"""What every screen's view shares: the page in its shell, and the reading of a query."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from babel import Locale
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from core.templatetags.instants import active_locale
from core.tenancy import merchant
from dashboard.readings.shell import read_shell
from dashboard.screens.common import Filter, Option
from orders.files.rejected import safe_cell

LONGEST_QUERY = 80
T = TypeVar("T")


def show(
    request: MemberRequest,
    template: str,
    page: object,
    *,
    current: str,
    status: int = 200,
    now: datetime | None = None,
) -> HttpResponse:
    """One screen in its shell. `current` is the entry of the side bar; `status` 200 or 4xx."""
    context = {
        "page": page,
        "shell": read_shell(request, current=current),
        "now": now or timezone.now(),
    }
    return render(request, template, context, status=status)


def asked(request: HttpRequest, name: str, allowed: Iterable[str] | None = None) -> str:
    """A query parameter, cleaned; empty when it is none of the allowed values."""
    text = request.GET.get(name, "").replace("\x00", "").strip()[:LONGEST_QUERY]
    return text if allowed is None or text in allowed else ""


def asked_day(request: HttpRequest, name: str) -> date | None:
    """A day of the query; None when there is none or it cannot be read."""
    try:
        return date.fromisoformat(asked(request, name))
    except ValueError:
        return None


def with_query(request: HttpRequest, route: str) -> str:
    """A route with this list's own filters, without its cursor."""
    query: QueryDict = request.GET.copy()
    query.pop("cursor", None)
    query.pop("sort", None)
    return f"{reverse(route)}?{query.urlencode()}" if query else reverse(route)


def select(name: str, label: str, value: str, options: Iterable[tuple[str, Any]]) -> Filter:
    """A filter of fixed choices, with "All" first."""
    return Filter(
        name=name,
        label=label,
        value=value,
        options=(
            Option(value="", label=_("All"), selected=not value),
            *(
                Option(value=str(code), label=str(words), selected=code == value)
                for code, words in options
            ),
        ),
    )


def country_filter(value: str) -> Filter:
    """Every country ISO knows, by its name in the reader's language."""
    return select("country", _("Country"), value, _countries(active_locale()))


def _countries(locale: Locale) -> list[tuple[str, str]]:
    known = locale.territories.items()
    named = [(code, name) for code, name in known if len(code) == 2 and code not in NOT_COUNTRIES]
    return sorted(named, key=lambda pair: pair[1])


NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


def csv_export(
    *,
    merchant_id: int,
    name: str,
    header: Iterable[str],
    fetch: Callable[[int | None], list[T]],
    cells: Callable[[T], Iterable[object]],
    key: Callable[[T], int],
) -> StreamingHttpResponse:
    """A CSV file sent page by page; each page is read in a short transaction of its own.

    `fetch` gives the page below an id (None for the first) and runs inside the merchant block, as
    `cells` does. The reader's language is kept, though the answer is sent after the view.
    """
    language = translation.get_language()

    def lines() -> Iterator[bytes]:
        yield b"\xef\xbb\xbf" + _line(header)
        below: int | None = None
        while True:
            with translation.override(language), merchant(merchant_id):
                rows = fetch(below)
                text = b"".join(_line(cells(row)) for row in rows)
            if not rows:
                return
            yield text
            below = key(rows[-1])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    stamp = timezone.now().strftime("%Y%m%d-%H%M")
    response["Content-Disposition"] = f'attachment; filename="{name}-{stamp}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _line(cells: Iterable[object]) -> bytes:
    """One record of RFC 4180; texts that a spreadsheet would compute are made plain."""
    return (",".join(_cell(cell) for cell in cells) + "\r\n").encode()


def _cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    text = safe_cell(cell) if isinstance(cell, str) else str(cell)
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def first_error(errors: Mapping[str, Iterable[str]]) -> str:
    """The first sentence of a form's errors, for a message after a redirect."""
    return next((str(sentence) for group in errors.values() for sentence in group), "")
