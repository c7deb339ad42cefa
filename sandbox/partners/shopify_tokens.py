"""Shopify's consent and its expiring pairs of tokens."""

from __future__ import annotations

from sandbox import shops
from sandbox.partners import shopify_rules as rules
from sandbox.shop_admin import sent_back
from sandbox.state import State
from sandbox.validation import Problem
from sandbox.web import Answer, Call, Refused

NAME = "shopify"
ACCESS_S, REFRESH_S = 3600, 90 * 86400


def authorize(call: Call) -> Answer:
    """`GET /admin/oauth/authorize`: this merchant always says yes and is sent back, signed."""
    asked = call.request.args
    if asked.get("client_id") != rules.CLIENT_ID or not asked.get("scope"):
        raise Refused(400, [Problem(("client_id",), "invalid_client", "unknown application")])
    redirect = asked.get("redirect_uri", "")
    back = consent(call.world.state, call.args["shop"], redirect, asked.get("state", ""), call.now)
    return sent_back(redirect, back)


def token(call: Call) -> Answer:
    """`POST /admin/oauth/access_token`: a code, or a refresh token, becomes a new pair."""
    form, state, account = call.request.form, call.world.state, call.args["shop"]
    known = (rules.CLIENT_ID, rules.CLIENT_SECRET)
    if (form.get("client_id"), form.get("client_secret")) != known:
        raise Refused(400, [Problem((), "invalid_client", "unknown application")])
    if form.get("grant_type") == "refresh_token":
        return _renewed(state, account, form.get("refresh_token", ""), now=call.now)
    code = form.get("code", "")
    found = shops.check_token(state, NAME, code, kind="code", now=call.now)
    if found is None or found.is_expired or found.account != account:
        raise Refused(400, [Problem((), "invalid_request", "The authorization code was not found")])
    shops.spend_token(state, NAME, code)
    if form.get("expiring") != "1":
        text = "non-expiring tokens are no longer given to public apps"
        raise Refused(400, [Problem((), "invalid_request", text)])
    return _pair(state, account, before="", now=call.now)


def _renewed(state: State, account: str, told: str, *, now: float) -> Answer:
    """The refresh token before this one is retired now, and this one when the next is used."""
    found = shops.check_token(state, NAME, told, kind="refresh", now=now)
    if found is None or found.is_expired or found.account != account:
        raise Refused(400, [Problem((), "invalid_grant", "Token has been expired or revoked.")])
    kept = shops.document(state, NAME, told)
    if kept is not None and kept[2]["before"]:
        shops.spend_token(state, NAME, kept[2]["before"])
    return _pair(state, account, before=told, now=now)


def _pair(state: State, account: str, *, before: str, now: float) -> Answer:
    access = shops.issue_token(
        state, NAME, account, kind="access", expires_at=now + ACCESS_S, prefix="shpat_"
    )
    refresh = shops.issue_token(
        state, NAME, account, kind="refresh", expires_at=now + REFRESH_S, prefix="shprt_"
    )
    shops.put_document(
        state,
        NAME,
        account,
        refresh,
        kind="refresh",
        body={"before": before},
        content=None,
        now=now,
    )
    return Answer(
        200,
        {
            "access_token": access,
            "scope": "read_orders,write_merchant_managed_fulfillment_orders",
            "expires_in": ACCESS_S,
            "refresh_token": refresh,
            "refresh_token_expires_in": REFRESH_S,
        },
    )


def consent(
    state: State, account: str, redirect_uri: str, state_parameter: str, now: float
) -> dict[str, str]:
    """What Shopify's page would come back with after the merchant has said yes."""
    del redirect_uri
    code = shops.issue_token(state, NAME, account, kind="code", expires_at=now + 60)
    return rules.return_parameters(shop=account, code=code, state=state_parameter, now=now)
