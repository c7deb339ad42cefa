"""eBay by the Fulfillment contract v1.20.7: orders by windows, fulfilments, pushes, call budgets.

Credentials are those of `ebay_auth`. What the contract leaves open is said where it is decided:

- Orders are paged by offset. While a window is read, an order in it may change and leave it; all
  behind it move up and a page boundary would skip some. So every page after the first begins one
  row early, at the order the page before ended with (the anchor). Another order there, or a total
  that shrank, means the rows moved: the reading goes back a whole page and on from there. Orders
  come twice so; none is lost. What eBay lists late is caught by the caller's overlapping windows.
- Creating a fulfilment is not idempotent: `confirm_shipment` looks before it creates, always.
- Fulfillment has no acknowledgement and no cancellation: `decide` is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integrations.answers import as_dict, as_list, instant, text
from integrations.channels import ebay_push
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
from integrations.channels.ebay_auth import EARLY, Application, explain
from integrations.channels.ebay_budgets import CallBudget, budgets_of
from integrations.channels.ebay_fulfilments import body_of, matching
from integrations.channels.ebay_orders import needs_fulfilments, order_of, shipped_pieces
from integrations.channels.pages import read_each
from integrations.errors import NotAuthorised, Refused, Unavailable
from integrations.http import Answer, Credentials, Door, Gate, segment, utc_now

ORDERS_PATH = "/sell/fulfillment/v1/order"
PAGE = 200
"""The contract's largest page."""

NEWEST = timedelta(seconds=2)
"""Our clock may be ahead of eBay's, which refuses a window that ends in its future."""

MOST_STEPS_BACK = 30
"""In a row: a window that moves under every page is gone on with later."""

CLOCKS_APART = timedelta(minutes=15)
"""A parcel that left this lately may, by eBay's clock, leave only later."""

CLOCK_AHEAD, OFFSET_BEYOND = "30850", "31000"
UNKNOWN_ORDER, BAD_SHIPPED_DATE, ALREADY_TOLD = "32100", "32500", "34500"
_LOCATION = re.compile(r"/shipping_fulfillment/([^/?#]+)/?$")


@dataclass(frozen=True, slots=True)
class _Place:
    """The window's fixed bound; where the next page begins, which order stood there, how many
    orders the window held."""

    bound: str
    offset: int = 0
    total: int = -1
    steps_back: int = 0
    anchor: str = ""

    @classmethod
    def read(cls, cursor: str) -> _Place:
        match = re.fullmatch(r"([0-9T:.Z-]{24})\|(\d{1,9})\|(\d{1,9})\|(\d{1,3})\|(.*)", cursor)
        if match is None:
            raise Refused("cursor", "invalid", f"{cursor!r} is no cursor", partner="ebay")
        return cls(match[1], int(match[2]), int(match[3]), int(match[4]), match[5])

    def __str__(self) -> str:
        return f"{self.bound}|{self.offset}|{self.total}|{self.steps_back}|{self.anchor}"

    def back(self, *, total: int) -> _Place:
        """One page back, and as far as the set shrank."""
        if self.steps_back >= MOST_STEPS_BACK:
            raise Unavailable("the window does not stand still", partner="ebay", operation="orders")
        shrunk = max(0, self.total - total)
        offset = max(0, self.offset - max(PAGE, shrunk))
        return _Place(self.bound, offset, total, self.steps_back + 1, "")


