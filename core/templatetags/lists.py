"""What every list shares: sortable headings and keyset pages as plain links."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


def _address(context: dict[str, Any], **changes: str | None) -> str:
    """This page's query with some parameters replaced; None takes one out."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_header(
    context: dict[str, Any],
    column: str,
    label: str,
    *,
    sort: str,
    numeric: bool = False,
    rank: str = "",
) -> SafeString:
    """A `<th>` that sorts by `column`. `sort` is the list's present order ("-placed_at").

    Sorting starts the list anew, so the page cursor is dropped from the link. `rank` "second" or
    "third" leaves the column out on narrow screens; its cells carry the same class.
    """
    direction = {column: "ascending", f"-{column}": "descending"}.get(sort, "")
    target = f"-{column}" if direction == "ascending" else column
    return format_html(
        '<th scope="col" class="{}"{}><a class="sort" href="{}">{}<span class="sort-mark" '
        'aria-hidden="true"></span></a></th>',
        f"num {rank}".strip() if numeric else rank,
        format_html(' aria-sort="{}"', direction) if direction else "",
        _address(context, sort=target, cursor=None),
        label,
    )


@register.simple_tag(takes_context=True)
def address_with(context: dict[str, Any], **changes: str | None) -> str:
    """The present list's own address with some parameters replaced (cursor, tab, format)."""
    return _address(context, **changes)


@register.simple_tag
def icon(name: str) -> SafeString:
    """One symbol of icons.svg; decoration only, so the words beside it must carry the meaning."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("waybridge/icons.svg"),
        name,
    )
