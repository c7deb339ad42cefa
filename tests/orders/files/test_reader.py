"""Whole-file faults are one sentence, known before the first row; sound tables read the same."""

import csv
import datetime as dt
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from orders.files.faults import FileRefused
from orders.files.limits import Limits
from orders.files.reader import Table, open_table


def table_of(content: bytes, **options: Limits) -> Table:
    return open_table(io.BytesIO(content), "orders.csv", **options)


def refusal(content: bytes, **options: Limits) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        table_of(content, **options)
    sentence = str(caught.value)
    assert "orders.csv" in sentence
    assert "%(" not in sentence
    assert sentence.endswith(".")
    return caught.value


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, part: str, change: bytes) -> bytes:
    """The workbook with one part replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for entry in old.infolist():
            kept = old.read(entry)
            new.writestr(entry.filename, change if entry.filename == part else kept)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOOK = workbook([["a", "b"], [1, "x"]])


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n \n", b"\xef\xbb\xbf"],
    ids=["no bytes", "only blank lines", "only a mark"],
)
def test_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content).code == "empty"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n\x00\x01", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (bytes(range(256)) * 9, "NUL"),
        (b"order-id\tsku\n1\tA\x00B\n", "NUL"),
    ],
)
def test_binary_file_is_refused_by_its_name(content: bytes, words: str) -> None:
    error = refusal(content)
    assert error.code == "binary"
    assert words in str(error)


def test_old_excel_file_is_refused_with_the_remedy() -> None:
    assert "Excel" in str(refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600))


def test_utf8_with_broken_bytes_is_refused_by_line() -> None:
    content = "a,b\nKöln,Bäume\nMünchen,".encode() + b"\xff\n"
    error = refusal(content)
    assert (error.code, error.params["line"]) == ("encoding", 3)


def test_file_of_200_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(FileRefused, match=r"is 200 MB: at most 64 MB"):
        open_table(path)


def test_more_rows_than_the_limit_are_refused() -> None:
    assert refusal(b"a,b\n" + b"1,2\n" * 6, limits=Limits(max_rows=5)).code == "too_many_rows"


def test_more_columns_than_the_limit_are_refused() -> None:
    assert refusal(b"a,b,c\n", limits=Limits(max_columns=2)).code == "too_many_columns"


def test_zip_bomb_is_refused_by_its_directory() -> None:
    error = refusal(repacked(BOOK, SHEET, b" " * 30_000_000))
    assert error.code == "zip_bomb"


def test_archive_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("orders.csv", "a,b")
    assert refusal(file.getvalue()).code == "not_a_workbook"


@pytest.mark.parametrize("kept", [10, 200, -100, -1])
def test_truncated_workbook_is_refused(kept: int) -> None:
    assert refusal(BOOK[:kept]).code == "damaged"


def test_workbook_with_a_broken_sheet_is_refused() -> None:
    assert refusal(repacked(BOOK, SHEET, b"<worksheet><sheetData><row>")).code == "damaged"


@pytest.mark.parametrize("padding", [b"", b"<!--" + b"x" * 9000 + b"-->"], ids=["head", "hidden"])
def test_external_entity_is_refused(padding: bytes) -> None:
    sheet = (
        b'<?xml version="1.0"?>'
        + padding
        + b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e;</t></is></c></row></sheetData>'
        b"</worksheet>"
    )
    assert refusal(repacked(BOOK, SHEET, sheet)).code == "entities"


def test_formula_in_a_workbook_is_refused_by_its_cell() -> None:
    error = refusal(workbook([["a", "b"], [1, 2], [3, "=SUM(A2:A3)"]]))
    assert "Cell B3" in str(error)


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "=A1*2",
        "=SUM(A1:A9)",
        '=HYPERLINK("http://x","y")',
        "=cmd|' /C calc'!A0",
        "@SUM(1)",
        "+cmd|' /C calc'!A0",
        "=-2",
        "= SUM(1)",
    ],
)
def test_formula_in_text_is_refused_by_its_cell(cell: str) -> None:
    quoted = cell.replace('"', '""')
    error = refusal(f'a,b\n1,2\n3,"{quoted}"\n'.encode())
    assert (error.code, error.params["cell"]) == ("formula", "B3")


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("+49 30 901820", "+49 30 901820"),
        ("-", "-"),
        ("-5", "-5"),
        ("@home", "@home"),
        ("=)", "=)"),
        ('"=""00123"""', "00123"),
    ],
)
def test_what_only_begins_like_a_formula_is_kept(cell: str, read: str) -> None:
    with table_of(f"a,b\n1,{cell}\n".encode()) as table:
        assert next(table.rows()).cells == ("1", read)


