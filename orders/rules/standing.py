"""What a finding was made from, as a hash: a person's release stands while that is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import astuple, replace

from orders.rules.facts import OrderFacts, ProductFacts
from orders.rules.reasons import HoldFinding

RECIPIENT_CODES = frozenset(
    {"address", "phone", "email", "recipient_id", "party", "destination", "blocked_buyer"}
)


def finding_sha256(
    finding: HoldFinding, order: OrderFacts, products: Mapping[str, ProductFacts]
) -> str:
    """Hash the facts behind a finding: of the recipient, of one product, or of the whole order."""
    facts: list[object] = [finding.reason_code, sorted(finding.params.items())]
    recipient = (astuple(order.address), order.phone, order.email, order.recipient_id)
    sku = finding.params.get("sku")
    if finding.code in RECIPIENT_CODES and finding.field != "service":
        facts.append(recipient)
    elif sku is not None:
        sold = [(line.quantity, line.unit_price) for line in order.lines if line.sku == sku]
        facts += [order.address.country, _judged(products.get(sku)), sold]
    elif finding.code not in ("payment", "duplicate"):
        everything = [(line.sku, line.quantity, line.unit_price) for line in order.lines]
        sold_as = [_judged(products.get(line.sku)) for line in order.lines]
        facts += [recipient, everything, sold_as]
        kits = [product.components for product in sold_as if product and product.components]
        if kits:
            facts.append([(_judged(piece), pieces) for kit in kits for piece, pieces in kit])
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _judged(product: ProductFacts | None) -> ProductFacts | None:
    """A product without what only names it: a corrected title is no new fact."""
    return product and replace(product, title="", gtin="", brand="", model="")
