"""What a member may change of an order, and what its channel says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authentication import Caller
from dashboard.screens.common import Destructive, Option
from dashboard.screens.order_changes import (
    ConflictCard,
    CorrectField,
    Difference,
    OrderChanges,
)
from flows.changes import CORRECTABLE
from flows.recheck import CHANGEABLE
from orders.models import BlockKind, ConflictKind, ListingPart, Order, OrderConflict, OrderLine
from orders.rules.likeness import Described, mismatches
from orders.suggestions import of_product
from warehouse.models import Parcel

FIELDS: Mapping[str, str] = {
    "recipient_name": gettext_noop("Name"),
    "company": gettext_noop("Company"),
    "street_1": gettext_noop("Street"),
    "street_2": gettext_noop("Street, second line"),
    "street_3": gettext_noop("Street, third line"),
    "street_lines": gettext_noop("Street"),
    "city": gettext_noop("City"),
    "region": gettext_noop("Region"),
    "postal_code": gettext_noop("Postal code"),
    "country": gettext_noop("Country"),
    "phone": gettext_noop("Phone"),
    "email": gettext_noop("E-mail"),
    "recipient_id": gettext_noop("Recipient's tax number"),
    "placed_at": gettext_noop("Placed"),
    "paid_at": gettext_noop("Paid"),
    "ship_by": gettext_noop("Ship by"),
    "currency": gettext_noop("Currency"),
    "shipping_price": gettext_noop("Shipping price"),
    "service_level": gettext_noop("Service asked for"),
    "note": gettext_noop("Note"),
    "lines": gettext_noop("Lines"),
}
"""What an order's fields are called where one is corrected or differs."""
WARNINGS: Mapping[str, str] = {
    "title": gettext_noop("%(sku)s: the channel calls it “%(channel)s”, you “%(own)s”."),
    "brand": gettext_noop("%(sku)s: the channel says brand %(channel)s, you %(own)s."),
    "model": gettext_noop("%(sku)s: the channel says model %(channel)s, you %(own)s."),
    "quantity": gettext_noop(
        "%(sku)s: the channel's title says %(channel)s pieces in one, you ship %(own)s."
    ),
}


EXPLAINED: Mapping[ConflictKind, str] = {
    ConflictKind.CHANGE: gettext_noop(
        "The channel sent this order again with other content, too late to be taken over by"
        " itself, or you corrected what it now changes too."
    ),
    ConflictKind.CANCELLATION: gettext_noop(
        "The channel cancelled this order when its parcel was planned or had left."
    ),
    ConflictKind.SHIPPED: gettext_noop(
        "The channel shows this order as shipped, and not by us. Cancel it here, or the buyer gets"
        " it twice."
    ),
}


def read_changes(
    *, order: Order, lines: Sequence[OrderLine], left_out: Sequence[str], caller: Caller
) -> OrderChanges:
    """The part of an order's page that changes it, for the caller's role."""
    may = caller.may("orders.edit")
    is_open = may and is_changeable(order)

    def url(name: str) -> str:
        return reverse(f"dashboard:{name}", args=[order.reference])

    return OrderChanges(
        warnings=tuple(_warnings(lines)),
        conflicts=tuple(_conflicts(order, may=may, is_open=is_open)),
        fields=tuple(
            CorrectField(name=name, label=field_words(name), value=getattr(order, name))
            for name in CORRECTABLE
        )
        if is_open
        else (),
        correct_url=url("order_correct") if is_open else "",
        recheck_url=url("order_recheck") if may and is_unplanned(order) else "",
        block_url=url("order_block") if may else "",
        block_kinds=tuple(Option(value=str(kind), label=str(kind.label)) for kind in BlockKind),
        left_out=tuple(left_out),
    )


def cancel_act(order: Order, caller: Caller) -> Destructive | None:
    """The act that cancels an order; None where it cannot be done here."""
    if not caller.may("orders.edit") or not is_changeable(order):
        return None
    return Destructive(
        label=_("Cancel the order"),
        undoes=_(
            "Its reserved stock is given back and its holds end; a parcel that is planned for it is"
            " taken out of its wave. It cannot be taken back."
        ),
        url=reverse("dashboard:order_cancel", args=[order.reference]),
        confirm_label=_("Cancel this order"),
        needs_reason=True,
    )


def is_changeable(order: Order) -> bool:
    """Whether an order may be changed or cancelled: one in a wave leaves it, until it is packed."""
    if order.status not in CHANGEABLE:
        return False
    packed = Parcel.objects.filter(order=order).exclude(
        status__in=[Parcel.Status.PLANNED, Parcel.Status.CANCELLED]
    )
    return not packed.exists()


def is_unplanned(order: Order) -> bool:
    """Whether no parcel is planned for an order that is still inside the house."""
    if order.status not in CHANGEABLE:
        return False
    live = Parcel.objects.filter(order=order).exclude(status=Parcel.Status.CANCELLED)
    return not live.exists()


def field_words(name: str) -> str:
    """What a field of an order is called."""
    return _(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


def _conflicts(order: Order, *, may: bool, is_open: bool) -> Iterator[ConflictCard]:
    rows = OrderConflict.objects.filter(order=order, resolved_at__isnull=True).order_by("pk")
    for row in rows:
        is_change = row.kind == ConflictKind.CHANGE
        yield ConflictCard(
            words=str(row.get_kind_display()),
            explanation=_(EXPLAINED[ConflictKind(row.kind)]),
            differences=tuple(
                Difference(
                    field=field_words(each["field"]), ours=each["ours"], theirs=each["theirs"]
                )
                for each in row.differences
            ),
            since=row.raised_at,
            decide_url=reverse("dashboard:conflict_decide", args=[order.reference, row.pk])
            if may
            else "",
            may_take=is_change and is_open,
            may_cancel=is_open,
        )


def _warnings(lines: Sequence[OrderLine]) -> Iterator[str]:
    """What the channel tells of each line otherwise than the master: a warning, never a hold."""
    listed = {line.listing_id for line in lines if line.listing_id}
    parts: dict[int, list[ListingPart]] = {}
    brands: dict[int, tuple[str, str]] = {}
    if listed:
        for part in ListingPart.objects.filter(listing_id__in=listed).select_related("listing"):
            parts.setdefault(part.listing_id, []).append(part)
            brands[part.listing_id] = (part.listing.brand, part.listing.model)
    for line in lines:
        made_of = parts.get(line.listing_id or 0, [])
        if line.product is None or len(made_of) > 1:
            continue  # a bundle's title is none of its components'
        brand, model = brands.get(line.listing_id or 0, ("", ""))
        told = Described(line.channel_code, line.title, brand, model)
        pieces = made_of[0].quantity if made_of else 1
        for found in mismatches(told, of_product(line.product), pieces=pieces):
            yield _(WARNINGS[found.part]) % {
                "sku": line.sku,
                "channel": found.channel,
                "own": found.own,
            }
