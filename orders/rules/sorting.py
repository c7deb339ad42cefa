"""Sorting of accepted orders by destination, kind, weight and size."""

from collections.abc import Mapping
from dataclasses import dataclass

from orders.rules.bounds import bounds
from orders.rules.facts import LineFacts, ProductFacts

# The most demanding nature of the goods names the kind of the whole order.
NATURES = ("perishable", "liquid", "powder", "magnetic", "fragile")
KINDS = ("dangerous", "battery", *NATURES, "general")


@dataclass(frozen=True, slots=True)
class Sorting:
    """``category`` joins the four, e.g. ``EU/battery/light/small``; ``key`` sorts by it and puts
    one country's orders together. ``weight_g`` is the goods' weight without packing;
    ``longest_mm`` and ``sides_mm`` (sum of three sides) are those of a rough stack."""

    zone: str
    kind: str
    weight_band: str
    size_band: str
    category: str
    key: str
    weight_g: int
    longest_mm: int
    sides_mm: int


def sort_order(
    lines: tuple[LineFacts, ...], *, products: Mapping[str, ProductFacts], country: str
) -> Sorting:
    """Sort an order whose SKUs are all known; ``KeyError`` names one that is not."""
    goods = [(products[line.sku], line.quantity) for line in lines]
    weight = sum(product.weight_g * quantity for product, quantity in goods)
    longest, sides = _stack(goods)
    zone = bounds().zone_of.get(country, "REST")
    kind = _kind([piece for product, _quantity in goods for piece, _pieces in product.pieces])
    weight_band = next(c for c, up_to in bounds().weight_bands if up_to is None or weight <= up_to)
    size_band = next(
        code
        for code, most, total in bounds().size_bands
        if most is None or total is None or (longest <= most and sides <= total)
    )
    category = f"{zone}/{kind}/{weight_band}/{size_band}"
    return Sorting(
        zone=zone,
        kind=kind,
        weight_band=weight_band,
        size_band=size_band,
        category=category,
        key=f"{zone}/{country}/{kind}/{weight:09d}",
        weight_g=weight,
        longest_mm=longest,
        sides_mm=sides,
    )


def _kind(products: list[ProductFacts]) -> str:
    batteries = {product.battery for product in products}
    if "alone" in batteries:
        return "dangerous"
    if batteries & {"contained", "packed"}:
        return "battery"
    natures = {product.nature for product in products}
    return next((nature for nature in NATURES if nature in natures), "general")


def _stack(goods: list[tuple[ProductFacts, int]]) -> tuple[int, int]:
    """Everything piled on its flattest side: good enough to sort, not to choose a carton."""
    length = width = height = 0
    for product, quantity in goods:
        flat, middle, long = sorted((product.length_mm, product.width_mm, product.height_mm))
        length, width = max(length, long), max(width, middle)
        height += flat * quantity
    # A pile higher than its base is two piles beside each other.
    while height > 2 * length and width <= length:
        height, width = (height + 1) // 2, width * 2
    return max(length, width, height), length + width + height
