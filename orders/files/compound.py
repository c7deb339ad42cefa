"""Compound files (OLE2), the box that old Excel files come in: one stream by its name."""

import os
import struct
from typing import BinaryIO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END, FREE = 0xFFFFFFFE, 0xFFFFFFFF
HEADER_BYTES, HEADER_FAT, ENTRY_BYTES = 512, 109, 128
STREAM, ROOT = 2, 5
SECTOR_SHIFTS = (9, 12)
MINI_SHIFT = 6


class Damaged(ValueError):
    """The file does not hold together."""


class Stream:
    """A stream of the box, in memory: at most as large as the file itself."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def read(self, place: int, size: int) -> bytes:
        """`size` bytes from a place on."""
        found = self._content[place : place + size]
        if len(found) != size:
            raise Damaged("the stream ends early")
        return found


class _Box:
    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._size = source.seek(0, os.SEEK_END)
        source.seek(0)
        header = source.read(HEADER_BYTES)
        shift = struct.unpack_from("<H", header, 30)[0]
        if len(header) < HEADER_BYTES or shift not in SECTOR_SHIFTS:
            raise Damaged("header")
        self._bytes = 1 << shift
        self._directory, self._cutoff, mini, _count, fat, _more = struct.unpack_from(
            "<I4xIIIII", header, 48
        )
        self._fat = self._read_fat(header, fat)
        self._mini_fat = self._numbers(self.chain(mini)) if mini != END else []

    def _sector(self, number: int) -> bytes:
        place = (number + 1) * self._bytes
        if place >= self._size:
            raise Damaged("sector outside of the file")
        self._source.seek(place)
        return self._source.read(self._bytes).ljust(self._bytes, b"\x00")

    def _numbers(self, content: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(content) // 4}I", content))

    def _read_fat(self, header: bytes, more: int) -> list[int]:
        sectors = list(struct.unpack_from(f"<{HEADER_FAT}I", header, 76))
        seen: set[int] = set()
        while more not in (END, FREE):
            if more in seen:
                raise Damaged("the table of sectors goes in circles")
            seen.add(more)
            *listed, more = self._numbers(self._sector(more))
            sectors += listed
        fat: list[int] = []
        for sector in sectors:
            if sector != FREE:
                if len(fat) * self._bytes > self._size * 2 + (1 << 20):
                    raise Damaged("more sectors than the file has")
                fat += self._numbers(self._sector(sector))
        return fat

    def chain(self, number: int) -> bytes:
        """The sectors that follow each other from `number` on."""
        parts: list[bytes] = []
        while number != END:
            if len(parts) * self._bytes > self._size:
                raise Damaged("a chain goes in circles")
            parts.append(self._sector(number))
            number = self._fat[number]
        return b"".join(parts)

    def find(self, names: tuple[str, ...]) -> bytes | None:
        """The first of the streams with one of these names, in the order of the names."""
        entries = self.chain(self._directory)
        found: dict[str, tuple[int, int]] = {}
        root = 0
        for place in range(0, len(entries) - ENTRY_BYTES + 1, ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", entries, place + 64)
            start, size = struct.unpack_from("<II", entries, place + 116)
            name = entries[place : place + max(min(length, 64) - 2, 0)]
            if kind == ROOT:
                root = start
            elif kind == STREAM:
                found.setdefault(name.decode("utf-16-le", "replace"), (start, size))
        for wanted in names:
            if wanted in found:
                return self._stream(*found[wanted], root)
        return None

    def _stream(self, start: int, size: int, root: int) -> bytes:
        if size > self._size:
            raise Damaged("a stream larger than the file")
        if size >= self._cutoff:
            return self.chain(start)[:size]
        small = self.chain(root)
        parts: list[bytes] = []
        while start != END and len(parts) << MINI_SHIFT < size:
            parts.append(small[start << MINI_SHIFT : (start + 1) << MINI_SHIFT])
            start = self._mini_fat[start]
        return b"".join(parts)[:size]


def open_stream(source: BinaryIO, names: tuple[str, ...]) -> Stream | None:
    """The first stream found of these names; ``None`` where the box has none of them.

    Raises:
        Damaged, struct.error, IndexError: the file does not hold together.
    """
    content = _Box(source).find(names)
    return None if content is None else Stream(content)
