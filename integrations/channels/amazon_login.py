"""Login with Amazon: the seller's consent, and the tokens it gives.

The token endpoint and the consent page stand in no contract file we hold: their parameters are
the vendor's documentation as CALLS.md tells it, the consent page and the token's hour (m)
unverified, the year of a consent our own recollection of the vendor's page (m).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from integrations.answers import as_dict, text
from integrations.channels.base import Consent, Tokens
from integrations.errors import NotAuthorised, Refused
from integrations.http import Answer, Credentials, Door, Gate, utc_now

TOKEN_HOST = "https://api.amazon.com"  # noqa: S105
SELLER_CENTRAL = {
    "sellingpartnerapi-na.amazon.com": "https://sellercentral.amazon.com",
    "sellingpartnerapi-eu.amazon.com": "https://sellercentral-europe.amazon.com",
    "sellingpartnerapi-fe.amazon.com": "https://sellercentral.amazon.co.jp",
}
"""(m) Where the sellers of a region consent; the option `consent_url` names another page."""

CONSENT_LIFE = timedelta(days=365)
ACCESS_LIFE = timedelta(hours=1)
"""(m) How long an access token holds where the answer does not say."""

GONE = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "access_denied"})
"""OAuth 2.0 (RFC 6749, 5.2) codes after which only a person can help."""


def explain(status: int, body: Any) -> tuple[str, str, str]:
    """(field, code, message) of OAuth's {error, error_description}."""
    problem = as_dict(body)
    code = text(problem, "error") or f"http_{status}"
    return "", code, text(problem, "error_description") or code


@dataclass(frozen=True, slots=True)
class Login:
    """Our application at Login with Amazon."""

    door: Door
    consent_url: str
    application_id: str
    client: Mapping[str, str] = field(repr=False)

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        options: Mapping[str, str],
        clock: Callable[..., Any] = utc_now,
    ) -> Login:
        """Credentials: `client_id`, `client_secret`, `application_id`.

        Options: `login_url` and `consent_url`, where they are not Amazon's own.
        """
        host = urlsplit(base_url).hostname or ""
        is_amazon = host in SELLER_CENTRAL
        return cls(
            door=Door(
                partner="amazon",
                base_url=options.get("login_url") or (TOKEN_HOST if is_amazon else base_url),
                account="amazon:login",
                credentials=Credentials(),
                gate=gate,
                explain=explain,
                clock=clock,
            ),
            consent_url=options.get("consent_url")
            or (SELLER_CENTRAL[host] if is_amazon else base_url),
            application_id=credentials["application_id"],
            client={
                "client_id": credentials["client_id"],
                "client_secret": credentials["client_secret"],
            },
        )

    def consent(self) -> Consent:
        """The page the seller is sent to, and what to make of their return."""
        return Consent(authorize_url=self.authorize_url, exchange=self.exchange)

    def authorize_url(self, state: str, redirect: str) -> str:
        """(m) The consent page's address."""
        asked = {"application_id": self.application_id, "state": state, "redirect_uri": redirect}
        return f"{self.consent_url.rstrip('/')}/apps/authorize/consent?{urlencode(asked)}"

    def exchange(self, returned: Mapping[str, str], redirect: str) -> Tokens:
        """Tokens for what the consent page came back with. The code works once.

        Raises `Refused` where a parameter is missing (the seller said no), `NotAuthorised` for a
        code that is not good (any more).
        """
        for name in ("spapi_oauth_code", "selling_partner_id"):
            if not returned.get(name):
                raise Refused(name, "missing", f"Amazon came back without {name}", partner="amazon")
        return self._tokens(
            {
                "grant_type": "authorization_code",
                "code": returned["spapi_oauth_code"],
                "redirect_uri": redirect,
            },
            before=None,
            account=returned["selling_partner_id"],
        )

    def renew(self, seen: Tokens) -> Tokens:
        """A new access token. Raises `NotAuthorised` when the seller has to consent again."""
        return self._tokens(
            {"grant_type": "refresh_token", "refresh_token": seen.refresh_token},
            before=seen,
            account=seen.account,
        )

    def _tokens(self, asked: dict[str, str], *, before: Tokens | None, account: str) -> Tokens:
        try:
            answer = self.door.call(
                "POST",
                "/auth/o2/token",
                operation="token",
                # A code works once; asking for another access token harms nothing.
                repeatable=before is not None,
                form={**asked, **self.client},
            )
        except Refused as refusal:
            if refusal.code in GONE:
                raise NotAuthorised(
                    refusal.message, partner="amazon", operation="token"
                ) from refusal
            raise
        return self._read(answer, before=before, account=account)

    def _read(self, answer: Answer, *, before: Tokens | None, account: str) -> Tokens:
        fields, now = answer.fields, self.door.clock()
        access = text(fields, "access_token")
        refresh = text(fields, "refresh_token") or (before.refresh_token if before else "")
        if not access or not refresh:
            raise answer.unusable("tokens without access_token or refresh_token")
        life = text(fields, "expires_in")
        told = timedelta(seconds=int(life)) if life.isdecimal() and len(life) < 8 else ACCESS_LIFE
        return Tokens(
            access_token=access,
            refresh_token=refresh,
            access_expires_at=now + told,
            refresh_expires_at=before.refresh_expires_at if before else now + CONSENT_LIFE,
            account=account,
            extra=before.extra if before else {},
        )
