"""Claims rules: what a claim is worth, until when it may be filed, how it is decided."""

from __future__ import annotations

from claims.rules.decide import ClaimFacts, Decision, decide
from claims.rules.terms import (
    KINDS,
    Deadline,
    InvalidClaim,
    Limit,
    NoClaimTerms,
    Terms,
    all_terms,
    claim_limit,
    filing_deadline,
    required_evidence,
    terms,
)

__all__ = [
    "KINDS",
    "ClaimFacts",
    "Deadline",
    "Decision",
    "InvalidClaim",
    "Limit",
    "NoClaimTerms",
    "Terms",
    "all_terms",
    "claim_limit",
    "decide",
    "filing_deadline",
    "required_evidence",
    "terms",
]
