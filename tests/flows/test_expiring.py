"""Goods past their last day leave what is sold by the ledger; promised ones wait for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from core.models import Event, Merchant
from core.tenancy import merchant
from flows import expiring
from flows.expiring import expire_everybody
from orders.models import Product
from tests.factories import ACTOR, NOW, a_merchant, a_product, a_warehouse, an_order
from tests.floor import a_staff_member, ask, logged_in
from warehouse.models import Location, Reservation, StockBalance, StockMove, Warehouse
from warehouse.services import Goods, counterpart, find_differences, transfer

pytestmark = pytest.mark.django_db
LAST_DAY = date(2020, 11, 20)
BEFORE = datetime(2020, 11, 20, 15, 59, tzinfo=UTC)
"""A minute before the day is over in Shenzhen."""
AFTER = datetime(2020, 11, 20, 16, 1, tzinfo=UTC)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    return a_warehouse()


def with_cream(code: str, house: Warehouse, *places: str) -> Merchant:
    """A merchant with ten pieces in each place, and ten that last longer."""
    owner = a_merchant(code)
    a_product(owner, "CREAM", stock=0)
    with merchant(owner):
        product = Product.objects.get()
        for place in places:
            for expires_on in (LAST_DAY, date(2030, 1, 1)):
                transfer(
                    goods=[Goods(product.pk, 10, "L1", expires_on)],
                    from_location=counterpart(warehouse_id=house.pk, kind="supplier"),
                    to_location=Location.objects.get(code=place), reason="received",
                    reference=f"{place}{expires_on}", actor=ACTOR, now=NOW,
                )  # fmt: skip
    return owner


def lying(owner: Merchant) -> dict[tuple[str, date | None, str], int]:
    with merchant(owner):
        assert find_differences().rows == ()
        return {
            (row.location.code, row.expires_on, row.condition): row.on_hand
            for row in StockBalance.objects.filter(on_hand__gt=0).select_related("location")
        }


def promised(owner: Merchant, pieces: int) -> None:
    with merchant(owner):
        order = an_order(owner)
        row = StockBalance.objects.filter(expires_on=LAST_DAY).order_by("id")[0]
        StockBalance.objects.filter(pk=row.pk).update(reserved=pieces)
        Reservation.objects.create(
            order_line=order.lines.get(), balance=row, quantity=pieces, created_at=NOW
        )


def test_goods_turn_expired_when_their_day_is_over_in_their_warehouse(house: Warehouse) -> None:
    acme, rival = with_cream("acme", house, "A-01"), with_cream("rival", house, "A-01")
    assert expire_everybody(now=BEFORE) == 0
    assert expire_everybody(now=AFTER) == 2
    assert expire_everybody(now=AFTER) == 0
    for owner in (acme, rival):
        assert lying(owner) == {
            ("A-01", LAST_DAY, "expired"): 10,
            ("A-01", date(2030, 1, 1), "good"): 10,
        }
    with merchant(acme):
        moves = StockMove.objects.filter(reason="expired").order_by("id")
        assert [(move.quantity, move.condition) for move in moves] == [
            (10, "good"), (10, "expired"),
        ]  # fmt: skip
        assert Event.objects.get(kind="product.expired").data["pieces"] == 10


def test_promised_pieces_stay_and_the_supervisor_sees_them(house: Warehouse) -> None:
    acme = with_cream("acme", house, "A-01")
    promised(acme, 4)
    assert expire_everybody(now=AFTER) == 1
    assert lying(acme) == {
        ("A-01", LAST_DAY, "good"): 4,
        ("A-01", LAST_DAY, "expired"): 6,
        ("A-01", date(2030, 1, 1), "good"): 10,
    }
    supervisor = logged_in(a_staff_member("supervisor", house))
    seen = ask(supervisor, "/stations/supervise/").json()["warehouses"][0]["others"]
    assert seen["expired"]["number"] == 1
    (row,) = ask(supervisor, "/stations/supervise/szx1/expired/").json()["rows"]
    assert (row["name"], row["about"], row["merchant"]) == ("CREAM", "A-01", "Acme")
    assert expire_everybody(now=AFTER) == 0


def test_a_look_goes_in_batches_and_the_next_goes_on(
    house: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "BATCH", 1)
    monkeypatch.setattr(expiring, "MOST_BATCHES", 2)
    with_cream("acme", house, "A-01", "A-02", "A-03")
    assert expire_everybody(now=AFTER) == 2
    assert expire_everybody(now=AFTER) == 1


def test_goods_in_somebodys_hands_follow_in_their_bin(house: Warehouse) -> None:
    acme = with_cream("acme", house, "RECEIVING")
    assert expire_everybody(now=AFTER) == 0
    assert lying(acme)["RECEIVING", LAST_DAY, "good"] == 10


def test_a_page_of_the_board_is_drawn_with_it(house: Warehouse) -> None:
    promised(with_cream("acme", house, "A-01"), 1)
    client: Client = logged_in(a_staff_member("supervisor", house))
    assert "CREAM" in client.get("/stations/supervise/szx1/expired/").content.decode()
