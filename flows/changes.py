"""An order said otherwise than before: by its channel, or corrected by a person.

Until a wave with its parcel is released the channel's word is taken over; later, or where a person
has corrected what the channel now changes too, it is a conflict that a person decides. A person may
change an order until somebody packs it: it leaves its wave then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from flows.cancelling import cancel_order, too_late
from flows.leaving import By, CannotLeave, leave_or_stay
from flows.new_orders import order_facts, payload_parsed, payload_said
from flows.recheck import Rechecked, SaidAnew, changeable_orders, parsed_again, write_anew
from orders.files.orders import ParsedOrder
from orders.models import Order, OrderConflict, OrderLine
from orders.rules.address import check_address
from orders.rules.duplicates import content_fingerprint
from orders.rules.phone import check_phone
from orders.services import NewConflict, close_conflicts, decide_conflict, raise_conflicts

RECIPIENT = (
    "recipient_name", "company", "street_lines", "city", "region", "postal_code", "country",
    "phone", "email", "recipient_id",
)  # fmt: skip
OTHERS = (
    "placed_at", "paid_at", "ship_by", "currency", "shipping_price", "service_level", "note",
)  # fmt: skip
CORRECTABLE = (
    "recipient_name", "company", "street_1", "street_2", "street_3", "city", "region",
    "postal_code", "country", "phone", "email", "recipient_id",
)  # fmt: skip
STREETS = ("street_1", "street_2", "street_3")
CHOICES = ("keep", "take", "cancel")
CHANGED = "the order changes"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of orders that were sent again with other content: their ids."""

    updated: tuple[int, ...] = ()
    conflicts: tuple[int, ...] = ()


def take_changes(*, theirs: Mapping[int, ParsedOrder], actor: str, now: datetime) -> Taken:
    """Take over what channels say of known orders (by id) in the active block, or raise a conflict.

    Never a second order, and never a change under a packer's hands.
    """
    if not theirs:
        return Taken()
    rows = list(
        Order.objects.filter(pk__in=list(theirs)).order_by("pk").select_for_update(of=("self",))
    )
    free = {order.pk: order for order in changeable_orders(list(theirs))}
    kept = set(
        OrderConflict.objects.filter(
            order_id__in=list(theirs), outcome=OrderConflict.Outcome.KEPT
        ).values_list("order_id", "theirs_sha256")
    )
    said: dict[int, SaidAnew] = {}
    told: dict[int, dict[str, Any]] = {}
    conflicts = []
    for order in rows:
        words = payload_said(theirs[order.pk])
        digest = hashlib.sha256(words.encode()).hexdigest()
        changed = _differences(order, theirs[order.pk])
        # A number of a channel that a part of ours has by chance: a person sorts it out.
        is_made = bool(order.made_by)
        is_refused = is_made or (order.pk, digest) in kept or _collides(order, theirs[order.pk])
        if order.pk not in free and not is_refused:
            leave_or_stay(order_ids=[order.pk], by=By.CHANNEL, reason=CHANGED, actor=actor, now=now)
            free |= {each.pk: each for each in changeable_orders([order.pk])}
        if order.pk in free and not is_refused:
            said[order.pk] = _said_anew(order, theirs[order.pk], words)
            told[order.pk] = {"changed": [each["field"] for each in changed]}
        elif order.status != Order.Status.CANCELLED:
            kind = OrderConflict.Kind.CHANGE
            conflicts.append(NewConflict(order.pk, kind, digest, changed, words))
    updated = [free[order_id] for order_id in said]
    write_anew(orders=updated, said=said, kind="order.updated", told=told, actor=actor, now=now)
    raise_conflicts(conflicts=conflicts, actor=actor, now=now)
    superseded = OrderConflict.Outcome.SUPERSEDED
    close_conflicts(
        order_ids=list(said), outcome=superseded, actor=actor, now=now,
        kind=OrderConflict.Kind.CHANGE,
    )  # fmt: skip
    others = tuple(order.pk for order in rows if order.pk not in said)
    return Taken(tuple(said), others)


def decide(*, conflict_id: int, choice: str, actor: str, now: datetime) -> None:
    """Decide a conflict in the active block: `keep` ours, `take` theirs, or `cancel` the order.

    Raises `TooLate` when the order can no longer be changed or cancelled, `AlreadyDecided`,
    `OrderConflict.DoesNotExist`, or `ValueError` for another choice or nothing to take.
    """
    conflict = OrderConflict.objects.select_related("order").get(pk=conflict_id)
    stay: Mapping[int, CannotLeave] = {}
    if conflict.resolved_at is None and choice in ("take", "cancel"):
        stay = leave_or_stay(
            order_ids=[conflict.order_id], by=By.MERCHANT, reason=CHANGED, actor=actor, now=now
        )
    order = Order.objects.select_for_update(of=("self",)).get(pk=conflict.order_id)
    outcomes = {
        "keep": OrderConflict.Outcome.KEPT,
        "take": OrderConflict.Outcome.TAKEN,
        "cancel": OrderConflict.Outcome.CANCELLED,
    }
    if choice not in outcomes or (choice == "take" and not conflict.theirs):
        raise ValueError(f"choice: {choice!r} is not one of {', '.join(CHOICES)}.")
    free = changeable_orders([order.pk])
    conflict.refresh_from_db()
    is_ours = choice == "take" and order.made_by
    if conflict.resolved_at is None and choice != "keep" and (not free or is_ours):
        raise too_late(order.pk, order.status, stay)
    decide_conflict(conflict=conflict, outcome=outcomes[choice], actor=actor, now=now)
    if choice == "cancel":
        cancel_order(
            order_id=order.pk,
            reason="conflict decided",
            actor=actor,
            now=now,
            channel_knows=conflict.kind != OrderConflict.Kind.CHANGE,
        )
    elif choice == "take":
        theirs = payload_parsed(conflict.theirs)
        changed = {"changed": [each["field"] for each in conflict.differences]}
        write_anew(
            orders=free,
            said={order.pk: _said(theirs, theirs, conflict.theirs)},
            kind="order.updated",
            told={order.pk: changed},
            actor=actor,
            now=now,
        )