@dataclass(frozen=True, slots=True)
class Ebay:
    """One seller's account at eBay. Keeps the `ChannelClient` protocol."""

    application: Application
    tokens: TokenKeeper
    account: str

    @property
    def kind(self) -> str:
        return "ebay"

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
    ) -> Ebay:
        """Options: those of `ebay_auth`. Raises `KeyError` for a missing credential."""
        application = Application.of(
            credentials=credentials, base_url=base_url, gate=gate, options=options, clock=clock
        )
        return cls(application=application, tokens=tokens, account=account)

    def orders(self, window: Window, cursor: str = "") -> OrderPage:
        """One page of the orders changed in the window; some may come twice, none is left out.

        The window is read up to now at most, which `read_until` tells; eBay refuses one that
        begins more than two years ago. One further call is made for each order with a part-shipped
        line. Raises `Unavailable` where the window moves under every page.
        """
        bound = _stamp(min(window.until, self.application.clock() - NEWEST))
        if not cursor and bound <= _stamp(window.since):
            return OrderPage((), "", read_until=window.since)
        place = _Place.read(cursor) if cursor else _Place(bound)
        answer = self._page(window, place)
        if answer is None:
            return OrderPage((), str(place.back(total=0)), read_until=instant(place.bound))
        raw = [as_dict(each) for each in as_list(answer.fields.get("orders"))]
        total = _number(answer, "total")
        if _number(answer, "offset", default=place.offset) != place.offset:
            raise answer.unusable("another page than the one asked for")
        moved = place.anchor and (not raw or text(raw[0], "orderId") != place.anchor)
        if moved or total < place.total:
            following = str(place.back(total=total))
        else:
            following = _following(answer, place, raw, total)
        orders, unread = read_each(raw, self._whole, number=lambda each: text(each, "orderId"))
        return OrderPage(orders, following, read_until=instant(place.bound), unread=unread)

    def order(self, external_order: str) -> ChannelOrder | None:
        """The order with all eBay tells of it (the buyer's tax number only here), or None."""
        path = f"{ORDERS_PATH}/{segment(external_order, field='orderId')}"
        try:
            answer = self._call("GET", path, operation="order", repeatable=True, also={404})
        except Refused as refusal:
            if refusal.code == UNKNOWN_ORDER:
                return None
            raise
        if answer.status == 404:
            return None
        if text(answer.fields, "orderId") != external_order:
            raise answer.unusable("another order than the one asked for")
        return self._whole(answer.fields)

    def confirm_shipment(self, notice: ShipmentNotice) -> Confirmation:
        """Tell eBay of the parcel, once: one that is known there is not told again.

        `AnswerLost` means: call again later, the look comes first. Raises `Refused` where eBay or
        its contract does not take it (a tracking number with more than letters and digits; the same
        number told of other lines: a person must look).
        """
        body = body_of(notice, now=self.application.clock())
        known = self._known(notice, body)
        if known is not None:
            return known
        path = self._fulfilments_path(notice.external_order)
        try:
            answer = self._call("POST", path, operation="ship", repeatable=False, json=body)
        except Refused as refusal:
            if refusal.status == 409 or refusal.code == ALREADY_TOLD:
                known = self._known(notice, body)
                if known is not None:
                    return known
            is_recent = self.application.clock() - notice.shipped_at < CLOCKS_APART
            if refusal.code == BAD_SHIPPED_DATE and is_recent:
                reason = "our clock is ahead of eBay's"
                raise Unavailable(reason, partner="ebay", operation="ship") from None
            raise
        match = _LOCATION.search(answer.headers.get("Location", ""))
        if match:
            return Confirmation(match[1], was_known=False, raw={"request": body})
        # It was taken, but the answer names nothing: the look does.
        known = self._known(notice, body)
        if known is None:
            raise answer.unusable("a fulfilment without a location")
        return Confirmation(known.channel_reference, was_known=False, raw=known.raw)

    def decide(self, decisions: Sequence[Decision], *, receipt: str = "") -> Mapping[str, str]:
        """Not offered: Fulfillment neither acknowledges nor cancels an order."""
        del decisions, receipt
        reason = "eBay takes no acknowledgement and no cancellation by this API"
        raise Refused("", "not_offered", reason, partner="ebay", operation="decide")

    def read_push(self, headers: Mapping[str, str], body: bytes) -> Push:
        """Check eBay's signature and say which orders changed.

        Raises `BadSignature`; `Unavailable` or `RateLimited` where the key cannot be had now (let
        eBay push again).
        """
        kid, signature = ebay_push.key_id_and_signature(headers)
        application = self.application
        key = ebay_push.KEYS.get(
            application.base_url, kid, now=application.clock(), fetch=self._public_key
        )
        ebay_push.check_signature(key, signature, body)
        return ebay_push.push_of(body)

    def budgets(self) -> tuple[CallBudget, ...]:
        """What is left of the application's calls to Fulfillment, as eBay counts them."""
        application = self.application
        answer = application.door(application.application_token()).call(
            "GET",
            "/developer/analytics/v1_beta/rate_limit/",
            operation="rate_limit",
            repeatable=True,
            params={"api_context": "sell", "api_name": "fulfillment"},
        )
        return () if answer.status == 204 else budgets_of(answer.fields)

    def _page(self, window: Window, place: _Place) -> Answer | None:
        """The page, or None where the set has shrunk so far that its offset is beyond the end."""
        try:
            return self._call(
                "GET",
                ORDERS_PATH,
                operation="orders",
                repeatable=True,
                params={
                    "filter": f"lastmodifieddate:[{_stamp(window.since)}..{place.bound}]",
                    "limit": str(PAGE),
                    "offset": str(place.offset),
                },
            )
        except Refused as refusal:
            if refusal.code == OFFSET_BEYOND and place.offset:
                return None
            if refusal.code == CLOCK_AHEAD:
                reason = "our clock is ahead of eBay's"
                raise Unavailable(reason, partner="ebay", operation="orders") from None
            raise

    def _whole(self, raw: Mapping[str, Any]) -> ChannelOrder:
        if not needs_fulfilments(raw):
            return order_of(raw)
        return order_of(raw, shipped=shipped_pieces(self._fulfilments(text(dict(raw), "orderId"))))

    def _fulfilments_path(self, external_order: str) -> str:
        order = segment(external_order, field="orderId")
        return f"{ORDERS_PATH}/{order}/shipping_fulfillment"

    def _fulfilments(self, external_order: str) -> list[dict[str, Any]]:
        path = self._fulfilments_path(external_order)
        answer = self._call("GET", path, operation="fulfilments", repeatable=True)
        return [as_dict(each) for each in as_list(answer.fields.get("fulfillments"))]

    def _known(self, notice: ShipmentNotice, body: Mapping[str, Any]) -> Confirmation | None:
        found = matching(self._fulfilments(notice.external_order), body)
        if found is None:
            return None
        return Confirmation(text(found, "fulfillmentId"), was_known=True, raw=found)

    def _public_key(self, kid: str) -> ebay_push.PublicKey:
        application = self.application
        answer = application.door(application.application_token()).call(
            "GET",
            f"/commerce/notification/v1/public_key/{segment(kid, field='kid')}",
            operation="public_key",
            repeatable=True,
            also={400, 404},
        )
        if answer.status != 200:
            raise BadSignature("eBay knows no such key")
        try:
            return ebay_push.PublicKey.read(answer.fields)
        except ValueError as error:
            raise answer.unusable(str(error)) from None

    def _call(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        repeatable: bool,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        also: Collection[int] = (),
    ) -> Answer:
        """One call with the seller's token, renewed where it has ended or eBay ended it early."""
        seen = self.tokens.current()
        end = seen.access_expires_at
        if end is not None and end - EARLY <= self.application.clock():
            seen = self.tokens.replace(seen, self.application.renew)

        def made(tokens: Tokens) -> Answer:
            return self._door(tokens).call(
                method,
                path,
                operation=operation,
                repeatable=repeatable,
                params=params,
                json=json,
                also={*also, 401},
            )

        answer = made(seen)
        if answer.status == 401:
            # It did nothing, so the call may be made again, with a fresh token and once.
            answer = made(self.tokens.replace(seen, self.application.renew))
        if answer.status == 401:
            raise NotAuthorised("refused a fresh token (401)", partner="ebay", operation=operation)
        return answer

    def _door(self, tokens: Tokens) -> Door:
        return Door(
            partner="ebay",
            base_url=self.application.base_url,
            account=self.account,
            credentials=Credentials.bearer(tokens.access_token),
            gate=self.application.gate,
            explain=explain,
            clock=self.application.clock,
        )


def _following(answer: Answer, place: _Place, raw: list[dict[str, Any]], total: int) -> str:
    """The cursor of the next page, "" after the last.

    Only the offset is taken from `next`: the address itself is never followed, our token would go
    wherever it points.
    """
    end = place.offset + len(raw)
    told = parse_qs(urlsplit(text(answer.fields, "next")).query).get("offset", [""])[0]
    if not told and end >= total:
        return ""
    # A step over rows that did not come would lose them.
    begin = min(int(told), end) if told.isdecimal() and len(told) < 10 else end
    first_new = place.offset + (1 if place.anchor else 0)
    if begin <= first_new:
        if not raw or end <= first_new:
            raise answer.unusable("a page that leads nowhere")
        begin = end
    anchor = text(raw[begin - 1 - place.offset], "orderId")
    return str(_Place(place.bound, begin - 1, total, steps_back=0, anchor=anchor))


def _number(answer: Answer, name: str, *, default: int = -1) -> int:
    value = text(answer.fields, name)
    if not value and default >= 0:
        return default
    if not value.isdecimal() or len(value) > 9:
        raise answer.unusable(f"a page without {name}")
    return int(value)


def _stamp(at: datetime) -> str:
    """In UTC, cut to the millisecond: the form of the contract."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
