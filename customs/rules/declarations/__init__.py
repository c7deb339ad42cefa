"""Declarations: choose the data set, build it, validate it against the held data elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from customs.rules.declarations.build_cn import ChinaCodesMissing, build_bgd, build_list_9610
from customs.rules.declarations.build_eu import build_h1, build_h7
from customs.rules.declarations.build_generic import build_generic, build_generic_import
from customs.rules.declarations.choose import (
    NOT_REQUIRED,
    CustomsForm,
    DatasetChoice,
    choose_dataset,
    customs_form,
)
from customs.rules.declarations.elements import UnknownDocument, elements
from customs.rules.declarations.inputs import (
    ChinaExport,
    DeclarationInput,
    DeclarationLine,
    Party,
    operator_china_export,
    operator_declarant,
    operator_location_of_goods,
)
from customs.rules.declarations.validate import validate
from customs.rules.problems import Problem

__all__ = [
    "NOT_REQUIRED",
    "ChinaCodesMissing",
    "ChinaExport",
    "CustomsForm",
    "DatasetChoice",
    "DeclarationInput",
    "DeclarationLine",
    "Party",
    "Problem",
    "UnknownDocument",
    "build",
    "choose_dataset",
    "customs_form",
    "elements",
    "operator_china_export",
    "operator_declarant",
    "operator_location_of_goods",
    "validate",
]

_BUILDERS: Mapping[str, Callable[[DeclarationInput], Mapping[str, Any]]] = {
    "CN_EXPORT_LIST_9610": build_list_9610,
    "CN_BGD_报关单": build_bgd,
    "EU_H7": build_h7,
    "EU_H1": build_h1,
    "GENERIC": build_generic,
    "GENERIC_IMPORT": build_generic_import,
}


def build(dataset: str, source: DeclarationInput) -> Mapping[str, Any]:
    """The document as plain data for JSON: elements by name, goods under ``lines``.

    Nothing is guessed: what the input lacks is left blank for ``validate`` to name. Raises
    UnknownDocument, NoExchangeRate (EU documents are in euro) or ChinaCodesMissing.
    """
    builder = _BUILDERS.get(dataset)
    if builder is None:
        raise UnknownDocument(dataset)
    return builder(source)
