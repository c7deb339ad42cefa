"""Parts of the API's addresses. What cannot be one of ours is 404 before a view runs."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter

from core.pagination import LARGEST_ID


class WordConverter(StringConverter):
    """A reference or number we gave: letters, digits, hyphens."""

    regex = r"[A-Za-z0-9-]{1,60}"


class WordsConverter(StringConverter):
    """A merchant's own code: anything printable, slashes too; no control characters."""

    regex = r"[^\x00-\x1f\x7f]{1,80}"


class BigConverter:
    """An id that fits its column."""

    regex = r"[0-9]{1,19}"

    def to_python(self, value: str) -> int:
        """Return the number; ValueError is a 404."""
        number = int(value)
        if number > LARGEST_ID:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        """Write the number."""
        return str(value)


register_converter(WordConverter, "word")
register_converter(WordsConverter, "words")
register_converter(BigConverter, "big")
