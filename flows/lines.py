"""A channel's lines turned into the merchant's products: by SKU, by a listing, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from core.money import smallest_coin
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import ChannelListing, ListingStatus, Product
from orders.querysets import parts_of, products_by_sku, values_of
from orders.rules.bundles import Part, take_apart
from orders.rules.facts import LineFacts, OrderFacts
from orders.services import SeenListing, collect_listings, hold_catalogue

LONGEST_LINE = 80


@dataclass(frozen=True, slots=True)
class KnownListing:
    """A code of the channel as it stands; `parts` are products with their pieces."""

    id: int
    status: str
    parts: Sequence[tuple[Product, int]] = ()

    @property
    def is_resolved(self) -> bool:
        """Whether a person said what it is."""
        return self.status != ListingStatus.UNMAPPED


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Products by their SKU and one channel's listings by code, of the codes that were asked."""

    products: dict[str, Product] = field(default_factory=dict)
    listings: dict[str, KnownListing] = field(default_factory=dict)

    def knows(self, code: str) -> bool:
        """Whether lines of this code can be shipped, or are known to be none of ours."""
        listing = self.listings.get(code)
        return code in self.products if listing is None else (
            listing.is_resolved or code in self.products
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One order line to be: a product's, or one that waits for its code to be mapped."""

    external_line: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal | None
    product: Product | None
    listing_id: int | None
    channel_line: str
    channel_code: str
    channel_quantity: int


@dataclass(frozen=True, slots=True)
class Lines:
    """An order's lines; `left_out` are the codes of those that are not shipped by us.

    `is_plain`: every line is just as the channel said it.
    """

    lines: tuple[Line, ...]
    left_out: tuple[str, ...] = ()
    is_plain: bool = True

    def of(self, said: OrderFacts) -> OrderFacts:
        """The facts of an order with these lines instead of the channel's."""
        if self.is_plain:
            return said
        facts = tuple(
            LineFacts(line.external_line, line.sku, line.title, line.quantity, line.unit_price)
            for line in self.lines
        )
        return replace(said, lines=facts, left_out=self.left_out)


def read_catalogue(*, codes: Collection[str], listings: Mapping[str, tuple[int, str]]) -> Catalogue:
    """Read the products of these codes, and of the listings (code → id, status) that are mapped."""
    mapped = [row_id for row_id, status in listings.values() if status == ListingStatus.MAPPED]
    parts = parts_of(mapped) if mapped else {}
    return Catalogue(
        products=products_by_sku(codes),
        listings={
            code: KnownListing(row_id, status, parts.get(row_id, ()))
            for code, (row_id, status) in listings.items()
        },
    )


def products_sold(catalogue: Catalogue) -> dict[str, Product]:
    """Every product that lines of this catalogue may be made of, by SKU."""
    if not catalogue.listings:
        return catalogue.products
    parts = (product for known in catalogue.listings.values() for product, _ in known.parts)
    return {**catalogue.products, **{product.sku: product for product in parts}}


def lines_of(order: ParsedOrder, catalogue: Catalogue, *, on: date) -> Lines:
    """Say what an order's lines are. A listing goes before a product of the same SKU."""
    lines: list[Line] = []
    left_out: list[str] = []
    is_plain = True
    taken: set[str] | None = None
    for line in order.lines:
        listing = catalogue.listings.get(line.sku)
        if listing is None or not listing.is_resolved:
            product = catalogue.products.get(line.sku)
            waits_for = listing.id if listing and product is None else None
            lines.append(_as_said(line, product, waits_for))
            continue
        is_plain = False
        if listing.status == ListingStatus.IGNORED:
            left_out.append(line.sku)
        elif len(listing.parts) == 1 and listing.parts[0][1] == 1:
            lines.append(_as_said(line, listing.parts[0][0], listing.id))
        else:
            taken = taken or {each.external_line for each in order.lines}
            lines += _taken_apart(line, listing, order.currency, on, taken)
    return Lines(tuple(lines), tuple(dict.fromkeys(left_out)), is_plain)


def _as_said(line: ParsedLine, product: Product | None, listing_id: int | None) -> Line:
    return Line(
        external_line=line.external_line,
        sku=product.sku if product else line.sku,
        title=line.title,
        quantity=line.quantity,
        unit_price=line.unit_price,
        product=product,
        listing_id=listing_id,
        channel_line=line.external_line,
        channel_code=line.sku,
        channel_quantity=line.quantity,
    )


def _taken_apart(
    line: ParsedLine, listing: KnownListing, currency: str, on: date, taken: set[str]
) -> Iterator[Line]:
    """One line for each component; `X/1`, `X/2`, … where `X` is the channel's line."""
    products = [product for product, _ in listing.parts]
    values = values_of(products, on)
    portions = take_apart(
        [
            Part(product.sku, pieces, value)
            for (product, pieces), value in zip(listing.parts, values, strict=True)
        ],
        quantity=line.quantity,
        unit_price=line.unit_price,
        coin=smallest_coin(currency),
    )
    number = 0
    for portion in portions:
        name = ""
        while not name or name in taken:
            number += 1
            end = f"/{number}"
            name = line.external_line[: LONGEST_LINE - len(end)] + end
        taken.add(name)
        product = products[portion.part]
        yield Line(
            external_line=name,
            sku=product.sku,
            title=line.title if len(products) == 1 else product.title,
            quantity=portion.quantity,
            unit_price=portion.unit_price,
            product=product,
            listing_id=listing.id,
            channel_line=line.external_line,
            channel_code=line.sku,
            channel_quantity=line.quantity,
        )


def collect_unknown(*, orders: Sequence[ParsedOrder], channel_id: int, now: datetime) -> Catalogue:
    """Read the catalogue of these orders again and write down the codes that nobody knows.

    Under the catalogue's lock: whoever maps one of them now waits for these orders, and releases
    them.
    """
    hold_catalogue(shared=True)
    lines = {line.sku: line for order in orders for line in order.lines}
    rows = ChannelListing.objects.filter(channel_id=channel_id, code__in=list(lines))
    listings = {row.code: (row.pk, row.status) for row in rows}
    catalogue = read_catalogue(codes=set(lines), listings=listings)
    seen = [
        SeenListing(code, line.item_number, line.title, line.brand, line.model)
        for code, line in lines.items()
        if code and not catalogue.knows(code)
    ]
    if seen:
        found = collect_listings(channel_id=channel_id, seen=seen, now=now)
        for code, listing_id in found.items():
            catalogue.listings.setdefault(code, KnownListing(listing_id, ListingStatus.UNMAPPED))
    return catalogue
