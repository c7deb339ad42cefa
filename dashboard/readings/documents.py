"""The documents of an order, a claim or another thing, as rows with a link."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from core.models import Document
from dashboard.readings.words import document_words
from dashboard.screens.common import DocumentRow


def documents_of(*, subject_kind: str, subject_id: int) -> tuple[DocumentRow, ...]:
    """Every document of one thing, oldest first."""
    rows = Document.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    return document_rows(rows.select_related("replaces").order_by("id")[:200])


def document_rows(documents: Iterable[Document]) -> tuple[DocumentRow, ...]:
    """Documents as a screen shows them."""
    return tuple(
        DocumentRow(
            kind=document_words(document.kind),
            number=document.number,
            url=reverse("dashboard:document", args=[document.pk]),
            made_at=document.created_at,
            size_bytes=document.size_bytes,
            sha256=document.sha256,
            replaces=document.replaces.number if document.replaces else "",
        )
        for document in documents
    )
