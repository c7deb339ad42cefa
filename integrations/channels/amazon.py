"""Amazon by the Selling Partner API: Orders 2026-01-01, shipment confirmation v0, Feeds 2021-06-30.

Credentials (the application's): `client_id`, `client_secret`, `application_id`.
Options: `marketplace_ids` (comma between; needed for feeds, narrows the orders), `login_url`,
`consent_url`, `document_hosts` (origins beside Amazon's own that feed documents may lie at).
Held to the vendor's contracts in tests/integrations/channels/test_amazon_contract.py; what is not
contract but documentation or our reading is marked there and in docs/channels.md.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from integrations.answers import as_dict, as_list, text
from integrations.channels import amazon_feeds, amazon_orders
from integrations.channels.amazon_login import ACCESS_LIFE, Login
from integrations.channels.amazon_shipments import (
    confirmation,
    iso,
    known_package,
    package_reference,
)
from integrations.channels.base import (
    BadSignature,
    ChannelOrder,
    Confirmation,
    Consent,
    Decision,
    OrderPage,
    Push,
    ShipmentNotice,
    StillDeciding,
    TokenKeeper,
    Tokens,
    Window,
)
from integrations.channels.pages import read_each
from integrations.errors import NotAuthorised, Refused
from integrations.http import (
    Answer,
    Credentials,
    Door,
    Gate,
    Hosts,
    RawBody,
    origin,
    segment,
    utc_now,
)

logger = logging.getLogger(__name__)

ORDERS = "/orders/2026-01-01/orders"
FEEDS = "/feeds/2021-06-30"
PAGE_SIZE = "100"
DATA = "BUYER,RECIPIENT,PROCEEDS,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT"
NEWEST = timedelta(minutes=2, seconds=10)
"""`lastUpdatedBefore` must lie two minutes back (contract); ten seconds for our clock."""

TOKEN_LIFE = timedelta(hours=23)
"""A pagination token expires after 24 hours (contract)."""

RENEW_BEFORE = timedelta(minutes=1)
RENEW_AFTER_REFUSAL = timedelta(minutes=5)
"""A 403 of a token younger than this is not cured by another one."""

DOCUMENT_HOSTS = (
    r"[a-z0-9][a-z0-9.-]*\.s3[.-][a-z0-9-]+\.amazonaws\.com",
    r"[a-z0-9][a-z0-9.-]*\.s3\.amazonaws\.com",
    r"[a-z0-9]+\.cloudfront\.net",
)
"""(m) Where Amazon's pre-signed addresses lie, after published examples; no contract names them."""

_FIELD = re.compile(r"\[([A-Za-z]+(?:\.[A-Za-z]+)+)\]")


def explain(status: int, body: Any) -> tuple[str, str, str]:
    """(field, code, message) of Amazon's {errors: [{code, message, details}]}.

    The field is the path some messages carry in brackets ("[packageDetail.packageReferenceId]").
    """
    errors = [error for error in as_list(as_dict(body).get("errors")) if isinstance(error, dict)]
    told = [
        " ".join(part for part in (text(error, "message"), text(error, "details")) if part)
        for error in errors
    ]
    message = "; ".join(part for part in told if part)
    field = _FIELD.search(message)
    return (
        field[1] if field else "",
        (text(errors[0], "code") if errors else "") or f"http_{status}",
        message or f"refused without a reason ({status})",
    )


