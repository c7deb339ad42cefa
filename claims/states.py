"""The moves a claim may make."""

from __future__ import annotations

from claims.models import ClaimStatus as S
from core.states import Moves

CLAIM_MOVES: Moves = {
    S.OPEN: frozenset({S.NEEDS_EVIDENCE, S.APPROVED, S.REFUSED}),
    S.NEEDS_EVIDENCE: frozenset({S.OPEN, S.APPROVED, S.REFUSED}),
    S.APPROVED: frozenset({S.PAID}),
    S.REFUSED: frozenset(),
    S.PAID: frozenset(),
}
