"""Channel clients, made from the settings and one connection."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from flows.channels.gate import ChannelGate, Keeper, NoTokens
from integrations.channels.base import ChannelClient, Consent
from integrations.registry import channel_client, channel_consent
from orders.models import ChannelConnection

NOT_SET_UP = "not_set_up"
REGIONS = ("eu", "na", "fe")
"""Amazon's hosts: a seller's account is at one of them."""


class NotOffered(LookupError):
    """This deployment has no application at that marketplace."""


def client_of(connection: ChannelConnection) -> ChannelClient:
    """Return the client of one connection; its channel must have been read with it."""
    kind = connection.channel.kind
    return channel_client(
        kind,
        credentials=_application(kind),
        base_url=_base_url(kind, connection.options),
        gate=ChannelGate(kind=kind, account=connection.account),
        tokens=Keeper(merchant_id=connection.merchant_id, connection_id=connection.pk),
        account=connection.account,
        options=_options(kind, connection.options),
    )


def client_without_account(kind: str) -> ChannelClient:
    """Return a client that can read pushes and nothing that needs an account."""
    return channel_client(
        kind,
        credentials=_application(kind),
        base_url=_base_url(kind, {}),
        gate=ChannelGate(kind=kind, account=""),
        tokens=NoTokens(),
        account="",
        options=_options(kind, {}),
    )


def consent_of(kind: str, options: Mapping[str, str]) -> Consent:
    """Return how a seller lets us in at a marketplace. Raises `NotOffered`."""
    return channel_consent(
        kind,
        credentials=_application(kind),
        base_url=_base_url(kind, options),
        gate=ChannelGate(kind=kind, account=""),
        options=_options(kind, options),
    )


def is_offered(kind: str) -> bool:
    """Tell whether this deployment has an application at that marketplace."""
    return kind in settings.CHANNELS


def _application(kind: str) -> Mapping[str, str]:
    if not is_offered(kind):
        raise NotOffered(f"No application of ours is set up at {kind}: see .env.example.")
    credentials: Mapping[str, str] = settings.CHANNELS[kind]["credentials"]
    return credentials


def _options(kind: str, chosen: Mapping[str, str]) -> Mapping[str, str]:
    """The operator's addresses win: no merchant's option may say where we call."""
    return {**chosen, **settings.CHANNELS[kind]["options"]}


def _base_url(kind: str, chosen: Mapping[str, str]) -> str:
    """Fill in the region. A shop's name is filled in, and held to Shopify's form, by its client."""
    region = chosen.get("region", "")
    return str(settings.CHANNELS[kind]["address"]).replace(
        "{region}", region if region in REGIONS else REGIONS[0]
    )
