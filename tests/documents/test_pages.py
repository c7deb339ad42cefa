"""Scripts, long contents, escaping, repeatability."""

from __future__ import annotations

import io
import logging
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pypdf
import pypdfium2
import pytest

from core.pdf import RefusedFetch, address_block, engine
from core.pdf.columns import fold, pad
from customs.documents import render_commercial_invoice
from shipping.documents import render_manifest, render_postal_label
from tests.documents.reading import pages, pictures, squeezed, words
from tests.documents.samples import (
    CN22,
    CN23,
    INVOICE,
    LABEL,
    MANIFEST,
    PEOPLE,
    RENDERED,
    contents,
    invoice_line,
)
from warehouse.documents import render_packing_list, render_pick_list


@pytest.mark.parametrize("document", RENDERED)
def test_the_same_document_is_the_same_bytes(document: str) -> None:
    assert RENDERED[document]() == RENDERED[document]()


def test_bytes_do_not_depend_on_what_the_process_printed_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("core.pdf.fonts._FACES", {})
    first_of_all = render_commercial_invoice(replace(INVOICE, buyer=PEOPLE["ja"]))
    monkeypatch.setattr("core.pdf.fonts._FACES", {})
    render_postal_label(replace(LABEL, recipient=PEOPLE["ja"]))
    assert render_commercial_invoice(replace(INVOICE, buyer=PEOPLE["ja"])) == first_of_all


def test_the_only_date_in_the_file_is_the_documents_own() -> None:
    information = pypdf.PdfReader(io.BytesIO(render_commercial_invoice(INVOICE))).metadata
    assert information is not None
    assert str(information["/CreationDate"]) == "D:20260307093000Z"
    assert "/ModDate" not in information


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2026, 3, 7, 9, 30)  # noqa: DTZ001
    with pytest.raises(ValueError, match="created_at"):
        render_commercial_invoice(replace(INVOICE, created_at=naive))


@pytest.mark.parametrize("script", PEOPLE)
def test_names_and_addresses_of_every_script_are_printed_and_copied_out(
    script: str, caplog: pytest.LogCaptureFixture
) -> None:
    person = PEOPLE[script]
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        text = words(render_postal_label(replace(LABEL, recipient=person, customs=None)))
    assert caplog.records == []  # WeasyPrint warns of every glyph it has to replace by .notdef
    assert squeezed(person.name) in text
    assert squeezed(person.country_name) in text


@pytest.mark.parametrize("script", ["zh", "ja", "ar"])
def test_fonts_are_embedded_as_small_subsets(script: str) -> None:
    pdf = render_postal_label(replace(LABEL, recipient=PEOPLE[script]))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    resources: Any = reader.pages[0]["/Resources"]
    for font in resources["/Font"].values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & descriptor.keys()
    assert len(pdf) < 60_000


def test_ideographs_show_their_strokes() -> None:
    """The glyphs are drawn, not only named: the name leaves ink where the space leaves none."""
    person = PEOPLE["ja"]
    with_name = render_postal_label(replace(LABEL, recipient=person, customs=None))
    blank = replace(person, name="\u3000", lines=())
    without = render_postal_label(replace(LABEL, recipient=blank, customs=None))

    def ink(pdf: bytes) -> int:
        return sum(pictures(pdf)[0].convert("L").histogram()[:128])

    assert ink(with_name) > ink(without) + 2000


def test_markup_in_a_title_is_text() -> None:
    line = replace(
        invoice_line(), description="<script>alert(1)</script> <img src=//x.example/a> &"
    )
    text = words(render_commercial_invoice(replace(INVOICE, lines=(line,))))
    assert squeezed("<script>alert(1)</script> <img src=//x.example/a> &") in text


def test_emoji_are_left_out_of_documents() -> None:
    line = replace(invoice_line(), description="Mug \U0001f600\ufe0f\U000e0123 red \ue9f3")
    assert "Mugred" in words(render_commercial_invoice(replace(INVOICE, lines=(line,))))


def test_a_letter_no_font_has_leaves_the_rest_readable() -> None:
    line = replace(invoice_line(), description="Mug \u0378 red")
    pdf = render_commercial_invoice(replace(INVOICE, lines=(line,)))
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage().get_text_range()
    assert "Mug" in text
    assert "Brightline" in text


def test_hidden_direction_marks_cannot_turn_a_number_round() -> None:
    line = replace(invoice_line(), description="Cup \u202e99.00\u202c \u0000white")
    assert "Cup99.00white" in words(render_commercial_invoice(replace(INVOICE, lines=(line,))))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/a.png", "file:///etc/passwd", "data:image/png;base64,AA==", "a.css"]
)
def test_no_address_is_ever_opened(url: str) -> None:
    with pytest.raises(RefusedFetch, match="refused to load"):
        engine._NO_FETCH.fetch(url)


