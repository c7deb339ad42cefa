"""The dashboard in a real browser under the strict policy: keys, choice, drop, theme, phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.ui.gallery import gallery, render
from tests.ui.preview import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

NAMES = ("orders", "upload", "today", "order", "parcel", "station_pack", "claim_new")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pictures = gallery()
    with served({name: render(pictures[name]) for name in NAMES}) as running:
        yield running


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.textContent.trim()"))


def test_slash_goes_to_the_search_and_escape_leaves_it(page: Page, address: str) -> None:
    page.goto(f"{address}/orders")
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.id") == "search-all"
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.tagName") == "BODY"


def test_j_and_k_walk_the_rows_and_x_chooses_one(page: Page, address: str) -> None:
    page.goto(f"{address}/orders")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == "WB-10421"
    page.keyboard.press("k")
    assert focused(page) == "WB-10420"
    page.keyboard.press("x")
    assert page.is_visible(".bulk")
    assert page.inner_text("[data-selected-count]") == "1"


def test_choosing_all_counts_the_page_and_says_what_cancelling_undoes(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/orders")
    assert not page.is_visible(".bulk")
    page.check("[data-select-all]")
    assert page.inner_text("[data-selected-count]") == "12"
    page.click(".bulk summary")
    assert page.is_visible("text=reservations go back to available stock")


def test_question_mark_shows_the_keys(page: Page, address: str) -> None:
    page.goto(f"{address}/orders")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.click("#keys [data-close]")
    assert not page.is_visible("#keys")


def test_keys_stay_letters_while_typing(page: Page, address: str) -> None:
    page.goto(f"{address}/orders")
    page.fill("#search-all", "")
    page.focus("#search-all")
    page.keyboard.type("j?k")
    assert page.input_value("#search-all") == "j?k"
    assert not page.is_visible("#keys")


def test_dropped_file_lands_in_the_ordinary_field(page: Page, address: str) -> None:
    page.goto(f"{address}/upload")
    page.evaluate(
        """() => {
          const carried = new DataTransfer();
          carried.items.add(new File(["order-id"], "orders.txt"));
          const drop = new DragEvent("drop", { dataTransfer: carried, bubbles: true });
          document.querySelector("[data-drop]").dispatchEvent(drop);
        }"""
    )
    assert page.evaluate("() => document.getElementById('file').files[0].name") == "orders.txt"


def test_theme_is_remembered_in_a_cookie(page: Page, address: str) -> None:
    page.goto(f"{address}/today")
    page.click("[data-theme-toggle]")
    assert page.get_attribute("html", "data-theme") == "dark"
    assert "theme=dark" in page.evaluate("() => document.cookie")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [360, 820, 1360])
def test_no_page_is_wider_than_its_screen_or_breaks_the_policy(
    page: Page, address: str, name: str, width: int
) -> None:
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/{name}", wait_until="networkidle")
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    assert [words for words in complaints if "Content Security Policy" in words] == []


def test_targets_of_the_public_page_are_large_enough_for_a_thumb(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{address}/parcel")
    heights = page.evaluate(
        "() => [...document.querySelectorAll('button, input:not([type=hidden]), nav a')]"
        ".map((target) => target.getBoundingClientRect().height)"
    )
    assert min(heights) >= 40
