"""The words every carrier client shares: what a booking asks, what comes back, what may be told.

Weights are grams, sizes millimetres (integers), money `Decimal` with an ISO 4217 currency,
countries ISO 3166-1 alpha-2, instants aware UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Address:
    name: str
    company: str
    street_lines: tuple[str, ...]
    city: str
    region: str
    postal_code: str
    country: str
    phone: str
    email: str
    tax_id: str


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One kind of goods in the parcel; `unit_value` and `net_weight_g` are of ONE piece."""

    sku: str
    description: str
    quantity: int
    unit_value: Decimal
    currency: str
    net_weight_g: int
    hs_code: str
    origin_country: str


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """One parcel to be carried.

    `reference` is ours, stable across retries, and is what a lost answer is looked up by.
    `tax_scheme_id` is the number of the scheme that pays import VAT (an IOSS number "IM…") or "".
    `number` is the S10 item number we give a postal item, "" for carriers that number themselves.
    `battery`: none | contained | packed | alone.
    """

    reference: str
    service_code: str
    sender: Address
    recipient: Address
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    contents: tuple[ContentLine, ...]
    declared_value: Decimal
    currency: str
    incoterm: str
    tax_scheme_id: str
    invoice_number: str
    ship_date: date
    battery: str
    number: str


@dataclass(frozen=True, slots=True)
class BookingAnswer:
    """The carrier's promise. `label` is None where we print it ourselves or it must be fetched."""

    tracking_number: str
    label: bytes | None
    label_content_type: str
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class VendorEvent:
    """One thing the carrier says happened, in the carrier's own code (see the status map).

    `vendor_event_id` is the partner's id, or one made of the event's own facts where the partner
    gives none, so that the same event read twice is recognised.
    """

    vendor: str
    code: str
    tracking_number: str
    happened_at: datetime
    city: str
    country: str
    description: str
    vendor_event_id: str
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events of one call and the cursor to go on from ("" where the carrier keeps no feed)."""

    events: tuple[VendorEvent, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class HandoverParcel:
    """`is_declarable`: customs is told of it (it leaves its customs union)."""

    tracking_number: str
    service_code: str
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    is_declarable: bool = True


@dataclass(frozen=True, slots=True)
class Handover:
    """Parcels given to the carrier together. `handover_id` is ours and stable across retries."""

    handover_id: str
    at: datetime
    sender: Address
    parcels: tuple[HandoverParcel, ...]


@dataclass(frozen=True, slots=True)
class HandoverAnswer:
    """`confirmation` is the carrier's number for it (our own id where it gives none)."""

    confirmation: str
    raw: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """Who took the parcel and when; `document` is a picture or PDF, None where there is none."""

    signed_by: str
    delivered_at: datetime | None
    latitude: float | None
    longitude: float | None
    document: bytes | None
    document_content_type: str
    raw: dict[str, Any] = field(default_factory=dict)


@runtime_checkable
class Voids(Protocol):
    """A carrier that takes a booking back before the parcel is handed over."""

    def void(self, number: str) -> None: ...


class Carrier(Protocol):
    """What booking, handover and tracking may ask of any carrier.

    `events_by` says how `events` is driven: "number" asks for the given tracking numbers and
    ignores the cursor; "feed" ignores the numbers and goes on from the cursor.
    `vendor` is the code set of its events in the status map.
    """

    @property
    def vendor(self) -> str: ...

    @property
    def events_by(self) -> Literal["number", "feed"]: ...

    def book(self, request: BookingRequest) -> BookingAnswer: ...

    def find_by_reference(self, reference: str) -> BookingAnswer | None: ...

    def hand_over(self, handover: Handover) -> HandoverAnswer: ...

    def events(self, *, numbers: Sequence[str] = (), cursor: str = "") -> EventPage: ...
