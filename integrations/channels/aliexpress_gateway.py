"""AliExpress' gateway: signed calls, its errors by what the caller may do next, and tokens.

OUR READING: no machine-readable contract exists. Signing is held by the vendor's two examples; the
rest is read from its documentation pages and public code (docs/channels.md says what from where).

Credentials: `app_key` and `app_secret` of our application.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from integrations.answers import as_dict, text
from integrations.channels.aliexpress_signing import signature
from integrations.channels.base import Consent, Tokens
from integrations.errors import NotAuthorised, PartnerError, Refused
from integrations.http import Answer, Credentials, Door, Gate, utc_now

LIMITED = frozenset({"ApiCallLimit", "7"})
BAD_TOKEN = frozenset({"IllegalAccessToken", "27"})
OURS_TO_MEND = frozenset({
    "IncompleteSignature", "InvalidSignature", "InvalidTimestamp", "InvalidAppKey",
    "MissingParameter", "InvalidParameter", "UnsupportedSignMethod",
})  # fmt: skip
"""Refusals of a token call that no new consent would cure."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One account's way in. Every fault is one of `integrations.errors`."""

    door: Door
    app_key: str
    secret: str = field(repr=False)

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        account: str,
        clock: Callable[[], datetime] = utc_now,
    ) -> Gateway:
        return cls(
            Door(
                partner="aliexpress",
                base_url=base_url,
                account=account,
                credentials=Credentials(),
                gate=gate,
                explain=_explain,
                clock=clock,
            ),
            app_key=credentials["app_key"],
            secret=credentials["app_secret"],
        )

    def business(
        self,
        method: str,
        parameters: Mapping[str, str],
        *,
        access_token: str,
        operation: str,
        repeatable: bool,
    ) -> dict[str, Any]:
        """What the method answers, its envelope taken off.

        Raises `NotAuthorised` for a token the gateway no longer takes.
        """
        signed = self._signed({"method": method, "access_token": access_token, **parameters})
        del signed["method"]  # it stands in the address
        answer = self.door.call(
            "POST",
            "/sync",
            operation=operation,
            repeatable=repeatable,
            params={"method": method},
            form=signed,
        )
        body = answer.fields
        if fault := self._fault(answer, body, secrets=(access_token,)):
            raise fault
        envelope = body.get(method.replace(".", "_") + "_response")
        return envelope if isinstance(envelope, dict) else body

    def _signed(self, parameters: Mapping[str, str], *, api_path: str = "") -> dict[str, str]:
        sent = {
            **{name: value for name, value in parameters.items() if value},
            "app_key": self.app_key,
            "timestamp": str(int(self.door.clock().timestamp() * 1000)),
            "sign_method": "sha256",
        }
        return {**sent, "sign": signature(self.secret, sent, api_path=api_path)}

    def _fault(
        self, answer: Answer, body: dict[str, Any], *, secrets: tuple[str, ...]
    ) -> PartnerError | None:
        error = error_of(body)
        if error is None:
            return None
        code, kind, message = error
        for secret in (*secrets, self.secret):
            message = message.replace(secret, "[hidden]")
        named = {"partner": self.door.partner, "operation": answer.call.operation}
        if code in LIMITED:
            return self.door.limited(answer.call.operation, _wait_s(message), message[:1000])
        if code in BAD_TOKEN:
            return NotAuthorised(f"{code}: {message}"[:1000], **named)
        if kind in {"ISP", "SYSTEM"}:
            return answer.unusable(f"{code}: {message}"[:1000])
        return Refused(
            "",
            code,
            message[:1000],
            status=answer.status,
            partner=self.door.partner,
            operation=answer.call.operation,
        )

    def create_tokens(self, code: str) -> Tokens:
        """Tokens for the code a seller came back with. Raises `NotAuthorised` for a spent code."""
        return self._token_call("/auth/token/create", {"code": code}, before=None)

    def renew(self, tokens: Tokens) -> Tokens:
        """New tokens. The right to renew ends when it would have ended before.

        Raises `NotAuthorised` where only the seller's new consent helps.
        """
        ends = tokens.refresh_expires_at
        if not tokens.refresh_token or (ends is not None and ends <= self.door.clock()):
            raise NotAuthorised(
                "the seller's consent has run out", partner=self.door.partner, operation="token"
            )
        return self._token_call(
            "/auth/token/refresh", {"refresh_token": tokens.refresh_token}, before=tokens
        )

    def _token_call(self, path: str, asked: dict[str, str], *, before: Tokens | None) -> Tokens:
        answer = self.door.call(
            "POST",
            "/rest" + path,
            operation="token",
            # Asking twice gives one consent's tokens twice, or a refusal; nothing doubles.
            repeatable=True,
            form=self._signed(asked, api_path=path),
        )
        body = answer.fields
        fault = self._fault(answer, body, secrets=tuple(asked.values()))
        if isinstance(fault, Refused) and fault.code not in OURS_TO_MEND:
            raise NotAuthorised(
                f"{fault.code}: {fault.message}", partner=fault.partner, operation=fault.operation
            )
        if fault:
            raise fault
        if not text(body, "access_token"):
            raise answer.unusable("an answer without a token")
        return _tokens(body, before=before, now=self.door.clock())


