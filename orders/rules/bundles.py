"""What a channel sells as one piece, taken apart into the products it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Part:
    """`quantity` pieces of a product in one piece sold; `value` is what one is worth, 0 if unknown,
    all parts in one currency."""

    sku: str
    quantity: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class Portion:
    """Pieces of one part at one price; `unit_price` is None where the channel gave no price."""

    part: int
    quantity: int
    unit_price: Decimal | None


def take_apart(
    parts: Sequence[Part], *, quantity: int, unit_price: Decimal | None, coin: Decimal
) -> list[Portion]:
    """Share a line's price among its parts by their value, so that the sum is exact to the coin.

    A part whose share does not divide evenly among its pieces comes as two portions, one of them a
    coin dearer. Without any value the pieces count alike.
    """
    if unit_price is None:
        return [Portion(n, part.quantity * quantity, None) for n, part in enumerate(parts)]
    coins = int((unit_price * quantity / coin).to_integral_value(ROUND_HALF_UP))
    weights = [part.value * part.quantity for part in parts]
    if not any(weights):
        weights = [Decimal(part.quantity) for part in parts]
    shares = shared(coins, weights)
    return [
        portion
        for n, (part, share) in enumerate(zip(parts, shares, strict=True))
        for portion in _evenly(n, part.quantity * quantity, share, coin)
    ]


def shared(coins: int, weights: Sequence[Decimal]) -> list[int]:
    """Share whole coins by the largest remainder; of equal remainders the first part has it.

    `weights` are not below zero and not all zero.
    """
    total = sum(weights)
    shares = [int(coins * weight // total) for weight in weights]
    remainders = [coins * weight % total for weight in weights]
    largest = sorted(range(len(weights)), key=lambda n: (-remainders[n], n))
    for n in largest[: coins - sum(shares)]:
        shares[n] += 1
    return shares


def _evenly(part: int, pieces: int, coins: int, coin: Decimal) -> Iterator[Portion]:
    each, over = divmod(coins, pieces)
    if pieces - over:
        yield Portion(part, pieces - over, each * coin)
    if over:
        yield Portion(part, over, (each + 1) * coin)
