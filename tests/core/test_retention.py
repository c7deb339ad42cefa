"""What is swept away and what stays, in batches."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from core import retention
from core.documents import put_bytes, store
from core.models import Document, IdempotentAnswer, Job, Merchant
from core.retention import kept_days, naming_models, purge_answers, purge_done_jobs
from core.tenancy import merchant
from orders.models import Import
from tests.factories import a_merchant

pytestmark = pytest.mark.django_db
PDF = "application/pdf"
LONG_AGO = timezone.now() - timedelta(days=90)


@pytest.fixture
def owner() -> Merchant:
    return a_merchant("acme")


def jobs(owner: Merchant, status: str, finished: Any, *keys: str) -> None:
    with merchant(owner):
        Job.objects.bulk_create(
            Job(
                kind="x", key=f"{status}-{key}", queue="flow", status=status, run_after=LONG_AGO,
                created_at=LONG_AGO, finished_at=finished,
            )
            for key in keys
        )  # fmt: skip


def test_old_done_jobs_go_in_batches_and_failed_ones_stay(
    owner: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    jobs(owner, "done", LONG_AGO, "a", "b", "c", "d", "e")
    jobs(owner, "done", timezone.now(), "new")
    jobs(owner, "failed", None, "f")
    jobs(owner, "given_up", LONG_AGO, "g")
    assert purge_done_jobs(now=timezone.now(), batches=1) == 2
    assert purge_done_jobs(now=timezone.now()) == 3
    with merchant(owner):
        left = sorted(Job.objects.values_list("key", flat=True))
    assert left == ["done-new", "failed-f", "given_up-g"]


def test_old_answers_go(owner: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    with merchant(owner):
        IdempotentAnswer.objects.bulk_create(
            IdempotentAnswer(
                key=f"k{number}", route="r", body_sha256="0", status=200, answer={}, created_at=at
            )
            for number, at in enumerate([LONG_AGO] * 3 + [timezone.now()])
        )
    assert purge_answers(now=timezone.now()) == 3
    assert purge_answers(now=timezone.now()) == 0


def age(name: str) -> None:
    then = time.time() - 30 * 86400
    os.utime(Path(default_storage.path(name)), (then, then))


def sweep() -> int:
    return sum(
        retention.purge_unnamed_bytes(now=timezone.now(), part=part)
        for part in range(retention.SLICES)
    )


def test_old_bytes_without_a_row_go_and_all_others_stay(owner: Merchant) -> None:
    document = store(
        merchant_id=owner.pk, kind="label", number="1", subject_kind="order", subject_id=1,
        content=b"named", content_type=PDF, now=timezone.now(),
    )  # fmt: skip
    lost, _ = put_bytes(merchant_id=owner.pk, content=b"lost", content_type=PDF)
    fresh, _ = put_bytes(merchant_id=owner.pk, content=b"fresh", content_type=PDF)
    upload = default_storage.save(f"{owner.pk}/uploads/{'a' * 64}", ContentFile(b"rows"))
    orphan = default_storage.save(f"{owner.pk}/uploads/{'b' * 64}", ContentFile(b"rows"))
    other = default_storage.save(f"{owner.pk}/ab/notes.txt", ContentFile(b"not ours"))
    with merchant(owner):
        Import.objects.create(
            kind="orders", file_name="o.txt", storage_name=upload, sha256="0", created_by="t",
            created_at=LONG_AGO,
        )  # fmt: skip
    for name in (document.storage_name, lost, upload, orphan, other):
        age(name)
    assert sweep() == 2
    assert not default_storage.exists(lost)
    assert not default_storage.exists(orphan)
    for name in (document.storage_name, fresh, upload, other):
        assert default_storage.exists(name)


def test_bytes_that_lay_long_are_written_anew_so_that_no_sweep_takes_them(
    owner: Merchant,
) -> None:
    first, _ = put_bytes(merchant_id=owner.pk, content=b"again", content_type=PDF)
    assert put_bytes(merchant_id=owner.pk, content=b"again", content_type=PDF)[0] == first
    age(first)
    second, _ = put_bytes(merchant_id=owner.pk, content=b"again", content_type=PDF)
    assert second != first
    sweep()
    assert default_storage.exists(second)


def test_every_table_that_names_bytes_is_asked() -> None:
    assert {Document, Import} <= set(naming_models())


def test_days_are_dated() -> None:
    today = timezone.now().date()
    assert kept_days("done_jobs", on=today) == 30
    with pytest.raises(LookupError):
        kept_days("nothing", on=today)
