"""Terms: rate cards published by the operator, agreements proposed and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from core.events import record
from shipping.models import Agreement, RateCard, RateLine
from shipping.rules.pricing import RateRow


class NoAgreement(Exception):
    """The merchant has accepted no terms that are in force on that day."""


def publish_rate_card(*, code: str, rows: Sequence[RateRow], now: date) -> RateCard:
    """Publish prices as a rate card; the same prices again return the card that has them.

    Every row of `rows` is in one currency. A change of any price is a new version.
    """
    newest = RateCard.objects.filter(code=code).order_by("-version").first()
    if newest is not None and set(_as_rows(newest)) == set(map(_key, rows)):
        return newest
    card = RateCard.objects.create(
        code=code,
        version=newest.version + 1 if newest else 1,
        currency=rows[0].currency,
        effective_from=now,
        source=rows[0].source,
        confidence=rows[0].confidence,
    )
    RateLine.objects.bulk_create(
        RateLine(
            rate_card=card,
            service_code=row.service,
            zone=row.zone,
            weight_from_g=row.weight_from_g,
            weight_to_g=row.weight_to_g,
            base=row.base,
            per_kg=row.per_kg,
            fuel_percent=row.fuel_percent,
        )
        for row in rows
    )
    return card


def _key(row: RateRow) -> tuple[object, ...]:
    return (
        row.service, row.zone, row.weight_from_g, row.weight_to_g, row.base, row.per_kg,
        row.fuel_percent,
    )  # fmt: skip


def _as_rows(card: RateCard) -> list[tuple[object, ...]]:
    return list(
        card.lines.values_list(
            "service_code", "zone", "weight_from_g", "weight_to_g", "base", "per_kg", "fuel_percent"
        )
    )


def propose_agreement(*, rate_card: RateCard, actor: str, now: datetime) -> Agreement:
    """Propose terms to the active merchant."""
    agreement = Agreement.objects.create(
        rate_card=rate_card, effective_from=now.date(), created_at=now
    )
    record(
        kind="agreement.proposed",
        subject_kind="agreement",
        subject_id=agreement.pk,
        actor=actor,
        now=now,
        data={"rate_card": str(rate_card)},
    )
    return agreement


def accept_agreement(*, agreement_id: int, actor: str, now: datetime) -> Agreement:
    """Accept proposed terms; those in force before end today. Accepting twice changes nothing."""
    agreement = Agreement.objects.select_for_update().get(pk=agreement_id)
    if agreement.status == Agreement.Status.ACCEPTED:
        return agreement
    Agreement.objects.filter(status=Agreement.Status.ACCEPTED).update(
        status=Agreement.Status.ENDED, effective_to=now.date()
    )
    agreement.status = Agreement.Status.ACCEPTED
    agreement.accepted_at, agreement.accepted_by = now, actor
    agreement.save(update_fields=["status", "accepted_at", "accepted_by"])
    record(
        kind="agreement.accepted",
        subject_kind="agreement",
        subject_id=agreement.pk,
        actor=actor,
        now=now,
    )
    return agreement


def agreement_in_force(*, on: date) -> Agreement:
    """Return the active merchant's accepted terms of that day; raise `NoAgreement`.

    Terms that have ended since count for the days on which they were in force; on the day of a
    change the newer ones do.
    """
    agreement = (
        Agreement.objects.filter(
            Q(effective_to__isnull=True) | Q(effective_to__gte=on),
            status__in=[Agreement.Status.ACCEPTED, Agreement.Status.ENDED],
            effective_from__lte=on,
        )
        .select_related("rate_card")
        .order_by("-accepted_at", "-id")
        .first()
    )
    if agreement is None:
        raise NoAgreement("No terms are accepted. Accept the proposed terms under Settings.")
    return agreement


def rate_rows(agreement: Agreement) -> tuple[RateRow, ...]:
    """Return the agreement's prices in the form the pricing rules take."""
    card = agreement.rate_card
    return tuple(
        RateRow(
            service=line.service_code,
            zone=line.zone,
            weight_from_g=line.weight_from_g,
            weight_to_g=line.weight_to_g,
            base=line.base,
            per_kg=line.per_kg,
            fuel_percent=line.fuel_percent,
            currency=card.currency,
            effective_from=card.effective_from,
            effective_to=card.effective_to,
            source=card.source,
            confidence=card.confidence,
        )
        for line in card.lines.order_by("id")
    )
