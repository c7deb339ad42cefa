"""What the checks ask of higher rooms. Customs stands above orders, so its knowledge arrives here
as plain callables; ``None`` leaves that check out."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from orders.rules.facts import AddressFacts, ProductFacts


@dataclass(frozen=True, slots=True)
class RecipientIdFault:
    """``why`` is empty where the number is missing; else what is wrong with it, in English."""

    identifier: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class PartyMatch:
    """An entry of a denied-party list that the recipient resembles."""

    entry: str
    list_name: str


@dataclass(frozen=True, slots=True)
class CheckContext:
    """Knowledge from outside.

    ``battery_refusal(product, country)`` and ``restriction(product, country)`` say why not, in an
    English sentence, or ``None``. ``recipient_id(value, country)`` finds a missing or invalid
    identifier. ``denied_party(address)`` finds the closest entry. ``convert(amount, from, to)``
    gives an amount in another currency or ``None`` without a rate. ``description_fault`` says
    why customs would refuse a description of goods. ``duplicate_of`` names the order whose
    ``content_fingerprint`` was the same within ``bounds().duplicate_window_hours``.
    ``closed_destination(country)`` says why the operator does not ship there, or ``None``.
    ``blocked_by`` names what the buyer is on the merchant's block list by: ``blocks.KINDS``.
    """

    battery_refusal: Callable[[ProductFacts, str], str | None] | None = None
    restriction: Callable[[ProductFacts, str], str | None] | None = None
    recipient_id: Callable[[str, str], RecipientIdFault | None] | None = None
    denied_party: Callable[[AddressFacts], PartyMatch | None] | None = None
    convert: Callable[[Decimal, str, str], Decimal | None] | None = None
    description_fault: Callable[[str], str | None] | None = None
    closed_destination: Callable[[str], str | None] | None = None
    duplicate_of: str = ""
    blocked_by: tuple[str, ...] = ()