@dataclass(frozen=True, slots=True)
class Amazon:
    """One seller's account at Amazon. Keeps the `ChannelClient` protocol."""

    door: Door
    login: Login
    tokens: TokenKeeper
    account: str
    marketplace_ids: tuple[str, ...]
    document_hosts: Hosts

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
    ) -> Amazon:
        return cls(
            door=Door(
                partner="amazon",
                base_url=base_url,
                account=account,
                credentials=Credentials(),
                gate=gate,
                explain=explain,
                message_header="X-Waybridge-Request",
                clock=clock,
            ),
            login=Login.connect(
                credentials=credentials,
                base_url=base_url,
                gate=gate,
                options=options,
                clock=clock,
            ),
            tokens=tokens,
            account=account,
            marketplace_ids=_listed(options.get("marketplace_ids", "")),
            document_hosts=Hosts(
                patterns=DOCUMENT_HOSTS,
                origins=frozenset({origin(base_url), *_listed(options.get("document_hosts", ""))}),
            ),
        )

    @property
    def kind(self) -> str:
        return "amazon"

    def orders(self, window: Window, cursor: str = "") -> OrderPage:
        """Orders changed in the window that we ship, at most 100 a page.

        Amazon does not tell its newest two minutes: `read_until` says how far it went. The cursor
        carries that bound, which must stay the same on every page, and when its token was told: one
        older than a day is refused (contract), so the window is then read from its beginning.
        """
        now = self.door.clock()
        bound, told_at, token = _split(cursor)
        if not bound:
            until = min(window.until, now - NEWEST)
            if until <= window.since:
                return OrderPage((), "", read_until=window.since)
            bound = iso(until)
        if token and now - datetime.fromisoformat(told_at) > TOKEN_LIFE:
            token = ""
        params = {
            "lastUpdatedAfter": iso(window.since),
            "lastUpdatedBefore": bound,
            "fulfilledBy": "MERCHANT",
            "maxResultsPerPage": PAGE_SIZE,
            "includedData": DATA,
        }
        if self.marketplace_ids:
            params["marketplaceIds"] = ",".join(self.marketplace_ids)
        if token:
            params["paginationToken"] = token
        answer = self._call("GET", ORDERS, operation="search_orders", params=params)
        fields = answer.fields
        if not isinstance(fields.get("orders"), list):
            # Taken for an empty page it would let the window pass and lose its orders.
            raise answer.unusable("a page without a list of orders")
        following = text(as_dict(fields.get("pagination")), "nextToken")
        orders, unread = read_each(
            filter(amazon_orders.is_ours, map(as_dict, fields["orders"])),
            amazon_orders.read,
            number=lambda raw: text(raw, "orderId"),
        )
        return OrderPage(
            orders=orders,
            unread=unread,
            cursor=f"{bound}|{iso(now)}|{following}" if following else "",
            read_until=datetime.fromisoformat(bound),
        )

    def order(self, external_order: str) -> ChannelOrder | None:
        """One order; None where Amazon knows none, or ships it itself."""
        found = self._order(external_order)
        if found is None:
            return None
        answer, raw = found
        return self._read(answer, raw) if amazon_orders.is_ours(raw) else None

    def confirm_shipment(self, notice: ShipmentNotice) -> Confirmation:
        """Tell Amazon of one parcel, after looking whether it knows it.

        May be repeated: a parcel is known by the packageReferenceId made of our reference, or by
        its tracking number when a person has typed it in. Raises `Refused` for an order Amazon does
        not know or has cancelled, `AnswerLost` where only another look can tell.
        """
        package = package_reference(notice.reference)
        found = self._order(notice.external_order)
        if found is None:
            message = f"Amazon knows no order {notice.external_order}"
            raise Refused("external_order", "unknown", message, partner="amazon")
        _, raw = found
        known = known_package(raw, package, notice.tracking_number)
        if known is not None:
            return Confirmation(text(known, "packageReferenceId"), was_known=True, raw=known)
        marketplace = notice.context.get("marketplace_id") or text(
            as_dict(raw.get("salesChannel")), "marketplaceId"
        )
        self._call(
            "POST",
            f"/orders/v0/orders/{segment(notice.external_order, field='external_order')}"
            "/shipmentConfirmation",
            operation="confirm_shipment",
            repeatable=False,
            json=confirmation(notice, package=package, marketplace=marketplace),
        )
        return Confirmation(package, was_known=False)

    def decide(self, decisions: Sequence[Decision], *, receipt: str = "") -> Mapping[str, str]:
        """Acknowledge or cancel in one feed; Amazon takes one feed in two minutes, so batch.

        A first call hands the feed in and raises `StillDeciding` unless it is done at once; a call
        with its receipt reads the result. Sending the same feed again is harmless by our reading
        (an order acknowledged stays so), therefore a lost answer is simply tried again.
        """
        if not decisions:
            return {}
        feed = receipt or self._hand_in(decisions)
        told = self._call(
            "GET", f"{FEEDS}/feeds/{segment(feed, field='receipt')}", operation="get_feed"
        )
        status = text(told.fields, "processingStatus")
        if status in {"IN_QUEUE", "IN_PROGRESS"}:
            raise StillDeciding(feed, partner="amazon", operation="get_feed")
        document = text(told.fields, "resultFeedDocumentId")
        if status != "DONE" or not document:
            message = f"feed {feed} ended as {status or 'nothing'}; look at the orders at Amazon"
            raise Refused("", "feed_" + (status.lower() or "lost"), message, partner="amazon")
        return self._refusals(document, decisions)

    def read_push(self, headers: Mapping[str, str], body: bytes) -> Push:
        """Always `BadSignature`: Amazon pushes to SQS and EventBridge only, to no web address."""
        del headers, body
        raise BadSignature("Amazon pushes to no web address")

    def _hand_in(self, decisions: Sequence[Decision]) -> str:
        if not self.marketplace_ids:
            message = "the connection names no marketplaces, which a feed needs"
            raise Refused("marketplace_ids", "missing", message, partner="amazon")
        document = amazon_feeds.envelope(
            decisions, seller=self.tokens.current().account, on=self.door.clock().date()
        )
        made = self._call(
            "POST",
            f"{FEEDS}/documents",
            operation="create_feed_document",
            json={"contentType": amazon_feeds.CONTENT_TYPE},
        )
        document_id = text(made.fields, "feedDocumentId")
        if not document_id:
            raise made.unusable("a feed document without an id")
        self._file(made, "PUT", "upload_feed", RawBody(document, amazon_feeds.CONTENT_TYPE))
        answer = self._call(
            "POST",
            f"{FEEDS}/feeds",
            operation="create_feed",
            json={
                "feedType": amazon_feeds.FEED_TYPE,
                "marketplaceIds": list(self.marketplace_ids),
                "inputFeedDocumentId": document_id,
            },
        )
        feed = text(answer.fields, "feedId")
        if not feed:
            raise answer.unusable("a feed without an id")
        return feed

    def _refusals(self, document: str, decisions: Sequence[Decision]) -> Mapping[str, str]:
        told = self._call(
            "GET",
            f"{FEEDS}/documents/{segment(document, field='receipt')}",
            operation="get_feed_document",
        )
        report = self._file(told, "GET", "download_feed")
        try:
            unpacked = amazon_feeds.unpacked(report, text(told.fields, "compressionAlgorithm"))
            return amazon_feeds.refusals(unpacked, decisions)
        except ValueError as error:
            raise told.unusable(str(error)) from error

    def _file(
        self, named: Answer, method: str, operation: str, raw: RawBody | None = None
    ) -> bytes:
        """Bytes of the pre-signed address in `named`, which holds for five minutes (contract)."""
        door, path = self.door.elsewhere(
            text(named.fields, "url"), allowed=self.document_hosts, operation=operation
        )
        # The store's 403 is about the address (expired), not about the seller's consent.
        answer = door.call(
            method,
            path,
            operation=operation,
            repeatable=True,
            raw=raw,
            wants_file=True,
            also={403},
        )
        if answer.status == 403:
            raise answer.unusable("the pre-signed address does not hold any more")
        content: bytes = answer.body
        return content

    def _order(self, external_order: str) -> tuple[Answer, dict[str, Any]] | None:
        answer = self._call(
            "GET",
            f"{ORDERS}/{segment(external_order, field='external_order')}",
            operation="get_order",
            params={"includedData": DATA},
            also={404},
        )
        if answer.status == 404:
            return None
        return answer, as_dict(answer.fields.get("order"))

    def _read(self, answer: Answer, raw: dict[str, Any]) -> ChannelOrder:
        try:
            return amazon_orders.read(raw)
        except ValueError as error:
            raise answer.unusable(str(error)) from error

    def _call(self, method: str, path: str, *, repeatable: bool = True, **asked: Any) -> Answer:
        """One call with a token that holds; once more with a new one where it was refused."""
        tokens = self.tokens.current()
        now = self.door.clock()
        ends = tokens.access_expires_at
        if ends is not None and ends - now < RENEW_BEFORE:
            tokens = self.tokens.replace(tokens, self.login.renew)
            ends = tokens.access_expires_at
        try:
            return self._door(tokens).call(method, path, repeatable=repeatable, **asked)
        except NotAuthorised:
            if ends is not None and now - (ends - ACCESS_LIFE) < RENEW_AFTER_REFUSAL:
                raise
            logger.info("amazon: %s refused the token, asking for another", asked["operation"])
        renewed = self.tokens.replace(tokens, self.login.renew)
        return self._door(renewed).call(method, path, repeatable=repeatable, **asked)

    def _door(self, tokens: Tokens) -> Door:
        key = Credentials(headers={"x-amz-access-token": tokens.access_token})
        return replace(self.door, credentials=key)


def consent(
    *,
    credentials: Mapping[str, str],
    base_url: str,
    gate: Gate,
    options: Mapping[str, str],
    clock: Callable[[], datetime] = utc_now,
) -> Consent:
    """How a seller lets our application into their account."""
    return Login.connect(
        credentials=credentials, base_url=base_url, gate=gate, options=options, clock=clock
    ).consent()


def _split(cursor: str) -> tuple[str, str, str]:
    bound, _, rest = cursor.partition("|")
    told_at, _, token = rest.partition("|")
    return bound, told_at, token


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())
