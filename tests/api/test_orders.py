"""Orders over the API: checked at once, received once, seen by their merchant only."""

from __future__ import annotations

import pytest

from core.models import Event, Job, Merchant
from core.tenancy import merchant
from customs.rules.parties import demonstration_parties
from orders.models import Order, OrderConflict
from tests.api.conftest import Api
from tests.factories import ADDRESS, a_booked_parcel, a_packed_parcel, an_order, order_body


def test_a_sound_order_is_accepted_at_once_and_goes_on_to_allocation(
    api: Api, acme: Merchant
) -> None:
    answer = api.post("/orders", order_body(external_order="A-1"))
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["status"], said["holds"], said["external_order"]) == ("accepted", [], "A-1")
    assert said["goods_value"] == "19.00"
    assert said["lines"][0]["external_line"] == "MUG-BLUE#1"
    with merchant(acme):
        order = Order.objects.get(reference=said["reference"])
        assert Job.objects.filter(kind="allocation.allocate", key=str(order.pk)).exists()
        assert Event.objects.filter(kind="order.accepted", subject_id=order.pk).exists()


def test_an_order_with_faults_is_held_with_reason_remedy_and_who_may_release(api: Api) -> None:
    body = order_body(paid_at=None, phone="12", lines=[{"sku": "NO-SUCH", "quantity": 1}])
    said = api.post("/orders", body).json()
    assert said["status"] == "held"
    assert {"payment", "unknown_product"} <= {hold["code"] for hold in said["holds"]}
    for hold in said["holds"]:
        assert hold["reason"]
        assert hold["remedy"]
        assert hold["released_by_role"].partition(":")[0] in ("member", "staff")


def test_the_same_order_again_is_the_known_order(api: Api) -> None:
    body = order_body()
    first = api.post("/orders", body)
    again = api.post("/orders", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_other_content_under_a_known_number_updates_the_order(api: Api, acme: Merchant) -> None:
    body = order_body()
    known = api.post("/orders", body).json()
    answer = api.post("/orders", {**body, "note": "Leave it at the door"})
    assert (answer.status_code, answer.json()["reference"]) == (200, known["reference"])
    with merchant(acme):
        assert Order.objects.get(reference=known["reference"]).note == "Leave it at the door"


def test_other_content_of_a_packed_order_is_a_conflict_that_changes_nothing(
    api: Api, acme: Merchant
) -> None:
    body = order_body()
    known = api.post("/orders", body).json()
    with merchant(acme):
        a_packed_parcel(acme, Order.objects.get(reference=known["reference"]))
    answer = api.post("/orders", {**body, "note": "Leave it at the door"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "order_differs"
    assert known["reference"] in answer.json()["detail"]
    with merchant(acme):
        assert Order.objects.get(reference=known["reference"]).note == ""
        conflict = OrderConflict.objects.get()
        assert conflict.differences == [
            {"field": "note", "ours": "", "theirs": "Leave it at the door"}
        ]


def test_the_same_number_in_another_channel_is_another_order(api: Api) -> None:
    body = order_body(channel="shop one")
    first = api.post("/orders", body).json()
    second = api.post("/orders", {**body, "channel": "shop two"}).json()
    assert first["reference"] != second["reference"]
    assert [first["channel"], second["channel"]] == ["shop one", "shop two"]


def test_an_order_is_shown_with_everything_known_about_it(api: Api, acme: Merchant) -> None:
    order = an_order(acme)
    booking = a_booked_parcel(acme, order)
    said = api.get(f"/orders/{order.reference}").json()
    parcel = said["parcels"][0]
    assert said["lines"][0]["sku"] == "MUG-BLUE"
    assert parcel["booking"]["tracking_number"] == booking.tracking_number
    assert parcel["tracking"]["milestone"] == "packed"
    assert parcel["landed_cost"] is None
    assert said["documents"] == []


def test_another_merchants_order_does_not_exist(api: Api, rival_api: Api) -> None:
    reference = api.post("/orders", order_body()).json()["reference"]
    assert api.get(f"/orders/{reference}").status_code == 200
    assert rival_api.get(f"/orders/{reference}").status_code == 404
    assert rival_api.get("/orders").json()["results"] == []


def test_the_last_hold_released_accepts_the_order(api: Api, acme: Merchant) -> None:
    order = api.post("/orders", order_body(paid_at=None)).json()
    (hold,) = order["holds"]
    path = f"/orders/{order['reference']}/holds/{hold['id']}/release"
    released = api.post(path)
    assert released.status_code == 200, released.content
    assert released.json() == {
        "reference": order["reference"], "status": "accepted", "open_holds": [],
    }  # fmt: skip
    again = api.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "hold_already_released")
    with merchant(acme):
        assert Job.objects.filter(kind="allocation.allocate").exists()


def test_a_hold_of_the_staff_is_not_the_merchants_to_release(api: Api) -> None:
    listed = demonstration_parties()[0].name
    order = api.post("/orders", order_body(address={**ADDRESS, "name": listed})).json()
    held = next(hold for hold in order["holds"] if hold["code"] == "party")
    assert held["released_by_role"].startswith("staff:")
    answer = api.post(f"/orders/{order['reference']}/holds/{held['id']}/release")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_your_hold")


def test_a_hold_is_released_only_through_its_own_order(api: Api, rival_api: Api) -> None:
    order = api.post("/orders", order_body(paid_at=None)).json()
    other = api.post("/orders", order_body()).json()
    hold_id = order["holds"][0]["id"]
    assert api.post(f"/orders/{other['reference']}/holds/{hold_id}/release").status_code == 404
    path = f"/orders/{order['reference']}/holds/{hold_id}/release"
    assert rival_api.post(path).status_code == 404
    assert api.get(f"/orders/{order['reference']}").json()["status"] == "held"


def test_lists_are_pages_by_cursor_newest_first(api: Api, acme: Merchant) -> None:
    sent = [an_order(acme).reference for _ in range(5)]
    first = api.get("/orders?limit=2").json()
    second = api.client.get(first["next"], headers={"Authorization": f"Bearer {api.secret}"}).json()
    third = api.client.get(second["next"], headers={"Authorization": f"Bearer {api.secret}"}).json()
    seen = [row["reference"] for page in (first, second, third) for row in page["results"]]
    assert seen == sent[::-1]
    assert third["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=held", 1),
        ("status=accepted", 2),
        ("country=DE", 3),
        ("country=FR", 0),
        ("hold=payment", 1),
        ("hold=battery", 0),
        ("external_order=SEARCHED", 1),
        ("status=accepted&country=DE&limit=1", 1),
    ],
)
def test_filters_read_like_the_fields(api: Api, acme: Merchant, query: str, found: int) -> None:
    an_order(acme, external_order="SEARCHED")
    an_order(acme)
    an_order(acme, paid_at=None)
    assert len(api.get(f"/orders?{query}").json()["results"]) == found


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ("status=unknown", "invalid", "status"),
        ("countri=DE", "unknown_parameter", "countri"),
        ("limit=0", "invalid_limit", "limit"),
        ("limit=101", "invalid_limit", "limit"),
        ("limit=9999999999999999999999", "invalid_limit", "limit"),
        ("cursor=nonsense", "invalid_cursor", "cursor"),
        ("cursor=YmVmb3JlOi0x", "invalid_cursor", "cursor"),
        ("external_order=%00", "invalid", "external_order"),
        ("country=GERMANY", "invalid", "country"),
    ],
)
def test_a_query_that_cannot_be_meant_is_refused_by_name(
    api: Api, query: str, code: str, field: str
) -> None:
    answer = api.get(f"/orders?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["field"] == field
