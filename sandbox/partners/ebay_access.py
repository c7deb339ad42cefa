"""Who may call eBay's stand-in, and what belongs to no order: tokens, keys, endpoints, budgets.

No contract describes the token endpoint; it is our reading of eBay's public OAuth client.
"""

from __future__ import annotations

import uuid
from typing import Any

from sandbox import shops
from sandbox.partners import ebay_push
from sandbox.partners.ebay_push import NAME, stamp
from sandbox.partners.ebay_rules import DESTINATION
from sandbox.shop_admin import sent_back
from sandbox.state import State
from sandbox.validation import Problem, Shape, Text
from sandbox.web import Answer, Call, Refused

CLIENT_ID, CLIENT_SECRET = "WaybridgeStandIn", "stand-in"
RU_NAME = "Waybridge-StandIn-RuName"
"""The only keyset the stand-in knows; it protects nothing and is no secret."""

APPLICATION = "(application)"
CODE_SECONDS, ACCESS_SECONDS, REFRESH_SECONDS = 299, 7_200, 47_304_000
DAILY_CALLS = 100_000


def token(call: Call) -> Answer:
    """`POST /identity/v1/oauth2/token`: the three grants, Basic by the keyset."""
    login = call.request.authorization
    if login is None or (login.username, login.password) != (CLIENT_ID, CLIENT_SECRET):
        raise Refused(401, [Problem((), "invalid_client", "client authentication failed")])
    given, state, now = call.request.form, call.world.state, call.now
    grant = given.get("grant_type", "")
    shops.take_call(state, NAME, "", f"token_{grant}", now=now)
    if grant == "client_credentials":
        return Answer(200, _access(state, APPLICATION, now, "Application Access Token"))
    if grant == "authorization_code":
        code = given.get("code", "")
        known = shops.check_token(state, NAME, code, kind="code", now=now)
        if known is None or known.is_expired or given.get("redirect_uri") != RU_NAME:
            raise _invalid_grant("the provided authorization grant code is invalid or expired")
        # A code serves once.
        shops.spend_token(state, NAME, code)
        refresh = shops.issue_token(
            state, NAME, known.account, kind="refresh", expires_at=now + REFRESH_SECONDS
        )
        body = _access(state, known.account, now, "User Access Token")
        body |= {"refresh_token": refresh, "refresh_token_expires_in": REFRESH_SECONDS}
        return Answer(200, body)
    if grant == "refresh_token":
        known = shops.check_token(
            state, NAME, given.get("refresh_token", ""), kind="refresh", now=now
        )
        if known is None or known.is_expired:
            raise _invalid_grant("the provided authorization refresh token is invalid or expired")
        return Answer(200, _access(state, known.account, now, "User Access Token"))
    raise Refused(400, [Problem((), "unsupported_grant_type", f"no grant {grant}")])


def _invalid_grant(text: str) -> Refused:
    return Refused(400, [Problem((), "invalid_grant", text)])


def _access(state: State, account: str, now: float, kind: str) -> dict[str, Any]:
    access = shops.issue_token(
        state, NAME, account, kind="access", expires_at=now + ACCESS_SECONDS, prefix="v^1.1#"
    )
    return {"access_token": access, "expires_in": ACCESS_SECONDS, "token_type": kind}


def account_of(call: Call, operation: str) -> str:
    """The account of the bearer token; one call is taken from the application's budget."""
    scheme, _, given = call.request.headers.get("Authorization", "").partition(" ")
    known = shops.check_token(call.world.state, NAME, given, kind="access", now=call.now)
    if scheme.lower() != "bearer" or known is None or known.is_expired:
        raise Refused(401, [Problem((), "1001", "Invalid access token")])
    shops.take_call(call.world.state, NAME, "", operation, now=call.now)
    return known.account


def seller_of(call: Call, operation: str) -> str:
    account = account_of(call, operation)
    if account == APPLICATION:
        raise Refused(403, [Problem((), "1100", "Insufficient permissions to fulfill the request")])
    return account


