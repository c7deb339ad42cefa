"""Writes the simplest Excel 97 workbook: one sheet of texts and numbers.

For samples and tests only; what reads it (`orders.files.xls`) shares nothing with it.
"""

import struct
from collections.abc import Iterable, Sequence

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
LONGEST_RECORD = 8_224


def workbook(rows: Iterable[Sequence[object]], *, sheet: Iterable[bytes] = ()) -> bytes:
    """The file. ``sheet``: further records of the sheet, made by `record`."""
    texts: dict[str, int] = {}
    cells: list[bytes] = []
    count = 0
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if isinstance(value, (int, float)):
                cells.append(record(0x203, struct.pack("<HHHd", row, column, 0, float(value))))
            elif value:
                place = texts.setdefault(str(value), len(texts))
                count += 1
                cells.append(record(0xFD, struct.pack("<HHHI", row, column, 0, place)))
    end = record(0x0A, b"")
    first = record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
    shared = _shared(list(texts), count)
    name = b"Orders"
    size = len(first) + 4 + 8 + len(name) + len(shared) + len(end)
    listed = record(0x85, struct.pack("<IBBBB", size, 0, 0, len(name), 0) + name)
    begin = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    return _box(b"".join([first, listed, shared, end, begin, *cells, *sheet, end]))


def record(kind: int, body: bytes) -> bytes:
    """One record."""
    return struct.pack("<HH", kind, len(body)) + body


def _shared(texts: list[str], count: int) -> bytes:
    """The table of texts, cut into records between texts and, where one is long, inside it."""
    parts, part = [], struct.pack("<II", count, len(texts))
    for text in texts:
        letters = text.encode("utf-16-le")
        head = struct.pack("<HB", len(letters) // 2, 1)
        if len(part) + len(head) + 2 > LONGEST_RECORD:
            parts.append(part)
            part = b""
        part += head
        while letters:
            room = (LONGEST_RECORD - len(part)) // 2 * 2
            part, letters = part + letters[:room], letters[room:]
            if letters:
                parts.append(part)
                part = b"\x01"
    parts.append(part)
    return b"".join(record(0x3C if place else 0xFC, each) for place, each in enumerate(parts))


def _box(stream: bytes) -> bytes:
    """The stream in a compound file: header, table of sectors, directory, content."""
    stream = stream.ljust(max(len(stream), 4096), b"\x00")
    sectors = -(-len(stream) // SECTOR)
    tables = 1
    while (sectors + 1 + tables) * 4 > tables * SECTOR:
        tables += 1
    start = tables + 1
    chain = [FAT] * tables + [END] + [*range(start + 1, start + sectors), END]
    chain += [FREE] * (tables * SECTOR // 4 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096,
                          END, 0, END, 0)  # fmt: skip
    listed = [*range(tables), *[FREE] * (109 - tables)]
    directory = _entry("Root Entry", 5, END, 0, child=1) + _entry(
        "Workbook", 2, start, len(stream), child=FREE
    )
    return b"".join(
        [
            header + struct.pack("<109I", *listed),
            struct.pack(f"<{len(chain)}I", *chain),
            directory.ljust(SECTOR, b"\x00"),
            stream.ljust(sectors * SECTOR, b"\x00"),
        ]
    )


def _entry(name: str, kind: int, start: int, size: int, *, child: int) -> bytes:
    letters = (name + "\x00").encode("utf-16-le")
    head = letters.ljust(64, b"\x00") + struct.pack(
        "<HBBIII", len(letters), kind, 1, FREE, FREE, child
    )
    return head + bytes(36) + struct.pack("<III", start, size, 0)
