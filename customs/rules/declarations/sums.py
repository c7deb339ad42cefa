"""Rules between elements: sums, thresholds, references that belong together, descriptions.

Called only on documents whose elements are all present and well formed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from core.sentences import gettext_noop
from customs.rules.declarations.elements import LINES
from customs.rules.facts import limit
from customs.rules.identifiers import check_identifier, check_recipient_id
from customs.rules.problems import Problem, problem
from customs.rules.stopwords import check_description

Data = Mapping[str, Any]
ZERO = Decimal(0)


def check_rules(dataset: str, data: Data, *, on: date) -> Iterator[Problem]:
    """Faults between the elements of one document."""
    rule = _RULES.get(dataset)
    if rule is not None:
        yield from rule(data, on)


def _sum(data: Data, element: str, part: str = "") -> Decimal:
    values = [line[element][part] if part else line[element] for line in data[LINES]]
    return sum((Decimal(str(value)) for value in values), ZERO)


def _unequal(element: str, line: int, found: Decimal, wanted: Decimal) -> Problem:
    return problem(
        element,
        level="line" if line else "header",
        line=line,
        code="sum_wrong",
        fault=gettext_noop("it says {found}, the parts make {wanted}"),
        remedy=gettext_noop("write {wanted}, or correct the parts"),
        found=found,
        wanted=wanted,
    )


def _net_within_gross(element: str, net: Decimal, gross: Decimal) -> Iterator[Problem]:
    if net > gross:
        yield problem(
            element,
            level="header",
            line=0,
            code="net_above_gross",
            fault=gettext_noop("net weight {net} kg is above gross weight {gross} kg"),
            remedy=gettext_noop("weigh the parcel again, or correct the products' weights"),
            net=net,
            gross=gross,
        )


def _descriptions(data: Data, element: str) -> Iterator[Problem]:
    for number, line in enumerate(data[LINES], start=1):
        found = check_description(line[element], element=element, line=number)
        if found:
            yield found


def _eu_h7(data: Data, on: date) -> Iterator[Problem]:
    yield from _descriptions(data, "goods_description")
    bound = limit("h7_value", on)
    total = _sum(data, "intrinsic_value_currency", "amount")
    if bound is None or total > bound.value:
        yield problem(
            "intrinsic_value_currency",
            level="item",
            line=0,
            code="value_above_limit",
            fault=gettext_noop("the goods are worth {total} EUR"),
            remedy=gettext_noop("use a standard declaration (H1) above {limit} EUR"),
            total=total,
            limit=bound.value if bound else "0",
        )
    codes = [line["commodity_hs6"] for line in data[LINES]]
    for number, line in enumerate(data[LINES], start=1):
        if line["commodity_hs6"] in codes[: number - 1]:
            yield problem(
                "commodity_hs6",
                level="item",
                line=number,
                code="subheading_twice",
                fault=gettext_noop("{hs6} is already an item"),
                remedy=gettext_noop("put goods of one subheading in one item"),
                hs6=line["commodity_hs6"],
            )
        yield from _fiscal_reference(line, number)


def _fiscal_reference(line: Data, number: int) -> Iterator[Problem]:
    if "F48" not in line["additional_procedure"]:
        return
    given = line.get("additional_fiscal_reference")
    reference = given if isinstance(given, Mapping) else {}
    found = check_identifier(
        "IOSS",
        str(reference.get("number", "")),
        element="additional_fiscal_reference.number",
        level="item",
        line=number,
    )
    if found:
        yield found
    if reference.get("role") != "FR5":
        yield problem(
            "additional_fiscal_reference.role",
            level="item",
            line=number,
            code="fiscal_role",
            fault=gettext_noop("procedure F48 needs the role FR5"),
            remedy=gettext_noop("give role FR5 with the IOSS number"),
        )


def _eu_h1(data: Data, on: date) -> Iterator[Problem]:
    del on
    yield from _descriptions(data, "goods_description")
    gross, net = _sum(data, "gross_mass"), _sum(data, "net_mass")
    yield from _net_within_gross("net_mass", net, gross)


def _cn_list(data: Data, on: date) -> Iterator[Problem]:
    del on
    yield from _cn_lines(
        data,
        price="price total currency",
        quantity=("qty unit qty1 unit1 (法定)", "qty"),
    )
    weights = data["gross_weight net_weight packages wrap_type"]
    yield from _net_within_gross(
        "gross_weight net_weight packages wrap_type",
        Decimal(weights["net_weight"]),
        Decimal(weights["gross_weight"]),
    )


def _cn_full(data: Data, on: date) -> Iterator[Problem]:
    del on
    yield from _cn_lines(
        data, price="单价/总价/币制", quantity=("数量及单位(成交/法定)", "quantity")
    )
    yield from _net_within_gross("净重", Decimal(data["净重"]), Decimal(data["毛重"]))


def _cn_lines(data: Data, *, price: str, quantity: tuple[str, str]) -> Iterator[Problem]:
    for number, line in enumerate(data[LINES], start=1):
        wanted = Decimal(line[price]["price"]) * int(line[quantity[0]][quantity[1]])
        if Decimal(line[price]["total"]) != wanted:
            yield _unequal(f"{price}.total", number, Decimal(line[price]["total"]), wanted)


def _generic(data: Data, on: date) -> Iterator[Problem]:
    del on
    yield from _descriptions(data, "goods_description")
    total = _sum(data, "value")
    if Decimal(data["total_value"]) != total:
        yield _unequal("total_value", 0, Decimal(data["total_value"]), total)
    yield from _net_within_gross("gross_mass", _sum(data, "net_mass"), Decimal(data["gross_mass"]))


def _generic_import(data: Data, on: date) -> Iterator[Problem]:
    yield from _generic(data, on)
    found = check_recipient_id(
        str(data["country_of_destination"]), str(data.get("recipient_tax_id") or ""), on
    )
    if found:
        yield found


def _commercial_invoice(data: Data, on: date) -> Iterator[Problem]:
    del on
    yield from _descriptions(data, "description")
    for number, line in enumerate(data[LINES], start=1):
        wanted = Decimal(str(line["unit_price"])) * int(line["quantity_unit"])
        if Decimal(str(line["line_total"])) != wanted:
            yield _unequal("line_total", number, Decimal(str(line["line_total"])), wanted)
    extras = sum(
        (Decimal(str(data.get(name) or 0)) for name in ("freight_charge", "insurance_charge")),
        ZERO,
    )
    wanted = _sum(data, "line_total") + extras
    if Decimal(str(data["total_value"])) != wanted:
        yield _unequal("total_value", 0, Decimal(str(data["total_value"])), wanted)


_RULES: Mapping[str, Callable[[Data, date], Iterator[Problem]]] = {
    "EU_H7": _eu_h7,
    "EU_H1": _eu_h1,
    "CN_EXPORT_LIST_9610": _cn_list,
    "CN_BGD_报关单": _cn_full,
    "GENERIC": _generic,
    "GENERIC_IMPORT": _generic_import,
    "COMMERCIAL_INVOICE": _commercial_invoice,
}
