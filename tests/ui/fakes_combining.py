"""Families of orders as the screens show them."""

from __future__ import annotations

from dashboard.screens.combining import (
    Beside,
    FamilyPart,
    Relative,
    SplitLine,
    SplitPage,
    TogetherPage,
    TogetherRow,
)
from dashboard.screens.common import Badge, Destructive, Tab
from tests.ui.fakes import ago, eur


def relative(reference: str, number: str) -> Relative:
    return Relative(
        reference=reference,
        external_order=number,
        url=f"/orders/{reference}/",
        badge=Badge(label="Allocated"),
        goods="2 × BT-SPK-02, 1 × MUG-BLUE",
        value=eur("84.80"),
    )


def family() -> FamilyPart:
    """An order that is split and could go along with another."""
    return FamilyPart(
        made_of=(),
        made_into=(relative("WB2", "X/1"), relative("WB3", "X/2")),
        was_undone=False,
        undo=Destructive(
            label="Undo the split",
            undoes="The parts are cancelled.",
            url="/orders/WB1/undo/",
            confirm_label="Undo the split",
        ),
        split_url="/orders/WB1/split/",
        beside=Beside(
            orders=((1, "WB1", "X"), (2, "WB4", "Y")),
            against=("Together they are worth 179.00 EUR, above the 150 EUR of DE.",),
            merge_url="/orders/merge/",
        ),
    )


def split_page(*, asks: bool = False) -> SplitPage:
    return SplitPage(
        reference="WB1",
        order_url="/orders/WB1/",
        post_url="/orders/WB1/split/",
        lines=tuple(
            SplitLine(
                sku=sku,
                title="A thing",
                quantity=3,
                unit_value=eur("40.00"),
                inputs=tuple((f"part{part}_{place}", "0") for part in (2, 3, 4)),
            )
            for place, sku in enumerate(("BT-SPK-02", "MUG-BLUE"))
        ),
        part_numbers=(2, 3, 4),
        currency="EUR",
        limit="150" if asks else "",
        reason="",
        faults=("The order is worth more than the 150 EUR of DE, a part is not.",) if asks else (),
        needs_reason=asks,
    )


def together_page(*, rows: int = 3) -> TogetherPage:
    return TogetherPage(
        tabs=(
            Tab(label="All", url="/orders/"),
            Tab(label="Could go together", url="/orders/together/", current=True),
        ),
        rows=tuple(
            TogetherRow(
                id="" if place else "1-2",
                recipient="Anna Schmidt",
                place="10557 Berlin",
                country="DE",
                orders=(relative("WB1", "X"), relative("WB4", "Y")),
                value=eur("169.60"),
                oldest_at=ago(hours=3),
                against=("Together they are worth too much.",) if place else (),
            )
            for place in range(rows)
        ),
        merge_url="/orders/merge/",
        may_merge=True,
        next_url="/orders/together/?after=1" if rows else "",
    )
