"""eBay's login: the seller's consent, user tokens, and the application's own token.

No contract file covers the token endpoint: paths, grants and lifetimes are our reading of eBay's
public OAuth client and its documentation page of grants (access 2 h, refresh 18 months; renewing
does not lengthen the refresh token, so a seller consents again within 18 months). Whose consent it
was is asked of the Identity API, whose contract we have.

Credentials: `client_id`, `client_secret`, `ru_name`. The RuName stands where other channels take a
redirect address: eBay keeps the address under it, so the address a caller names is not sent.
Options: `consent_url` and `identity_url`, where they are not eBay's own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from integrations.answers import as_dict, as_list, text
from integrations.channels.base import Consent, Tokens
from integrations.errors import NotAuthorised, Refused
from integrations.http import Answer, Credentials, Door, Gate, utc_now

TOKEN_PATH = "/identity/v1/oauth2/token"  # noqa: S105
USER_PATH = "/commerce/identity/v1/user/"
SCOPES = (
    "https://api.ebay.com/oauth/api_scope/sell.fulfillment",
    "https://api.ebay.com/oauth/api_scope/commerce.identity.readonly",
)
"""What a seller is asked for: orders and shipments, and who they are. Nothing about money."""

APPLICATION_SCOPE = "https://api.ebay.com/oauth/api_scope"
COUNTED_ON = "ebay:application"
"""The account of calls that are the application's own, not a seller's."""

ACCESS_LASTS = timedelta(hours=2)
REFRESH_LASTS = timedelta(seconds=47_304_000)
"""Where an answer names no end: 2 hours, 18 months."""

EARLY = timedelta(minutes=2)
"""A token is renewed this long before its end, so that it does not end on the way."""

CONSENT_HOSTS = {
    "https://api.ebay.com": "https://auth.ebay.com",
    "https://api.sandbox.ebay.com": "https://auth.sandbox.ebay.com",
}
IDENTITY_HOSTS = {
    "https://api.ebay.com": "https://apiz.ebay.com",
    "https://api.sandbox.ebay.com": "https://apiz.sandbox.ebay.com",
}
"""eBay's other hosts by the API's; a host of our own (a stand-in) plays all parts itself."""

_KEPT = 16
_application_tokens: OrderedDict[tuple[str, str], tuple[str, datetime]] = OrderedDict()
_application_lock = threading.Lock()


def explain_token_error(status: int, body: Any) -> tuple[str, str, str]:
    """(field, code, message) of RFC 6749's {error, error_description}."""
    problem = as_dict(body)
    code = text(problem, "error") or f"http_{status}"
    return "", code, text(problem, "error_description") or code


