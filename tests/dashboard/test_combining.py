"""Orders are split, merged and taken back on their pages; what was split is not counted twice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.tenancy import merchant
from orders.files.orders import ParsedLine
from orders.models import Order, OrderLine
from tests.dashboard.conftest import Shop
from tests.factories import a_merchant, a_product, an_order

pytestmark = pytest.mark.django_db

BUYER = "Anna Schmidt"


def split(shop: Shop, order: Order, **fields: Any) -> Any:
    with merchant(shop.owner):
        line = OrderLine.objects.get(order=order)
    sent = {"by": "hand", f"part2_{line.pk}": "1", f"part3_{line.pk}": "0", **fields}
    return shop.client().post(f"/orders/{order.reference}/split/", sent)


def page(shop: Shop, path: str, **options: Any) -> str:
    text: str = shop.client(**options).get(path).content.decode()
    return text


def family(shop: Shop, order: Order) -> list[Order]:
    with merchant(shop.owner):
        return list(Order.objects.filter(parent=order).order_by("pk"))


def test_an_order_is_split_and_taken_back_on_its_page(shop: Shop) -> None:
    order = an_order(shop.owner)
    here = f"/orders/{order.reference}/"
    assert f"{here}split/" in page(shop, here)
    assert page(shop, f"{here}split/").count('type="number"') == 3
    assert split(shop, order).status_code == 302
    made = family(shop, order)
    whole = page(shop, here)
    assert all(each.reference in whole for each in made)
    assert order.reference in page(shop, f"/orders/{made[0].reference}/")
    listed = page(shop, "/orders/")
    assert all(each.reference in listed for each in made)
    assert order.reference not in listed
    assert order.reference in page(shop, "/orders/?status=split")
    assert order.reference in page(shop, f"/orders/?q={order.reference}")
    shop.client().post(f"/orders/{made[1].reference}/undo/")
    with merchant(shop.owner):
        assert Order.objects.get(pk=order.pk).status == "accepted"
    assert order.reference in page(shop, "/orders/")


def test_what_is_wrong_with_a_split_is_said_beside_what_was_typed(shop: Shop) -> None:
    order = an_order(shop.owner)
    with merchant(shop.owner):
        line = OrderLine.objects.get(order=order)
    for typed in ("0", "3", "x", "-1"):
        answer = split(shop, order, **{f"part2_{line.pk}": typed})
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.content.decode()
    for limit in ("", "0", "nan", "9" * 30):
        assert split(shop, order, by="value", limit=limit).status_code == 422
    assert split(shop, order, by="stock").status_code == 422
    assert family(shop, order) == []


def test_orders_of_one_door_are_merged_from_the_list_and_from_a_page(shop: Shop) -> None:
    one_mug = (ParsedLine(1, "1", "MUG-BLUE", "", 1, Decimal("9.50")),)
    one = an_order(shop.owner, recipient_name=BUYER)
    two = an_order(shop.owner, recipient_name=BUYER, lines=one_mug)
    together = page(shop, "/orders/together/")
    assert f'value="{one.pk}-{two.pk}"' in together
    assert f'name="order" value="{two.pk}"' in page(shop, f"/orders/{one.reference}/")
    shop.client().post("/orders/merge/", {"selected": f"{one.pk}-{two.pk}"})
    with merchant(shop.owner):
        made = Order.objects.get(made_by="merge")
    assert made.external_order == f"{one.external_order}+1"
    assert one.reference not in page(shop, "/orders/together/")
    shop.client().post(f"/orders/{one.reference}/undo/")
    answer = shop.client().post("/orders/merge/", {"order": [one.pk, two.pk]})
    with merchant(shop.owner):
        again = Order.objects.get(made_by="merge", undone_at__isnull=True)
    assert answer["Location"] == f"/orders/{again.reference}/"


def test_a_refused_merge_says_why(shop: Shop) -> None:
    one, two = an_order(shop.owner), an_order(shop.owner)
    answer = shop.client().post("/orders/merge/", {"order": [one.pk, two.pk]}, follow=True)
    assert "another recipient" in answer.content.decode()
    assert shop.client().post("/orders/merge/", {"selected": "x"}).status_code == 302


def test_who_may_only_look_is_offered_nothing(shop: Shop) -> None:
    one = an_order(shop.owner, recipient_name=BUYER)
    assert "/split/" not in page(shop, f"/orders/{one.reference}/", role="finance")
    assert shop.client(role="finance").post(f"/orders/{one.reference}/undo/").status_code == 403


@pytest.mark.parametrize(
    "limit", ["1e99999", "1e-9999", "1e30", "NaN", "-1", "0", "", "9" * 20, "\x00", "1.2.3", "٣"]
)
def test_an_amount_that_is_none_splits_nothing(shop: Shop, limit: str) -> None:
    order = an_order(shop.owner)
    assert split(shop, order, by="value", limit=limit).status_code == 422
    assert family(shop, order) == []


def test_an_order_of_very_many_pieces_is_refused_at_once(shop: Shop) -> None:
    order = an_order(
        shop.owner, lines=(ParsedLine(1, "1", "MUG-BLUE", "", 100_000, Decimal("9.50")),)
    )
    answer = split(shop, order, by="value", limit="9.50")
    assert answer.status_code == 422
    assert "at most 20" in answer.content.decode()


@pytest.mark.parametrize("pieces", ["9" * 19, "1e3", "-1", "1.5", "٣", "0x1", "\x00 2"])
def test_a_number_of_pieces_that_is_none_splits_nothing(shop: Shop, pieces: str) -> None:
    order = an_order(shop.owner)
    with merchant(shop.owner):
        line = OrderLine.objects.get(order=order)
    assert split(shop, order, **{f"part2_{line.pk}": pieces}).status_code == 422
    assert family(shop, order) == []


def test_another_merchants_orders_are_not_merged(shop: Shop) -> None:
    rival = a_merchant("rival")
    a_product(rival)
    theirs = [an_order(rival, recipient_name=BUYER) for _ in range(2)]
    ours = an_order(shop.owner, recipient_name=BUYER)
    for chosen in ([*theirs], [ours, theirs[0]]):
        ids = [str(order.pk) for order in chosen]
        for sent in ({"order": ids}, {"selected": ["-".join(ids)]}):
            assert shop.client().post("/orders/merge/", sent).status_code == 302
    for owner, orders in ((rival, theirs), (shop.owner, [ours])):
        with merchant(owner):
            stands = set(Order.objects.values_list("status", flat=True))
            assert Order.objects.count() == len(orders)
        assert "merged" not in stands
