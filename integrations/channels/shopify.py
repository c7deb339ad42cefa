"""Shopify by its Admin GraphQL API 2026-10.

Credentials: `client_id`, `client_secret`. `account` is the shop, NAME.myshopify.com; `base_url` is
"https://{shop}". Options: `notify_customer` "yes" makes Shopify mail the buyer about a parcel.
Queries are held to the vendor's introspection; what is not contract is in docs/channels.md.
A fulfilment is not idempotent, so those the order has are looked at first.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.answers import as_dict, as_list, parse_json, text
from integrations.channels import facts
from integrations.channels import shopify_orders as reading
from integrations.channels import shopify_queries as queries
from integrations.channels.base import (
    BadSignature,
    ChannelOrder,
    Confirmation,
    Decision,
    OrderPage,
    Push,
    ShipmentNotice,
    TokenKeeper,
    Tokens,
    Window,
)
from integrations.channels.pages import read_each
from integrations.channels.shopify_access import SHOP, Access, shop_domain
from integrations.channels.shopify_graphql import GraphQL, NotGranted
from integrations.channels.shopify_orders import gid, id_of, nodes
from integrations.errors import NotAuthorised, RateLimited, Refused, Unavailable
from integrations.http import Gate, utc_now

RENEW_BEFORE = timedelta(minutes=5)
FULFILLABLE = frozenset({"OPEN", "IN_PROGRESS"})
UNDONE = frozenset({"CANCELLED", "ERROR", "FAILURE"})
"""Fulfilments that are none (any more)."""

Part = tuple[str, str, int]
"""(fulfilment order, its line, pieces)."""


@dataclass(frozen=True, slots=True)
class Shopify:
    """One shop; without an account only `read_push` works. Keeps the `ChannelClient` protocol."""

    access: Access
    graphql: GraphQL
    tokens: TokenKeeper
    notifies_customer: bool = False
    kind: str = field(default="shopify", init=False)

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        tokens: TokenKeeper,
        account: str,
        options: Mapping[str, str],
        clock: Callable[[], datetime] = utc_now,
    ) -> Shopify:
        access = Access.connect(
            credentials=credentials, base_url=base_url, gate=gate, shop=account, clock=clock
        )
        return cls(
            access, GraphQL(access.door), tokens, options.get("notify_customer", "") == "yes"
        )

    def orders(self, window: Window, cursor: str = "") -> OrderPage:
        """One page, oldest change first. The cursor stands behind an order, not at a row number,
        so that orders changing meanwhile move no other out of sight."""
        since, until = (
            at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            for at in (window.since, window.until)
        )
        data = self._ask(
            "orders",
            {
                "search": f"updated_at:>='{since}' AND updated_at:<'{until}'",
                "size": queries.ORDERS_PER_PAGE,
                "after": cursor or None,
                "lines": queries.LINES_WITH_ORDER,
            },
        )
        found = as_dict(data.get("orders"))
        page = _page(found)
        orders, unread = read_each(
            nodes(found), self._whole, number=lambda node: text(node, "legacyResourceId")
        )
        return OrderPage(orders, _behind(page, "orders"), unread=unread)

    def order(self, external_order: str) -> ChannelOrder | None:
        """The order as it is now; None where the shop knows none of this number."""
        asked = {"id": _order_gid(external_order), "lines": queries.LINES_WITH_ORDER}
        node = self._ask("order", asked).get("order")
        return self._whole(node) if isinstance(node, dict) else None

    def _whole(self, node: dict[str, Any]) -> ChannelOrder:
        """The order with all its lines: a long one's further lines are asked for."""
        lines = nodes(node.get("lineItems"))
        after = _behind(_page(node.get("lineItems")), "order")
        while after:
            asked = {"id": text(node, "id"), "size": queries.LINES_PER_PAGE, "after": after}
            further = as_dict(self._ask("lines", asked).get("order")).get("lineItems")
            if not nodes(further):
                raise _incomplete("lines")
            lines += nodes(further)
            after = _behind(_page(further), "lines")
        return reading.order_from({**node, "lineItems": {"nodes": lines}})

    def confirm_shipment(self, notice: ShipmentNotice) -> Confirmation:
        """Make the fulfilment of a parcel, once: pieces already told under its number are known.

        Lines that lie at several locations become one fulfilment each, all with this number.
        Raises `Refused` where the shop has not that many pieces left to fulfil.
        """
        order = _order_gid(notice.external_order)
        told = self._told(order, notice.tracking_number)
        wanted = Counter({line.external_line: line.quantity for line in notice.lines})
        known = self._pieces(told) if told else Counter[str]()
        missing = wanted - known
        if told and not missing:
            return Confirmation(id_of(told[0]), was_known=True)
        made: list[str] = [id_of(fulfilment) for fulfilment in told]
        raw: dict[str, Any] = {}
        for parts in self._plan(order, missing, takes_all=not notice.lines):
            raw = self._fulfil(notice, parts)
            made.append(id_of(text(as_dict(raw.get("fulfillment")), "id")))
        return Confirmation(made[0], was_known=False, raw=raw)

    def _told(self, order: str, tracking_number: str) -> list[str]:
        """Fulfilments of the order that carry the number."""
        asked = {"id": order, "most": queries.MOST_FULFILMENTS}
        node = self._ask("fulfilments", asked).get("order")
        if not isinstance(node, dict):
            raise Refused("external_order", "unknown", f"the shop has no {order}")
        return [
            text(each, "id")
            for each in map(as_dict, as_list(node.get("fulfillments")))
            if text(each, "status") not in UNDONE
            and any(
                text(as_dict(info), "number").upper() == tracking_number.upper()
                for info in as_list(each.get("trackingInfo"))
            )
        ]

    def _pieces(self, fulfilments: Sequence[str]) -> Counter[str]:
        found = Counter[str]()
        for fulfilment in fulfilments:
            asked = {"id": fulfilment, "most": queries.LINES_OF_FULFILMENT}
            node = as_dict(self._ask("fulfilment", asked).get("fulfillment"))
            for line in nodes(node.get("fulfillmentLineItems")):
                quantity = line.get("quantity")
                found[id_of(text(as_dict(line.get("lineItem")), "id"))] += (
                    quantity if isinstance(quantity, int) else 0
                )
        return found

    def _plan(
        self, order: str, missing: Counter[str], *, takes_all: bool
    ) -> list[tuple[Part, ...]]:
        """What to fulfil, per location, out of what the shop's fulfilment orders have left."""
        left, by_location = Counter(missing), dict[str, list[Part]]()
        for fulfilment_order in self._fulfilment_orders(order):
            if text(fulfilment_order, "status") not in FULFILLABLE:
                continue
            place = as_dict(fulfilment_order.get("assignedLocation"))
            location = text(as_dict(place.get("location")), "id") or text(place, "name")
            for line in nodes(fulfilment_order.get("lineItems")):
                sold = id_of(text(as_dict(line.get("lineItem")), "id"))
                remaining = line.get("remainingQuantity")
                there = remaining if isinstance(remaining, int) else 0
                take = there if takes_all else min(there, left[sold])
                if take > 0:
                    left[sold] -= take
                    part = (text(fulfilment_order, "id"), text(line, "id"), take)
                    by_location.setdefault(location, []).append(part)
        short = +left
        if short or not by_location:
            lines = ", ".join(f"{count} of line {line}" for line, count in short.items()) or "all"
            raise Refused(
                "lines",
                "nothing_to_fulfil",
                f"the shop has nothing left to fulfil, or holds it: {lines}",
                partner="shopify",
                operation="fulfil",
            )
        return [tuple(parts) for parts in by_location.values()]

    def _fulfilment_orders(self, order: str) -> Iterator[dict[str, Any]]:
        after = ""
        while True:
            asked = {"id": order, "most": queries.LINES_OF_FULFILMENT, "after": after or None}
            node = as_dict(self._ask("fulfilment_orders", asked).get("order"))
            connection = as_dict(node.get("fulfillmentOrders"))
            for found in nodes(connection):
                if _page(found.get("lineItems")).get("hasNextPage"):
                    raise Refused("lines", "too_many_lines", "over 250 lines at one location")
                yield found
            after = _behind(_page(connection), "fulfilment_orders")
            if not after:
                return

    def _fulfil(self, notice: ShipmentNotice, parts: Sequence[Part]) -> dict[str, Any]:
        by_order: dict[str, list[dict[str, Any]]] = {}
        for fulfilment_order, line, quantity in parts:
            by_order.setdefault(fulfilment_order, []).append({"id": line, "quantity": quantity})
        asked = {
            "lineItemsByFulfillmentOrder": [
                {"fulfillmentOrderId": name, "fulfillmentOrderLineItems": lines}
                for name, lines in by_order.items()
            ],
            "trackingInfo": self._tracking(notice),
            "notifyCustomer": self.notifies_customer,
        }
        data = self._ask("fulfil", {"fulfillment": asked}, repeatable=False)
        payload = as_dict(data.get("fulfillmentCreate"))
        errors = [as_dict(error) for error in as_list(payload.get("userErrors"))]
        if errors or not text(as_dict(payload.get("fulfillment")), "id"):
            path = ".".join(str(part) for part in as_list(errors[0].get("field"))) if errors else ""
            message = "; ".join(text(error, "message") for error in errors)
            raise Refused(
                path,
                "user_error",
                message[:1000] or "refused without a reason",
                partner="shopify",
                operation="fulfil",
            )
        return payload

    def _tracking(self, notice: ShipmentNotice) -> dict[str, str]:
        """Carrier, number and link; Shopify makes the link itself for carriers on its list."""
        on = self.access.door.clock().date()
        code = facts.carrier_code(self.kind, notice.carrier, on=on)
        told = {
            "company": code.channel_code if code else notice.carrier_name,
            "number": notice.tracking_number,
        }
        if code is None and notice.tracking_url:
            told["url"] = notice.tracking_url
        return told

    def decide(self, decisions: Sequence[Decision], *, receipt: str = "") -> Mapping[str, str]:
        """A shop needs no acknowledgement, and cancelling there pays money back: the merchant's."""
        del decisions, receipt
        raise Refused("", "not_offered", "Shopify takes no acknowledgements")

    def read_push(self, headers: Mapping[str, str], body: bytes) -> Push:
        """A webhook of this shop: base64 HMAC-SHA256 of the raw body with the app's secret."""
        named = {name.lower(): value for name, value in headers.items()}
        digest = hmac.new(self.access.secret.encode(), body, hashlib.sha256).digest()
        told = named.get("x-shopify-hmac-sha256", "")
        if not hmac.compare_digest(base64.b64encode(digest), told.encode("utf-8", "replace")):
            raise BadSignature("the signature does not match")
        # The secret is the application's: another shop's webhook is signed as well.
        shop = named.get("x-shopify-shop-domain", "").lower()
        if not SHOP.fullmatch(shop) or self.access.door.account not in ("", shop):
            raise BadSignature("signed for another shop")
        parsed, is_json = parse_json(body)
        content = as_dict(parsed) if is_json else {}
        topic = named.get("x-shopify-topic", "")
        number = text(content, "id" if topic.startswith("orders/") else "order_id")
        return Push(
            event_id=named.get("x-shopify-webhook-id", "") or hashlib.sha256(body).hexdigest(),
            topic=topic,
            external_orders=(number,) if number.isdecimal() else (),
            account=shop,
        )

    def _ask(
        self, operation: str, variables: Mapping[str, Any], *, repeatable: bool = True
    ) -> dict[str, Any]:
        """One call under a token with life in it; a token refused all the same is renewed once."""
        shop_domain(self.access.door.account)
        tokens = self._living_tokens()
        try:
            return self.graphql.ask(
                operation, variables, access_token=tokens.access_token, repeatable=repeatable
            )
        except NotGranted:
            raise
        except NotAuthorised:
            renewed = self.tokens.replace(tokens, self.access.renew)
            return self.graphql.ask(
                operation, variables, access_token=renewed.access_token, repeatable=repeatable
            )

    def _living_tokens(self) -> Tokens:
        tokens, now = self.tokens.current(), self.access.door.clock()
        ends = tokens.access_expires_at
        if ends is None or now < ends - RENEW_BEFORE:
            return tokens
        try:
            return self.tokens.replace(tokens, self.access.renew)
        except RateLimited:
            if now < ends:  # another worker renews; this token still holds
                return tokens
            raise


def _page(connection: Any) -> dict[str, Any]:
    return as_dict(as_dict(connection).get("pageInfo"))


def _behind(page: Mapping[str, Any], operation: str) -> str:
    """Where the next page begins, "" when there is none."""
    if page.get("hasNextPage") is not True:
        return ""
    cursor = text(dict(page), "endCursor")
    if not cursor:
        # Taken for the last page, the rest would be lost.
        raise _incomplete(operation)
    return cursor


def _incomplete(operation: str) -> Unavailable:
    return Unavailable("more was promised than came", partner="shopify", operation=operation)


def _order_gid(external_order: str) -> str:
    if not (external_order.isascii() and external_order.isdecimal()):
        raise Refused("external_order", "invalid", f"{external_order!r} is no Shopify order number")
    return gid("Order", external_order)
