"""Old Excel files: read as another reader reads them, formulas and broken boxes refused."""

from __future__ import annotations

import io
import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from orders.files.faults import FileRefused
from orders.files.limits import Limits
from orders.files.reader import open_table
from samples.old_excel import record, workbook

ROWS: list[list[object]] = [
    ["订单号", "数量", "price", "名称"],
    ["8001", 2, 19.5, "李雷"],
    ["8002", 1, 0.1, "Jürgen " * 3000],
    ["8003", 100000, 7.25, "x" * 9000 + "end"],
]


def cells_of(content: bytes, **options: Limits) -> list[tuple[str, ...]]:
    with open_table(io.BytesIO(content), "orders.xls", **options) as table:
        assert table.kind == "xls"
        return [table.columns, *(row.cells for row in table.rows())]


def test_it_reads_what_another_reader_reads() -> None:
    content = workbook(ROWS)
    other = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    read = cells_of(content)
    for ours, theirs in zip(read, other, strict=True):
        assert [str(cell).strip() for cell in theirs if isinstance(cell, str)] == [
            cell for cell, said in zip(ours, theirs, strict=True) if isinstance(said, str)
        ]
    assert read[1] == ("8001", "2", "19.5", "李雷")
    assert read[3][1:3] == ("100000", "7.25")


def test_dates_small_numbers_and_truth_values_are_texts() -> None:
    more = [
        record(0x27E, struct.pack("<HHHI", 1, 0, 0, (1234 << 2) | 3)),
        record(0xBD, struct.pack("<HHHIHIH", 1, 1, 0, (7 << 2) | 2, 0, (0x3FF00000), 2)),
        record(0x205, struct.pack("<HHHBB", 1, 3, 0, 1, 0)),
    ]
    assert cells_of(workbook([["a", "b", "c", "d"]], sheet=more))[1] == ("12.34", "7", "1", "TRUE")


@pytest.mark.parametrize("kind", [0x06, 0x221, 0x4BC])
def test_a_formula_is_refused_where_it_stands(kind: int) -> None:
    formula = record(kind, struct.pack("<HHHd", 4, 2, 0, 1.0) + bytes(20))
    with pytest.raises(FileRefused, match="Cell C5") as caught:
        cells_of(workbook(ROWS, sheet=[formula]))
    assert caught.value.code == "formula"


def test_a_locked_file_and_another_box_are_refused() -> None:
    content = workbook(ROWS)
    place = content.index(struct.pack("<HH", 0x85, 14))
    locked = content[:place] + struct.pack("<HH", 0x2F, 14) + content[place + 4 :]
    other = content.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))
    for each in (locked, other):
        with pytest.raises(FileRefused) as caught:
            cells_of(each)
        assert caught.value.code == "old_excel"


def test_a_long_text_that_many_cells_refer_to_is_refused_before_it_fills_the_disk() -> None:
    many = [["x" * 30_000] * 50 for _ in range(60)]
    with pytest.raises(FileRefused) as caught:
        cells_of(workbook(many), limits=Limits(max_unpacked_bytes=20_000_000))
    assert caught.value.code == "zip_bomb"


BOOK = workbook(ROWS[:2])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(BOOK) - 1), st.binary(min_size=1, max_size=6)),
             max_size=5),
    st.integers(0, len(BOOK)),
)  # fmt: skip
def test_no_broken_book_is_more_than_refused(changes: list[tuple[int, bytes]], cut: int) -> None:
    content = bytearray(BOOK)
    for place, new in changes:
        content[place : place + len(new)] = new
    with suppress(FileRefused):
        open_table(io.BytesIO(bytes(content[: max(cut, 600)])), "orders.xls").close()
