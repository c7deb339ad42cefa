"""Base classes of every table that belongs to one merchant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from core.tenancy import OtherMerchant, active_scope

M = TypeVar("M", bound=models.Model)


class TenantQuerySet(models.QuerySet[M]):
    """A queryset that runs only while a merchant (or the operator's crossing) is active.

    Building one outside is refused by the manager; *running* one that was built inside and
    leaked outside is refused here.
    """

    def _fetch_all(self) -> None:
        active_scope()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[M]:
        """Run in chunks; see Django."""
        active_scope()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """Count rows; never call it for a screen."""
        active_scope()
        return super().count()

    def exists(self) -> bool:
        """Tell whether a row matches."""
        active_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Aggregate over the rows."""
        active_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Update the rows; the merchant of a row never changes."""
        active_scope()
        if "merchant" in kwargs or "merchant_id" in kwargs:
            raise OtherMerchant("A row's merchant never changes.")
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the rows."""
        active_scope()
        return super().delete()

    def _insert(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> Any:
        scope = active_scope()
        for obj in objs:
            own(obj, scope.merchant_id)
        return super()._insert(objs, *args, **kwargs)  # type: ignore[misc]

    def _update(self, values: Any) -> int:
        active_scope()
        return super()._update(values)  # type: ignore[misc, no-any-return]


def own(obj: Any, merchant_id: int | None) -> None:
    """Give a new row its merchant, or refuse a row of another one."""
    if obj.merchant_id is None and merchant_id is not None:
        obj.merchant_id = merchant_id
    elif obj.merchant_id is None or merchant_id not in (None, obj.merchant_id):
        raise OtherMerchant(
            f"A {type(obj).__name__} of merchant {obj.merchant_id} was written while merchant "
            f"{merchant_id} is active."
        )


class TenantManager(models.Manager[M]):
    """Yields only the active merchant's rows; raises `NoMerchant` when none is active."""

    def get_queryset(self) -> TenantQuerySet[M]:
        """Return the rows of the active merchant, or all of them inside `across_merchants`."""
        scope = active_scope()
        if scope.merchant_id is None:
            return TenantQuerySet(self.model, using=self._db)
        return _own_rows(self.model, self._db, scope.merchant_id).all()


@lru_cache(maxsize=5000)
def _own_rows(model: type[M], using: str | None, merchant_id: int) -> TenantQuerySet[M]:
    """Return one merchant's rows, never evaluated: callers get copies.

    Kept because the same first filter was built anew for every query: a tenth of a request.
    """
    rows: TenantQuerySet[M] = TenantQuerySet(model, using=using)
    return rows.filter(merchant_id=merchant_id)


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key to a row of the same merchant.

    Django's own constraint is left out; `core.walls.TenantWall` adds the composite one,
    `(merchant_id, column) -> (merchant_id, id)`, which another merchant's row cannot satisfy.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        """Leave out what the constructor sets itself."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs


class TenantModel(models.Model):
    """A row that belongs to one merchant."""

    merchant = models.ForeignKey(
        "core.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
