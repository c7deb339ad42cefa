"""Clients by the codes the product calls its partners."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

from integrations.carriers.base import Carrier
from integrations.carriers.dhl_express import DhlExpress
from integrations.carriers.line import Line
from integrations.carriers.postal import Postal
from integrations.channels import aliexpress_gateway, amazon, ebay_auth, shopify_access
from integrations.channels.aliexpress import AliExpress
from integrations.channels.amazon import Amazon
from integrations.channels.base import ChannelClient, ConnectChannel, Consent, TokenKeeper
from integrations.channels.ebay import Ebay
from integrations.channels.shopify import Shopify
from integrations.customs.authority import CustomsAuthority
from integrations.delivery.citydrop import CityDrop
from integrations.http import Gate, utc_now


class UnknownPartner(LookupError):
    """No client is known under this code."""


class Connect(Protocol):
    def __call__(
        self,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        clock: Callable[[], datetime] = ...,
    ) -> Carrier: ...


CARRIERS: dict[str, Connect] = {
    "dhl_express": DhlExpress.connect,
    "postal": Postal.connect,
    "line": Line.connect,
}

CHANNELS: dict[str, ConnectChannel] = {
    "amazon": Amazon.connect,
    "aliexpress": AliExpress.connect,
    "ebay": Ebay.connect,
    "shopify": Shopify.connect,
}
"""Marketplaces and shops, by the kind the product calls them."""


class OpenConsent(Protocol):
    def __call__(
        self,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        options: Mapping[str, str],
        clock: Callable[[], datetime] = ...,
    ) -> Consent: ...


CONSENTS: dict[str, OpenConsent] = {
    "amazon": amazon.consent,
    "aliexpress": aliexpress_gateway.consent,
    "ebay": ebay_auth.consent,
    "shopify": shopify_access.consent,
}
"""How a seller lets us into each kind of channel."""


def carrier_client(
    code: str,
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    clock: Callable[[], datetime] = utc_now,
) -> Carrier:
    """The client of a carrier; cheap to make, safe to keep for the process.

    Each client's module names the credentials it needs. Raises `UnknownPartner`; `KeyError` for a
    missing credential; `ValueError` for a base URL or credential that cannot be used.
    """
    if code not in CARRIERS:
        known = ", ".join(sorted(CARRIERS))
        raise UnknownPartner(f"no carrier {code!r}; known are {known}")
    return CARRIERS[code](credentials=credentials, base_url=base_url, gate=gate, clock=clock)


def authority_client(
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    clock: Callable[[], datetime] = utc_now,
) -> CustomsAuthority:
    """The client of the customs authority."""
    return CustomsAuthority.connect(
        credentials=credentials, base_url=base_url, gate=gate, clock=clock
    )


def delivery_client(
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    clock: Callable[[], datetime] = utc_now,
) -> CityDrop:
    """The client of the last-mile partner."""
    return CityDrop.connect(credentials=credentials, base_url=base_url, gate=gate, clock=clock)


def channel_client(
    kind: str,
    *,
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    tokens: TokenKeeper,
    account: str,
    options: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> ChannelClient:
    """The client of one seller's account at a channel; cheap to make.

    Each client's module names the credentials (the application's) and options it needs. Raises
    `UnknownPartner`; `KeyError` for a missing credential; `ValueError` for an unusable address.
    """
    return _known(CHANNELS, kind)(
        credentials=credentials,
        base_url=base_url,
        gate=gate,
        tokens=tokens,
        account=account,
        options=options or {},
        clock=clock,
    )


def channel_consent(
    kind: str,
    *,
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    options: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Consent:
    """How a seller lets us into a channel of this kind. Raises as `channel_client` does."""
    return _known(CONSENTS, kind)(
        credentials=credentials, base_url=base_url, gate=gate, options=options or {}, clock=clock
    )


_T = TypeVar("_T")


def _known(clients: Mapping[str, _T], kind: str) -> _T:
    if kind not in clients:
        known = ", ".join(sorted(clients)) or "none"
        raise UnknownPartner(f"no channel {kind!r}; known are {known}")
    return clients[kind]
