"""What a landed-cost question and its answer are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from core.money import check_currency
from core.sentences import Sentence

Status = Literal["quoted", "not_covered", "incomplete", "formal_declaration_required"]
Collected = Literal["at_sale", "at_import", ""]
SCHEMES = (
    "",
    "standard",
    "IOSS",
    "special_arrangements",
    "standard_H1",
    "UK_supply_VAT",
    "AU_vendor_GST",
    "NZ_offshore_GST",
    "VOEC",
    "remessa_conforme",
)
INCOTERMS = frozenset({"EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP"})
ZERO = Decimal(0)


class InvalidLandedCostInput(ValueError):
    """The question itself makes no sense. Permanent: names the field, the fault and the remedy."""

    def __init__(self, field: str, fault: str, remedy: str) -> None:
        super().__init__(f"{field}: {fault}; {remedy}")
        self.field, self.fault, self.remedy = field, fault, remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedCostLine:
    """Goods of one product. ``duty_rate`` (0.12 = 12 %) is the product's own, if it is known."""

    hs_code: str
    quantity: int
    unit_price: Decimal
    origin_country: str
    duty_rate: Decimal | None = None

    def __post_init__(self) -> None:
        if self.quantity < 1:
            raise InvalidLandedCostInput("quantity", f"{self.quantity} pieces", "use 1 or more")
        if self.unit_price < 0:
            raise InvalidLandedCostInput("unit_price", "it is negative", "use 0 or more")
        if self.duty_rate is not None and not 0 <= self.duty_rate <= 10:
            raise InvalidLandedCostInput(
                "duty_rate", f"{self.duty_rate} is no share", "write 12 % as 0.12"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedCostInput:
    """One consignment to one buyer. Amounts are in ``currency``; ``on`` is the day of import.

    ``scheme`` may be empty: the low-value scheme of the destination is then not assumed in the EU
    (special arrangements apply) and is assumed in GB and AU, where the seller has no choice.
    ``dispatch_country`` empty means outside the destination's customs territory.
    """

    destination: str
    on: date
    currency: str
    lines: tuple[LandedCostLine, ...]
    shipping: Decimal = ZERO
    insurance: Decimal = ZERO
    scheme: str = ""
    incoterm: str = "DAP"
    postal_code: str = ""
    dispatch_country: str = ""

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if not self.lines:
            raise InvalidLandedCostInput("lines", "there are none", "give at least one line")
        if self.scheme not in SCHEMES:
            raise InvalidLandedCostInput(
                "scheme",
                f"{self.scheme!r} is not known",
                "use one of " + ", ".join(SCHEMES[1:]),
            )
        if self.incoterm not in INCOTERMS:
            raise InvalidLandedCostInput(
                "incoterm", f"{self.incoterm!r} is none", "use an Incoterms 2020 code such as DDP"
            )
        if len(self.destination) != 2 or not self.destination.isupper():
            raise InvalidLandedCostInput(
                "destination", f"{self.destination!r}", "use an ISO 3166 code such as DE"
            )
        for field in ("shipping", "insurance"):
            if getattr(self, field) < 0:
                raise InvalidLandedCostInput(field, "it is negative", "use 0 or more")


@dataclass(frozen=True, slots=True)
class FactUsed:
    """A dated row a calculation rests on."""

    id: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class OtherFee:
    """A fee that stays in a currency of its own."""

    kind: str
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedCost:
    """The answer. Amounts are in ``currency`` (the regime's), None unless ``status`` is quoted.

    ``fees`` exclude carrier brokerage; ``buyer_total`` = goods + shipping + insurance + charges;
    ``missing`` says what an incomplete answer lacks; ``caveats`` are to be shown with any amount.
    """

    status: Status
    destination: str
    scheme: str
    collected: Collected
    currency: str
    goods_value: Decimal | None
    duty: Decimal | None
    tax: Decimal | None
    fees: Decimal | None
    total_charges: Decimal | None
    buyer_total: Decimal | None
    fees_other_currency: tuple[OtherFee, ...]
    steps: tuple[Sentence, ...]
    facts: tuple[FactUsed, ...]
    caveats: tuple[Sentence, ...]
    missing: tuple[Sentence, ...]

    def as_dict(self) -> Mapping[str, Any]:
        """Plain data for a JSON column; amounts as decimal strings."""
        amounts = ("goods_value", "duty", "tax", "fees", "total_charges", "buyer_total")
        return {
            "status": self.status,
            "destination": self.destination,
            "scheme": self.scheme,
            "collected": self.collected,
            "currency": self.currency,
            **{n: None if (v := getattr(self, n)) is None else str(v) for n in amounts},
            "fees_other_currency": [
                {"kind": fee.kind, "amount": str(fee.amount), "currency": fee.currency}
                for fee in self.fees_other_currency
            ],
            "facts": [
                {"id": fact.id, "source": fact.source, "confidence": fact.confidence}
                for fact in self.facts
            ],
            "steps": [sentence.as_dict() for sentence in self.steps],
            "caveats": [sentence.as_dict() for sentence in self.caveats],
            "missing": [sentence.as_dict() for sentence in self.missing],
        }
