"""AliExpress, by our own reading (docs/channels.md).

Credentials: `app_key`, `app_secret`. Options: none. `account` is the seller's id.
Orders are listed by change and each open one's detail is asked for, since the list has no address.
Telling of a parcel is not idempotent, so the order's logistics information is looked at first.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from integrations.answers import as_dict, parse_json, text
from integrations.channels import aliexpress_orders as reading
from integrations.channels import facts
from integrations.channels.aliexpress_gateway import OURS_TO_MEND, Gateway
from integrations.channels.aliexpress_signing import push_signature
from integrations.channels.aliexpress_time import window_end, window_start
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
from integrations.errors import NotAuthorised, RateLimited, Refused, Unavailable
from integrations.http import Gate, utc_now

PAGE_SIZE = 20
"""At most 50 are allowed. Each open order costs a second call, and a page must fit the bucket."""
LARGEST_CREATE_RANGE = timedelta(days=180)
RENEW_BEFORE = timedelta(minutes=30)
LONGEST_DESCRIPTION = 512
ID_FIELDS = ("orderId", "order_id", "trade_order_id", "parent_order_id")


@dataclass(frozen=True, slots=True)
class AliExpress:
    """One seller's account at AliExpress. Keeps the `ChannelClient` protocol."""

    gateway: Gateway
    tokens: TokenKeeper
    kind: str = "aliexpress"
    _services: dict[str, str] = field(default_factory=dict)

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
    ) -> AliExpress:
        del options
        gateway = Gateway.connect(
            credentials=credentials, base_url=base_url, gate=gate, account=account, clock=clock
        )
        return cls(gateway, tokens)

    def orders(self, window: Window, cursor: str = "") -> OrderPage:
        """One page of the orders changed in the window and made in the 180 days before its end.

        Page 1 is read first, to learn how many there are, then the last one and down to page 1
        again: an order that changes while we read leaves the window and lets the ones behind it
        slide to a page still to come. Read upwards, they would slide to one already read.
        Finished orders are not among them (the platform lists those only when asked).
        """
        number = int(cursor) if cursor else 1
        asked = {
            "current_page": number,
            "page_size": PAGE_SIZE,
            "create_date_start": window_start(window.until - LARGEST_CREATE_RANGE),
            "create_date_end": window_end(window.until),
            "modified_date_start": window_start(window.since),
            "modified_date_end": window_end(window.until),
        }
        answer = self._call(
            "aliexpress.solution.order.get", {"param0": _json(asked)}, operation="orders"
        )
        result = as_dict(answer.get("result")) or answer
        _assert_done(result, operation="orders")
        listed = reading.rows(result.get("target_list"))
        last = _pages(result, has_rows=bool(listed))
        orders, unread = read_each(
            listed, self._with_detail, number=lambda row: text(row, "order_id")
        )
        following = number - 1 if cursor else last
        is_more = number > 1 if cursor else last > 1
        return OrderPage(orders, str(following) if is_more else "", unread=unread)

    def _with_detail(self, listed: dict[str, Any]) -> ChannelOrder:
        """The row with its detail; a detail that cannot be had leaves the order without an address.

        Such an order is seen and held. Raised, it would stop every other order of the shop.
        """
        number = text(listed, "order_id")
        refusal = "listed and not to be found"
        try:
            if found := self._detail(number):
                return self._order(found, listed)
        except Refused as error:
            if error.code in OURS_TO_MEND or "permission" in error.code.lower():
                raise
            refusal = f"{error.code}: {error.message}"
        bare = reading.order_from({}, listed=listed)
        return replace(bare, raw={**bare.raw, "detail_refused": refusal})

    def order(self, external_order: str) -> ChannelOrder | None:
        """The order as it is now; None where AliExpress knows none of this number."""
        found = self._detail(external_order)
        return None if found is None else self._order(found, {})

    def _order(self, detail: dict[str, Any], listed: dict[str, Any]) -> ChannelOrder:
        address = as_dict(detail.get("receipt_address"))
        has_address = text(address, "detail_address") or text(address, "address")
        receipt = None
        is_open = reading.state_of(detail, listed) in {"open", "part_shipped"}
        if is_open and not has_address and not reading.is_encrypted(detail, address):
            answer = self._call(
                "aliexpress.solution.order.receiptinfo.get",
                {"param1": _json({"order_id": int(text(detail, "id"))})},
                operation="receipt",
            )
            receipt = as_dict(answer.get("result"))
        return reading.order_from(detail, listed=listed, receipt=receipt)

    def _detail(self, external_order: str) -> dict[str, Any] | None:
        if not (external_order.isascii() and external_order.isdecimal()):
            raise Refused(
                "external_order", "invalid", f"{external_order!r} is no AliExpress order number"
            )
        answer = self._call(
            "aliexpress.trade.new.redefining.findorderbyid",
            {"param1": _json({"order_id": int(external_order)})},
            operation="detail",
        )
        found = as_dict(answer.get("target"))
        return found if text(found, "id") == external_order else None

    def confirm_shipment(self, notice: ShipmentNotice) -> Confirmation:
        """Tell of a parcel once: a number the order's logistics information has is not told again.

        Raises `Refused` where the seller's account has no logistics service for the carrier, or
        the carrier needs an address to track at and the parcel has none.
        """
        detail = self._detail(notice.external_order)
        if detail is None:
            raise Refused("external_order", "unknown", f"no order {notice.external_order}")
        known = reading.tracking_numbers(detail).get(notice.tracking_number.upper())
        if known is not None:
            return Confirmation(known, was_known=True, raw=detail)
        service = self._service(notice)
        told = {
            "service_name": service,
            "logistics_no": notice.tracking_number,
            "out_ref": notice.external_order,
            "send_type": "all" if notice.is_last else "part",
            "description": notice.service_name[:LONGEST_DESCRIPTION],
        }
        if service == self._word("other"):
            if not notice.tracking_url:
                raise Refused("tracking_url", "missing", f"{notice.carrier} needs one here")
            told["tracking_website"] = notice.tracking_url
        answer = self._call(
            "aliexpress.solution.order.fulfill", told, operation="fulfil", repeatable=False
        )
        _assert_done(as_dict(answer.get("result")), operation="fulfil")
        return Confirmation(notice.tracking_number, was_known=False, raw=answer)

    def _service(self, notice: ShipmentNotice) -> str:
        """The `service_name` of the carrier, out of those the seller's account has.

        UNVERIFIED: the names of the list come from public code, so none is used unseen.
        """
        services = self._account_services()
        for code in (self._word(notice.carrier), self._word("other")):
            if code in services:
                return code
        raise Refused(
            "carrier", "unknown_carrier", f"the account has no service for {notice.carrier}"
        )

    def _word(self, carrier: str) -> str:
        found = facts.carrier_code(self.kind, carrier, on=self.gateway.door.clock().date())
        return found.channel_code if found else ""

    def _account_services(self) -> dict[str, str]:
        """`service_name` -> name people read; asked once per client."""
        if not self._services:
            answer = self._call(
                "aliexpress.logistics.redefining.listlogisticsservice", {}, operation="services"
            )
            self._services.update(
                {
                    text(row, "service_name"): text(row, "display_name")
                    for row in reading.rows(answer.get("result_list"))
                }
            )
        return self._services

    def decide(self, decisions: Sequence[Decision], *, receipt: str = "") -> Mapping[str, str]:
        """AliExpress has no acknowledgement; a cancellation is asked for by the buyer there."""
        del decisions, receipt
        raise Refused("", "not_offered", "AliExpress takes no acknowledgements")

    def read_push(self, headers: Mapping[str, str], body: bytes) -> Push:
        """What changed. UNVERIFIED: signature and fields are our reading; orders are read anew."""
        named = {name.lower(): value for name, value in headers.items()}
        wanted = push_signature(self.gateway.app_key, self.gateway.secret, body)
        told = named.get("authorization", "").strip().lower()
        if not hmac.compare_digest(wanted.encode(), told.encode("utf-8", "replace")):
            raise BadSignature("the signature does not match")
        parsed, is_json = parse_json(body)
        message = as_dict(parsed) if is_json else {}
        data = message.get("data")
        content = as_dict(parse_json(data.encode())[0]) if isinstance(data, str) else as_dict(data)
        numbers = (text(content, key) for key in ID_FIELDS)
        return Push(
            event_id=hashlib.sha256(body).hexdigest(),
            topic=text(message, "message_type"),
            external_orders=tuple(dict.fromkeys(n for n in numbers if n.isdecimal())),
            account=text(message, "seller_id"),
        )

    def _call(
        self,
        method: str,
        parameters: Mapping[str, str],
        *,
        operation: str,
        repeatable: bool = True,
    ) -> dict[str, Any]:
        """One call under a token with life in it; a token refused all the same is renewed once."""
        ask = partial(
            self.gateway.business, method, parameters, operation=operation, repeatable=repeatable
        )
        tokens = self._living_tokens()
        try:
            return ask(access_token=tokens.access_token)
        except NotAuthorised:
            renewed = self.tokens.replace(tokens, self.gateway.renew)
            return ask(access_token=renewed.access_token)

    def _living_tokens(self) -> Tokens:
        tokens, now = self.tokens.current(), self.gateway.door.clock()
        ends = tokens.access_expires_at
        if ends is None or now < ends - RENEW_BEFORE:
            return tokens
        try:
            return self.tokens.replace(tokens, self.gateway.renew)
        except RateLimited:
            if now < ends:  # another worker renews; this token still holds
                return tokens
            raise


def _pages(result: Mapping[str, Any], *, has_rows: bool) -> int:
    """How many pages there are. Raises `Unavailable` for rows without a count of them."""
    told = {name: text(dict(result), name) for name in ("total_page", "total_count")}
    counts = {name: int(n) for name, n in told.items() if n.isdecimal() and len(n) < 10}
    if "total_page" in counts:
        return max(1, counts["total_page"])
    if "total_count" in counts:
        return max(1, -(-counts["total_count"] // PAGE_SIZE))
    if has_rows:
        raise Unavailable(
            "a page that does not tell how many there are", partner="aliexpress", operation="orders"
        )
    return 1


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _assert_done(result: Mapping[str, Any], *, operation: str) -> None:
    """A method may say no inside a good answer."""
    told = dict(result)
    is_done = told.get("success", told.get("result_success", True))
    if is_done not in (True, "true"):
        code = text(told, "error_code") or text(told, "result_error_code") or "refused"
        message = text(told, "error_message") or text(told, "result_error_desc") or code
        raise Refused("", code, message, partner="aliexpress", operation=operation)
