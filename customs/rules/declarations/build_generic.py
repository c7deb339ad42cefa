"""The general export and import declarations, for customs whose data sets are not held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from customs.rules.declarations.build_eu import party
from customs.rules.declarations.elements import LINES
from customs.rules.declarations.inputs import DeclarationInput
from customs.rules.declarations.shares import ZERO, kilograms


def build_generic(source: DeclarationInput) -> Mapping[str, Any]:
    """What every customs authority asks for in some form; export and import share it."""
    return {
        "lrn": source.lrn,
        "exporter": party(source.exporter),
        "importer": party(source.importer),
        "declarant": party(source.declarant),
        "transport_document": source.transport_document,
        "invoice_number": source.invoice_number,
        "country_of_dispatch": source.dispatch_country,
        "country_of_destination": source.destination_country,
        "incoterm": source.incoterm,
        "currency": source.currency,
        "gross_mass": f"{kilograms(source.gross_weight_g):f}",
        "number_of_packages": source.packages,
        "total_value": f"{sum((line.value for line in source.lines), ZERO):f}",
        LINES: [
            {
                "goods_item_number": number,
                "goods_description": line.description,
                "hs_code": line.code,
                "country_of_origin": line.origin_country,
                "quantity": line.quantity,
                "net_mass": f"{kilograms(line.net_weight_g):f}",
                "value": f"{line.value:f}",
            }
            for number, line in enumerate(source.lines, start=1)
        ],
    }


def build_generic_import(source: DeclarationInput) -> Mapping[str, Any]:
    """The general import declaration adds the buyer's number and the prepaid tax scheme."""
    return {
        **build_generic(source),
        "recipient_tax_id": source.importer.tax_id,
        "tax_scheme_id": source.tax_scheme_id,
    }
