"""A customs authority's declaration door, by our own reading (docs/stand-ins.md).

Credentials: `api_key`. Lodging is idempotent by LRN (our local reference number).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from integrations.answers import instant, text
from integrations.http import Answer, Credentials, Door, Gate, segment, utc_now

Status = Literal["accepted", "held", "released", "refused", "withdrawn"]
STATUSES: dict[str, Status] = {
    "accepted": "accepted",
    "held": "held",
    "released": "released",
    "refused": "refused",
    "withdrawn": "withdrawn",
}


@dataclass(frozen=True, slots=True)
class LodgedDeclaration:
    """Where a declaration stands. `at` is when that became so, None where not told."""

    lrn: str
    mrn: str
    status: Status
    reason_code: str
    reason: str
    at: datetime | None
    raw: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CustomsAuthority:
    """Our account as declarant."""

    door: Door

    @classmethod
    def connect(
        cls,
        *,
        credentials: Mapping[str, str],
        base_url: str,
        gate: Gate,
        clock: Callable[[], datetime] = utc_now,
    ) -> CustomsAuthority:
        return cls(
            Door(
                partner="customs",
                base_url=base_url,
                account="customs",
                credentials=Credentials.bearer(credentials["api_key"]),
                gate=gate,
                clock=clock,
            )
        )

    def lodge(
        self,
        *,
        lrn: str,
        direction: Literal["export", "import"],
        country: str,
        dataset: str,
        transport_document: str,
        data: Mapping[str, Any],
    ) -> LodgedDeclaration:
        """Lodge a declaration of `dataset` (EU_H7, CN_EXPORT_LIST_9610, ...); may be repeated.

        `data` must be JSON: amounts as text. Field errors and another body under a used LRN are
        `Refused`.
        """
        answer = self.door.call(
            "POST",
            "/declarations",
            operation="lodge",
            repeatable=True,
            json={
                "lrn": lrn,
                "direction": direction,
                "country": country,
                "dataset": dataset,
                "transport_document": transport_document,
                "data": dict(data),
            },
        )
        return _declaration(answer, lrn)

    def status(self, lrn: str) -> LodgedDeclaration | None:
        """Where the declaration stands now; None where the authority knows no such LRN."""
        answer = self.door.call(
            "GET",
            f"/declarations/{segment(lrn, field='lrn')}",
            operation="status",
            repeatable=True,
            also={404},
        )
        return None if answer.status == 404 else _declaration(answer, lrn)

    def withdraw(self, lrn: str) -> LodgedDeclaration | None:
        """Take a declaration back whose goods do not leave under it; may be repeated.

        None where the authority knows no such LRN (yet). `Refused` once the goods have left.
        """
        answer = self.door.call(
            "DELETE",
            f"/declarations/{segment(lrn, field='lrn')}",
            operation="withdraw",
            repeatable=True,
            also={404},
        )
        return None if answer.status == 404 else _declaration(answer, lrn)


def _declaration(answer: Answer, lrn: str) -> LodgedDeclaration:
    fields = answer.fields
    status, mrn = STATUSES.get(text(fields, "status")), text(fields, "mrn")
    if status is None or not mrn or text(fields, "lrn") != lrn:
        raise answer.unusable("a declaration without its LRN, MRN or a known status")
    try:
        at = instant(text(fields, "at")) if text(fields, "at") else None
    except ValueError as error:
        raise answer.unusable(str(error)) from error
    return LodgedDeclaration(
        lrn=lrn,
        mrn=mrn,
        status=status,
        reason_code=text(fields, "reason_code"),
        reason=text(fields, "reason"),
        at=at,
        raw=fields,
    )
