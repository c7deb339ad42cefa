"""Stored sentences of rules in the reader's language.

A sentence is kept as ``Sentence.as_dict()``: template and values apart. Values that are themselves
words of a data file (`DATA_WORDS`) are translated too; everything else is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

DATA_WORDS = frozenset({"condition", "goods", "mode", "rule"})
"""Names of values that come from data files; ``data_words.py`` of each app marks their texts."""


def say(stored: Mapping[str, Any]) -> str:
    """One stored sentence; as it was written then, where its template has changed since."""
    template = str(stored.get("template", ""))
    if not template:
        return str(stored.get("text", ""))
    params = stored.get("params") or {}
    values = {name: _(text) if name in DATA_WORDS and text else text
              for name, text in params.items()}  # fmt: skip
    try:
        return _(template).format(**values)
    except (KeyError, IndexError, ValueError):
        return str(stored.get("text", ""))
