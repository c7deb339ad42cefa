"""Orders split and merged become real orders, exact to the cent and the piece; both can be undone
until a wave with a parcel is released, and nobody wins twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db.models import Sum

from core.models import Event, Merchant
from core.tenancy import merchant
from flows.changes import correct_recipient, take_changes
from flows.combining import (
    NewPart,
    NotCombined,
    ReasonNeeded,
    merge_orders,
    split_order,
    split_order_by_plan,
    undo,
)
from flows.fulfilment import plan_next_wave, release
from flows.intake import receive_orders
from flows.listings import resolve_listing
from flows.parts import parts_by_hand, parts_by_stock, parts_by_value, parts_by_warehouse
from flows.recheck import recheck_orders
from flows.together import orders_beside, orders_together
from orders.files.orders import ParsedLine, ParsedOrder
from orders.models import (
    Channel,
    ChannelListing,
    Hold,
    Order,
    OrderConflict,
    OrderLine,
    Product,
)
from orders.services import PartOf, SomebodyWasFirst, ensure_channel, release_hold
from tests.factories import (
    ACTOR,
    NOW,
    a_merchant,
    a_parsed_order,
    a_product,
    a_warehouse,
    an_order,
)
from tests.flows.conftest import work
from tests.flows.racing import at_once
from warehouse.models import (
    Parcel,
    ParcelItem,
    Reservation,
    StockBalance,
    Supplier,
    SupplierRequest,
    Warehouse,
    Wave,
)


@pytest.fixture
def owner(db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    a_warehouse()
    found = a_merchant("acme")
    a_product(found, stock=10)
    a_product(found, "LAMP", stock=10, unit_value="40.00", hs_code="9405210000")
    return found


def line(place: int, sku: str, quantity: int, price: str) -> ParsedLine:
    return ParsedLine(place, str(place), sku, "", quantity, Decimal(price))


BUYER = "Anna Schmidt"
TWO_LINES = (line(1, "MUG-BLUE", 3, "9.50"), line(2, "LAMP", 1, "40.00"))


def two_lines(owner: Merchant, **fields: Any) -> Order:
    values = {"lines": TWO_LINES, "shipping_price": Decimal("5.00"), **fields}
    return an_order(owner, **values)


def parts(owner: Merchant, order: Order, *chosen: dict[str, int]) -> list[NewPart]:
    """Plans by external line; what is left over is the first part."""
    with merchant(owner):
        ids = dict(OrderLine.objects.filter(order=order).values_list("external_line", "pk"))
        plans = [{ids[name]: many for name, many in part.items()} for part in chosen]
        return parts_by_hand(order.pk, plans)


def do_split(owner: Merchant, order: Order, *chosen: dict[str, int], reason: str = "") -> list[int]:
    plan = parts(owner, order, *chosen)
    with merchant(owner):
        made = split_order(order_id=order.pk, parts=plan, reason=reason, actor=ACTOR, now=NOW)
    return [each.pk for each in made]


def do_merge(owner: Merchant, *orders: Order | int) -> int:
    ids = [order if isinstance(order, int) else order.pk for order in orders]
    with merchant(owner):
        return merge_orders(order_ids=ids, actor=ACTOR, now=NOW).pk


def do_undo(owner: Merchant, order_id: int) -> list[int]:
    with merchant(owner):
        return [order.pk for order in undo(order_id=order_id, actor=ACTOR, now=NOW)]


def status(owner: Merchant, *ids: int) -> list[str]:
    with merchant(owner):
        found = dict(Order.objects.filter(pk__in=ids).values_list("pk", "status"))
    return [found[each] for each in ids]


def contents(owner: Merchant, order_id: int) -> list[tuple[str, int]]:
    with merchant(owner):
        rows = OrderLine.objects.filter(order_id=order_id).order_by("pk")
        return list(rows.values_list("sku", "quantity"))


def reserved(owner: Merchant) -> tuple[int, int]:
    with merchant(owner):
        balances = StockBalance.objects.aggregate(n=Sum("reserved"))["n"] or 0
        return balances, Reservation.objects.aggregate(n=Sum("quantity"))["n"] or 0


def a_wave(owner: Merchant) -> Wave:
    house = Warehouse.objects.get()
    wave = plan_next_wave(merchant_id=owner.pk, warehouse=house, actor=ACTOR, now=NOW)
    assert wave is not None
    return wave


def codes(error: pytest.ExceptionInfo[NotCombined]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def test_a_split_makes_orders_of_their_own_that_are_allocated(owner: Merchant) -> None:
    order = two_lines(owner)
    work(owner)
    assert reserved(owner) == (4, 4)
    first, second = do_split(owner, order, {"1": 1, "2": 1})
    assert status(owner, order.pk, first, second) == ["split", "accepted", "accepted"]
    assert reserved(owner) == (0, 0)
    assert contents(owner, first) == [("MUG-BLUE", 2)]
    assert contents(owner, second) == [("MUG-BLUE", 1), ("LAMP", 1)]
    with merchant(owner):
        made = list(Order.objects.filter(parent=order).order_by("pk"))
        assert [each.external_order for each in made] == [
            f"{order.external_order}/1", f"{order.external_order}/2",
        ]  # fmt: skip
        assert [each.goods_value for each in made] == [Decimal("19.00"), Decimal("49.50")]
        assert sum(each.shipping_price for each in made) == Decimal("5.00")
        assert [each.weight_g for each in made] == [700, 700]
        assert made[0].recipient_name == order.recipient_name
        event = Event.objects.get(kind="order.split", subject_id=order.pk)
        assert event.data["parts"] == [each.reference for each in made]
        assert Event.objects.filter(kind="order.made_by_split").count() == 2
    work(owner)
    assert status(owner, order.pk, first, second) == ["split", "allocated", "allocated"]
    assert reserved(owner) == (4, 4)
    a_wave(owner)
    with merchant(owner):
        assert set(Parcel.objects.values_list("order_id", flat=True)) == {first, second}


def test_an_undone_split_leaves_the_order_as_it_was_and_can_be_made_again(owner: Merchant) -> None:
    order = two_lines(owner)
    first, second = do_split(owner, order, {"2": 1})
    work(owner)
    assert do_undo(owner, second) == [order.pk]
    assert status(owner, order.pk, first, second) == ["accepted", "cancelled", "cancelled"]
    assert reserved(owner) == (0, 0)
    work(owner)
    assert status(owner, order.pk) == ["allocated"]
    again = do_split(owner, order, {"1": 1})
    with merchant(owner):
        numbers = Order.objects.filter(pk__in=again).order_by("pk")
        assert [each.external_order[-2:] for each in numbers] == ["/3", "/4"]
        # The lines of the order may be written anew although parts were made of them.
        correct_recipient(order_id=again[0], corrections={"city": "Bonn"}, actor=ACTOR, now=NOW)
    assert do_undo(owner, order.pk) == [order.pk]
    with pytest.raises(NotCombined) as refused:
        do_undo(owner, order.pk)
    assert codes(refused) == {"nothing_to_undo"}


def test_waves_give_their_parcels_back_until_somebody_packs(owner: Merchant) -> None:
    order = two_lines(owner)
    first, _second = do_split(owner, order, {"2": 1})
    work(owner)
    wave = a_wave(owner)
    do_undo(owner, order.pk)
    with merchant(owner):
        assert not Parcel.objects.exists()
        assert Wave.objects.get(pk=wave.pk).status == Wave.Status.CLOSED
    work(owner)
    do_split(owner, order, {"2": 1})
    work(owner)
    wave = a_wave(owner)
    release(merchant_id=owner.pk, wave_id=wave.pk, actor=ACTOR, now=NOW)
    with merchant(owner):
        ParcelItem.objects.filter(parcel__wave=wave).update(scanned=1)
    with pytest.raises(NotCombined) as refused:
        do_undo(owner, order.pk)
    assert codes(refused) == {"is_on_table"}
    assert status(owner, order.pk, first) == ["split", "cancelled"]
    assert reserved(owner) == (4, 4)
    with merchant(owner):
        ParcelItem.objects.filter(parcel__wave=wave).update(scanned=0)
    do_undo(owner, order.pk)
    with merchant(owner):
        assert set(Parcel.objects.values_list("status", flat=True)) == {"cancelled"}


def test_what_cannot_be_split_says_why(owner: Merchant) -> None:
    held = two_lines(owner, paid_at=None)
    with pytest.raises(NotCombined) as refused:
        do_split(owner, held, {"2": 1})
    assert codes(refused) == {"order_held"}
    order = two_lines(owner)
    with pytest.raises(NotCombined) as refused:
        do_split(owner, order)
    assert codes(refused) == {"one_part"}
    work(owner)
    a_wave(owner)
    with pytest.raises(NotCombined) as refused:
        do_split(owner, order, {"2": 1})
    assert codes(refused) == {"cannot_split"}


def test_holds_that_people_released_are_not_asked_of_the_parts_again(owner: Merchant) -> None:
    order = two_lines(owner, paid_at=None)
    with merchant(owner):
        hold = Hold.objects.get(order=order)
        release_hold(hold_id=hold.pk, role="member:owner", actor=ACTOR, now=NOW)
    made = do_split(owner, order, {"2": 1})
    assert status(owner, *made) == ["accepted", "accepted"]
    with merchant(owner):
        recheck_orders(order_ids=made, actor=ACTOR, now=NOW)
    assert status(owner, *made) == ["accepted", "accepted"]


def test_parts_of_one_content_are_no_duplicates_of_each_other(owner: Merchant) -> None:
    order = an_order(owner)
    made = do_split(owner, order, {"1": 1})
    with merchant(owner):
        recheck_orders(order_ids=made, actor=ACTOR, now=NOW)
        assert not Hold.objects.exists()
        sources = OrderLine.objects.filter(order_id__in=made).values_list("source_line__order_id")
        assert {found for (found,) in sources} == {order.pk}


def test_a_part_keeps_its_pieces_where_its_code_is_a_bundle_of_the_channel(owner: Merchant) -> None:
    order = an_order(owner)
    made = do_split(owner, order, {"1": 1})
    with merchant(owner):
        listing = ChannelListing.objects.create(
            channel_id=order.channel_id, code="MUG-BLUE", created_at=NOW
        )
        product = Product.objects.get(sku="MUG-BLUE")
        resolve_listing(listing_id=listing.pk, parts=[PartOf(product.pk, 5)], actor=ACTOR, now=NOW)
        recheck_orders(order_ids=made, actor=ACTOR, now=NOW)
    assert [contents(owner, each) for each in made] == [[("MUG-BLUE", 1)], [("MUG-BLUE", 1)]]


def test_by_stock_ships_what_is_there_and_the_rest_waits(owner: Merchant) -> None:
    a_product(owner, "SCARCE", stock=1)
    order = an_order(owner, lines=(line(1, "SCARCE", 3, "9.00"), line(2, "MUG-BLUE", 1, "9.50")))
    work(owner)
    assert status(owner, order.pk) == ["backordered"]
    with merchant(owner):
        plan = parts_by_stock(order.pk)
        made = split_order(order_id=order.pk, parts=plan, actor=ACTOR, now=NOW)
    work(owner)
    assert status(owner, *[each.pk for each in made]) == ["allocated", "backordered"]
    assert contents(owner, made[0].pk) == [("SCARCE", 1), ("MUG-BLUE", 1)]
    with merchant(owner), pytest.raises(NotCombined) as refused:
        parts_by_stock(made[0].pk)
    assert codes(refused) == {"all_in_stock"}
    with merchant(owner), pytest.raises(NotCombined) as refused:
        parts_by_warehouse(made[1].pk)
    assert codes(refused) == {"nothing_in_stock"}


def test_by_value_needs_a_reason_where_a_part_comes_under_a_customs_limit(owner: Merchant) -> None:
    order = an_order(owner, lines=(line(1, "LAMP", 5, "40.00"),))
    assert status(owner, order.pk) == ["accepted"]
    with merchant(owner):
        plan = parts_by_value(order.pk, Decimal(150))
        with pytest.raises(ReasonNeeded) as asked:
            split_order(order_id=order.pk, parts=plan, actor=ACTOR, now=NOW)
        (fault,) = asked.value.faults
        assert (fault.code, fault.params["limit"]) == ("under_customs_limit", "150")
        made = split_order(
            order_id=order.pk, parts=plan, reason="shipped on two days", actor=ACTOR, now=NOW
        )
        assert [each.goods_value for each in made] == [Decimal(120), Decimal(80)]
        event = Event.objects.get(kind="order.split")
        assert event.data["reason"] == "shipped on two days"
        assert event.data["customs_limits"] == ["150 EUR"]
    with merchant(owner), pytest.raises(NotCombined) as refused:
        parts_by_value(made[0].pk, Decimal(30))
    assert codes(refused) == {"piece_over_limit"}


@dataclass(frozen=True)
class Planned:
    warehouse_id: int
    lines: dict[int, int]


def test_allocation_splits_by_its_plan_and_queues_nothing(owner: Merchant) -> None:
    order = two_lines(owner)
    house = Warehouse.objects.get()
    with merchant(owner):
        ids = dict(OrderLine.objects.filter(order=order).values_list("external_line", "pk"))
        plan = [Planned(house.pk, {ids["1"]: 3}), Planned(house.pk, {ids["2"]: 1})]
        made = split_order_by_plan(order_id=order.pk, parts=plan, actor=ACTOR, now=NOW)
        assert [each.wanted_warehouse for each in Order.objects.filter(pk__in=made)] == [
            house.code, house.code,
        ]  # fmt: skip
        assert not Event.objects.filter(kind="job.queued").exists()
    assert status(owner, order.pk, *made) == ["split", "accepted", "accepted"]


def a_pair(owner: Merchant, **second: Any) -> tuple[Order, Order]:
    common: dict[str, Any] = {"recipient_name": BUYER, "shipping_price": Decimal("2.50")}
    lamp = (line(1, "LAMP", 1, "40.00"),)
    return an_order(owner, **common), an_order(owner, **{**common, "lines": lamp, **second})


def test_orders_of_one_door_become_one(owner: Merchant) -> None:
    one, two = a_pair(owner)
    work(owner)
    made = do_merge(owner, two, one)
    assert status(owner, one.pk, two.pk, made) == ["merged", "merged", "accepted"]
    assert contents(owner, made) == [("MUG-BLUE", 2), ("LAMP", 1)]
    with merchant(owner):
        order = Order.objects.get(pk=made)
        assert (order.external_order, order.goods_value, order.shipping_price) == (
            f"{one.external_order}+1", Decimal("59.00"), Decimal("5.00"),
        )  # fmt: skip
        assert set(order.sources.values_list("pk", flat=True)) == {one.pk, two.pk}
    work(owner)
    assert status(owner, made) == ["allocated"]
    assert reserved(owner) == (3, 3)
    assert do_undo(owner, two.pk) == [one.pk, two.pk]
    work(owner)
    assert status(owner, one.pk, two.pk, made) == ["allocated", "allocated", "cancelled"]
    assert reserved(owner) == (3, 3)
    again = do_merge(owner, one, two)
    with merchant(owner):
        assert Order.objects.get(pk=again).external_order == f"{one.external_order}+1.2"


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"recipient_name": "Bernd Schmidt"}, "other_recipient"),
        ({"street_lines": ("Heidestraße 18",)}, "other_recipient"),
        ({"currency": "USD"}, "other_currency"),
        ({"paid_at": None}, "order_held"),
        ({"service_level": "Expedited"}, "other_wishes"),
        ({"lines": (line(1, "LAMP", 4, "40.00"),)}, "customs_threshold"),
    ],
)
def test_refusals_of_a_merge(owner: Merchant, second: dict[str, Any], code: str) -> None:
    one, two = a_pair(owner, **second)
    with pytest.raises(NotCombined) as refused:
        do_merge(owner, one, two)
    assert code in codes(refused)
    assert "merged" not in status(owner, one.pk, two.pk)


def test_case_and_spacing_of_an_address_do_not_matter(owner: Merchant) -> None:
    one, two = a_pair(owner, recipient_name="anna  SCHMIDT")
    do_merge(owner, one, two)


def test_a_customs_limit_is_named_with_its_numbers(owner: Merchant) -> None:
    one, two = a_pair(owner, lines=(line(1, "LAMP", 4, "40.00"),))
    with pytest.raises(NotCombined) as refused:
        do_merge(owner, one, two)
    (fault,) = refused.value.faults
    assert fault.params["value"] == "179.00"
    assert (fault.params["limit"], fault.params["limit_currency"]) == ("150", "EUR")


@pytest.mark.parametrize(
    ("product", "code"),
    [
        ({"weight_g": 40_000}, "service_limit"),
        ({"weight_g": 12_000, "battery": "packed"}, "batteries_mixed"),
    ],
)
def test_batteries_and_weights_that_no_service_takes_are_refused(
    owner: Merchant, product: dict[str, Any], code: str
) -> None:
    a_product(owner, "ANVIL", stock=5, **product)
    one = an_order(owner, recipient_name=BUYER, lines=(line(1, "ANVIL", 1, "9.00"),))
    two = an_order(
        owner, recipient_name=BUYER, lines=(line(1, "ANVIL", 1, "9.00"), line(2, "LAMP", 1, "40"))
    )
    assert status(owner, one.pk, two.pk) == ["accepted", "accepted"]
    with pytest.raises(NotCombined) as refused:
        do_merge(owner, one, two)
    assert codes(refused) == {code}


def test_orders_in_a_wave_are_left_alone(owner: Merchant) -> None:
    one, two = a_pair(owner)
    work(owner)
    a_wave(owner)
    with pytest.raises(NotCombined) as refused:
        do_merge(owner, one, two)
    assert codes(refused) == {"order_in_wave"}


def test_an_order_that_a_supplier_is_asked_to_ship_stays_whole(owner: Merchant) -> None:
    one, two = a_pair(owner)
    with merchant(owner):
        supplier = Supplier.objects.create(name="Mill", email="m@mill.example", created_at=NOW)
        SupplierRequest.objects.create(
            number="S1", supplier=supplier, kind="drop_ship", order=one, created_at=NOW
        )
    for act in (partial(do_split, owner, one, {"1": 1}), partial(do_merge, owner, one, two)):
        with pytest.raises(NotCombined) as refused:
            act()
        assert codes(refused) == {"order_at_supplier"}


def test_parts_of_one_split_are_not_suggested_to_go_together(owner: Merchant) -> None:
    order = an_order(owner, lines=(line(1, "MUG-BLUE", 2, "9.50"),))
    do_split(owner, order, {"1": 1})
    with merchant(owner):
        assert Order.objects.filter(parent_id=order.pk).count() == 2
        assert orders_together(after="", now=NOW).groups == ()


def test_what_could_go_together_is_found_by_door(owner: Merchant) -> None:
    one, two = a_pair(owner)
    other = an_order(owner)
    with merchant(owner):
        (found,) = orders_together(after="", now=NOW).groups
        assert [order.pk for order in found.orders] == [one.pk, two.pk]
        assert found.faults == ()
        assert orders_together(after=found.digest, now=NOW).groups == ()
        assert orders_together(after="", now=NOW, doors=1).next_after == found.digest
        assert orders_beside(Order.objects.get(pk=other.pk), now=NOW) is None
        beside = orders_beside(Order.objects.get(pk=one.pk), now=NOW)
        assert beside is not None
    do_merge(owner, one, two)
    with merchant(owner):
        assert orders_together(after="", now=NOW).groups == ()


def send(owner: Merchant, parsed: ParsedOrder) -> Any:
    with merchant(owner):
        channel = ensure_channel(kind=Channel.Kind.UPLOAD, name="upload", now=NOW)
        return receive_orders(orders=[parsed], channel=channel, actor=ACTOR, now=NOW)


def test_a_split_order_sent_again_is_known_and_a_change_of_it_a_conflict(owner: Merchant) -> None:
    parsed = a_parsed_order()
    order = send(owner, parsed).created[0]
    do_split(owner, order, {"1": 1})
    assert send(owner, parsed).unchanged == (order.pk,)
    changed = a_parsed_order(external_order=parsed.external_order, note="other")
    assert send(owner, changed).different == (order.pk,)
    with merchant(owner):
        assert OrderConflict.objects.get().order_id == order.pk
        assert Order.objects.count() == 3


def test_a_part_is_never_rewritten_by_a_channel_that_has_its_number(owner: Merchant) -> None:
    order = an_order(owner)
    first, _ = do_split(owner, order, {"1": 1})
    with merchant(owner):
        done = take_changes(theirs={first: a_parsed_order()}, actor=ACTOR, now=NOW)
        assert done.conflicts == (first,)
    assert contents(owner, first) == [("MUG-BLUE", 1)]


def test_parts_can_be_split_and_merged_further_and_undone_from_the_end(owner: Merchant) -> None:
    order = an_order(owner, recipient_name=BUYER, lines=(line(1, "MUG-BLUE", 4, "9.50"),))
    first, second = do_split(owner, order, {"1": 1})
    deeper = do_split(owner, Order(pk=first), {"1": 1})
    other = an_order(owner, recipient_name=BUYER, lines=(line(1, "LAMP", 1, "40.00"),))
    merged = do_merge(owner, second, other)
    with pytest.raises(NotCombined) as refused:
        do_undo(owner, order.pk)
    assert codes(refused) == {"went_on"}
    with pytest.raises(NotCombined) as refused:
        do_merge(owner, *deeper)
    assert "parts_of_one_order" in codes(refused)
    do_undo(owner, merged)
    do_undo(owner, first)
    assert do_undo(owner, order.pk) == [order.pk]
    work(owner)
    assert status(owner, order.pk, other.pk) == ["allocated", "allocated"]
    assert reserved(owner) == (5, 5)


@pytest.mark.django_db(transaction=True)
def test_nobody_wins_twice(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.jobs.wake_workers", lambda *_: None)
    house = a_warehouse()
    owner = a_merchant("acme")
    a_product(owner, stock=50)
    one, two = (
        an_order(owner, recipient_name=BUYER, lines=(line(1, "MUG-BLUE", n, "9.50"),))
        for n in (2, 3)
    )
    work(owner)
    plan = parts(owner, one, {"1": 1})

    def attempt(act: Any) -> str:
        try:
            with merchant(owner):
                act()
        except (NotCombined, SomebodyWasFirst):
            return "refused"
        return "done"

    def splits() -> None:
        split_order(order_id=one.pk, parts=plan, actor=ACTOR, now=NOW)

    def merges() -> None:
        merge_orders(order_ids=[one.pk, two.pk], actor=ACTOR, now=NOW)

    def waves() -> str:
        plan_next_wave(merchant_id=owner.pk, warehouse=house, actor=ACTOR, now=NOW)
        return "wave"

    acts = [partial(attempt, splits), partial(attempt, merges)] * 3
    results = Counter(at_once([*acts, waves]))
    assert results["done"] <= 1
    with merchant(owner):
        live = Order.objects.exclude(status__in=("split", "merged", "cancelled"))
        pieces = OrderLine.objects.filter(order__in=live).aggregate(n=Sum("quantity"))["n"]
        assert pieces == 5
        away = Order.objects.filter(status__in=("split", "merged"))
        assert not Parcel.objects.filter(order__in=away).exists()
        assert not Reservation.objects.filter(order_line__order__in=away).exists()
        made = list(away)
    work(owner)
    assert reserved(owner) == (5, 5)
    for order in made[:1]:
        undone = Counter(
            at_once([partial(attempt, partial(undo, order_id=order.pk, actor=ACTOR, now=NOW))] * 4)
        )
        assert undone["done"] <= 1
        work(owner)
        with merchant(owner):
            live = Order.objects.exclude(status__in=("split", "merged", "cancelled"))
            pieces = OrderLine.objects.filter(order__in=live).aggregate(n=Sum("quantity"))["n"]
            assert pieces == 5
        assert reserved(owner) == (5, 5)
