"""How AliExpress' gateway (IOP) wants its calls signed. Pure: no clock, no network.

Held by the two examples the vendor published, which are tests.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping


def signature(secret: str, parameters: Mapping[str, str], *, api_path: str = "") -> str:
    """The `sign` parameter: upper-case hex of HMAC-SHA256 over names and values in name order.

    `api_path` stands in front for system calls ("/auth/token/create") and is "" for business ones.
    Empty values and `sign` itself are not signed. Names sort by their bytes, as the vendor's own
    client sorts them.
    """
    told = api_path + "".join(
        name + value
        for name, value in sorted(parameters.items(), key=lambda item: item[0].encode())
        if value and name != "sign"
    )
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest().upper()


def push_signature(app_key: str, secret: str, body: bytes) -> str:
    """The `Authorization` header of a push. OUR READING, UNVERIFIED: no vendor example was found.

    It is the scheme of the sister platform on the same gateway: hex HMAC-SHA256 over the
    application's key and the raw body.
    """
    return hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()
