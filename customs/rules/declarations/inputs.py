"""What a declaration is built from, and the operator's own standing entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from customs.rules.facts import is_eu_member, read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person or company as customs wants it: the address in one line of text."""

    name: str
    address: str
    country: str
    eori: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChinaExport:
    """Codes that only a Chinese export names; the operator registers them once with customs.

    ``simplified_classification``: lodged in a comprehensive pilot zone, where the first four or six
    digits of the goods code suffice in the export list.
    """

    platform_code: str
    platform_name: str
    seller_code: str
    agent_code: str
    agent_name: str
    logistics_code: str
    logistics_name: str
    customs_code: str
    port_code: str
    uscc: str
    source_place: str
    simplified_classification: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationLine:
    """Goods of one product; weight is of all pieces together.

    ``manufacturer_product_id`` is a GTIN or the maker's model number; the EU asks for it beside
    the seller's own (``sku``) from 2026-11-01.
    """

    sku: str
    description: str
    quantity: int
    unit_value: Decimal
    net_weight_g: int
    hs_code: str
    origin_country: str
    manufacturer_product_id: str = ""
    model: str = ""

    @property
    def value(self) -> Decimal:
        """Value of all pieces."""
        return self.unit_value * self.quantity

    @property
    def code(self) -> str:
        """The goods code, digits only."""
        return self.hs_code.replace(".", "").replace(" ", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationInput:
    """One parcel as it is declared. Amounts are in ``currency``; ``on`` is the day it is lodged.

    ``previous_document`` names what brought the goods under customs supervision (the manifest or
    master document); ``vehicle`` is the flight or truck when it is known.
    """

    lrn: str
    on: date
    order_number: str
    invoice_number: str
    transport_document: str
    exporter: Party
    importer: Party
    declarant: Party
    lines: tuple[DeclarationLine, ...]
    currency: str
    gross_weight_g: int
    dispatch_country: str
    destination_country: str
    shipping: Decimal = Decimal(0)
    insurance: Decimal = Decimal(0)
    packages: int = 1
    incoterm: str = "DAP"
    scheme: str = ""
    tax_scheme_id: str = ""
    previous_document: str = ""
    location_of_goods: str = ""
    port_of_destination: str = ""
    transport_mode: str = "air"
    vehicle: str = ""
    payment_reference: str = ""
    china: ChinaExport | None = None


@lru_cache(maxsize=1)
def _settings() -> Mapping[str, str]:
    return {row["key"]: row["value"] for row in read_rows("operator_settings.csv")}


def operator_declarant(country: str) -> Party:
    """The operator's company that lodges declarations in this country (EORI where it has one)."""
    settings = _settings()
    place = "EU" if is_eu_member(country) else country
    key = place if f"declarant.{place}.name" in settings else "*"
    return Party(
        name=settings[f"declarant.{key}.name"],
        address=settings[f"declarant.{key}.address"],
        country=settings[f"declarant.{key}.country"],
        eori=settings[f"declarant.{key}.eori"],
    )


def operator_location_of_goods(country: str) -> str:
    """Where the operator presents goods to customs in this country; empty where none is set."""
    return _settings().get(f"location_of_goods.{'EU' if is_eu_member(country) else country}", "")


def operator_china_export() -> ChinaExport:
    """The operator's registered codes for exports from China."""
    settings = _settings()
    return ChinaExport(
        platform_code=settings["china.platform_code"],
        platform_name=settings["china.platform_name"],
        seller_code=settings["china.seller_code"],
        agent_code=settings["china.agent_code"],
        agent_name=settings["china.agent_name"],
        logistics_code=settings["china.logistics_code"],
        logistics_name=settings["china.logistics_name"],
        customs_code=settings["china.customs_code"],
        port_code=settings["china.port_code"],
        uscc=settings["china.uscc"],
        source_place=settings["china.source_place"],
        simplified_classification=settings["china.simplified_classification"] == "yes",
    )
