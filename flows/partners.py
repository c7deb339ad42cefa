"""Clients of the outside world, made from the settings, with the gate they must pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone

from core import partner_stops
from core.jobs import Later
from core.tenancy import assert_outside_transaction
from integrations.carriers.base import Carrier
from integrations.customs.authority import CustomsAuthority
from integrations.delivery.citydrop import CityDrop
from integrations.errors import NotAuthorised, PartnerError, RateLimited, Refused, Stopped
from integrations.registry import authority_client, carrier_client, delivery_client

T = TypeVar("T")


_let_through: ContextVar[tuple[int, ...]] = ContextVar("let_through", default=())
"""The stops that the call under way was let through in spite of, to see whether they are over."""


class OutsideGate:
    """What every outside call passes.

    Nothing leaves while a merchant block is open, nor to a partner's account that refused our
    credentials, but for the one call that looks whether that is mended.
    """

    def __init__(self, partner: str) -> None:
        self.partner = partner

    def before_call(self, account: str, operation: str) -> None:
        """Refuse a call from inside a transaction; raise `Stopped` for an account that refuses."""
        assert_outside_transaction()
        now = timezone.now()
        let = partner_stops.let_through(
            partner=self.partner, account=account, operation=operation, now=now
        )
        _let_through.set(let.stop_ids)
        if let.until is not None:
            raise stopped(self.partner, operation, (let.until - now).total_seconds())

    def after_call(
        self, account: str, operation: str, status: int, headers: Mapping[str, str]
    ) -> None:
        """Write down a refusal of our credentials, and the end of one."""
        del headers
        now = timezone.now()
        if status in (401, 403):
            partner_stops.refused(
                partner=self.partner, account=account, operation=operation, status=status, now=now
            )
        elif stop_ids := _let_through.get():
            is_answer = 200 <= status < 500 and status not in (408, 429)
            partner_stops.tried(stop_ids=stop_ids, is_over=is_answer, now=now)

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
    except PartnerError as away:
        raise later(away, again_after_s=again_after_s) from away


def later(away: PartnerError, *, again_after_s: float) -> Later:
    """Return when a job tries again what had no effect: as told, as known, or as given."""
    if isinstance(away, RateLimited):
        return Later(away.retry_after_s, str(away))
    if isinstance(away, NotAuthorised):
        known = away.retry_after_s if isinstance(away, Stopped) else partner_stops.probe_seconds()
        return Later(known, str(away), waits_for=away.partner)
    return Later(again_after_s, str(away))


def assert_not_stopped(partner: str, operation: str) -> None:
    """Raise `Later` when a call would not be let through now; takes no turn of trying."""
    now = timezone.now()
    until = partner_stops.stopped_until(partner=partner, operation=operation, now=now)
    if until is not None:
        away = stopped(partner, operation, (until - now).total_seconds())
        raise later(away, again_after_s=away.retry_after_s)


def stopped(partner: str, operation: str, seconds: float) -> Stopped:
    """Return the error of a call that was not made."""
    message = "our credentials were refused before; nothing is sent until that is mended"
    return Stopped(max(seconds, 1.0), message, partner=partner, operation=operation)


def _partner(code: str) -> dict[str, Any]:
    values = dict(settings.PARTNERS[code])
    return {
        "base_url": values.pop("base_url"),
        "credentials": values,
        "gate": OutsideGate(code),
    }
