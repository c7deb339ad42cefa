"""Migration operations that build the database wall: row-level security, grants, composite keys.

What it is for: a forgotten filter, a wrong id, a foreign key to another's row, a raw query.
What it cannot stop: SQL that sets the tenant itself. See docs/security.md.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.models import Model

from core.tenancy import APP_ROLE, OPERATOR_ROLE
from core.tenant_models import TenantForeignKey

OWN_MERCHANT = "(SELECT NULLIF(current_setting('waybridge.merchant_id', true), '')::bigint)"
ACROSS = "(SELECT current_setting('waybridge.across', true) = 'on')"
ALL_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


def wall_sql(*, table: str, column: str, rights: str) -> list[str]:
    """Return the statements that put `table` behind row-level security on `column`."""
    own = f"{column} = {OWN_MERCHANT}"
    crossing = f"{ACROSS} OR {own}"
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
        f'CREATE POLICY owner_all ON "{table}" TO CURRENT_USER USING (true) WITH CHECK (true)',
        f'CREATE POLICY app_own ON "{table}" TO {APP_ROLE} USING ({own}) WITH CHECK ({own})',
        (
            f'CREATE POLICY operator_all ON "{table}" TO {OPERATOR_ROLE}'
            f" USING ({crossing}) WITH CHECK ({crossing})"
        ),
        f'REVOKE ALL ON "{table}" FROM {APP_ROLE}, {OPERATOR_ROLE}',
        f'GRANT {rights} ON "{table}" TO {APP_ROLE}, {OPERATOR_ROLE}',
    ]


def composite_key_sql(model: type[Model]) -> list[str]:
    """Return the unique key others refer to, and this table's composite foreign keys."""
    table = model._meta.db_table
    statements = [f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_own" UNIQUE (merchant_id, id)']
    keys = [field for field in model._meta.local_fields if isinstance(field, TenantForeignKey)]
    return statements + [foreign_key_sql(model, field) for field in keys]


def foreign_key_sql(model: type[Model], field: TenantForeignKey) -> str:
    """Return the composite foreign key of one field."""
    table, target = model._meta.db_table, field.related_model._meta.db_table
    return (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{field.column}_own"'
        f' FOREIGN KEY (merchant_id, "{field.column}")'
        f' REFERENCES "{target}" (merchant_id, id) DEFERRABLE INITIALLY IMMEDIATE'
    )


class _SchemaOperation(Operation):
    """Runs SQL made from the model as it is at this point of the migrations."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change no model state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: Any,
        from_state: Any,  # noqa: ARG002 - Django's signature
        to_state: Any,
    ) -> None:
        """Run the statements."""
        for statement in self.statements(to_state.apps.get_model(app_label, self.model_name)):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        """Nothing: the table that carries the wall is dropped by the step before."""

    def statements(self, model: type[Model]) -> list[str]:
        """Return the SQL for `model`."""
        raise NotImplementedError

    def describe(self) -> str:
        """Say what this does, for `sqlmigrate` and logs."""
        return f"{type(self).__name__} on {self.model_name}"


class TenantWall(_SchemaOperation):
    """Puts a tenant table behind the wall. `rights` narrows what both roles may do with it."""

    def __init__(self, model_name: str, rights: str = ALL_RIGHTS) -> None:
        super().__init__(model_name)
        self.rights = rights

    def deconstruct(self) -> Any:
        """Keep both arguments."""
        return type(self).__name__, [self.model_name, self.rights], {}

    def statements(self, model: type[Model]) -> list[str]:
        """Composite keys first: a row must be refused even before a policy is written."""
        wall = wall_sql(table=model._meta.db_table, column="merchant_id", rights=self.rights)
        return [*composite_key_sql(model), *wall]


class TenantKey(_SchemaOperation):
    """Adds the composite foreign key of one field that came after its table's wall."""

    def __init__(self, model_name: str, field_name: str) -> None:
        super().__init__(model_name)
        self.field_name = field_name

    def deconstruct(self) -> Any:
        """Keep both arguments."""
        return type(self).__name__, [self.model_name, self.field_name], {}

    def statements(self, model: type[Model]) -> list[str]:
        """Return the one constraint."""
        field = model._meta.get_field(self.field_name)
        if not isinstance(field, TenantForeignKey):
            raise TypeError(f"{self.model_name}.{self.field_name} is not a TenantForeignKey.")
        return [foreign_key_sql(model, field)]


class OperatorTable(_SchemaOperation):
    """A table without a merchant: the operator writes it, the app role may do `app_rights`."""

    def __init__(self, model_name: str, app_rights: str = "SELECT") -> None:
        super().__init__(model_name)
        self.app_rights = app_rights

    def deconstruct(self) -> Any:
        """Keep both arguments."""
        return type(self).__name__, [self.model_name, self.app_rights], {}

    def statements(self, model: type[Model]) -> list[str]:
        """Return the grants."""
        table = model._meta.db_table
        grants = [f'REVOKE ALL ON "{table}" FROM {APP_ROLE}']
        if self.app_rights:
            grants.append(f'GRANT {self.app_rights} ON "{table}" TO {APP_ROLE}')
        return grants