@dataclass(frozen=True, slots=True)
class Application:
    """Our keyset at eBay, one per deployment; sellers consent to it."""

    client_id: str
    client_secret: str = field(repr=False)
    ru_name: str
    base_url: str
    consent_url: str
    identity_url: str
    gate: Gate
    clock: Callable[[], datetime] = utc_now

    @classmethod
    def of(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        options: Mapping[str, str],
        clock: Callable[[], datetime] = utc_now,
    ) -> Application:
        """Raises `KeyError` for a missing credential."""
        base_url = base_url.rstrip("/")
        return cls(
            client_id=credentials["client_id"],
            client_secret=credentials["client_secret"],
            ru_name=credentials["ru_name"],
            base_url=base_url,
            consent_url=options.get("consent_url") or CONSENT_HOSTS.get(base_url, base_url),
            identity_url=options.get("identity_url") or IDENTITY_HOSTS.get(base_url, base_url),
            gate=gate,
            clock=clock,
        )

    def authorize_url(self, state: str) -> str:
        """eBay's page where the seller says yes; `state` comes back with them.

        `prompt=login`: a seller with several accounts must not consent with whichever is open.
        """
        parameters = {
            "client_id": self.client_id,
            "redirect_uri": self.ru_name,
            "response_type": "code",
            "scope": " ".join(SCOPES),
            "state": state,
            "prompt": "login",
        }
        return f"{self.consent_url.rstrip('/')}/oauth2/authorize?{urlencode(parameters)}"

    def exchange(self, parameters: Mapping[str, str]) -> Tokens:
        """Tokens for the code the seller came back with; `account` is eBay's immutable user id.

        A code serves once: after `AnswerLost` or `Unavailable` the seller consents again. Raises
        `NotAuthorised` where the seller said no.
        """
        if not parameters.get("code"):
            reason = parameters.get("error_description") or parameters.get("error") or "no code"
            raise NotAuthorised(f"the seller gave no consent: {reason}", partner="ebay")
        answer = self._token(
            "token_code",
            {
                "grant_type": "authorization_code",
                "code": parameters["code"],
                "redirect_uri": self.ru_name,
            },
            repeatable=False,
        )
        tokens = self._tokens(answer, before=None)
        user = self._user(tokens.access_token)
        return replace(tokens, account=user["userId"], extra={"username": text(user, "username")})

    def renew(self, seen: Tokens) -> Tokens:
        """A fresh access token; the refresh token and its end stay.

        Raises `NotAuthorised` where the consent has ended or was withdrawn.
        """
        answer = self._token(
            "token_refresh",
            {"grant_type": "refresh_token", "refresh_token": seen.refresh_token},
            repeatable=True,
        )
        return self._tokens(answer, before=seen)

    def application_token(self) -> str:
        """A token of the application itself, shared by this process until shortly before its end.

        eBay gives out only 1,000 a day.
        """
        key, now = (self.base_url, self.client_id), self.clock()
        with _application_lock:
            known = _application_tokens.get(key)
        if known and known[1] - EARLY > now:
            return known[0]
        answer = self._token(
            "token_client",
            {"grant_type": "client_credentials", "scope": APPLICATION_SCOPE},
            repeatable=True,
        )
        access, ends = self._access(answer)
        with _application_lock:
            _application_tokens[key] = (access, ends)
            while len(_application_tokens) > _KEPT:
                _application_tokens.popitem(last=False)
        return access

    def door(self, access_token: str, *, base_url: str = "") -> Door:
        """Calls made with the application's own token, counted on the application."""
        return Door(
            partner="ebay",
            base_url=base_url or self.base_url,
            account=COUNTED_ON,
            credentials=Credentials.bearer(access_token),
            gate=self.gate,
            explain=explain,
            clock=self.clock,
        )

    def _token(self, operation: str, form: Mapping[str, str], *, repeatable: bool) -> Answer:
        door = Door(
            partner="ebay",
            base_url=self.base_url,
            account=COUNTED_ON,
            credentials=Credentials.pair(self.client_id, self.client_secret),
            gate=self.gate,
            explain=explain_token_error,
            clock=self.clock,
        )
        try:
            return door.call(
                "POST", TOKEN_PATH, operation=operation, repeatable=repeatable, form=form
            )
        except Refused as refusal:
            if refusal.code in {"invalid_grant", "invalid_client", "unauthorized_client"}:
                reason = f"{refusal.code}: {refusal.message}"
                raise NotAuthorised(reason, partner="ebay", operation=operation) from None
            raise

    def _tokens(self, answer: Answer, *, before: Tokens | None) -> Tokens:
        access, ends = self._access(answer)
        refresh = before.refresh_token if before else text(answer.fields, "refresh_token")
        if not refresh:
            raise answer.unusable("a user token without a refresh token")
        lasts = _seconds(answer.fields, "refresh_token_expires_in") or REFRESH_LASTS
        return Tokens(
            access_token=access,
            refresh_token=refresh,
            access_expires_at=ends,
            refresh_expires_at=before.refresh_expires_at if before else self.clock() + lasts,
            account=before.account if before else "",
            extra=before.extra if before else {},
        )

    def _access(self, answer: Answer) -> tuple[str, datetime]:
        access = text(answer.fields, "access_token")
        if not access:
            raise answer.unusable("an answer without a token")
        return access, self.clock() + (_seconds(answer.fields, "expires_in") or ACCESS_LASTS)

    def _user(self, access_token: str) -> dict[str, Any]:
        door = self.door(access_token, base_url=self.identity_url)
        answer = door.call("GET", USER_PATH, operation="user", repeatable=True)
        if not text(answer.fields, "userId"):
            raise answer.unusable("a user without an id")
        return answer.fields


def consent(
    *,
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    options: Mapping[str, str],
    clock: Callable[[], datetime] = utc_now,
) -> Consent:
    """How a seller lets us in; both calls leave the redirect address to the RuName."""
    application = Application.of(
        credentials=credentials, base_url=base_url, gate=gate, options=options, clock=clock
    )
    return Consent(
        authorize_url=lambda state, _redirect: application.authorize_url(state),
        exchange=lambda parameters, _redirect: application.exchange(parameters),
    )


def explain(status: int, body: Any) -> tuple[str, str, str]:
    """(field, code, message) of eBay's {errors: [{errorId, message, longMessage, parameters}]}."""
    errors = [as_dict(error) for error in as_list(as_dict(body).get("errors"))]
    if not errors:
        return "", f"http_{status}", f"refused without a reason ({status})"
    first = errors[0]
    named = [str(each) for each in as_list(first.get("inputRefIds"))]
    named += [text(as_dict(each), "name") for each in as_list(first.get("parameters"))]
    told = [text(error, "longMessage") or text(error, "message") for error in errors]
    code = text(first, "errorId") or f"http_{status}"
    return named[0] if named else "", code, "; ".join(filter(None, told)) or code


def _seconds(fields: Mapping[str, Any], name: str) -> timedelta | None:
    value = text(dict(fields), name)
    # Bounded: an absurd number would leave the calendar.
    return timedelta(seconds=int(value)) if value.isdecimal() and len(value) < 10 else None
