"""Denied-party screening against lists in the layout of OFAC's ``sdn.csv`` and ``alt.csv``.

The list shipped here is a handful of invented names so that the stage can be shown; the operator
loads the real one with ``load_listed_parties``. A match never refuses anything by itself: it holds
the order for a person.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.sentences import Sentence, gettext_noop
from customs.rules.facts import DATA, InvalidFacts

BLANK = "-0-"
SDN_COLUMNS = 12
ALT_COLUMNS = 5
# Words of company form: two names that differ only in them are the same name.
_FORMS = frozenset(
    {"ag", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "kg", "limited", "llc"}
    | {"lp", "ltd", "nv", "oao", "ooo", "plc", "pte", "pty", "sa", "sarl", "sas", "spa", "srl"}
)


@dataclass(frozen=True, slots=True)
class ListedParty:
    """A listed name; ``is_alias`` when it comes from the alternate names."""

    number: str
    name: str
    kind: str
    program: str
    tokens: tuple[str, ...]
    is_alias: bool = False


@dataclass(frozen=True, slots=True)
class PartyMatch:
    """A listed name that resembles a party: ``score`` 100 is the same name, 80 a likely one."""

    number: str
    listed_name: str
    program: str
    score: int
    reason: Sentence


def name_tokens(name: str) -> tuple[str, ...]:
    """Words of a name for comparison: no accents, case, punctuation or company form."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"\w+", plain.replace("'", "").replace(".", ""))
    return tuple(word for word in words if word not in _FORMS) or tuple(words)


def load_listed_parties(sdn: Path, alt: Path | None = None) -> tuple[ListedParty, ...]:
    """Read a list; rows have no head. Raises InvalidFacts on a row of another width."""
    names = []
    for row in _rows(sdn, SDN_COLUMNS):
        kind = "entity" if row[2] == BLANK else row[2]
        names.append(ListedParty(row[0], row[1], kind, row[3], name_tokens(row[1])))
    by_number = {party.number: party for party in names}
    for row in _rows(alt, ALT_COLUMNS) if alt else ():
        owner = by_number.get(row[0])
        if owner is None:
            raise InvalidFacts(str(alt), row[1], f"no party {row[0]}", "load both files of one day")
        tokens = name_tokens(row[3])
        names.append(ListedParty(row[0], row[3], owner.kind, owner.program, tokens, is_alias=True))
    return tuple(names)


def _rows(path: Path, width: int) -> Iterable[Sequence[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file), start=1):
            if len(row) != width:
                raise InvalidFacts(
                    path.name, f"line {number}", f"{len(row)} cells", f"{width} are needed"
                )
            yield [cell.strip() for cell in row]


@lru_cache(maxsize=1)
def demonstration_parties() -> tuple[ListedParty, ...]:
    """The invented list that ships with the platform."""
    return load_listed_parties(
        DATA / "denied_parties_demo.csv", DATA / "denied_parties_demo_alt.csv"
    )


def screen_party(
    name: str, *, parties: Sequence[ListedParty] | None = None
) -> tuple[PartyMatch, ...]:
    """Listed names that resemble ``name``, best first; one match per listed party."""
    tokens = name_tokens(name)
    best: dict[str, PartyMatch] = {}
    for party in demonstration_parties() if parties is None else parties:
        found = _compare(tokens, party)
        if found and found.score > (best[party.number].score if party.number in best else 0):
            best[party.number] = found
    return tuple(sorted(best.values(), key=lambda match: (-match.score, match.number)))


def _compare(tokens: tuple[str, ...], party: ListedParty) -> PartyMatch | None:
    listed = party.tokens
    if not tokens or not listed:
        return None
    if tokens == listed:
        score, template = 100, gettext_noop("the same name as “{listed}” ({program})")
    elif sorted(tokens) == sorted(listed):
        score, template = 95, gettext_noop("the words of “{listed}” ({program}) in another order")
    elif len(listed) >= 2 and tokens[: len(listed)] == listed:
        score, template = 90, gettext_noop("begins with “{listed}” ({program})")
    elif len(tokens) >= 2 and listed[: len(tokens)] == tokens:
        score, template = 85, gettext_noop("is the beginning of “{listed}” ({program})")
    elif len(listed) >= 2 and set(listed) <= set(tokens):
        score, template = 80, gettext_noop("contains every word of “{listed}” ({program})")
    else:
        return None
    params = {"listed": party.name, "program": party.program}
    return PartyMatch(
        number=party.number,
        listed_name=party.name,
        program=party.program,
        score=score,
        reason=Sentence("party_match", template, params),
    )
