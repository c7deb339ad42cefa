"""A planned wave says how long its walk is: on its page, at the pick station, on the pick list."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from core.models import Merchant
from core.tenancy import merchant
from flows.papers import pick_list
from tests.documents.reading import squeezed, words
from tests.floor import a_released_wave, ask
from warehouse.models import Location, Warehouse, Wave


def test_measured_bins_give_the_walk_and_unmeasured_ones_say_nothing(
    acme: Merchant, house: Warehouse, floor: Client
) -> None:
    blank = a_released_wave(acme, house)
    assert (blank.path_mm, blank.serpentine_mm) == (None, None)
    assert "Walk:" not in floor.get(reverse("station_wave", args=[blank.pk])).content.decode()
    for place in Location.objects.filter(kind="bin").order_by("id"):
        place.zone, place.aisle, place.x_mm, place.y_mm = "A", "A", 2_000, 4_000
        place.save(update_fields=["zone", "aisle", "x_mm", "y_mm"])
    wave = a_released_wave(acme, house)
    page = reverse("station_wave", args=[wave.pk])
    told = ask(floor, page).json()["wave"]
    # From the bench to the bin, 2 m across and 4 m along, and back.
    assert (told["path_mm"], told["serpentine_mm"]) == (12_000, 12_000)
    assert "Walk: 12 m." in floor.get(page).content.decode()
    with merchant(acme):
        Wave.objects.filter(pk=wave.pk).update(serpentine_mm=15_500)
    station = floor.get(reverse("station_pick", args=[wave.pk])).content.decode()
    assert "Walk: 12 m, 3 m less than by pick sequence." in station


def test_the_pick_list_says_the_walk(acme: Merchant, house: Warehouse, floor: Client) -> None:
    wave = a_released_wave(acme, house)
    with merchant(acme):
        Wave.objects.filter(pk=wave.pk).update(path_mm=412_300, serpentine_mm=508_900)
    pick_list(acme.pk, {"wave_id": wave.pk})
    url = ask(floor, reverse("station_wave", args=[wave.pk])).json()["wave"]["pick_list_url"]
    pdf = floor.get(url).content
    assert squeezed("413 m, 96 m less than by sequence") in squeezed(words(pdf))
