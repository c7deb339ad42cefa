"""The admin calls for marketplaces: fill a shop with orders, look into it, limit it, consent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from sandbox import shops
from sandbox.instants import instant
from sandbox.shops import Shop
from sandbox.validation import Many, Number, Problem, Shape, Text, choice
from sandbox.web import Answer, Call, Operation, Refused

ORDERS_SHOWN = 1000

_BODY = Shape(open=True)
SEED = Shape(
    needs={
        "orders": Many(
            Shape(needs={"body": _BODY}, may={"updated_at": Text(1, 40)}), least=1, most=10_000
        )
    },
)
LIMITS = Shape(needs={"limits": Shape(open=True)})
LIMIT = Shape(
    needs={"rate_per_s": Number(least=0, most=100_000), "burst": Number(least=0, whole=True)}
)
CONSENT = Shape(may={"state": Text(0, 500), "redirect_uri": Text(0, 1000)})
EXPIRE = Shape(needs={"kind": choice("access refresh code")})


class ShopAdmin:
    """Operations under `/_shops`, over the marketplaces it is given."""

    def __init__(self, known: Iterable[Shop]) -> None:
        self._shops = {shop.partner: shop for shop in known}
        self.operations = (
            Operation("shop limits", "PUT", "/_shops/<partner>/limits", self._limits),
            Operation("shop", "GET", "/_shops/<partner>/<account>", self._shop),
            Operation("seed shop", "PUT", "/_shops/<partner>/<account>/orders", self._seed),
            Operation("consent", "POST", "/_shops/<partner>/<account>/consent", self._consent),
            Operation("expire", "POST", "/_shops/<partner>/<account>/expire", self._expire),
        )

    def _of(self, call: Call) -> tuple[Shop, str]:
        shop = self._shops.get(call.args["partner"])
        if shop is None:
            names = ", ".join(sorted(self._shops)) or "none"
            text = f"no such marketplace; known are: {names}"
            raise Refused(404, [Problem(("partner",), "unknown", text)])
        return shop, call.args.get("account", "")

    def _seed(self, call: Call) -> Answer:
        """Put orders as the vendor would tell them; `updated_at` dates the change otherwise."""
        shop, account = self._of(call)
        body = call.checked(SEED)
        for number, each in enumerate(body["orders"]):
            order = shop.read(each["body"], call.now)
            if "updated_at" in each:
                at = unix(each["updated_at"], "orders", number, "updated_at")
                order = replace(order, body=shop.stamp(order.body, at), updated_at=at)
            shops.put_order(call.world.state, shop.partner, account, order)
            if shop.seeded is not None:
                shop.seeded(call.world.state, account, order, call.now)
        return Answer(200, {"orders": len(body["orders"])})

    def _shop(self, call: Call) -> Answer:
        """What the account holds. `doubles` is every parcel that was told more than once."""
        shop, account = self._of(call)
        state = call.world.state
        rows = state.rows(
            "SELECT external_order, status, created_at, updated_at FROM shop_order"
            " WHERE partner = ? AND account = ? ORDER BY external_order",
            *(shop.partner, account),
        )
        told = shops.shipments(state, shop.partner, account)
        return Answer(
            200,
            {
                "counts": dict(Counter(row["status"] for row in rows)),
                "orders": [
                    {
                        **dict(row),
                        "created_at": instant(row["created_at"]),
                        "updated_at": instant(row["updated_at"]),
                    }
                    for row in rows[:ORDERS_SHOWN]
                ],
                "shipments": [
                    {
                        "external_order": each.external_order,
                        "key": each.key,
                        "parcel": each.parcel,
                        "body": each.body,
                        "at": instant(each.created_at),
                    }
                    for each in told
                ],
                "doubles": shops.doubles(told),
            },
        )

    def _limits(self, call: Call) -> Answer:
        """Switch the vendor's rate limits on, by operation; an empty object switches them off."""
        shop, _ = self._of(call)
        asked: dict[str, Any] = call.checked(LIMITS)["limits"]
        for operation, limit in asked.items():
            if problems := list(LIMIT.check(limit, ("limits", operation))):
                raise Refused(422, problems)
        wanted = {
            operation: (float(limit["rate_per_s"]), int(limit["burst"]))
            for operation, limit in asked.items()
        }
        shops.set_limits(call.world.state, shop.partner, wanted)
        return Answer(200, {"limits": asked})

    def _consent(self, call: Call) -> Answer:
        """What the vendor's page would come back with after the seller has said yes."""
        shop, account = self._of(call)
        asked = call.checked(CONSENT)
        parameters = shop.consent(
            call.world.state,
            account,
            asked.get("redirect_uri", ""),
            asked.get("state", ""),
            call.now,
        )
        return Answer(200, {"parameters": parameters})

    def _expire(self, call: Call) -> Answer:
        """End the account's tokens of a kind now, as time or a revoked consent would."""
        shop, account = self._of(call)
        kind = call.checked(EXPIRE)["kind"]
        ended = shops.expire_tokens(
            call.world.state, shop.partner, account, kind=kind, now=call.now
        )
        return Answer(200, {"ended": ended})


def sent_back(redirect_uri: str, parameters: dict[str, str]) -> Answer:
    """A consent page's way back to us. Raises `Refused` (400) for what is no web address."""
    if not redirect_uri.startswith(("http://", "https://")):
        text = "the redirect_uri is missing or no web address"
        raise Refused(400, [Problem(("redirect_uri",), "invalid_request", text)])
    mark = "&" if "?" in redirect_uri else "?"
    return Answer(302, None, {"Location": f"{redirect_uri}{mark}{urlencode(parameters)}"})


def unix(text: str, *path: str | int) -> float:
    """Unix seconds of an ISO 8601 instant with an offset. Raises `Refused` (422) naming `path`."""
    try:
        moment = dt.datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.timestamp()
    except (ValueError, OverflowError):
        pass
    words = f"{text} is no instant with an offset, for example 2026-11-26T09:00:00Z"
    raise Refused(422, [Problem(path, "not_an_instant", words)])
