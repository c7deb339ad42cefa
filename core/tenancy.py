"""The Python wall between merchants, and the doors through it.

`with merchant(m):` opens one short transaction and tells Postgres which merchant it is for
(`SET LOCAL`), so that row-level security holds as the second wall. Outside of such a block every
query on a tenant table raises `NoMerchant`: never "all rows". Crossing merchants is
`across_merchants("reason")` and works only for the operator's database role.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction

if TYPE_CHECKING:
    from core.models import Merchant

APP_ROLE = "waybridge_app"
OPERATOR_ROLE = "waybridge_operator"


class NoMerchant(RuntimeError):
    """A tenant table was touched while no merchant was active. A programming error, never data."""


class OtherMerchant(RuntimeError):
    """A row of one merchant was written while another merchant was active."""


class InsideTransaction(RuntimeError):
    """Something outside (a carrier, a marketplace) was called while a transaction was open."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows may be touched: one merchant's, or everybody's for a stated reason."""

    merchant_id: int | None
    reason: str = ""


_scope: ContextVar[Scope | None] = ContextVar("waybridge_scope", default=None)


def active_scope() -> Scope:
    """Return the active scope; raise `NoMerchant` when there is none."""
    scope = _scope.get()
    if scope is None:
        raise NoMerchant(
            "No merchant is active. Wrap the query in `with merchant(m):`, or in "
            "`with across_merchants('reason'):` for the operator's own work."
        )
    return scope


def active_merchant_id() -> int:
    """Return the id of the active merchant; raise `NoMerchant` when none, or all, are active."""
    merchant_id = active_scope().merchant_id
    if merchant_id is None:
        raise NoMerchant("This needs one merchant, and the block crosses merchants.")
    return merchant_id


def assert_outside_transaction() -> None:
    """Raise `InsideTransaction` when a merchant block is open: nothing leaves inside one."""
    if _scope.get() is not None:
        raise InsideTransaction(
            "An outside call was made inside a merchant block. Close the block first: "
            "its locks would be held for as long as the other side takes to answer."
        )


@contextmanager
def merchant(owner: Merchant | int) -> Iterator[int]:
    """Open one transaction for one merchant and yield the merchant's id.

    A block inside a block of the same merchant joins it. A block of another merchant inside it
    raises `OtherMerchant`; inside `across_merchants` it narrows to the merchant.
    """
    merchant_id = owner if isinstance(owner, int) else owner.pk
    outer = _scope.get()
    if outer is not None and outer.merchant_id not in (None, merchant_id):
        raise OtherMerchant(
            f"Merchant {merchant_id} was opened inside a block of merchant {outer.merchant_id}."
        )
    with _block(Scope(merchant_id), outer, APP_ROLE):
        yield merchant_id


@contextmanager
def across_merchants(reason: str) -> Iterator[None]:
    """Open one transaction over all merchants' rows, for the operator role only.

    Under the app role the database still shows nothing: the setting means something only in the
    operator's policies. `reason` is a sentence for the reader; a test lists every use.
    """
    if not reason.strip():
        raise ValueError("across_merchants needs a reason a reviewer can judge.")
    outer = _scope.get()
    if outer is not None and outer.merchant_id is not None:
        raise OtherMerchant("across_merchants cannot be opened inside one merchant's block.")
    with _block(Scope(None, reason), outer, OPERATOR_ROLE):
        yield


@contextmanager
def _block(scope: Scope, outer: Scope | None, role: str) -> Iterator[None]:
    token = _scope.set(scope)
    try:
        with transaction.atomic(savepoint=outer is None or outer != scope):
            if outer != scope:
                _tell_database(scope, role)
            yield
            if connection.in_atomic_block and outer != scope and _is_nested():
                _restore(outer)
    finally:
        _scope.reset(token)


def _is_nested() -> bool:
    """Tell whether this block is a savepoint of a longer transaction, which SET LOCAL outlives."""
    return bool(connection.savepoint_ids)


def _tell_database(scope: Scope, role: str) -> None:
    merchant_id = "" if scope.merchant_id is None else str(scope.merchant_id)
    across = "on" if scope.merchant_id is None else ""
    with connection.cursor() as cursor:
        if settings.TENANT_DB_ROLES:
            cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(
            "SELECT set_config('waybridge.merchant_id', %s, true),"
            " set_config('waybridge.across', %s, true)",
            [merchant_id, across],
        )


def _restore(outer: Scope | None) -> None:
    if outer is not None:
        _tell_database(outer, OPERATOR_ROLE if outer.merchant_id is None else APP_ROLE)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('waybridge.merchant_id', '', true),"
            " set_config('waybridge.across', '', true)"
        )
        if settings.TENANT_DB_ROLES:
            cursor.execute("SET LOCAL ROLE NONE")
