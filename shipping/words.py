"""Services in the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from shipping.rules.catalogue import UnknownService, service


def service_words(code: str, on: date) -> str:
    """What a service is called on that day; its code where nothing is known of it."""
    try:
        return _(service(code, on).name)
    except UnknownService:
        return code
