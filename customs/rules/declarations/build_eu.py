"""The EU low-value (H7) and standard (H1) import declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import convert
from customs.rules.declarations.elements import LINES
from customs.rules.declarations.inputs import DeclarationInput, DeclarationLine, Party
from customs.rules.declarations.shares import GRAM, ZERO, kilograms, share

CENT = Decimal("0.01")
# Beside C07; whether C07 itself stays after 2026-07-01 is not verified (data_elements.csv).
_SCHEME_PROCEDURE = {"IOSS": "F48", "special_arrangements": "F49"}
_MODES = {"sea": "1", "rail": "2", "road": "3", "air": "4", "post": "5"}


@dataclass(frozen=True, slots=True)
class Item:
    """Goods declared together: all lines of one subheading in H7, one line in H1."""

    code: str
    lines: tuple[DeclarationLine, ...]
    value_eur: Decimal
    transport_eur: Decimal
    gross_kg: Decimal

    @property
    def description(self) -> str:
        """The descriptions of all lines, each once."""
        return "; ".join(dict.fromkeys(line.description.strip() for line in self.lines))


def party(who: Party) -> dict[str, str]:
    """Name, address and country as the authority wants them."""
    return {"name": who.name, "address": who.address, "country": who.country}


def _items(source: DeclarationInput, groups: Sequence[tuple[DeclarationLine, ...]]) -> list[Item]:
    def in_euro(amount: Decimal) -> Decimal:
        return convert(amount, source.currency, "EUR", source.on).amount

    values = [in_euro(sum((line.value for line in group), ZERO)) for group in groups]
    weights = [Decimal(sum(line.net_weight_g for line in group)) for group in groups]
    transport = share(in_euro(source.shipping + source.insurance), values, CENT)
    gross = share(kilograms(source.gross_weight_g), weights, GRAM)
    return [
        Item(group[0].code, group, value, cost, weight)
        for group, value, cost, weight in zip(groups, values, transport, gross, strict=True)
    ]


def _header(source: DeclarationInput) -> dict[str, Any]:
    declarant = {**party(source.declarant), "eori": source.declarant.eori}
    return {
        "lrn": source.lrn,
        "additional_declaration_type": "A",
        "declarant_name_address_eori": declarant,
        "exporter_name_address": party(source.exporter),
        "importer_name_address": {**party(source.importer), "eori": source.importer.eori},
        "location_of_goods": source.location_of_goods,
    }


def _common(source: DeclarationInput, number: int, item: Item) -> dict[str, Any]:
    return {
        "goods_item_number": number,
        "goods_description": item.description,
        "gross_mass": f"{item.gross_kg:f}",
        "number_of_packages": source.packages,
        "transport_insurance_cost_to_destination": {
            "amount": f"{item.transport_eur:f}",
            "currency": "EUR",
        },
        "previous_document": source.previous_document,
        "transport_document": source.transport_document,
    }


def build_h7(source: DeclarationInput) -> Mapping[str, Any]:
    """One goods item per distinct HS6: that is what the flat duty counts."""
    groups: dict[str, list[DeclarationLine]] = {}
    for line in source.lines:
        groups.setdefault(line.code[:6], []).append(line)
    data = _header(source)
    data[LINES] = []
    procedure = [code for code in ("C07", _SCHEME_PROCEDURE.get(source.scheme, "")) if code]
    for number, item in enumerate(_items(source, [tuple(g) for g in groups.values()]), start=1):
        entry = _common(source, number, item) | {
            "additional_procedure": procedure,
            "commodity_hs6": item.code[:6],
            "intrinsic_value_currency": {"amount": f"{item.value_eur:f}", "currency": "EUR"},
            "merchant_and_manufacturer_product_identifier": {
                "merchant": _first(line.sku for line in item.lines),
                "manufacturer": _first(line.manufacturer_product_id for line in item.lines),
            },
        }
        if source.scheme == "IOSS":
            reference = {"role": "FR5", "number": source.tax_scheme_id}
            entry["additional_fiscal_reference"] = reference
        data[LINES].append(entry)
    return data


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def build_h1(source: DeclarationInput) -> Mapping[str, Any]:
    """One goods item per line, at ten digits.

    The importer's EORI is the buyer's; a private buyer holds none, then the declarant's own stands
    there, who lodges as indirect representative.
    """
    data = _header(source) | {
        "incoterm": source.incoterm,
        "importer_eori": source.importer.eori or source.declarant.eori,
        "border_transport_mode_means": {
            "mode": _MODES.get(source.transport_mode, ""),
            "means": source.vehicle,
        },
        "country_of_dispatch_destination": {
            "dispatch": source.dispatch_country,
            "destination": source.destination_country,
        },
    }
    data[LINES] = []
    for number, item in enumerate(_items(source, [(line,) for line in source.lines]), start=1):
        line = item.lines[0]
        data[LINES].append(
            _common(source, number, item)
            | {
                "commodity_cn8_taric10": line.code,
                "origin_country": line.origin_country,
                "preference": "100",
                "procedure": "4000",
                "statistical_value": f"{item.value_eur + item.transport_eur:f}",
                "item_price_invoice_currency": {
                    "amount": f"{line.value:f}",
                    "currency": source.currency,
                },
                "valuation_method_indicators": "1",
                "net_mass": f"{kilograms(line.net_weight_g):f}",
                "nature_of_transaction": "11",
            }
        )
    return data
