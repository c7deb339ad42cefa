"""A stored file as an HTTP answer: shown in the browser, not kept by it."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from core.bodies import BadBody
from core.documents import DocumentDamaged, read
from core.models import Document


def inline(found: Document) -> HttpResponse:
    """Answer a document's bytes under its name; raise `BadBody` when they are not its own."""
    try:
        content = read(found)
    except (DocumentDamaged, OSError) as error:
        raise BadBody(
            field="document",
            fault=_("The stored file is missing or was changed."),
            remedy=_("Tell an administrator its number: {number}.").format(number=found.number),
            status=410,
        ) from error
    response = HttpResponse(content, content_type=found.content_type)
    kind = found.content_type.rpartition("/")[2]
    name = f"{found.kind}-{found.number}.{kind}".replace('"', "").replace("/", "-")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
