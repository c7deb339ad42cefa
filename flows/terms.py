"""Stage 2, terms: proposal, agreement, rate card; and the price of each booking under them."""

from __future__ import annotations

from datetime import date, datetime

from core.tenancy import merchant
from shipping.models import Agreement, RateCard
from shipping.rules.pricing import standard_rate_card
from shipping.services import (
    accept_agreement,
    propose_agreement,
    publish_rate_card,
)

STANDARD = "standard"


def publish_standard_terms(*, on: date) -> RateCard:
    """Publish the operator's standard prices of that day as a rate card. Operator or owner role."""
    return publish_rate_card(code=STANDARD, rows=standard_rate_card(on), now=on)


def agree_standard_terms(
    *, merchant_id: int, rate_card: RateCard, actor: str, now: datetime
) -> Agreement:
    """Propose the standard terms to a merchant and accept them on the merchant's behalf."""
    with merchant(merchant_id):
        agreement = propose_agreement(rate_card=rate_card, actor="operator", now=now)
        return accept_agreement(agreement_id=agreement.pk, actor=actor, now=now)
