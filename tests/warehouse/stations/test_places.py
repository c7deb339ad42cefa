"""Places are shown as a tree, made and measured by supervisors, and labelled with their codes."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.models import Merchant
from core.tenancy import merchant
from tests.documents.reading import scanned
from tests.factories import a_warehouse
from tests.floor import ask
from warehouse.models import Location, StockBalance, Warehouse

PLACES = "/stations/places/szx1/"
FILE = """code,kind,parent,use,pick_sequence,zone,aisle,x_mm,y_mm,capacity_units
Z9,zone,,,,Z9,,,,
Z9/01,aisle,Z9,,,Z9,01,,,
Z9-01-1,bin,Z9/01,reserve,12,Z9,01,2500,4000,40
Z9-01-2,bin,nowhere,,13,Z9,01,,,
Z9-01-3,bin,Z9-01-1,,14,Z9,01,,,
SUPPLIER,bin,,,,,,,,
"""


def send(client: Client, content: str = FILE, path: str = PLACES) -> dict[str, object]:
    file = SimpleUploadedFile("places.csv", content.encode(), "text/csv")
    answer: dict[str, object] = client.post(
        f"{path}upload/", {"file": file}, headers={"accept": "application/json"}
    ).json()
    return answer


@pytest.fixture(autouse=True)
def counterparts(house: Warehouse) -> None:
    Location.objects.get_or_create(warehouse=house, code="SUPPLIER", kind="supplier")


def test_a_file_is_taken_over_and_its_bad_rows_are_explained(
    supervisor: Client, acme: Merchant, house: Warehouse
) -> None:
    said = send(supervisor)
    assert (said["made"], said["changed"]) == (3, 0)
    assert isinstance(said["rejected"], list)
    rejected = [(row["line"], row["column"]) for row in said["rejected"]]
    assert rejected == [(5, "parent"), (6, "parent"), (7, "code")]
    place = Location.objects.get(warehouse=house, code="Z9-01-1")
    assert (place.use, place.x_mm, place.y_mm, place.capacity_units) == ("reserve", 2500, 4000, 40)
    assert place.parent is not None
    assert place.parent.code == "Z9/01"
    again = send(supervisor)
    assert (again["made"], again["changed"]) == (0, 3)
    page = supervisor.post(
        f"{PLACES}upload/", {"file": SimpleUploadedFile("p.csv", FILE.encode(), "text/csv")}
    ).content.decode()
    assert "There is no place nowhere in this warehouse: make it first." in page


def test_a_file_of_positions_leaves_the_rest_of_a_place_as_it_was(supervisor: Client) -> None:
    send(supervisor)
    said = send(supervisor, "code,kind,x_mm,y_mm\nZ9-01-1,bin,2600,4100\nZ9/01,bin,,\n")
    assert said["changed"] == 1
    assert isinstance(said["rejected"], list)
    assert [(row["code"], row["column"]) for row in said["rejected"]] == [("Z9/01", "kind")]
    place = Location.objects.get(code="Z9-01-1")
    assert (place.x_mm, place.y_mm) == (2600, 4100)
    assert (place.use, place.pick_sequence, place.capacity_units) == ("reserve", 12, 40)
    assert place.parent is not None
    assert place.parent.code == "Z9/01"


def test_the_tree_is_walked_level_by_level(supervisor: Client, house: Warehouse) -> None:
    send(supervisor)
    zone = Location.objects.get(warehouse=house, code="Z9")
    top = [row["code"] for row in ask(supervisor, PLACES).json()["places"]]
    assert "Z9" in top
    assert "SUPPLIER" not in top
    below = ask(supervisor, f"{PLACES}?in={zone.pk}").json()["places"]
    assert [row["code"] for row in below] == ["Z9/01"]
    assert "not measured" in supervisor.get(PLACES).content.decode() or top == ["Z9"]
    found = ask(supervisor, f"{PLACES}?code=Z9-01-1").json()["places"]
    assert [row["pick_sequence"] for row in found] == [12]
    assert supervisor.get(f"{PLACES}?in={zone.pk}&change=Z9/01").status_code == 200
    assert supervisor.get(f"{PLACES}?in=999999").status_code == 404


def test_one_place_is_made_measured_and_keeps_its_kind_while_goods_lie_in_it(
    supervisor: Client, acme: Merchant, house: Warehouse
) -> None:
    new = {"code": "N-1", "kind": "bin", "x_mm": "100", "y_mm": "200"}
    assert supervisor.post(f"{PLACES}save/", new).status_code == 302
    assert ask(supervisor, f"{PLACES}save/", {**new, "x_mm": "150"}).json()["is_new"] is False
    assert Location.objects.get(warehouse=house, code="N-1").x_mm == 150
    with merchant(acme):
        full = StockBalance.objects.filter(on_hand__gt=0).select_related("location")[0].location
    for body, field in (
        ({"code": full.code, "kind": "staging"}, "kind"),
        ({"code": "N-1", "kind": "bin", "parent": "N-1"}, "parent"),
        ({"code": "SUPPLIER", "kind": "bin"}, "code"),
        ({"code": "N 2", "kind": "bin"}, "code"),
    ):
        refused = ask(supervisor, f"{PLACES}save/", body)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field)


def test_the_floor_looks_and_prints_and_changes_nothing(
    floor: Client, supervisor: Client, house: Warehouse
) -> None:
    send(supervisor)
    assert "place-form" not in floor.get(PLACES).content.decode()
    assert floor.post(f"{PLACES}save/", {"code": "X", "kind": "bin"}).status_code == 403
    a_warehouse("hkg1")
    assert floor.get("/stations/places/hkg1/").status_code == 404
    assert floor.get("/stations/places/")["Location"] == PLACES


def test_labels_decode_at_203_dpi(floor: Client, supervisor: Client, house: Warehouse) -> None:
    codes = ["L-01", "L-ZONE.B/0123-45", "L" * 30]
    send(supervisor, "code,kind\nLAB,zone\n")
    send(supervisor, "code,kind,parent\n" + "".join(f"{code},bin,LAB\n" for code in codes))
    zone = Location.objects.get(warehouse=house, code="LAB")
    answer = floor.get(f"{PLACES}labels/?in={zone.pk}")
    assert answer["Content-Type"] == "application/pdf"
    assert sorted(text for _kind, text in scanned(answer.content)) == sorted(codes)
