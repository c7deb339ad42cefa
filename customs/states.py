"""The moves a declaration may make."""

from __future__ import annotations

from core.states import Moves
from customs.models import DeclarationStatus as S

DECLARATION_MOVES: Moves = {
    S.DRAFT: frozenset({S.LODGING, S.INCOMPLETE}),
    S.INCOMPLETE: frozenset({S.DRAFT}),
    # Withdrawn: what it declares does not leave; the authority has agreed.
    S.LODGING: frozenset({S.ACCEPTED, S.HELD, S.RELEASED, S.REFUSED, S.WITHDRAWN}),
    S.ACCEPTED: frozenset({S.HELD, S.RELEASED, S.REFUSED, S.WITHDRAWN}),
    S.HELD: frozenset({S.RELEASED, S.REFUSED, S.WITHDRAWN}),
    S.RELEASED: frozenset({S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
    # Nothing leads out: a correction is a declaration of its own, with an LRN of its own.
    S.REFUSED: frozenset(),
}
