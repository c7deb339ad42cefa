"""Every page renders, keeps the strict policy, and has what a screen reader and a phone need."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.ui.gallery import Picture, gallery, render

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PICTURES = gallery()
DRAWN_BY_THEIR_TESTS = (
    "board", "wave", "hand_over", "handover", "cartons", "photos", "units", "pickup_sign",
    "templates", "template", "pick_short", "supervise", "supervise_list", "places",
    "single", "put_wall", "put_walls", "printing", "replenish", "replenish_list",
    "receive", "put_away", "inbounds", "inbound_labels", "count", "count_list", "counts",
)  # fmt: skip
DRAWN_IN_THE_DASHBOARD = (
    "inbounds/list", "inbounds/form", "inbounds/detail", "inbounds/labels", "products/stock",
)  # fmt: skip
NAMED = {"a", "button", "summary"}
FIELDS = {"input", "select", "textarea"}
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "use", "source"}


class Reader(HTMLParser):
    """Collects what the checks below ask for; offers no judgement."""

    def __init__(self) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.outside: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.nameless: list[str] = []
        self.references: list[str] = []
        self.posts: list[bool] = []
        self.page: dict[str, str] = {}
        self._open: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, raw: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in raw}
        self._collect_policy(tag, attributes)
        self._collect_names(tag, attributes)
        self._collect_forms(tag, attributes)
        if tag not in VOID:
            self._open.append((tag, attributes, []))

    def _collect_policy(self, tag: str, attributes: dict[str, str]) -> None:
        self.page = attributes if tag == "html" else self.page
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.inline.append(tag)
        self.inline += [name for name in attributes if name == "style" or name.startswith("on")]
        if tag in {"script", "img", "link", "use"}:
            address = attributes.get("src") or attributes.get("href", "")
            self.outside += [address] if re.match(r"(https?:)?//", address) else []

    def _collect_names(self, tag: str, attributes: dict[str, str]) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for name in ("aria-labelledby", "aria-describedby"):
            self.references += attributes.get(name, "").split()
        if tag == "img" and "alt" not in attributes:
            self.nameless.append("img")

    def _collect_forms(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "label":
            self.labels.add(attributes.get("for", ""))
        if tag in FIELDS and attributes.get("type") != "hidden":
            wrapped = any(outer == "label" for outer, _attributes, _text in self._open)
            self.fields.append({**attributes, "wrapped": "yes" if wrapped else ""})
        if tag == "form" and attributes.get("method", "").lower() == "post":
            self.posts.append(False)
        if attributes.get("name") == "csrfmiddlewaretoken" and self.posts:
            self.posts[-1] = True

    def handle_data(self, data: str) -> None:
        for _tag, _attributes, text in self._open:
            text.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in VOID:
            open_tag, attributes, text = self._open.pop()
            named = "".join(text) or attributes.get("aria-label")
            if open_tag in NAMED and not named:
                self.nameless.append(open_tag)
            if open_tag == tag:
                break


def read(picture: Picture) -> Reader:
    reader = Reader()
    reader.feed(render(picture))
    return reader


@pytest.fixture(params=sorted(PICTURES))
def reader(request: pytest.FixtureRequest) -> Reader:
    return read(PICTURES[request.param])


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(reader: Reader) -> None:
    assert reader.inline == []
    assert reader.outside == []


def test_page_names_its_language_and_direction(reader: Reader) -> None:
    assert reader.page["lang"] == "en"
    assert reader.page["dir"] == "ltr"


def test_headings_start_at_one_and_skip_no_level(reader: Reader) -> None:
    assert reader.headings.count(1) == 1
    body = [level for level in reader.headings if level != 1]
    assert all(later - earlier <= 1 for earlier, later in zip([1, *body], body, strict=False))


def test_every_field_has_a_label(reader: Reader) -> None:
    unlabelled = [
        field
        for field in reader.fields
        if field.get("id") not in reader.labels
        and not field.get("aria-label", field.get("aria-labelledby"))
        and not field["wrapped"]
    ]
    assert unlabelled == []


def test_every_link_button_and_image_has_words(reader: Reader) -> None:
    assert reader.nameless == []


def test_ids_are_unique_and_references_lead_somewhere(reader: Reader) -> None:
    assert len(reader.ids) == len(set(reader.ids))
    assert set(reader.references) <= set(reader.ids)


def test_every_form_that_posts_carries_a_token(reader: Reader) -> None:
    assert all(reader.posts)


def test_every_template_is_in_the_gallery_or_part_of_one_that_is() -> None:
    used = {picture.template for picture in PICTURES.values()}
    text = "\n".join(path.read_text() for path in TEMPLATES.rglob("*") if path.is_file())
    named = set(re.findall(r"""(?:extends|include) ["']([^"']+)["']""", text))
    by_tag = {"components/journey_line.html", "components/languages.html"}
    # Drawn with real rows by the stations' own tests (tests/warehouse/stations, tests/admin).
    by_tag |= {f"stations/{name}.html" for name in DRAWN_BY_THEIR_TESTS}
    # tests/dashboard/test_inbounds.py and test_product_stock.py.
    by_tag |= {f"dashboard/{name}.html" for name in DRAWN_IN_THE_DASHBOARD}
    ours = {
        str(path.relative_to(TEMPLATES))
        for folder in ("dashboard", "tracking", "stations", "components", "account", "errors")
        for path in (TEMPLATES / folder).rglob("*.html")
    }
    assert ours - used - named - by_tag == set()


def test_every_template_says_what_it_is_given() -> None:
    silent = [
        str(path.relative_to(TEMPLATES))
        for folder in ("dashboard", "tracking", "stations", "components")
        for path in (TEMPLATES / folder).rglob("*.html")
        if "{#" not in path.read_text()
    ]
    assert silent == []


def test_error_page_needs_no_context_at_all() -> None:
    assert "Something broke" in render(PICTURES["error_500"])


def test_arabic_page_runs_from_right_to_left() -> None:
    from django.utils import translation

    with translation.override("ar"):
        assert '<html lang="ar" dir="rtl">' in render(PICTURES["parcel"])


def test_chosen_theme_is_written_by_the_server_so_that_nothing_flashes() -> None:
    assert 'data-theme="dark"' in render(PICTURES["today"], theme="dark")


def test_running_upload_polls_and_a_finished_one_stops() -> None:
    assert 'hx-trigger="every 1s"' in render(PICTURES["upload_running"])
    assert "hx-trigger" not in render(PICTURES["upload_done"])


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("waybridge.css", 30_000),
        ("journey.css", 6_000),
        ("tracking.css", 8_000),
        ("station.css", 10_000),
        ("waybridge.js", 8_000),
        ("station.js", 14_000),
        ("icons.svg", 4_000),
    ],
)
def test_assets_stay_within_their_budget(name: str, limit: int) -> None:
    assert len(asset(name)) <= limit


def asset(name: str) -> bytes:
    return Path(str(finders.find(f"waybridge/{name}"))).read_bytes()


@pytest.mark.parametrize("name", ["parcel", "parcel_trouble", "parcel_delivered"])
def test_public_page_with_everything_it_loads_is_under_60_kb_compressed(name: str) -> None:
    html = render(PICTURES[name])
    loaded = re.findall(r'(?:href|src)="/static/([^"#]+)"', html)
    sizes = [len(gzip.compress(asset(address.removeprefix("waybridge/")))) for address in loaded]
    assert sum(sizes) + len(gzip.compress(html.encode())) <= 60_000


def test_public_page_hides_personal_details_until_the_postcode_was_given() -> None:
    hidden, shown = render(PICTURES["parcel"]), render(PICTURES["parcel_delivered"])
    assert "Montera" not in hidden
    assert "Altavoz" not in hidden
    assert "Montera" in shown
    assert 'name="robots" content="noindex' in hidden
    assert "<script" not in hidden