def consent(
    *,
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    options: Mapping[str, str],
    clock: Callable[[], datetime] = utc_now,
) -> Consent:
    """The seller's way to let us in. Options: `consent_url`, its page's address if another."""
    page = options.get("consent_url") or f"{base_url.rstrip('/')}/oauth/authorize"
    gateway = Gateway.connect(
        credentials=credentials, base_url=base_url, gate=gate, account="consent", clock=clock
    )

    def authorize_url(state: str, redirect_uri: str) -> str:
        asked = {
            "response_type": "code",
            "force_auth": "true",
            "client_id": gateway.app_key,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{page}?{urlencode(asked)}"

    def exchange(parameters: Mapping[str, str], redirect_uri: str) -> Tokens:
        del redirect_uri
        if not parameters.get("code"):
            raise NotAuthorised(
                "the seller came back without a code", partner="aliexpress", operation="token"
            )
        return gateway.create_tokens(parameters["code"])

    return Consent(authorize_url, exchange)


def error_of(body: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """(code, type, message) where the gateway refused, in either of its two shapes; else None."""
    error = as_dict(body.get("error_response")) or dict(body)
    code = text(error, "code")
    if not as_dict(body.get("error_response")) and code in {"", "0"}:
        return None
    message = next(
        (found for key in ("message", "msg", "sub_msg") if (found := text(error, key))), ""
    )
    request_id = text(error, "request_id")
    told = " ".join(filter(None, (message, f"(request {request_id})" if request_id else "")))
    return text(error, "sub_code") or code or "error", text(error, "type"), told or code


def _explain(status: int, body: Any) -> tuple[str, str, str]:
    """A refusal by HTTP status, should the gateway ever use one."""
    code, _, message = error_of(as_dict(body)) or (f"http_{status}", "", f"refused ({status})")
    return "", code, message


def _wait_s(message: str) -> float:
    """The gateway names the seconds of its ban in words, when it does."""
    found = re.search(r"(\d{1,5})\s*second", message)
    return float(found[1]) if found else 5.0


def _tokens(body: dict[str, Any], *, before: Tokens | None, now: datetime) -> Tokens:
    refresh_ends = _ends(body, "refresh_token_valid_time", "refresh_expires_in", now=now)
    if before is not None and before.refresh_expires_at is not None:
        # Renewing does not prolong the right to renew, whatever the answer counts from now.
        refresh_ends = min(before.refresh_expires_at, refresh_ends or before.refresh_expires_at)
    account = text(body, "seller_id") or text(body, "user_id") or text(body, "havana_id")
    return Tokens(
        access_token=text(body, "access_token"),
        refresh_token=text(body, "refresh_token") or (before.refresh_token if before else ""),
        access_expires_at=_ends(body, "expire_time", "expires_in", now=now),
        refresh_expires_at=refresh_ends,
        account=account or (before.account if before else ""),
        extra={"user_nick": text(body, "user_nick")},
    )


def _ends(body: dict[str, Any], at_key: str, in_key: str, *, now: datetime) -> datetime | None:
    """An end told in Unix milliseconds, or in seconds from now."""
    at, seconds = text(body, at_key), text(body, in_key)
    if at.isdecimal() and len(at) == 13:
        return datetime.fromtimestamp(int(at) / 1000, tz=UTC)
    if seconds.isdecimal() and len(seconds) <= 10:
        return now + timedelta(seconds=int(seconds))
    return None
