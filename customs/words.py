"""Elements of declarations, and what authorities say of them, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.spoken import say
from customs.models import Declaration
from customs.rules.declarations.entries import Entry, named_by

ELEMENTS: Mapping[str, str] = {
    "additional_declaration_type": gettext_noop("Additional declaration type"),
    "declarant_name_address_eori": gettext_noop("Declarant"),
    "declarant": gettext_noop("Declarant"),
    "exporter_name_address": gettext_noop("Exporter"),
    "exporter": gettext_noop("Exporter"),
    "importer_name_address": gettext_noop("Importer"),
    "importer": gettext_noop("Importer"),
    "importer_eori": gettext_noop("Importer's EORI number"),
    "location_of_goods": gettext_noop("Location of goods"),
    "additional_fiscal_reference": gettext_noop("Additional fiscal reference"),
    "additional_procedure": gettext_noop("Additional procedure"),
    "goods_description": gettext_noop("Description of goods"),
    "commodity_hs6": gettext_noop("Commodity code"),
    "commodity_cn8_taric10": gettext_noop("Commodity code"),
    "hs_code": gettext_noop("Commodity code"),
    "gcode 商品编码": gettext_noop("Commodity code"),
    "gross_mass": gettext_noop("Gross mass, kg"),
    "net_mass": gettext_noop("Net mass, kg"),
    "number_of_packages": gettext_noop("Number of packages"),
    "intrinsic_value_currency": gettext_noop("Intrinsic value"),
    "transport_insurance_cost_to_destination": gettext_noop("Transport and insurance costs"),
    "previous_document": gettext_noop("Previous document"),
    "transport_document": gettext_noop("Transport document"),
    "merchant_and_manufacturer_product_identifier": gettext_noop("Product identifier"),
    "incoterm": gettext_noop("Delivery terms"),
    "border_transport_mode_means": gettext_noop("Transport at the border"),
    "country_of_dispatch_destination": gettext_noop("Countries of dispatch and destination"),
    "country_of_dispatch": gettext_noop("Country of dispatch"),
    "country_of_destination": gettext_noop("Country of destination"),
    "country_of_origin": gettext_noop("Country of origin"),
    "origin_country": gettext_noop("Country of origin"),
    "preference": gettext_noop("Preference"),
    "procedure": gettext_noop("Procedure"),
    "statistical_value": gettext_noop("Statistical value"),
    "item_price_invoice_currency": gettext_noop("Item price"),
    "valuation_method_indicators": gettext_noop("Valuation method"),
    "nature_of_transaction": gettext_noop("Nature of transaction"),
    "invoice_number": gettext_noop("Invoice number"),
    "currency": gettext_noop("Currency"),
    "total_value": gettext_noop("Total value"),
    "quantity": gettext_noop("Quantity"),
    "value": gettext_noop("Value"),
    "recipient_tax_id": gettext_noop("Recipient's tax number"),
    "tax_scheme_id": gettext_noop("Tax scheme number"),
    "trade_mode": gettext_noop("Trade mode"),
    "simplified_classification 综试区": gettext_noop("Simplified classification"),
    "ebp_code_name 电商平台": gettext_noop("Sales platform"),
    "ebc_code_name 电商企业": gettext_noop("Seller"),
    "agent 申报企业": gettext_noop("Declarant"),
    "logistics_code_name 物流企业": gettext_noop("Logistics company"),
    "order_no 订单编号": gettext_noop("Order number"),
    "logistics_no 运单编号": gettext_noop("Transport document"),
    "payment_receipt 收款单": gettext_noop("Payment receipt"),
    "gname": gettext_noop("Description of goods"),
    "gmodel": gettext_noop("Model"),
    "qty": gettext_noop("Quantity"),
    "unit": gettext_noop("Unit"),
    "price": gettext_noop("Item price"),
    "total": gettext_noop("Total value"),
    "gross_weight": gettext_noop("Gross mass, kg"),
    "net_weight": gettext_noop("Net mass, kg"),
    "packages": gettext_noop("Number of packages"),
    "wrap_type": gettext_noop("Kind of packaging"),
    "ie_date": gettext_noop("Day of export"),
    "traf_mode": gettext_noop("Mode of transport"),
    "voyage": gettext_noop("Flight or voyage"),
    "bill_no": gettext_noop("Master document"),
    "pod": gettext_noop("Place of destination"),
    "customs_code": gettext_noop("Customs office"),
    "port_code": gettext_noop("Port"),
    "name": gettext_noop("name"),
    "address": gettext_noop("address"),
    "country": gettext_noop("country"),
    "eori": gettext_noop("EORI number"),
    "amount": gettext_noop("amount"),
    "code": gettext_noop("code"),
}  # fmt: skip
"""Names that stand in a language already (those of Chinese customs) are shown as they are."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One thing an authority refused: where, its present value, and the authority's own words."""

    where: str
    value: str
    said: str
    code: str


def element_words(name: str) -> str:
    """A data element's name."""
    return _(ELEMENTS[name]) if name in ELEMENTS else name.replace("_", " ")


def entry_words(entry: Entry) -> str:
    """Where a value stands: "Exporter, name" or "Description of goods, line 2"."""
    parts = [element_words(entry.element)]
    if entry.part and not entry.part.isdigit():
        # A row that holds several values has a name made of theirs: the value's own says more.
        parts = (
            [*parts, element_words(entry.part)]
            if entry.element in ELEMENTS
            else [element_words(entry.part)]
        )
    return _within(parts, entry.line)


def _within(parts: list[str], line: int) -> str:
    words, *more = parts
    if line:
        more.append(_("line {number}").format(number=line))
    for each in more:
        words = _("{where}, {within}").format(where=words, within=each)
    return words


def refusal_words(declaration: Declaration) -> list[Refused]:
    """What the authority refused, each named; its reason alone where it named no field."""
    found = [_refused(fault, declaration.elements) for fault in declaration.refusal]
    if not found and declaration.authority_reason:
        found = [Refused("", "", declaration.authority_reason, "")]
    return found


def _refused(fault: Mapping[str, Any], elements: Mapping[str, Any]) -> Refused:
    field = str(fault.get("field", ""))
    entry = named_by(field, elements)
    where = entry_words(entry) if entry else element_words(field)
    said, code = str(fault.get("message", "")), str(fault.get("code", ""))
    return Refused(where, entry.value if entry else "", said, code)


def problem_sentences(declaration: Declaration) -> list[str]:
    """What a declaration lacks, one sentence each."""
    if declaration.status != Declaration.Status.INCOMPLETE:
        return []
    return [_problem(found) for found in declaration.problems]


def _problem(found: Mapping[str, Any]) -> str:
    names = str(found.get("element", "")).split(".")
    where = _within([element_words(name) for name in names], int(found.get("line") or 0))
    fault, remedy = say(found.get("fault") or {}), say(found.get("remedy") or {})
    return _("{where}: {fault}; {remedy}.").format(where=where, fault=fault, remedy=remedy)
