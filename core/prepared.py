"""Querysets whose SQL is made once per process, for readings that a person waits for all day.

Building and compiling a query costs several times what the database needs to answer it by a key.
What comes back are the same model instances, with what `select_related` adds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.query import get_related_populators

from core.tenancy import active_merchant_id
from core.tenant_models import TenantModel, TenantQuerySet

M = TypeVar("M", bound=models.Model)
OWNER = "merchant_id"


@dataclass(frozen=True, slots=True)
class _Made:
    """A compiled query: `told` are its parameters, (name, "") or ("", a value that stays)."""

    sql: str
    told: tuple[tuple[str, Any], ...]
    converters: Mapping[int, tuple[Any, Any]]
    fields: tuple[str, ...]
    first: int
    end: int
    populators: tuple[Any, ...]


class Prepared(Generic[M]):
    """A queryset of one shape, with `names` for the keys that differ from one reading to the next.

    `make` gets the model's rows and for each name a mark to compare a key or a text with; the
    values come with each reading. A merchant's table is narrowed to the active merchant, as its
    manager does: outside of a merchant's block `rows` raises `NoMerchant`.
    """

    def __init__(
        self,
        model: type[M],
        make: Callable[..., models.QuerySet[M]],
        *names: str,
    ) -> None:
        self._model, self._make, self._names = model, make, names
        self._is_tenant = issubclass(model, TenantModel)
        self._made: _Made | None = None

    def rows(self, **given: int | str) -> list[M]:
        """Read the rows with these values."""
        if self._is_tenant:
            given = {**given, OWNER: active_merchant_id()}
        made = self._made
        if made is None:
            made = self._made = self._compile()
        with connection.cursor() as cursor:
            cursor.execute(made.sql, [given[name] if name else value for name, value in made.told])
            found = cursor.fetchall()
        return [self._instance(made, row) for row in found]

    def first(self, **given: int | str) -> M | None:
        """Read the first of these rows."""
        found = self.rows(**given)
        return found[0] if found else None

    def _compile(self) -> _Made:
        marks = {name: -(10**15) - index for index, name in enumerate((OWNER, *self._names))}
        wanted = {name: mark for name, mark in marks.items() if name != OWNER}
        queryset: models.QuerySet[M]
        if self._is_tenant:
            queryset = TenantQuerySet(self._model).filter(merchant_id=marks[OWNER])
        else:
            queryset = self._model._default_manager.all()
        compiler = self._make(queryset, **wanted).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        names: dict[Any, str] = {mark: name for name, mark in marks.items()}
        names |= {str(mark): name for name, mark in marks.items()}
        told = tuple((names.get(each, ""), each) for each in params)
        expected = {*wanted, OWNER} if self._is_tenant else set(wanted)
        if {name for name, _ in told} - {""} != expected:
            raise TypeError(f"{self._model.__name__}: a name stands for no parameter of the query.")
        select, about = compiler.select, compiler.klass_info
        places = about["select_fields"]
        return _Made(
            sql=sql,
            told=told,
            converters=compiler.get_converters([each[0] for each in select]),
            fields=tuple(each[0].target.attname for each in select[places[0] : places[-1] + 1]),
            first=places[0],
            end=places[-1] + 1,
            populators=tuple(
                # The stubs are a release ahead of Django.
                get_related_populators(about, select, connection.alias)  # type: ignore[call-arg]
            ),
        )

    def _instance(self, made: _Made, row: Any) -> M:
        if made.converters:
            row = list(row)
            for place, (converters, expression) in made.converters.items():
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
        found = self._model.from_db(connection.alias, made.fields, row[made.first : made.end])
        for populator in made.populators:
            populator.populate(row, found)
        return found