def test_quotation_that_never_ends_is_refused_by_its_line() -> None:
    error = refusal(b'a,b\n1,2\n"3,4\n5,6\n')
    assert (error.code, error.params["line"]) == ("unclosed_quote", 3)


def test_very_long_cell_is_refused() -> None:
    assert refusal(b"a,b\n" + b"x" * 200_000 + b",1\n").code == "cell_too_long"


TEXT = "order,name\n1,Müller\n2,Ñandú\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_western_encodings_are_recognised(encoding: str) -> None:
    with table_of(TEXT.encode(encoding)) as table:
        assert table.columns == ("order", "name")
        assert [row.cells[1] for row in table.rows()] == ["Müller", "Ñandú"]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gbk", "广东省广州市天河区体育西路"),
        ("gb18030", "上海市静安区南京西路"),
        ("cp932", "東京都千代田区丸の内メゾン"),
        ("cp932", "佐藤 花子さま"),
    ],
)
def test_east_asian_encodings_are_recognised(encoding: str, text: str) -> None:
    with table_of(f"order,name\n1,{text}\n".encode(encoding)) as table:
        assert next(table.rows()).cells[1] == text


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_recognised(separator: str) -> None:
    with table_of(f"a{separator}b\n1{separator}2, 3\n".replace(", ", " ").encode()) as table:
        assert table.columns == ("a", "b")


def test_separator_line_of_excel_is_obeyed() -> None:
    with table_of(b"sep=;\na;b\n1,5;2\n") as table:
        assert [(row.number, row.cells) for row in table.rows()] == [(3, ("1,5", "2"))]


def test_unescaped_quotes_of_amazon_do_not_swallow_rows() -> None:
    with table_of(b'sku\tname\nA\t6" cable\nB\t"best" hub\nC\t"x, ""y"""\n') as table:
        assert [row.cells[1] for row in table.rows()] == ['6" cable', '"best" hub', 'x, "y"']


def test_quoted_line_breaks_stay_in_their_cell_and_rows_keep_their_numbers() -> None:
    with table_of(b'a,b\r\n"1\r\nx","say ""hi"", you"\r\n\r\n3,4\r\n') as table:
        rows = list(table.rows())
    assert rows[0].cells == ("1\r\nx", 'say "hi", you')
    assert [row.number for row in rows] == [2, 4]


def test_workbook_cells_become_the_text_a_person_would_type() -> None:
    cells: list[object] = [
        12.0,
        19.9,
        0.1 + 0.2,
        True,
        dt.datetime.fromisoformat("2026-10-05T06:00:00"),
        None,
        "x",
    ]
    with table_of(workbook([list("abcdefg"), cells])) as table:
        row = next(table.rows())
    assert row.cells == ("12", "19.9", "0.3", "TRUE", "2026-10-05T06:00:00", "", "x")


def test_rows_can_be_read_again_and_the_source_stays_open() -> None:
    source = io.BytesIO(b"a,b\n1,2\n")
    with open_table(source, "f.csv") as table:
        assert list(table.rows()) == list(table.rows())
    assert not source.closed


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(FileRefused):
        table_of(content).close()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(BOOK) - 1), st.integers(0, 255))
def test_any_damaged_workbook_is_read_or_refused(place: int, byte: int) -> None:
    content = bytearray(BOOK)
    content[place] = byte
    with suppress(FileRefused):
        table_of(bytes(content)).close()


CELL = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda text: text[0] not in "=+-@"
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8))
@example([("||", "|")] * 3)
def test_what_the_csv_writer_writes_is_read_back(rows: list[tuple[str, str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([("order", "name"), *rows])
    with table_of(file.getvalue().encode()) as table:
        assert [row.cells for row in table.rows()] == rows


def test_a_sheet_that_claims_far_rows_and_columns_is_refused_quickly() -> None:
    head = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    far = b'<row r="2000000000"><c r="A2000000000"><v>1</v></c></row></sheetData></worksheet>'
    assert refusal(repacked(BOOK, SHEET, head + far)).code == "too_many_rows"
    wide = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1500))
    end = b"</sheetData></worksheet>"
    assert refusal(repacked(BOOK, SHEET, head + wide + end)).code == "too_many_columns"