def user(call: Call) -> Answer:
    """`GET /commerce/identity/v1/user/`: whose token it is."""
    account = seller_of(call, "user")
    body = {
        "userId": account,
        "username": account.lower(),
        "accountType": "BUSINESS",
        "registrationMarketplaceId": "EBAY_US",
        "status": "CONFIRMED",
    }
    return Answer(200, body)


def public_key(call: Call) -> Answer:
    """`GET /commerce/notification/v1/public_key/{id}`."""
    account_of(call, "public_key")
    kid, body = ebay_push.public_key(call.world.state)
    if call.args["kid"] != kid:
        raise Refused(404, [Problem((), "195001", "The specified key id is invalid.")])
    return Answer(200, body)


def destination(call: Call) -> Answer:
    """`POST /commerce/notification/v1/destination`: the endpoint is challenged before it counts."""
    account_of(call, "destination")
    body = call.checked(DESTINATION, status=400)
    config = body["deliveryConfig"]
    # Under the state's lock, for at most its timeout: this endpoint is on the same machine.
    if not ebay_push.passes_challenge(config["endpoint"], config["verificationToken"]):
        text = "Challenge verification failed for the requested endpoint"
        raise Refused(409, [Problem(("deliveryConfig", "endpoint"), "195020", text)])
    number = str(uuid.uuid4())
    shops.put_document(
        call.world.state,
        NAME,
        "",
        number,
        kind="destination",
        body=body,
        content=None,
        now=call.now,
    )
    return Answer(201, {}, {"Location": f"{call.request.base_url}/{number}"})


def rate_limit(call: Call) -> Answer:
    """`GET /developer/analytics/v1_beta/rate_limit/`: this run's calls as the day's."""
    account_of(call, "rate_limit")
    counts = call.world.state.call_counts.get(NAME, {})
    made = sum(counts.get(name, 0) for name in ("orders", "order", "fulfilments", "ship"))
    rate = {
        "limit": DAILY_CALLS,
        "remaining": max(0, DAILY_CALLS - made),
        "reset": stamp(call.now + 86_400),
        "timeWindow": 86_400,
    }
    limits = [
        {
            "apiContext": "sell",
            "apiName": "Fulfillment",
            "apiVersion": "v1",
            "resources": [{"name": "sell.fulfillment", "rates": [rate]}],
        }
    ]
    return Answer(200, {"rateLimits": limits})


ACCEPT_URL = Shape(needs={"accept_url": Text(1, 1000)})
SELLER = "waybridge_seller"
"""The seller whose browser opens the consent page, unless the address names another."""


def put_ru_name(call: Call) -> Answer:
    """`PUT /_ru_name`: where the RuName sends sellers back to, as eBay's own pages ask for it."""
    body = call.checked(ACCEPT_URL)
    shops.put_document(
        call.world.state, NAME, "", RU_NAME, kind="ru_name", body=body, content=None, now=call.now
    )
    return Answer(200, {"ru_name": RU_NAME, **body})


def authorize(call: Call) -> Answer:
    """`GET /oauth2/authorize`: this seller always says yes and is sent back with a code.

    eBay sends back to the address kept under the RuName, never to one the caller names.
    """
    asked, state = call.request.args, call.world.state
    if asked.get("client_id") != CLIENT_ID or asked.get("redirect_uri") != RU_NAME:
        raise Refused(400, [Problem(("client_id",), "invalid_client", "unknown application")])
    known = shops.document(state, NAME, RU_NAME)
    if known is None:
        text = "no address is kept under this RuName: PUT /ebay/_ru_name"
        raise Refused(400, [Problem(("redirect_uri",), "invalid_request", text)])
    given = consent(state, asked.get("seller", SELLER), "", asked.get("state", ""), call.now)
    return sent_back(known[2]["accept_url"], given)


def consent(
    state: State, account: str, redirect: str, given_state: str, now: float
) -> dict[str, str]:
    """What eBay comes back with; the redirect address is its RuName's business."""
    del redirect
    code = shops.issue_token(state, NAME, account, kind="code", expires_at=now + CODE_SECONDS)
    return {"code": code, "expires_in": str(CODE_SECONDS), "state": given_state}
