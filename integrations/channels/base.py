"""The words every channel client shares: what an order is, what may be told back, who may call.

Money is `Decimal` with an ISO 4217 currency, countries ISO 3166-1 alpha-2, instants aware UTC.
Nothing is corrected here: an order is as the channel says it, and the checks of intake judge it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from integrations.errors import Unavailable
from integrations.http import Gate

OrderState = Literal["pending", "open", "part_shipped", "shipped", "cancelled"]
"""`pending`: not yet ours to ship (unpaid, under review). `open`: to be shipped. A channel's own
status stays in `raw`."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What proves to the channel that its account lets us in. Never shown: `repr` hides them.

    `refresh_expires_at` is None where the refresh token has no end; when it has one, a person must
    consent again before then. `account` is the channel's id of the seller or shop.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None
    account: str
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)


class TokenKeeper(Protocol):
    """Where the tokens of one account are kept, encrypted, by a higher room."""

    def current(self) -> Tokens:
        """Return the stored tokens. Raises `NotAuthorised` when there are none."""

    def replace(self, seen: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        """Return tokens newer than `seen`: another worker's, or those `renew` gets, now stored.

        One caller at a time renews. Raises what `renew` raises, `RateLimited` while another one
        renews.
        """


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One line as sold. `sku` is the seller's own code, `item` the channel's code of the listing.

    Either may be "". `unit_price` is of ONE piece, before shipping, without the channel's fee.
    `brand` and `model` are "" where the channel does not say.
    """

    external_line: str
    sku: str
    item: str
    title: str
    quantity: int
    quantity_shipped: int
    unit_price: Decimal | None
    brand: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class ChannelOrder:
    """One order as the channel tells it; fields it does not tell are "" or None.

    `taxes` names what the channel has collected: an IOSS number, a tax model ("gb_marketplace").
    `context` is what calls about this order need again (a marketplace id); it is kept with the
    order and comes back in `ShipmentNotice.context`.
    """

    external_order: str
    state: OrderState
    placed_at: datetime | None
    updated_at: datetime | None
    paid_at: datetime | None
    ship_by: datetime | None
    currency: str
    shipping_price: Decimal | None
    recipient_name: str
    company: str
    street_lines: tuple[str, ...]
    city: str
    region: str
    postal_code: str
    country: str
    phone: str
    email: str
    recipient_id: str
    service_level: str
    note: str
    lines: tuple[ChannelLine, ...]
    taxes: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """Orders changed in `[since, until)`; `until` is fixed while its pages are read.

    Paging over a moving set loses rows where an order changes in between: windows overlap, and
    whoever reads them recognises an order that came twice.
    """

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Unread:
    """One order of a page that we cannot make sense of; it stops no other.

    `external_order` is "" where even its number is missing, `digest` the SHA-256 of what came.
    """

    external_order: str
    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders of one call. `cursor` is "" when it was the window's last page.

    `unread` are orders of the page that could not be read.
    `read_until` is set where the channel would not tell all of the window yet (its newest minutes):
    the next window begins there and not at the end of this one.
    """

    orders: tuple[ChannelOrder, ...]
    cursor: str
    read_until: datetime | None = None
    unread: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """`quantity` pieces of the channel's own line are in the parcel."""

    external_line: str
    quantity: int


@dataclass(frozen=True, slots=True)
class ShipmentNotice:
    """A parcel that left. `reference` is ours and stable across retries.

    `carrier` is our code of the carrier (dhl_express, postal, line, …); the client knows the
    channel's own. `is_last` tells that nothing of the order remains to be shipped.
    """

    reference: str
    external_order: str
    lines: tuple[ShippedLine, ...]
    carrier: str
    carrier_name: str
    service_name: str
    tracking_number: str
    tracking_url: str
    shipped_at: datetime
    is_last: bool
    context: Mapping[str, str] = field(default_factory=dict)
    """The order's own `ChannelOrder.context`."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The channel knows of the parcel. `was_known` when a look before the call found it there."""

    channel_reference: str
    was_known: bool
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """An order we acknowledge, or say we cannot ship and why (the channel's own reason code)."""

    external_order: str
    is_accepted: bool
    reason: str = ""
    lines: tuple[ShippedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """How a seller lets us in: the page to send them to, and what to make of their return."""

    authorize_url: Callable[[str, str], str]
    """(state, redirect address) -> address of the channel's own page."""
    exchange: Callable[[Mapping[str, str], str], Tokens]
    """(parameters the channel came back with, redirect address) -> tokens."""


@dataclass(frozen=True, slots=True)
class Push:
    """What the channel pushed and signed. `answer` goes back as the body when not None.

    `external_orders` changed and are to be read anew; the push itself is never taken as an order.
    `event_id` tells the same push sent twice. `account` is whose push it is, as far as it tells.
    """

    event_id: str
    topic: str
    external_orders: tuple[str, ...]
    answer: Mapping[str, Any] | None = None
    account: str = ""


class BadSignature(Exception):
    """A push that the channel did not sign, or too long ago. Nothing of it may be believed."""


class StillDeciding(Unavailable):
    """The channel has the batch and works on it: ask again with `receipt`, never send it anew."""

    def __init__(self, receipt: str, *, partner: str = "", operation: str = "") -> None:
        message = f"the channel has not finished our batch {receipt} yet"
        super().__init__(message, partner=partner, operation=operation)
        self.receipt = receipt


class ChannelClient(Protocol):
    """What sync, told-back and the connection screen may ask of any channel.

    Every method raises the errors of `integrations.errors`. `orders` reads one page of a window;
    `confirm_shipment` looks first wherever the channel would record the same parcel twice.
    """

    @property
    def kind(self) -> str: ...

    def orders(self, window: Window, cursor: str = "") -> OrderPage: ...

    def order(self, external_order: str) -> ChannelOrder | None: ...

    def confirm_shipment(self, notice: ShipmentNotice) -> Confirmation: ...

    def decide(self, decisions: Sequence[Decision], *, receipt: str = "") -> Mapping[str, str]:
        """Acknowledge or cancel in one batch; return a refusal's reason by order, {} when none.

        Raises `Refused` with code "not_offered" where the channel has no such call, and
        `StillDeciding` where it answers later: call again with the same decisions and its receipt.
        """

    def read_push(self, headers: Mapping[str, str], body: bytes) -> Push:
        """Check the signature and say what changed. Raises `BadSignature`."""


class ConnectChannel(Protocol):
    """How a client is made. `credentials` are the application's (ours), tokens the account's."""

    def __call__(
        self,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        tokens: TokenKeeper,
        account: str,
        options: Mapping[str, str],
        clock: Callable[[], datetime] = ...,
    ) -> ChannelClient: ...