def test_thirty_lines_break_over_pages_with_heads_and_page_numbers() -> None:
    lines = tuple(invoice_line(place) for place in range(30))
    texts = pages(render_commercial_invoice(replace(INVOICE, lines=lines)))
    assert len(texts) == 2
    for number, text in enumerate(texts, start=1):
        assert "Description of goods" in text
        assert f"Page {number} / 2" in text
    assert all(f"SKU-{1000 + place}" in "".join(texts) for place in range(30))
    assert "Total EUR" in texts[-1]


def test_a_short_invoice_is_one_page() -> None:
    assert len(pages(render_commercial_invoice(INVOICE))) == 1


def test_a_cn22_stands_on_the_label_itself() -> None:
    assert len(pages(render_postal_label(replace(LABEL, customs=CN22)))) == 1


def test_a_cn22_that_does_not_fit_moves_whole() -> None:
    label = replace(LABEL, customs=replace(CN22, contents=contents(9)))
    first, second = pages(render_postal_label(label))
    assert "CN22" not in first
    assert "CN22" in second
    assert "225.00 EUR" in second


def test_a_cn23_of_thirty_lines_names_its_item_on_every_page() -> None:
    label = replace(LABEL, customs=replace(CN23, contents=contents(30)))
    texts = pages(render_postal_label(label))
    assert len(texts) >= 3
    assert all("LX 123 456 785 CN" in text for text in texts)


@pytest.mark.parametrize("script", ["de", "zh", "ar"])
def test_long_names_and_words_stay_inside_the_page(script: str) -> None:
    endless = {"de": "Donaudampfschiff" * 12, "zh": "超长的名字" * 30, "ar": "الاسم الطويل " * 20}[
        script
    ]
    person = replace(PEOPLE[script], name=endless, lines=(endless, endless))
    line = replace(invoice_line(), description=endless, sku="S" * 90)
    for pdf in (
        render_commercial_invoice(replace(INVOICE, buyer=person, lines=(line,))),
        render_postal_label(replace(LABEL, recipient=person)),
    ):
        for page in pictures(pdf, dpi=72):
            right_edge = page.convert("L").crop((page.width - 5, 0, page.width, page.height))
            assert right_edge.getextrema() == (255, 255)


def test_a_manifest_of_three_hundred_parcels_adds_up() -> None:
    rows = tuple(replace(MANIFEST.rows[0], reference=f"WB-{place:06d}") for place in range(300))
    text = words(render_manifest(replace(MANIFEST, rows=rows)))
    assert all(f"WB-{place:06d}" in text for place in range(300))
    assert squeezed("Parcels 300") in text
    assert squeezed("105.000 kg") in text


def test_a_wide_pick_list_keeps_its_order() -> None:
    from tests.documents.samples import PICK_LIST

    lines = tuple(replace(PICK_LIST.lines[0], location=f"Z-{place:03d}") for place in range(80))
    text = words(render_pick_list(replace(PICK_LIST, lines=lines)))
    found = [text.index(f"Z-{place:03d}") for place in range(80)]
    assert found == sorted(found)


def test_a_packing_list_of_several_packages_shows_each() -> None:
    from tests.documents.samples import PACKING_LIST

    packages = tuple(replace(PACKING_LIST.packages[0], number=place) for place in (1, 2, 3))
    text = words(render_packing_list(replace(PACKING_LIST, packages=packages)))
    assert all(f"Package{place}:" in text for place in (1, 2, 3))
    assert squeezed("3.750 kg") in text


def test_an_address_is_written_as_its_country_writes_it() -> None:
    american = address_block(
        name="Ann Lee",
        street_lines=("1 Main St", "Apt 4"),
        city="Springfield",
        region="IL",
        postal_code="62701",
        country="US",
    )
    assert american.lines == ("1 Main St", "Apt 4", "Springfield, IL 62701")
    assert PEOPLE["ja"].lines == ("〒150-0001", "東京都", "渋谷区神宮前1丁目2-3")
    assert PEOPLE["de"].lines[-1] == "10623 Berlin"


def test_the_total_is_lines_and_charges_less_discount() -> None:
    assert INVOICE.total == Decimal("79.00")


def test_a_payout_that_does_not_add_up_is_refused() -> None:
    from tests.documents.samples import PAYOUT

    with pytest.raises(ValueError, match="steps"):
        replace(PAYOUT, total=Decimal("50.31"))


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"category": "present"}, "category"),
        ({"contents": ()}, "contents"),
        ({"contents": (contents(1)[0], replace(contents(1)[0], currency="USD"))}, "contents"),
    ],
)
def test_a_customs_form_that_cannot_be_true_is_refused(fault: dict[str, Any], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        replace(CN22, **fault)


def test_numbers_are_padded_to_stand_under_each_other() -> None:
    assert pad("1.50", "0,000.00") == "\u2007" * 3 + "\u2008" + "1.50"
    assert pad("12,345.00", "0.00") == "12,345.00"


def test_a_long_value_is_folded_at_spaces_and_wide_letters_count_twice() -> None:
    assert fold("one two three", 7) == ["one two", "three"]
    assert fold("超长名字", 4) == ["超长", "名字"]
