"""Clients of the outside world, made from the settings, with the gate they must pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings

from core.jobs import Later
from core.tenancy import assert_outside_transaction
from integrations.carriers.base import Carrier
from integrations.customs.authority import CustomsAuthority
from integrations.delivery.citydrop import CityDrop
from integrations.errors import PartnerError, RateLimited, Refused
from integrations.registry import authority_client, carrier_client, delivery_client

T = TypeVar("T")


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
def authority() -> CustomsAuthority:
    """Return this process's client of the customs authority."""
    return authority_client(**_partner("customs"))


@lru_cache
def delivery_partner() -> CityDrop:
    """Return this process's client of the last-mile partner."""
    return delivery_client(**_partner("delivery"))


def ask(call: Callable[[], T], *, again_after_s: float) -> T:
    """Call a partner who knows our reference, so that every fault but a refusal means "later".

    Raises `Refused` as it is; any other fault becomes `Later`.
    """
    try:
        return call()
    except Refused:
        raise
    except RateLimited as limited:
        raise Later(limited.retry_after_s, str(limited)) from limited
    except PartnerError as away:
        raise Later(again_after_s, str(away)) from away


def _partner(code: str) -> dict[str, Any]:
    values = dict(settings.PARTNERS[code])
    return {
        "base_url": values.pop("base_url"),
        "credentials": values,
        "gate": OutsideGate(),
    }
