"""Clients of the outside world, made from the settings, with the gate they must pass."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings

from core.tenancy import assert_outside_transaction
from integrations.carriers.base import Address, Carrier
from integrations.registry import authority_client, carrier_client, delivery_client


class OutsideGate:
    """What every outside call passes: nothing leaves while a merchant block is open."""

    def before_call(self, account: str, operation: str) -> None:
        """Refuse a call from inside a transaction."""
        del account, operation
        assert_outside_transaction()

    def after_call(
        self, account: str, operation: str, status: int, headers: Mapping[str, str]
    ) -> None:
        """Nothing to remember yet: no partner of this issue sends rate headers."""

    def assert_outside_transaction(self) -> None:
        """Raise when a merchant block is open."""
        assert_outside_transaction()


@lru_cache
def carrier(code: str) -> Carrier:
    """Return this process's client of a carrier."""
    return carrier_client(code, **_partner(code))


@lru_cache
def authority() -> Any:
    """Return this process's client of the customs authority."""
    return authority_client(**_partner("customs"))


@lru_cache
def delivery_partner() -> Any:
    """Return this process's client of the last-mile partner."""
    return delivery_client(**_partner("delivery"))


def _partner(code: str) -> dict[str, Any]:
    values = dict(settings.PARTNERS[code])
    return {
        "base_url": values.pop("base_url"),
        "credentials": values,
        "gate": OutsideGate(),
    }


__all__ = ["Address", "authority", "carrier", "delivery_partner"]
