"""Letters about orders that rules fit: each notice goes into one letter, written down before.

A mail server has no word for "once". What a letter is to tell is therefore marked with the letter's
name, and that is committed, before it is handed over: a worker that finds the mark of its own
letter was killed in between and does not know whether the letter went.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from orders.models import RuleNotice

UNCLEAR = "?"
"""Behind the name of a letter of which nobody knows whether it went."""


class LetterUnclear(Exception):
    """The letter was being sent when its worker died. A person decides whether it goes again."""


def open_letter(*, rule_id: int, member_id: int, letter: str) -> list[RuleNotice]:
    """Mark what waits for a member as told by this letter and return it, oldest first.

    A letter that a person lets go once more tells what it told before. Raises `LetterUnclear`
    where `find_unclear` is to be called.
    """
    waiting = _waiting(rule_id, member_id).order_by("id").select_for_update(of=("self",))
    rows = list(waiting.filter(letter__in=("", letter, letter + UNCLEAR)).select_related("order"))
    if any(row.letter == letter for row in rows):
        raise LetterUnclear(f"Letter {letter} was being sent when its worker died.")
    again = [row for row in rows if row.letter]
    told = again or rows
    RuleNotice.objects.filter(pk__in=[row.pk for row in told]).update(letter=letter)
    return told


def find_unclear(*, rule_id: int, member_id: int, letter: str) -> int:
    """Keep what an unclear letter tells from going into another; return how many orders it is."""
    rows = _waiting(rule_id, member_id).filter(letter=letter)
    return rows.update(letter=letter + UNCLEAR)


def take_letter_back(*, rule_id: int, member_id: int, letter: str) -> None:
    """What a letter that did not go was to tell waits again."""
    _waiting(rule_id, member_id).filter(letter=letter).update(letter="")


def letter_went(*, rule_id: int, member_id: int, letter: str, now: datetime) -> None:
    """Count what a letter told as told."""
    _waiting(rule_id, member_id).filter(letter=letter).update(settled_at=now)


def _waiting(rule_id: int, member_id: int) -> QuerySet[RuleNotice]:
    return RuleNotice.objects.filter(rule_id=rule_id, member_id=member_id, settled_at__isnull=True)
