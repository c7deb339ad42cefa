"""Our applications at the marketplaces, read from the environment.

`AMAZON_CLIENT_ID`, `AMAZON_CLIENT_SECRET` and so on; `AMAZON_URL` only where it is not the
marketplace's own address. A marketplace without credentials is not offered to merchants; with
stand-ins at hand (`SANDBOX_URL` is set) it is theirs.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from config import env


@dataclass(frozen=True, slots=True)
class Marketplace:
    """`address` may hold {region} or {shop}, filled in per connection. `stand_in` is the path of
    its stand-in, `credentials` what it asks of us with the stand-in's values."""

    address: str
    stand_in: str
    credentials: dict[str, str]
    options: tuple[str, ...] = ()


MARKETPLACES = {
    "amazon": Marketplace(
        address="https://sellingpartnerapi-{region}.amazon.com",
        stand_in="/amazon/{region}",
        credentials={
            "client_id": "stand-in",
            "client_secret": "stand-in",
            "application_id": "stand-in",
        },
        options=("login_url", "consent_url", "document_hosts"),
    ),
    "ebay": Marketplace(
        address="https://api.ebay.com",
        stand_in="/ebay",
        credentials={
            "client_id": "WaybridgeStandIn",
            "client_secret": "stand-in",
            "ru_name": "Waybridge-StandIn-RuName",
        },
        options=("consent_url", "verification_token"),
    ),
    "aliexpress": Marketplace(
        address="https://api-sg.aliexpress.com",
        stand_in="/aliexpress",
        credentials={"app_key": "stand-in", "app_secret": "stand-in"},
        options=("consent_url",),
    ),
    "shopify": Marketplace(
        address="https://{shop}",
        stand_in="/shopify/{shop}",
        credentials={"client_id": "stand-in", "client_secret": "stand-in"},
    ),
}


def applications(stand_ins: str) -> dict[str, dict[str, Any]]:
    """Return `{kind: {"address", "credentials", "options"}}` of what is set up.

    Where one credential of a marketplace is set, all must be: a missing one refuses to start.
    """
    found = {}
    for kind, place in MARKETPLACES.items():
        prefix = kind.upper()
        names = {name: f"{prefix}_{name.upper()}" for name in (*place.credentials, *place.options)}
        options = {name: value for name in place.options if (value := env.text(names[name], ""))}
        if any(env.text(names[name], "") for name in place.credentials):
            found[kind] = {
                "address": env.text(f"{prefix}_URL", place.address),
                "credentials": {name: env.text(names[name]) for name in place.credentials},
                "options": options,
            }
        elif os.environ.get("SANDBOX_URL"):
            found[kind] = {
                "address": env.text(f"{prefix}_URL", stand_ins + place.stand_in),
                "credentials": dict(place.credentials),
                "options": options,
            }
    return found
