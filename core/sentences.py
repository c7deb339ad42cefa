"""A sentence a rule says: a code, an English template and its values.

Pure rules cannot translate (they know no Django and no language), so they hand out the template
and the values apart. A doorway shows ``gettext(sentence.template).format(**sentence.params)``;
logs, tests and stored calculations use ``sentence.text``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self


def gettext_noop(message: str) -> str:
    """Mark a template for translation; named as Django's so that ``makemessages`` collects it."""
    return message


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement of a rule; ``code`` is stable, ``template`` is English in brace format."""

    code: str
    template: str
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The English sentence with its values filled in."""
        return self.template.format(**self.params)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for a JSON column; ``Sentence(code, template, params)`` rebuilds it."""
        return {
            "code": self.code,
            "template": self.template,
            "params": dict(self.params),
            "text": self.text,
        }


def verbatim(text: str) -> Sentence:
    """Somebody else's own words (a carrier's, an authority's) as a sentence: said as they are."""
    return Sentence("verbatim", "{text}", {"text": text})


def stored(sentences: Iterable[Sentence]) -> list[dict[str, Any]]:
    """Sentences for a JSON column; `core.spoken.say_all` reads them out again."""
    return [sentence.as_dict() for sentence in sentences]


class Told(str):
    """Sentences as one English text that remembers them, to be said in another language later."""

    __slots__ = ("sentences",)
    sentences: tuple[Sentence, ...]

    def __new__(cls, *sentences: Sentence) -> Self:
        """Join the sentences' English texts."""
        told = super().__new__(cls, " ".join(sentence.text for sentence in sentences))
        told.sentences = sentences
        return told
