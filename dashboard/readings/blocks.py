"""The block list: how many, by what, why; never who."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.authentication import Caller
from dashboard.readings.order_tabs import BLOCKED, order_tabs
from dashboard.readings.paging import Ordering, read_page
from dashboard.readings.words import actor_words
from dashboard.screens.blocks import BlockedBuyersPage, BlockRow
from dashboard.screens.common import Destructive, Option
from orders.models import BlockKind, BuyerBlock

COUNTED = 10_000


def read_blocks(*, caller: Caller, cursor: str, fault: str = "") -> BlockedBuyersPage:
    """One page of the active merchant's list."""
    found = read_page(BuyerBlock.objects.all(), order=Ordering(), cursor=cursor)
    may_edit = caller.may("orders.edit")
    many = BuyerBlock.objects.order_by()[: COUNTED + 1].count()
    return BlockedBuyersPage(
        tabs=order_tabs(BLOCKED),
        rows=tuple(_row(block, may_edit=may_edit) for block in found.rows),
        pager=found.pager,
        count=min(many, COUNTED),
        is_more=many > COUNTED,
        kinds=tuple(
            Option(value=str(kind), label=str(kind.label))
            for kind in (BlockKind.EMAIL, BlockKind.PHONE)
        ),
        fault=fault,
        may_edit=may_edit,
        post_url=reverse("dashboard:blocked_buyer_add"),
    )


def _row(block: BuyerBlock, *, may_edit: bool) -> BlockRow:
    remove = Destructive(
        label=_("Remove"),
        undoes=_("Later orders of this buyer are no longer held."),
        url=reverse("dashboard:blocked_buyer_remove", args=[block.pk]),
        confirm_label=_("Remove this buyer"),
    )
    return BlockRow(
        id=block.pk,
        kind=str(block.get_kind_display()),
        fingerprint=block.digest[:8],
        note=block.note,
        made_at=block.created_at,
        made_by=actor_words(block.created_by),
        remove=remove if may_edit else None,
    )
