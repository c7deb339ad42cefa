"""All checks of an order, in one list that reads as the page of an order does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orders.rules.address import check_address
from orders.rules.context import CheckContext
from orders.rules.email import check_email
from orders.rules.facts import AddressFacts, OrderFacts, ProductFacts
from orders.rules.goods import check_battery, check_customs_data, check_restriction, check_value
from orders.rules.phone import check_phone
from orders.rules.reasons import HoldFinding, found


@dataclass(frozen=True, slots=True)
class OrderCheck:
    """``address`` is normalised; ``phone_e164`` empty where unreadable. No findings: accepted."""

    address: AddressFacts
    region_code: str
    phone_e164: str
    phone_extension: str
    changes: tuple[str, ...]
    findings: tuple[HoldFinding, ...]

    @property
    def hold_codes(self) -> tuple[str, ...]:
        """The distinct hold codes in order of appearance."""
        return tuple(dict.fromkeys(finding.code for finding in self.findings))


def check_order(
    order: OrderFacts, *, products: Mapping[str, ProductFacts], context: CheckContext
) -> OrderCheck:
    """Check one order against ``products`` (by SKU; absent ones are unknown).

    Pure and quick: no clock, no outside. What needs a clock or the database (an earlier order
    with the same fingerprint) comes in through ``context``.
    """
    address = check_address(order.address)
    country = address.address.country
    phone = check_phone(order.phone, country=country)
    findings = (
        *_payment(order),
        *address.findings,
        *phone.findings,
        *_goods(order, products, country, context),
        *_email(order),
        *_destination(country, context),
        *_recipient(order, address.address, context),
        *_duplicate(context),
        *_blocked(context),
    )
    return OrderCheck(
        address=address.address,
        region_code=address.region_code,
        phone_e164=phone.e164,
        phone_extension=phone.extension,
        changes=address.changes,
        findings=findings,
    )


def _payment(order: OrderFacts) -> Iterator[HoldFinding]:
    if order.paid_at is None and not order.paid_by_channel:
        yield found("not_paid")


def _blocked(context: CheckContext) -> Iterator[HoldFinding]:
    if context.blocked_by:
        yield found("buyer_blocked", kinds=", ".join(context.blocked_by))


def _goods(
    order: OrderFacts,
    products: Mapping[str, ProductFacts],
    country: str,
    context: CheckContext,
) -> Iterator[HoldFinding]:
    if not order.lines:
        yield found("nothing_to_ship" if order.left_out else "no_lines")
    if order.unread_rows:
        yield found("line_missing", rows=", ".join(map(str, order.unread_rows)))
    seen: set[str] = set()
    judged: set[str] = set()
    for line in order.lines:
        product = products.get(line.sku)
        if product is None:
            if line.sku not in seen:
                yield found("product_unknown", sku=line.sku)
            seen.add(line.sku)
            continue
        yield from check_value(line, product, currency=order.currency, context=context)
        if line.sku in seen:
            continue
        seen.add(line.sku)
        # A kit leaves and is declared as its components: what it says of itself is not asked.
        for piece, _quantity in product.pieces:
            if piece.sku in judged:
                continue
            judged.add(piece.sku)
            yield from check_customs_data(piece, context=context)
            yield from check_battery(piece, country=country, context=context)
            yield from check_restriction(piece, country=country, context=context)


def _email(order: OrderFacts) -> Iterator[HoldFinding]:
    finding = check_email(order.email)
    if finding is not None:
        yield finding


def _destination(country: str, context: CheckContext) -> Iterator[HoldFinding]:
    why = context.closed_destination(country) if context.closed_destination else None
    if why:
        yield found("destination_closed", country=country, why=why)


def _recipient(
    order: OrderFacts, address: AddressFacts, context: CheckContext
) -> Iterator[HoldFinding]:
    fault = (
        context.recipient_id(order.recipient_id, address.country) if context.recipient_id else None
    )
    if fault is not None:
        params = {"identifier": fault.identifier, "country": address.country}
        if fault.why:
            yield found("recipient_id_invalid", why=fault.why, **params)
        else:
            yield found("recipient_id_missing", **params)
    match = context.denied_party(address) if context.denied_party else None
    if match is not None:
        yield found("party_listed", entry=match.entry, list=match.list_name)


def _duplicate(context: CheckContext) -> Iterator[HoldFinding]:
    if context.duplicate_of:
        yield found("bought_twice", other=context.duplicate_of)
