"""A file of places: what is read, and what is said of rows that cannot be."""

from __future__ import annotations

import pytest

from warehouse.rules.place_rows import NotAPlaceFile, read_rows

GOOD = b"code,kind,parent,pick_sequence,x_mm,y_mm\nA,zone,,,,\nA-01,bin,A,7,-1200,3500\n"


def test_rows_become_places() -> None:
    zone, place = (row.facts for row in read_rows(GOOD))
    assert zone is not None
    assert place is not None
    assert (zone.kind, zone.x_mm, zone.pick_sequence, zone.use) == ("zone", None, 0, "pick")
    assert (place.parent, place.pick_sequence, place.x_mm, place.y_mm) == ("A", 7, -1200, 3500)


@pytest.mark.parametrize("change", [(b",", b";"), (b",", b"\t"), (b"code", b"\xef\xbb\xbfCode")])
def test_spreadsheets_write_it_in_their_own_ways(change: tuple[bytes, bytes]) -> None:
    assert len([row for row in read_rows(GOOD.replace(*change)) if row.facts]) == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (b",bin,,,,", "code"),
        (b"A 01,bin,,,,", "code"),
        ("货位,bin,,,,".encode(), "code"),
        (b"A" * 31 + b",bin,,,,", "code"),
        (b"A-01,lost,,,,", "kind"),
        (b"A-01,shelf,,,,", "kind"),
        (b"A-01,bin,,-1,,", "pick_sequence"),
        (b"A-01,bin,,many,,", "pick_sequence"),
        (b"A-01,bin,,99999999999,,", "pick_sequence"),
        (b"A-01,bin,,,5,", "y_mm"),
        (b"A-01,bin,,,,5", "x_mm"),
        (b"A-01,bin,,,5,1.5", "y_mm"),
        (b"A-01,bin,,,,,,", "code"),
    ],
)
def test_a_bad_row_names_its_column_and_stops_no_other(row: bytes, column: str) -> None:
    bad, good = list(read_rows(GOOD.splitlines()[0] + b"\n" + row + b"\nB,zone,,,,\n"))
    assert bad.facts is None
    assert bad.fault is not None
    assert (bad.fault.column, bad.line) == (column, 2)
    assert good.facts is not None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00", "not_utf8"),
        (b"", "columns"),
        (b"code,price\nA,1\n", "columns"),
        (b'code,kind\n"A,zone\n', "torn"),
        (b"code,kind\n" + b"A,zone\n" * 5001, "too_many"),
    ],
)
def test_what_is_no_file_of_places_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(NotAPlaceFile) as refused:
        list(read_rows(content))
    assert refused.value.sentence.code == code
