"""Which encoding a text file has, decided by its bytes alone.

A byte order mark decides; then strict UTF-8; then the three encodings in which marketplaces
outside the English-speaking world still export: GB 18030 (GBK), Windows-31J (Shift-JIS) and
Windows-1252. A file that is mostly UTF-8 with broken bytes is refused, not guessed.
"""

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from orders.files.faults import FileRefused

CHUNK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Legacy two-byte codes may use ASCII bytes as their second byte, so runs are taken with them.
PAIR_RUN = re.compile(rb"(?:[\x81-\xfe][\x40-\xfe])+|[\x80-\xff]+")
COMMON_HANZI = re.compile(rb"[\xb0-\xd7][\xa1-\xfe]")
OTHER_GB = re.compile(rb"[\xa1-\xa9\xd8-\xf7][\xa1-\xfe]")
KANA_KANJI = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|[\x88-\x97][\x40-\xfc]|\x81[\x40-\xac]")
OTHER_SJIS = re.compile(rb"[\x98-\x9f\xe0-\xea][\x40-\xfc]")
MINIMUM_SCORE = 0.5
DOUBTFUL_WITHIN = 0.25
"""Scores nearer than this leave a doubt that the reader of the file is told of."""
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "gb18030": "GBK (GB 18030)",
    "cp932": "Shift-JIS",
    "cp1252": "Windows-1252",
}


class Encoding(NamedTuple):
    """``name`` as Python calls it; ``rival`` is another that explains the bytes nearly as well,
    empty where there is none. ``is_assumed``: neither a mark nor UTF-8 says it."""

    name: str
    rival: str = ""
    is_assumed: bool = False


def detect_encoding(source: BinaryIO, filename: str) -> Encoding:
    """The encoding; the whole file decodes with it.

    Raises:
        FileRefused: ``encoding`` naming the first bad line, or ``binary``.
    """
    source.seek(0)
    head = source.read(4096)
    for mark, name in MARKS:
        if head.startswith(mark):
            return Encoding(_checked(source, filename, name))
    if b"\x00" in head:
        name = _checked(source, filename, _unmarked_utf16(head, filename))
        return Encoding(name, is_assumed=True)
    sample = bytearray()
    for chunk in _chunks(source):
        if b"\x00" in chunk:
            raise FileRefused("binary", filename=filename, kind="data with NUL bytes")
        if len(sample) < CHUNK:
            sample += b" ".join(_high_neighbourhoods(chunk))
    line = _first_bad_line(source, "utf-8")
    if line is None:
        return Encoding("utf-8")
    likely = [name for name in _legacy(bytes(sample)) if _first_bad_line(source, name) is None]
    if not likely:
        if _control_share(head) > 0.1:
            raise FileRefused("binary", filename=filename, kind="unknown data")
        raise FileRefused("encoding", filename=filename, line=line)
    return Encoding(likely[0], "".join(likely[1:2]), is_assumed=True)


def _checked(source: BinaryIO, filename: str, name: str) -> str:
    line = _first_bad_line(source, name)
    if line is not None:
        raise FileRefused("encoding", filename=filename, line=line)
    return name


def _unmarked_utf16(head: bytes, filename: str) -> str:
    """UTF-16 without a mark shows NUL at every second place of an ASCII header."""
    even, odd = head[0:200:2], head[1:200:2]
    if len(head) > 3 and odd.count(0) >= 0.9 * len(odd) and even.count(0) == 0:
        return "utf-16-le"
    if len(head) > 3 and even.count(0) >= 0.9 * len(even) and odd.count(0) == 0:
        return "utf-16-be"
    raise FileRefused("binary", filename=filename, kind="data with NUL bytes")


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    source.seek(0)
    while chunk := source.read(CHUNK):
        yield chunk


def _first_bad_line(source: BinaryIO, name: str) -> int | None:
    """The 1-based line of the first byte that does not decode, or that decodes to NUL."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    lines = 1
    try:
        for chunk in _chunks(source):
            decoded = decoder.decode(chunk)
            if "\x00" in decoded:
                return lines + decoded[: decoded.index("\x00")].count("\n")
            lines += decoded.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        # ``object`` is what the decoder was given; a multi-byte line feed only blurs the count.
        return lines + bytes(error.object)[: error.start].count(b"\n")
    return None


def _high_neighbourhoods(chunk: bytes) -> list[bytes]:
    """Every word with a byte above 127: the evidence, without the ASCII between."""
    return [word for word in re.split(rb"[\t\r\n,;|]", chunk) if not word.isascii()]


def _legacy(sample: bytes) -> list[str]:
    """The likeliest of the legacy encodings, then those nearly as likely.

    Each score is the share of non-ASCII bytes that the encoding explains as everyday characters.
    """
    high = sum(len(run) for run in HIGH_RUN.findall(sample))
    if not high:
        return []
    utf8 = sum(len(found) for found in MULTIBYTE.findall(sample)) / high
    if utf8 > 0.7:
        return []
    pairs = b" ".join(PAIR_RUN.findall(sample))
    weight = len(pairs.replace(b" ", b"")) or 1
    single = [
        run
        for run in HIGH_RUN.findall(sample)
        if len(run) == 1 and run not in b"\x81\x8d\x8f\x90\x9d"
    ]
    scores = {
        "gb18030": _share(pairs, COMMON_HANZI, 2.0, weight) + _share(pairs, OTHER_GB, 0.8, weight),
        "cp932": _share(pairs, KANA_KANJI, 2.1, weight) + _share(pairs, OTHER_SJIS, 0.8, weight),
        "cp1252": len(single) / high,
    }
    ranked = sorted(scores, key=lambda name: -scores[name])
    best = scores[ranked[0]]
    if best < MINIMUM_SCORE:
        return []
    return [name for name in ranked if scores[name] > best - DOUBTFUL_WITHIN]


def _share(pairs: bytes, pattern: re.Pattern[bytes], bytes_each: float, weight: int) -> float:
    return len(pattern.findall(pairs)) * bytes_each / weight


def _control_share(head: bytes) -> float:
    controls = sum(byte < 32 and byte not in b"\t\r\n\x0b\x0c" for byte in head)
    return controls / max(1, len(head))
