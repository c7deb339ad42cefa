"""How a shop lets us in: its address, the consent, expiring offline tokens.

The consent's `hmac` and the token calls follow Shopify's documentation pages; no contract holds
them (docs/channels.md).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from integrations.answers import as_dict, text
from integrations.channels.base import Consent, Tokens
from integrations.errors import NotAuthorised, Refused
from integrations.http import Credentials, Door, Gate, utc_now

SCOPES = (
    "read_orders,read_products,read_locations,"
    "read_merchant_managed_fulfillment_orders,write_merchant_managed_fulfillment_orders"
)
SHOP = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com")
OLDEST_RETURN_S = 1800
REFRESH_LIFE = timedelta(days=90)


def shop_domain(told: str) -> str:
    """The shop's own domain. Raises `Refused` for anything that is not one of myshopify.com.

    What a person or a query string names becomes the host we send a secret to, so nothing else
    may pass: no port, no path, no user, no other domain behind it.
    """
    domain = told.strip().lower()
    if not SHOP.fullmatch(domain):
        raise Refused("shop", "invalid_shop", "a shop's address is NAME.myshopify.com")
    return domain


def shop_url(base_url: str, shop: str) -> str:
    """`base_url` with the shop put in for "{shop}", as in "https://{shop}", or behind it."""
    domain = shop_domain(shop)
    if "{shop}" in base_url:
        return base_url.replace("{shop}", domain)
    return f"{base_url.rstrip('/')}/{domain}"


@dataclass(frozen=True, slots=True)
class Access:
    """The application's token calls at one shop."""

    door: Door
    client_id: str
    secret: str = field(repr=False)

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        shop: str,
        clock: Callable[[], datetime] = utc_now,
    ) -> Access:
        """The calls at `shop`; with "" there is no shop to call, and only pushes can be read."""
        return cls(
            Door(
                partner="shopify",
                base_url=shop_url(base_url, shop) if shop else base_url,
                account=shop_domain(shop) if shop else "",
                credentials=Credentials(),
                gate=gate,
                explain=_explain,
                clock=clock,
            ),
            client_id=credentials["client_id"],
            secret=credentials["client_secret"],
        )

    def create(self, code: str) -> Tokens:
        """Expiring offline tokens for a consent's code."""
        return self._token_call({"code": code, "expiring": "1"}, before=None)

    def renew(self, tokens: Tokens) -> Tokens:
        """A new pair. The old refresh token may be used again until the new one is, so an answer
        that was lost is met by asking once more. Raises `NotAuthorised` when it has run out."""
        ends = tokens.refresh_expires_at
        if not tokens.refresh_token or (ends is not None and ends <= self.door.clock()):
            raise NotAuthorised("the shop must consent again", partner="shopify", operation="token")
        asked = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
        return self._token_call(asked, before=tokens)

    def _token_call(self, asked: dict[str, str], *, before: Tokens | None) -> Tokens:
        try:
            answer = self.door.call(
                "POST",
                "/admin/oauth/access_token",
                operation="token",
                repeatable=True,
                form={"client_id": self.client_id, "client_secret": self.secret, **asked},
            )
        except Refused as refusal:
            # A spent code or a retired refresh token: only a new consent helps.
            raise NotAuthorised(
                f"{refusal.code}: {refusal.message}", partner="shopify", operation="token"
            ) from None
        body, now = answer.fields, self.door.clock()
        if not text(body, "access_token"):
            raise answer.unusable("an answer without a token")
        renewal = text(body, "refresh_token")
        return Tokens(
            access_token=text(body, "access_token"),
            refresh_token=renewal,
            access_expires_at=_ends(body, "expires_in", now),
            refresh_expires_at=(
                _ends(body, "refresh_token_expires_in", now) or now + REFRESH_LIFE
                if renewal
                else None
            ),
            account=self.door.account,
            extra={
                "scope": text(body, "scope") or (before.extra.get("scope", "") if before else "")
            },
        )

    def assert_returned(self, parameters: Mapping[str, str]) -> None:
        """Raise `NotAuthorised` unless Shopify signed these parameters, lately, for this shop."""
        signed = return_signature(self.secret, parameters)
        told = parameters.get("hmac", "")
        is_signed = hmac.compare_digest(signed.encode(), told.encode("utf-8", "replace"))
        at = parameters.get("timestamp", "")
        is_fresh = (
            at.isascii()
            and at.isdecimal()
            and len(at) <= 11
            and abs(self.door.clock().timestamp() - int(at)) <= OLDEST_RETURN_S
        )
        is_here = parameters.get("shop", "") == self.door.account
        if not (is_signed and is_fresh and is_here):
            raise NotAuthorised(
                "Shopify did not sign this return, or not for this shop, or too long ago",
                partner="shopify",
                operation="token",
            )


def return_signature(secret: str, parameters: Mapping[str, str]) -> str:
    """Hex HMAC-SHA256 over the sorted parameters of a consent's return, `hmac` left out."""
    plain = "&".join(
        f"{_escaped(name, '=')}={_escaped(value)}"
        for name, value in sorted(parameters.items())
        if name not in {"hmac", "signature"}
    )
    return hmac.new(secret.encode(), plain.encode(), hashlib.sha256).hexdigest()


def _escaped(value: str, also: str = "") -> str:
    """So that no value can pass for two: what separates them is told by its code."""
    for character in "%&" + also:
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def consent(
    *,
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    options: Mapping[str, str],
    clock: Callable[[], datetime] = utc_now,
) -> Consent:
    """The shop's way to let us in. Options: `shop`, its NAME.myshopify.com.

    Raises `Refused` for another address.
    """
    access = Access.connect(
        credentials=credentials,
        base_url=base_url,
        gate=gate,
        shop=shop_domain(options.get("shop", "")),
        clock=clock,
    )

    def authorize_url(state: str, redirect_uri: str) -> str:
        asked = {
            "client_id": access.client_id,
            "scope": SCOPES,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{access.door.base_url.rstrip('/')}/admin/oauth/authorize?{urlencode(asked)}"

    def exchange(parameters: Mapping[str, str], redirect_uri: str) -> Tokens:
        del redirect_uri
        access.assert_returned(parameters)
        return access.create(parameters.get("code", ""))

    return Consent(authorize_url, exchange)


def _ends(body: dict[str, Any], key: str, now: datetime) -> datetime | None:
    seconds = text(body, key)
    is_number = seconds.isascii() and seconds.isdecimal() and len(seconds) <= 10
    return now + timedelta(seconds=int(seconds)) if is_number else None


def _explain(status: int, body: Any) -> tuple[str, str, str]:
    """A token call's refusal: {"error", "error_description"}."""
    told = as_dict(body)
    code = text(told, "error") or f"http_{status}"
    return "", code, text(told, "error_description") or code
