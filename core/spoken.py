"""Stored sentences of rules in the reader's language.

A sentence is kept as ``Sentence.as_dict()``: template and values apart. Values that are themselves
words of a data file (`DATA_WORDS`) are translated too; everything else is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

DATA_WORDS = frozenset(
    {"condition", "field", "goods", "kinds", "mode", "partner", "rule", "service", "zone"}
)
"""Names of values that are words themselves; ``data_words.py`` of each app marks their texts."""


def say(stored: Mapping[str, Any]) -> str:
    """One stored sentence; as it was written then, where its template has changed since."""
    template = str(stored.get("template", ""))
    if not template:
        return str(stored.get("text", ""))
    params = stored.get("params") or {}
    values = {name: _words(str(text)) if name in DATA_WORDS else text
              for name, text in params.items()}  # fmt: skip
    try:
        return _(template).format(**values)
    except (KeyError, IndexError, ValueError):
        return str(stored.get("text", ""))


def _words(text: str) -> str:
    """A value that is a word, or several with commas between them."""
    whole = _(text) if text else ""
    return ", ".join(map(_, text.split(", "))) if whole == text and text else whole


def say_all(stored: Iterable[Mapping[str, Any]], *, otherwise: str = "") -> str:
    """Several stored sentences one after the other; `otherwise` where none was stored."""
    return run_on(map(say, stored)) or otherwise


def run_on(sentences: Iterable[str]) -> str:
    """Sentences one after the other; a Chinese full stop brings its own space."""
    is_chinese = (get_language() or "").startswith("zh")
    return ("" if is_chinese else " ").join(filter(None, sentences))
