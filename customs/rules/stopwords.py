"""Is a goods description good enough for customs (ICS2 and H7)?

It must say what the goods are: letters that European customs can read, and more than the words of
``ics2_stop_words.csv`` (a partial list: A to G and a few more; the mark is in the file).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from core.sentences import gettext_noop
from customs.rules.facts import read_rows
from customs.rules.problems import Problem, problem

LONGEST = 512
FEWEST_LETTERS = 3
_WORD = re.compile(r"[\w/&-]+")
# Joining words add nothing: "gift and accessories" says as little as its parts.
_FILLERS = frozenset({"and", "or", "of", "the", "a", "an", "with", "for", "other", "various"})


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    # One form for singular and plural: "gifts" says no more than "gift".
    return tuple(
        word[:-1] if word.endswith("s") and not word.endswith("ss") else word
        for word in _WORD.findall(plain)
    )


@lru_cache(maxsize=1)
def stop_terms() -> frozenset[tuple[str, ...]]:
    """The terms that say nothing alone, each as its words in lower case."""
    return frozenset(
        _words(row["term"])
        for row in read_rows("ics2_stop_words.csv")
        if row["field"] == "goods_description"
    )


def _says_nothing(words: tuple[str, ...]) -> bool:
    """Whether the words are nothing but stop terms, fillers and numbers, in any order."""
    longest = max(len(term) for term in stop_terms())
    position = 0
    while position < len(words):
        word = words[position]
        if word in _FILLERS or len(word) == 1 or word.isdigit():
            position += 1
            continue
        for size in range(min(longest, len(words) - position), 0, -1):
            if words[position : position + size] in stop_terms():
                position += size
                break
        else:
            return False
    return True


def check_description(
    description: str, *, element: str = "goods_description", level: str = "item", line: int = 0
) -> Problem | None:
    """The first fault of a goods description, or None when customs can use it."""
    text = description.strip()
    latin = sum(1 for c in text if c.isalpha() and unicodedata.name(c, "").startswith("LATIN"))
    remedy = gettext_noop("say what it is, what it is made of and what it is for, in English")
    if not text:
        code, fault = "description_empty", gettext_noop("there is no description")
    elif len(text) > LONGEST:
        code = "description_too_long"
        fault = gettext_noop("the description has more than {longest} characters")
        remedy = gettext_noop("shorten it to {longest} characters")
    elif latin == 0 and any(c.isalpha() for c in text):
        code, fault = "description_not_latin", gettext_noop("“{text}” has no Latin letters")
    elif latin < FEWEST_LETTERS:
        code, fault = "description_too_short", gettext_noop("“{text}” says too little")
    elif _says_nothing(_words(text)):
        code, fault = "description_stop_word", gettext_noop("“{text}” is a customs stop word")
    else:
        return None
    return problem(
        element,
        level=level,
        line=line,
        code=code,
        fault=fault,
        remedy=remedy,
        text=text[:60],
        longest=LONGEST,
    )
