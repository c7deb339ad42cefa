"""Login with Amazon: the consent page and the token endpoint. Our reading, no contract."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sandbox import shops
from sandbox.partners.amazon_common import NAME
from sandbox.state import State
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Operation, Refused

APPLICATION_ID, CLIENT_ID, CLIENT_SECRET = "stand-in", "stand-in", "stand-in"
"""The only application this stand-in knows; it protects nothing and is no secret."""

SELLER = "A2STANDIN00001"
"""The seller whose browser opens the consent page."""

CODE_LIFE_S, ACCESS_LIFE_S = 300, 3600


def operations(region: str) -> tuple[Operation, ...]:
    """The two doors, under each region's base path."""
    return (
        Operation("consent", "GET", f"{region}/apps/authorize/consent", consent_page),
        Operation("token", "POST", f"{region}/auth/o2/token", token),
    )


def consent_page(call: Call) -> Answer:
    """`GET /apps/authorize/consent`: this seller always says yes and is sent back with a code."""
    asked = call.request.args
    if asked.get("application_id") != APPLICATION_ID or not asked.get("state"):
        text = f"application_id must be {APPLICATION_ID} and state must not be empty"
        raise Refused(400, [Problem(("application_id",), "InvalidInput", text)])
    redirect = asked.get("redirect_uri", "")
    if not redirect.startswith(("http://", "https://")):
        text = "the redirect_uri is missing or no web address"
        raise Refused(400, [Problem(("redirect_uri",), "InvalidInput", text)])
    seller = asked.get("selling_partner_id", SELLER)
    back = consented(call.world.state, seller, asked["state"], call.now)
    mark = "&" if "?" in redirect else "?"
    return Answer(302, None, {"Location": f"{redirect}{mark}{urlencode(back)}"})


def consented(state: State, account: str, state_parameter: str, now: float) -> dict[str, str]:
    """The parameters the page comes back with; the code works once, for five minutes."""
    code = shops.issue_token(state, NAME, account, kind="code", expires_at=now + CODE_LIFE_S)
    return {
        "state": state_parameter,
        "selling_partner_id": account,
        "spapi_oauth_code": code,
    }


def token(call: Call) -> Answer:
    """`POST /auth/o2/token`: tokens for a code or for a refresh token; the latter stays good."""
    asked = call.request.form
    if call.request.mimetype != "application/x-www-form-urlencoded":
        raise _no("invalid_request", "the body must be a form")
    if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise _no("invalid_client", "Client authentication failed", status=401)
    kind = asked.get("grant_type")
    if kind == "authorization_code":
        account = _account(call, asked.get("code", ""), "code")
        shops.spend_token(call.world.state, NAME, asked["code"])
        refresh = shops.issue_token(
            call.world.state, NAME, account, kind="refresh", expires_at=None, prefix="Atzr|"
        )
    elif kind == "refresh_token":
        refresh = asked.get("refresh_token", "")
        account = _account(call, refresh, "refresh")
    else:
        raise _no("unsupported_grant_type", "The authorization grant type is not supported")
    access = shops.issue_token(
        call.world.state,
        NAME,
        account,
        kind="access",
        expires_at=call.now + ACCESS_LIFE_S,
        prefix="Atza|",
    )
    body: dict[str, Any] = {
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "bearer",
        "expires_in": ACCESS_LIFE_S,
    }
    return Answer(200, body)


def _account(call: Call, given: str, kind: shops.TokenKind) -> str:
    found = shops.check_token(call.world.state, NAME, given, kind=kind, now=call.now)
    if found is None or found.is_expired:
        raise _no("invalid_grant", "The request has an invalid grant parameter")
    return found.account


def _no(code: str, text: str, *, status: int = 400) -> Refused:
    return Refused(status, [Problem((), code, text)])


def error(status: int, problems: list[Problem]) -> Answer:
    """Put problems into OAuth's shape (RFC 6749, 5.2)."""
    first = problems[0] if problems else Problem((), "server_error", "failure")
    return Answer(status, {"error": first.code, "error_description": first.message})
