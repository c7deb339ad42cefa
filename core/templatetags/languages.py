"""`{% languages %}`: the languages as buttons of a form, for pages before and outside a shell."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

register = template.Library()


@register.inclusion_tag("components/languages.html", takes_context=True)
def languages(context: dict[str, Any], shape: str = "row") -> dict[str, Any]:
    """Draw the choice; whoever takes it comes back to this page, with its `next`.

    `shape` is `row`, or `menu` for the entries of an account menu.
    """
    request = context.get("request")
    if request is None:
        return {"languages": ()}
    return {
        "languages": settings.LANGUAGES,
        "current": get_language(),
        "back": _this_page(request),
        "shape": shape,
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }


def _this_page(request: HttpRequest) -> str:
    """The page's own address. A form that was sent back has its `next` in the body."""
    after = request.POST.get("next", "") if request.method == "POST" else ""
    return f"{request.path}?{urlencode({'next': after})}" if after else request.get_full_path()
