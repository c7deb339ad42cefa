"""New work told by e-mail to those of the staff who wish it: one digest per warehouse and quarter
of an hour at most. The board shows the same at once to everybody.

Runs in an operator worker on a timer, never in a request.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Count, F
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Staff
from core.tenancy import across_merchants
from orders.models import Order
from warehouse.models import Allocation, StaffAssignment, Warehouse
from warehouse.services import claim_digest, digest_sent, set_email_wish

log = logging.getLogger("waybridge.new_work")
EVERY = timedelta(minutes=15)
LAG = timedelta(seconds=30)
"""Younger orders are told next time: a batch may still be on its way to its commit."""


@dataclass(frozen=True, slots=True)
class NewWork:
    """Orders that came to a warehouse since it was last told, by merchant name."""

    warehouse: Warehouse
    orders: Sequence[tuple[str, int]]
    until: datetime

    @property
    def count(self) -> int:
        """All orders."""
        return sum(count for _merchant, count in self.orders)


def tell_new_work(*, now: datetime) -> int:
    """Send the digests that are due; return how many warehouses were told."""
    readers = StaffAssignment.objects.filter(
        wants_email=True, staff__is_active=True, staff__user__is_active=True
    ).select_related("staff__user")
    by_house: dict[int, list[StaffAssignment]] = {}
    for reader in readers.order_by("id"):
        by_house.setdefault(reader.warehouse_id, []).append(reader)
    told = 0
    for house in Warehouse.objects.filter(pk__in=list(by_house), is_active=True).order_by("id"):
        told += _tell(house, by_house[house.pk], now)
    return told


def _tell(house: Warehouse, readers: Sequence[StaffAssignment], now: datetime) -> bool:
    """Tell one warehouse's readers, unless another worker does or it is too soon."""
    since = claim_digest(warehouse=house, now=now, every=EVERY)
    if since is None:
        return False
    work = _new_work(house, since, max(since, now - LAG))
    is_told = not work.count or _send(work, readers)
    if is_told:
        digest_sent(warehouse=house, until=work.until, was_empty=not work.count)
    return bool(work.count) and is_told


def _new_work(house: Warehouse, since: datetime, until: datetime) -> NewWork:
    with across_merchants("A warehouse's digest counts every merchant's new orders in it."):
        rows = list(
            Allocation.objects.filter(
                warehouse=house,
                created_at__gt=since,
                created_at__lte=until,
                order__status=Order.Status.ALLOCATED,
            )
            .values(owner=F("merchant__name"))
            .annotate(orders=Count("order", distinct=True))
            .order_by("owner")
        )
    return NewWork(house, [(row["owner"], row["orders"]) for row in rows], until)


def _send(work: NewWork, readers: Sequence[StaffAssignment]) -> bool:
    """Write to each reader in their language; False when the mail server did not take all.

    Then the next round tells everything once more: twice is better than never.
    """
    try:
        for reader in readers:
            _letter(work, reader).send()
    except (SMTPException, OSError) as away:
        log.warning("New work in %s could not be told: %s", work.warehouse.code, away)
        return False
    return True


def _letter(work: NewWork, reader: StaffAssignment) -> EmailMessage:
    with translation.override(reader.email_language or settings.LANGUAGE_CODE):
        subject = ngettext(
            "%(count)s new order in %(warehouse)s", "%(count)s new orders in %(warehouse)s",
            work.count,
        ) % {"count": work.count, "warehouse": work.warehouse.name}  # fmt: skip
        rows = "\n".join(f"{count:>6}  {owner}" for owner, count in work.orders)
        board = _("The board: %(url)s") % {"url": f"{settings.ADMIN_URL}/stations/"}
        ending = _("You can stop these letters on the board.")
        return EmailMessage(
            subject=subject,
            body=f"{rows}\n\n{board}\n{ending}\n",
            from_email=settings.OPERATOR["email"],
            to=[reader.staff.user.email],
        )


def wish_email(*, staff: Staff, warehouse: Warehouse, wants: bool, now: datetime) -> None:
    """Switch a person's digests of one of their warehouses on or off."""
    set_email_wish(
        staff=staff,
        warehouse=warehouse,
        wants=wants,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        now=now,
    )


def email_wishes(staff: Staff) -> frozenset[int]:
    """The warehouses a person gets digests of."""
    rows = StaffAssignment.objects.filter(staff=staff, wants_email=True)
    return frozenset(rows.values_list("warehouse_id", flat=True))
