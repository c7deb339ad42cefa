"""What is kept for how long, and the sweep that takes away the rest.

Finished jobs and stored idempotent answers grow with every order and nobody looks at old ones;
bytes that no row names are what a killed worker left behind. Failed jobs stay until a person has
dealt with them. Everything goes in batches, each in a transaction of its own, so that no sweep
holds many rows, much memory or one lock for long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import Model

from core.dated import Dated, in_force, read_dated
from core.models import IdempotentAnswer, Job
from core.tenancy import across_merchants, merchant

DONE_JOBS, STORED_ANSWERS, UNNAMED_BYTES = "done_jobs", "stored_answers", "unnamed_bytes"
BATCH = 500
SLICES = 128
"""How many parts the stored files are swept in, one a run; two of 256 folders each."""

_FOLDER = re.compile(r"[0-9a-f]{2}")
_FILE = re.compile(r"[0-9a-f]{64}(_[0-9A-Za-z]+)?(\.[a-z]+)?")
_UPLOADS = "uploads"


@dataclass(frozen=True, slots=True)
class Keep:
    """One kind of rows or files and the days it is kept."""

    what: str
    days: int


@lru_cache(maxsize=1)
def _terms() -> tuple[Dated[Keep], ...]:
    path = Path(__file__).with_name("data") / "retention.csv"
    return read_dated(path, lambda row: Keep(row["what"], int(row["days"])))


def kept_days(what: str, *, on: date) -> int:
    """Return how many days `what` is kept by the terms in force; raise `LookupError` for none."""
    for term in in_force(_terms(), on):
        if term.what == what:
            return term.days
    raise LookupError(f"core/data/retention.csv has no row for {what} in force on {on}.")


def kept_since(what: str, *, now: datetime) -> datetime:
    """Return the instant before which `what` is old enough to go."""
    return now - timedelta(days=kept_days(what, on=now.date()))


def purge_done_jobs(*, now: datetime, batches: int = 100) -> int:
    """Delete jobs that were done long ago, the oldest first; return how many."""
    before, gone = kept_since(DONE_JOBS, now=now), 0
    for _ in range(batches):
        with across_merchants("The sweep deletes every merchant's jobs that were done long ago."):
            old = Job.objects.filter(status=Job.Status.DONE, finished_at__lt=before)
            ids = list(old.order_by("finished_at").values_list("pk", flat=True)[:BATCH])
            # Asked again in the deletion: a person may have put one back on the list meanwhile.
            gone += old.filter(pk__in=ids).delete()[0] if ids else 0
        if len(ids) < BATCH:
            break
    return gone


def purge_answers(*, now: datetime, batches: int = 100) -> int:
    """Delete stored answers beyond the days a key is remembered; return how many.

    They are written in the order of their ids and never changed, so the oldest have the lowest.
    """
    before, gone = kept_since(STORED_ANSWERS, now=now), 0
    for _ in range(batches):
        with across_merchants("The sweep deletes every merchant's old idempotent answers."):
            lowest = IdempotentAnswer.objects.order_by("pk").values_list("pk", "created_at")[:BATCH]
            ids = [pk for pk, created_at in lowest if created_at < before]
            if ids:
                IdempotentAnswer.objects.filter(pk__in=ids).delete()
        gone += len(ids)
        if len(ids) < BATCH:
            break
    return gone


def purge_unnamed_bytes(*, now: datetime, part: int) -> int:
    """Delete stored files of one part of `SLICES` that are old and that no row names.

    Only files under the names `put_bytes` and uploads give are looked at. A row names a file by a
    column `storage_name`, in whatever room: a new table with such a column is found by itself.
    """
    before, gone = kept_since(UNNAMED_BYTES, now=now), 0
    for folder in _children(""):
        if not folder.isdigit():
            continue
        files = _files(folder, part % SLICES)
        while names := list(islice(files, BATCH)):
            old = [name for name in names if default_storage.get_modified_time(name) < before]
            for name in _unnamed(int(folder), old):
                default_storage.delete(name)
                gone += 1
    return gone


def _children(folder: str) -> list[str]:
    if folder and not default_storage.exists(folder):
        return []
    return sorted(default_storage.listdir(folder)[0])


def _files(folder: str, part: int) -> Iterator[str]:
    """Yield one merchant's stored files of a part; memory for one folder's names at a time."""
    for inner in _children(folder):
        if inner != _UPLOADS and not (_FOLDER.fullmatch(inner) and int(inner, 16) % SLICES == part):
            continue
        for name in sorted(default_storage.listdir(f"{folder}/{inner}")[1]):
            if _FILE.fullmatch(name) and int(name[:2], 16) % SLICES == part:
                yield f"{folder}/{inner}/{name}"


def _unnamed(merchant_id: int, names: list[str]) -> list[str]:
    if not names:
        return []
    named: set[str] = set()
    with merchant(merchant_id):
        for model in naming_models():
            rows: Mapping[str, list[str]] = {"storage_name__in": names}
            named.update(
                model._default_manager.filter(**rows).values_list("storage_name", flat=True)
            )
    return [name for name in names if name not in named]


def naming_models() -> list[type[Model]]:
    """Return every table whose rows name stored bytes."""
    return [
        model
        for model in apps.get_models()
        if any(field.name == "storage_name" for field in model._meta.get_fields())
    ]
