"""What every operation of the Selling Partner API shares: the token, the bucket, the headers."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox import shops
from sandbox.partners.amazon_rules import refused
from sandbox.web import Answer, Call

NAME = "amazon"

RATES = {
    "search_orders": "0.0056",
    "get_order": "0.5",
    "confirm_shipment": "2.0",
    "create_feed_document": "0.5",
    "create_feed": "0.0083",
    "get_feed": "2.0",
    "get_feed_document": "0.0222",
}
"""Published rates, as the header `x-amzn-RateLimit-Limit` tells them on 200, 400 and 404 only."""


def request_id() -> dict[str, str]:
    """The header every answer carries."""
    return {"x-amzn-RequestId": str(uuid.uuid4())}


def answer(status: int, body: Any, *, operation: str) -> Answer:
    """A good answer with the headers the contract declares for it."""
    return Answer(status, body, {**request_id(), "x-amzn-RateLimit-Limit": RATES[operation]})


def account_of(call: Call, operation: str) -> str:
    """The seller whose token it is, after one call out of their bucket. 403 and 429 otherwise."""
    token = call.request.headers.get("x-amz-access-token", "")
    if not token:
        text = "Access token is missing in the request header."
        raise refused(text, status=403, code="MissingAccessToken")
    state = call.world.state
    found = shops.check_token(state, NAME, token, kind="access", now=call.now)
    if found is None:
        text = "The access token you provided is revoked, malformed or invalid."
        raise refused(text, status=403, code="Unauthorized")
    if found.is_expired:
        text = "The access token you provided has expired."
        raise refused(text, status=403, code="Unauthorized")
    shops.take_call(state, NAME, found.account, operation, now=call.now)
    return found.account
