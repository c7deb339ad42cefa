"""What ledger, balances and reservations disagree on is shown, and put right by a ledger row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.models import Event, Merchant
from core.tenancy import merchant
from orders.models import OrderLine
from tests.factories import a_merchant, a_product, an_order
from tests.floor import ask
from warehouse.models import Reservation, StockBalance, StockMove
from warehouse.services import find_differences

Staff = Callable[[str], Client]
PAGE = "/staff/stock/"


def shown(client: Client, path: str = PAGE) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(client, path).json()["differences"]
    return found


def repaired(client: Client, row: dict[str, Any], **said: Any) -> Any:
    names = ("product", "location", "lot", "expires_on", "condition")
    body = {name: row[name] for name in names}
    return ask(client, f"{PAGE}{row['merchant_id']}/repair/", {**body, **said})


def test_a_sound_stock_shows_nothing(staff: Staff, acme: Merchant) -> None:
    admin = staff("admin")
    assert ask(admin, PAGE).json() == {"differences": [], "products": 1, "next": None}
    assert "Nothing differs" in admin.get(PAGE).content.decode()
    assert staff("floor").get(PAGE).status_code == 403


def test_what_was_counted_goes_into_the_ledger_and_the_balance(
    staff: Staff, acme: Merchant
) -> None:
    admin = staff("admin")
    with merchant(acme):
        StockBalance.objects.update(on_hand=97, reserved=0)
    [row] = shown(admin)
    assert (row["sku"], row["ledger"], row["on_hand"]) == ("MUG-BLUE", 100, 97)
    assert "MUG-BLUE" in admin.get(PAGE).content.decode()
    assert repaired(admin, row, counted=96).status_code == 400
    assert repaired(admin, row, counted=96, reason="Counted twice.").status_code == 200
    assert shown(admin) == []
    with merchant(acme):
        move = StockMove.objects.get(reason="mended")
        assert (move.quantity, move.to_location.kind) == (4, "adjustment")
        assert move.reference.endswith("Counted twice.")
        assert move.actor == "staff:admin@operator.example"
        assert StockBalance.objects.get().on_hand == 96
        assert Event.objects.get(kind="stock.mended").data["ledger"] == 100
    assert repaired(admin, row, counted=96, reason="Again.").status_code == 409


def test_what_is_reserved_is_counted_anew_from_live_promises(staff: Staff, acme: Merchant) -> None:
    admin = staff("admin")
    order = an_order(acme)
    with merchant(acme):
        StockBalance.objects.update(reserved=7)
    [row] = shown(admin)
    assert (row["reserved"], row["promised"], row["is_counted_wrong"]) == (7, 0, False)
    assert repaired(admin, row, reason="Left over.").status_code == 200
    with merchant(acme):
        assert StockBalance.objects.get().reserved == 0
        assert not StockMove.objects.filter(reason="mended").exists()
        assert Event.objects.filter(kind="stock.reserved_recounted").count() == 1
        Reservation.objects.create(
            order_line=OrderLine.objects.get(order=order), balance=StockBalance.objects.get(),
            quantity=101, created_at=acme.created_at,
        )  # fmt: skip
    [row] = shown(admin)
    assert repaired(admin, row, reason="More than there is.").status_code == 409


def test_a_lost_balance_and_every_merchant_are_seen_page_by_page(
    staff: Staff, acme: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = staff("admin")
    other = a_merchant("other")
    for sku in ("ONE", "TWO"):
        a_product(other, sku)
    with merchant(acme):
        StockBalance.objects.all().delete()
    with merchant(other):
        StockBalance.objects.update(on_hand=5)
        assert len(find_differences().rows) == 2
    monkeypatch.setattr("flows.differences.MOST", 1)
    pages, path = [], PAGE
    for _turn in range(5):
        answer = ask(admin, path).json()
        pages.append([row["sku"] for row in answer["differences"]])
        if not answer["next"]:
            break
        path = f"{PAGE}?merchant={answer['next']['merchant']}&after={answer['next']['after']}"
    assert [sku for page in pages for sku in page] == ["MUG-BLUE", "ONE", "TWO"]
    [row] = shown(admin)
    assert (row["ledger"], row["on_hand"]) == (100, 0)
    assert repaired(admin, row, counted=100, reason="It lies there.").status_code == 200
    with merchant(acme):
        assert StockBalance.objects.get().on_hand == 100
