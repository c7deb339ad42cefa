"""How much a shop's listing resembles a product: for suggestions and for warnings.

Words are compared without case and accents. No words are learnt or translated: a Chinese title
and an English one share nothing, and that is no mismatch but silence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from orders.rules.countries import fold

WORDS = re.compile(r"[^\W_]+")
PIECES = re.compile(r"[0-9A-Za-z]+")
HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff\uac00-\ud7af]")
PACK = re.compile(
    r"(?:(?:set|pack|lot|juego|paquete|lote|pack[ -]?size)\s*(?:of|de|:)?\s*(\d{1,4})\b)"
    r"|(?:\b(\d{1,4})\s*[-x×]?\s*(?:pcs|pc|pieces?|packs?|pk|er[ -]?(?:set|pack)|stück|"
    r"piezas?|uds|unidades)\b)"
    r"|(?:(\d{1,4})\s*(?:件装|只装|个装|片装|支装|件套|個入|個セット))",
    re.IGNORECASE,
)
FILLERS = frozenset({
    "a", "an", "and", "the", "for", "with", "of", "in", "to", "new", "de", "la", "el", "los",
    "las", "un", "una", "y", "con", "para", "en", "nuevo", "der", "die", "das", "und", "mit",
    "fur", "neu", "le", "les", "des", "et", "avec", "pour", "set", "pack", "pcs",
})  # fmt: skip
SHORTEST_COMMON = 3


@dataclass(frozen=True, slots=True)
class Described:
    """What is told of one thing, by a shop or by the merchant's own list."""

    code: str
    title: str = ""
    brand: str = ""
    model: str = ""
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`part` is title, brand, model or quantity; both sides as they were told."""

    part: str
    channel: str
    own: str


@lru_cache(maxsize=20_000)
def words(text: str) -> frozenset[str]:
    """The words that tell something apart: no fillers, no accents, no case."""
    plain = "".join(
        sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
    )
    found = {word.casefold() for word in WORDS.findall(plain)}
    # Without spaces between words, pairs of signs are the nearest thing to a word.
    for word in [word for word in found if HAN.search(word)]:
        found.discard(word)
        found |= {word[at : at + 2] for at in range(max(len(word) - 1, 1))}
    return frozenset(found - FILLERS)


def likeness(listing: Described, product: Described) -> int:
    """0 to 100: how sure one may be that the listing is one piece of the product.

    The same GTIN or the same code but for case and punctuation is 100. A code that begins or ends
    with the other's, and titles, brands and models in common, add up to less.
    """
    code, sku = fold(listing.code), fold(product.code)
    if code and code == sku:
        return 100
    if product.gtin and _gtin(product.gtin) in {_gtin(listing.gtin), _gtin(listing.code)}:
        return 100
    score = 0
    shorter, longer = sorted((code, sku), key=len)
    if len(shorter) >= SHORTEST_COMMON and (longer.startswith(shorter) or longer.endswith(shorter)):
        score += 30 + 30 * len(shorter) // len(longer)
    elif common := _common_pieces(listing.code, product.code):
        score += min(25, 5 * common)
    score += int(40 * _overlap(words(listing.title), words(product.title)))
    told = words(f"{listing.title} {listing.brand} {listing.model} {listing.code}")
    score += 15 * _names(product.model, told) + 5 * _names(product.brand, told)
    return min(score, 99)


def mismatches(listing: Described, product: Described, *, pieces: int) -> tuple[Mismatch, ...]:
    """What the channel tells otherwise than the merchant's own list; silence is no mismatch.

    `pieces` is how many of the product one piece of the listing is mapped to.
    """
    found = []
    for part in ("brand", "model"):
        theirs, ours = getattr(listing, part), getattr(product, part)
        if theirs and ours and fold(theirs) != fold(ours):
            found.append(Mismatch(part, theirs, ours))
    theirs, ours = words(listing.title), words(product.title)
    # Titles in two scripts share no word however right they are.
    is_comparable = bool(theirs and ours) and _has_han(theirs) == _has_han(ours)
    if is_comparable and not theirs & (ours | words(f"{product.brand} {product.model}")):
        found.append(Mismatch("title", listing.title, product.title))
    sold, own = pack_size(listing.title), pack_size(product.title)
    if sold and sold != pieces * (own or 1):
        found.append(Mismatch("quantity", str(sold), str(pieces * (own or 1))))
    return tuple(found)


def pack_size(title: str) -> int | None:
    """How many pieces a title says are in the pack, e.g. 3 for “Set of 3” and “3件装”."""
    found = {int(text) for match in PACK.finditer(title) for text in match.groups() if text}
    found.discard(0)
    return found.pop() if len(found) == 1 else None


def code_pieces(code: str) -> Sequence[str]:
    """Beginnings to look a code up by: itself, without its last, without its first piece."""
    pieces = [(piece.start(), piece.end()) for piece in PIECES.finditer(code)]
    if not pieces:
        return (code,) if code else ()
    starts = [code]
    if len(pieces) > 1:
        starts += [code[: pieces[-2][1]], code[pieces[1][0] :], code[: pieces[0][1]]]
    return tuple(
        dict.fromkeys(
            variant
            for start in starts
            if len(start) >= SHORTEST_COMMON
            for variant in (start, start.upper(), start.lower())
        )
    )


def _gtin(text: str) -> str:
    """A GTIN in 14 digits; empty for anything else."""
    return text.zfill(14) if text.isascii() and text.isdigit() and 8 <= len(text) <= 14 else ""


def _common_pieces(one: str, other: str) -> int:
    def pieces(code: str) -> set[str]:
        return {piece.casefold() for piece in PIECES.findall(code) if len(piece) > 1}

    return sum(len(piece) for piece in pieces(one) & pieces(other))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _names(text: str, told: frozenset[str]) -> bool:
    return bool(text) and words(text) <= told and bool(words(text))


def _has_han(found: frozenset[str]) -> bool:
    return any(HAN.search(word) for word in found)
