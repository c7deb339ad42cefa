"""Download of a document: the bytes that were stored, checked against their hash."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import MemberRequest, member_view
from core.documents import EXTENSIONS, DocumentDamaged, read
from core.models import Document
from core.tenancy import merchant

log = logging.getLogger("waybridge.dashboard")
EXTENSIONS_OF_EVIDENCE = {"image/jpeg": "jpg"}


@member_view("orders.view")
@require_safe
def document(request: MemberRequest, document_id: int) -> HttpResponse:
    """One document as a file to keep. Never shown inside our own pages' origin as a page."""
    with merchant(request.caller.merchant_id):
        found = Document.objects.filter(pk=document_id).first()
    if found is None:
        raise Http404
    try:
        content = read(found)
    except (OSError, DocumentDamaged):
        log.exception("Document %s %s cannot be given out", found.kind, found.number)
        messages.error(request, _("The stored file is damaged or missing; support has been told."))
        return HttpResponseRedirect(reverse("dashboard:today"))
    response = HttpResponse(content, content_type=found.content_type)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=file_name(found)
    ) or "attachment"  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600, immutable"
    response["ETag"] = f'"{found.sha256}"'
    return response


def file_name(found: Document) -> str:
    """ "commercial_invoice-INV-000042.pdf"."""
    known = EXTENSIONS | EXTENSIONS_OF_EVIDENCE
    extension = known.get(found.content_type, "bin")
    number = "".join(c if c.isalnum() or c in "-_." else "_" for c in found.number)
    return f"{found.kind}-{number}.{extension}"
