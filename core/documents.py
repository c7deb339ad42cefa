"""Immutable files: stored once, named by their hash, never overwritten."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from core.models import Document
from core.tenancy import active_merchant_id, merchant

EXTENSIONS = {"application/pdf": "pdf", "application/json": "json", "image/png": "png",
              "text/csv": "csv", "text/plain": "txt"}  # fmt: skip


REUSED_WITHIN = timedelta(days=1)
"""Bytes are written anew when they have lain there for longer: a row may be about to name them
while the sweep (core/retention.py), which takes much older ones only, finds them unnamed."""


PDF = {b"%PDF-": "application/pdf"}
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""What files that people send begin with, and what that makes them; no name is trusted."""


class DocumentDamaged(Exception):
    """The stored bytes are not the ones that were stored: their hash differs."""


def content_type_of(content: bytes, among: Mapping[bytes, str]) -> str | None:
    """Return what the first bytes say a file is; None for none of these."""
    return next((kind for start, kind in among.items() if content.startswith(start)), None)


def put_bytes(*, merchant_id: int, content: bytes, content_type: str) -> tuple[str, str]:
    """Write the bytes to the storage, outside of any transaction; return (name, sha256).

    Safe to repeat: the name is the hash, so a repeated job writes its bytes once. A file that a
    killed worker left half written stands under that name, too: then, and when the file is old, the
    bytes go under another one. Name them in a row within hours: bytes without one are swept away.
    """
    digest = hashlib.sha256(content).hexdigest()
    extension = EXTENSIONS.get(content_type, "bin")
    name = f"{merchant_id}/{digest[:2]}/{digest}.{extension}"
    if not _is_reusable(name, len(content)):
        name = default_storage.save(name, ContentFile(content))
    return name, digest


def _is_reusable(name: str, size: int) -> bool:
    if not default_storage.exists(name) or default_storage.size(name) != size:
        return False
    written_at: datetime = default_storage.get_modified_time(name)
    return timezone.now() - written_at < REUSED_WITHIN


def register(
    *,
    kind: str,
    number: str,
    subject_kind: str,
    subject_id: int,
    content: bytes,
    content_type: str,
    stored_as: tuple[str, str],
    now: datetime,
    replaces: Document | None = None,
) -> Document:
    """Write the row of a file whose bytes `put_bytes` has stored, in the caller's transaction.

    The same kind and number twice returns the first document: a repeated job makes no second one.
    """
    storage_name, digest = stored_as
    with transaction.atomic():
        document, _ = Document.objects.get_or_create(
            merchant_id=active_merchant_id(),
            kind=kind,
            number=number,
            defaults={
                "subject_kind": subject_kind,
                "subject_id": subject_id,
                "content_type": content_type,
                "size_bytes": len(content),
                "sha256": digest,
                "storage_name": storage_name,
                "replaces": replaces,
                "made_by_pid": os.getpid(),
                "created_at": now,
            },
        )
    return document


def store(
    *,
    merchant_id: int,
    kind: str,
    number: str,
    subject_kind: str,
    subject_id: int,
    content: bytes,
    content_type: str,
    now: datetime,
) -> Document:
    """Store the bytes, then the row in a short transaction of its own."""
    stored_as = put_bytes(merchant_id=merchant_id, content=content, content_type=content_type)
    with merchant(merchant_id):
        return register(
            kind=kind,
            number=number,
            subject_kind=subject_kind,
            subject_id=subject_id,
            content=content,
            content_type=content_type,
            stored_as=stored_as,
            now=now,
        )


def read(document: Document) -> bytes:
    """Return the bytes; raise `DocumentDamaged` when their hash is not the recorded one."""
    with default_storage.open(document.storage_name, "rb") as handle:
        content: bytes = handle.read()
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise DocumentDamaged(f"{document.kind} {document.number}: the stored file was changed.")
    return content