def correct_recipient(
    *, order_id: int, corrections: Mapping[str, str], actor: str, now: datetime
) -> Rechecked:
    """Correct to whom and where an order goes, in the active block, and check it anew.

    `corrections` maps names of `CORRECTABLE` to what is right; what the channel said is kept in
    `Order.said`. Raises `TooLate`, `Order.DoesNotExist`, or `KeyError` for another name.
    """
    for name in corrections:
        if name not in CORRECTABLE:
            raise KeyError(name)
    stay = leave_or_stay(
        order_ids=[order_id], by=By.MERCHANT, reason=CHANGED, actor=actor, now=now
    )  # fmt: skip
    free = changeable_orders([order_id])
    if not free:
        status = Order.objects.values_list("status", flat=True).get(pk=order_id)
        raise too_late(order_id, status, stay)
    order = free[0]
    lines = list(OrderLine.objects.filter(order=order).order_by("pk"))
    now_said = parsed_again(order, lines)
    streets = [corrections.get(name, getattr(order, name)) for name in STREETS]
    others: dict[str, Any] = {
        name: text for name, text in corrections.items() if name not in STREETS
    }
    corrected = replace(now_said, street_lines=tuple(filter(None, streets)), **others)
    changed = sorted(name for name, text in corrections.items() if text != getattr(order, name))
    if not changed:
        return Rechecked((order.pk,))
    return write_anew(
        orders=free,
        said={order.pk: SaidAnew(corrected)},
        kind="order.corrected",
        told={order.pk: {"changed": changed}},
        actor=actor,
        now=now,
    )


def _said_anew(order: Order, theirs: ParsedOrder, words: str) -> SaidAnew:
    """Theirs; with our recipient, where the channel did not change its own."""
    before = payload_parsed(order.said) if order.said else None
    if before is None or _recipient(before) != _recipient(theirs):
        return _said(theirs, theirs, words)
    ours = parsed_again(order, ())
    merged = replace(theirs, **{name: getattr(ours, name) for name in RECIPIENT})
    return _said(merged, theirs, words)


def _said(parsed: ParsedOrder, theirs: ParsedOrder, words: str) -> SaidAnew:
    return SaidAnew(
        parsed=parsed,
        words=words,
        sha256=hashlib.sha256(words.encode()).hexdigest(),
        buyer_digest=content_fingerprint(
            order_facts(theirs), key=str(settings.KEY_PEPPER).encode()
        ),
    )


def _collides(order: Order, theirs: ParsedOrder) -> bool:
    """Tell whether the channel changes a recipient that a person here has corrected."""
    if not order.said:
        return False
    before = payload_parsed(order.said)
    return _recipient(before) != _recipient(theirs) and _is_corrected(order, before)


def _is_corrected(order: Order, said: ParsedOrder) -> bool:
    """Tell whether the recipient is another than the checks would make of the channel's words."""
    facts = order_facts(said)
    checked = check_address(facts.address)
    phone = check_phone(said.phone, country=checked.address.country).e164 or said.phone
    streets = (*checked.address.street_lines, "", "", "")
    untouched = (
        checked.address.name[:120], checked.address.company[:120], streets[0][:200],
        streets[1][:200], " ".join(filter(None, streets[2:]))[:200], checked.address.city[:100],
        checked.address.region[:100], checked.address.postal_code[:20], phone[:30],
        said.email[:254], said.recipient_id[:40],
    )  # fmt: skip
    ours = (
        order.recipient_name, order.company, order.street_1, order.street_2, order.street_3,
        order.city, order.region, order.postal_code, order.phone, order.email, order.recipient_id,
    )  # fmt: skip
    country = checked.address.country if len(checked.address.country) == 2 else ""
    return untouched != ours or country != order.country


def _recipient(parsed: ParsedOrder) -> tuple[Any, ...]:
    return tuple(getattr(parsed, name) for name in RECIPIENT)


def _differences(order: Order, theirs: ParsedOrder) -> list[dict[str, str]]:
    """Field by field what the channel said before and says now, for people to read."""
    if order.said:
        ours = payload_parsed(order.said)
    else:
        ours = parsed_again(order, list(OrderLine.objects.filter(order=order).order_by("pk")))
    found = [
        {"field": name, "ours": before, "theirs": after}
        for name in (*RECIPIENT, *OTHERS)
        if (before := _plain(getattr(ours, name))) != (after := _plain(getattr(theirs, name)))
    ]
    before, after = _lines_plain(ours), _lines_plain(theirs)
    if before != after:
        found.append({"field": "lines", "ours": before, "theirs": after})
    return found


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def _lines_plain(order: ParsedOrder) -> str:
    def said(sku: str, quantity: int, price: object) -> str:
        return f"{quantity} × {sku}" + ("" if price is None else f" @ {price}")

    return "; ".join(said(line.sku, line.quantity, line.unit_price) for line in order.lines)


def orders_sent_again(order_ids: Sequence[int], *, actor: str, now: datetime) -> None:
    """Close conflicts of orders whose channel says again what we have."""
    if order_ids:
        close_conflicts(
            order_ids=order_ids,
            outcome=OrderConflict.Outcome.SUPERSEDED,
            actor=actor,
            now=now,
            kind=OrderConflict.Kind.CHANGE,
        )
