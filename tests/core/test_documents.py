"""Documents: immutable, found by their hash, whole even after a worker died while writing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from core.documents import DocumentDamaged, put_bytes, read, register, store
from core.models import Document, Merchant
from core.tenancy import merchant
from tests.factories import a_merchant

PDF = "application/pdf"


@pytest.fixture
def owner(db: None) -> Merchant:
    return a_merchant("acme")


def stored(owner: Merchant, content: bytes, number: str = "N-1") -> Document:
    return store(
        merchant_id=owner.pk, kind="label", number=number, subject_kind="order", subject_id=1,
        content=content, content_type=PDF, now=timezone.now(),
    )  # fmt: skip


def test_the_same_bytes_are_one_file(owner: Merchant) -> None:
    first, second = stored(owner, b"%PDF one", "N-1"), stored(owner, b"%PDF one", "N-2")
    assert first.pk != second.pk
    assert first.storage_name == second.storage_name
    assert read(first) == b"%PDF one"


def test_one_number_is_one_document_and_the_first_stands(owner: Merchant) -> None:
    first, second = stored(owner, b"%PDF first"), stored(owner, b"%PDF second")
    assert first.pk == second.pk
    assert read(second) == b"%PDF first"


def test_a_file_left_half_written_is_not_taken_for_whole(owner: Merchant) -> None:
    name, _ = put_bytes(merchant_id=owner.pk, content=b"%PDF whole", content_type=PDF)
    path = Path(default_storage.path(name))
    path.chmod(0o644)
    path.write_bytes(b"%PDF wh")
    assert read(stored(owner, b"%PDF whole")) == b"%PDF whole"


def test_a_changed_file_is_noticed(owner: Merchant) -> None:
    document = stored(owner, b"%PDF original")
    Path(default_storage.path(document.storage_name)).write_bytes(b"%PDF forgery!")
    with pytest.raises(DocumentDamaged, match="label N-1"):
        read(document)


def test_a_roll_back_leaves_no_row(owner: Merchant) -> None:
    stored_as = put_bytes(merchant_id=owner.pk, content=b"%PDF x", content_type=PDF)
    with pytest.raises(ValueError, match="stop"), merchant(owner):  # noqa: PT012
        register(
            kind="label", number="N-9", subject_kind="order", subject_id=1, content=b"%PDF x",
            content_type=PDF, stored_as=stored_as, now=timezone.now(),
        )  # fmt: skip
        raise ValueError("stop")
    with merchant(owner):
        assert not Document.objects.filter(number="N-9").exists()
