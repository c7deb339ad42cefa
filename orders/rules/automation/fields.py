"""What a rule may ask about an order, and with which operators.

Every label is English and marked for translation; doorways say it in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.sentences import gettext_noop as _
from orders.rules.bounds import bounds
from orders.rules.sorting import KINDS


class Kind(StrEnum):
    """What the values of a field are, and so how they compare."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to ask about. ``is_many``: every line of the order has a value of its own, and a
    condition holds when it holds for one of them; ``choices`` are code and English words."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    is_many: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    is_upper: bool = False


OPERATORS: Mapping[str, str] = {
    "is": _("is"),
    "is_not": _("is not"),
    "in": _("is one of"),
    "contains": _("contains"),
    "begins_with": _("begins with"),
    "greater": _("is more than"),
    "less": _("is less than"),
    "between": _("is between"),
    "is_empty": _("is empty"),
    "is_not_empty": _("is not empty"),
}
OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: (
        "is", "is_not", "in", "contains", "begins_with", "is_empty", "is_not_empty",
    ),
    Kind.CHOICE: ("is", "is_not", "in", "is_empty", "is_not_empty"),
    Kind.NUMBER: ("is", "is_not", "greater", "less", "between", "is_empty", "is_not_empty"),
    Kind.MONEY: ("greater", "less", "between"),
}  # fmt: skip
WITHOUT_VALUE = frozenset({"is_empty", "is_not_empty"})

CHANNEL_KINDS = (
    ("upload", _("File upload")), ("api", "API"), ("amazon", "Amazon"), ("ebay", "eBay"),
    ("aliexpress", "AliExpress"), ("shopify", "Shopify"),
)  # fmt: skip
NATURES = (
    ("general", _("general goods")), ("fragile", _("fragile")), ("liquid", _("liquid")),
    ("powder", _("powder")), ("magnetic", _("magnetic")), ("perishable", _("perishable")),
)  # fmt: skip
BATTERIES = (
    ("none", _("No battery")), ("contained", _("Battery in the device")),
    ("packed", _("Battery packed with the device")), ("alone", _("Battery alone")),
)  # fmt: skip
MODES = (
    ("express", _("express")), ("line", _("dedicated line")), ("postal", _("postal")),
)  # fmt: skip
KIND_WORDS = {
    "dangerous": _("dangerous goods"), "battery": _("goods with a battery"),
    **dict(NATURES),
}  # fmt: skip
WEIGHT_WORDS = {
    "letter": _("letter weight"), "light": _("light"), "medium": _("medium weight"),
    "heavy": _("heavy"), "freight": _("freight weight"),
}  # fmt: skip
SIZE_WORDS = {
    "mini": _("letter size"), "small": _("small size"), "parcel": _("parcel size"),
    "oversize": _("oversize"),
}  # fmt: skip


def _same(values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((value, value) for value in values)


_ALL = (
    Field("country", _("Country"), is_upper=True),
    Field("zone", _("Zone"), Kind.CHOICE,
          choices=_same((*sorted(set(bounds().zone_of.values())), "REST"))),
    Field("region", _("Region")),
    Field("city", _("City")),
    Field("postal_code", _("Postal code")),
    Field("company", _("Company")),
    Field("recipient_name", _("Recipient")),
    Field("email_domain", _("Buyer's e-mail domain")),
    Field("phone", _("Phone")),
    Field("recipient_id", _("Recipient's tax number")),
    Field("note", _("Note")),
    Field("channel_kind", _("Kind of channel"), Kind.CHOICE, choices=CHANNEL_KINDS),
    Field("shop", _("Shop")),
    Field("external_order", _("Order number of the channel")),
    Field("service_level", _("Service level asked for")),
    Field("currency", _("Currency"), is_upper=True),
    Field("value", _("Value of goods"), Kind.MONEY),
    Field("shipping_price", _("Shipping paid by the buyer"), Kind.MONEY),
    Field("weight_g", _("Weight in grams"), Kind.NUMBER),
    Field("quantity", _("Pieces"), Kind.NUMBER),
    Field("line_count", _("Lines"), Kind.NUMBER),
    Field("placed_hours", _("Hours since it was placed"), Kind.NUMBER),
    Field("paid_hours", _("Hours since it was paid"), Kind.NUMBER),
    Field("ship_by_hours", _("Hours until it must ship"), Kind.NUMBER),
    Field("sku", _("SKU"), is_many=True),
    Field("title", _("Title of a line"), is_many=True),
    Field("unit_price", _("Price of a piece"), Kind.MONEY, is_many=True),
    Field("line_quantity", _("Pieces of a line"), Kind.NUMBER, is_many=True),
    Field("brand", _("Brand"), is_many=True),
    Field("model", _("Model"), is_many=True),
    Field("gtin", _("GTIN"), is_many=True),
    Field("nature", _("Nature of the goods"), Kind.CHOICE, is_many=True, choices=NATURES),
    Field("battery", _("Battery"), Kind.CHOICE, is_many=True, choices=BATTERIES),
    Field("hs_code", _("HS code"), is_many=True),
    Field("origin_country", _("Country of origin"), is_many=True, is_upper=True),
    Field("tag", _("Tag"), is_many=True),
    Field("sorting", _("Sorting category")),
    Field("kind", _("Kind of goods"), Kind.CHOICE,
          choices=tuple((code, KIND_WORDS[code]) for code in KINDS)),
    Field("weight_band", _("Weight class"), Kind.CHOICE,
          choices=tuple((code, WEIGHT_WORDS[code]) for code, _up_to in bounds().weight_bands)),
    Field("size_band", _("Size class"), Kind.CHOICE,
          choices=tuple((code, SIZE_WORDS[code]) for code, _most, _sum in bounds().size_bands)),
    Field("mode", _("Suggested mode"), Kind.CHOICE, choices=MODES),
)  # fmt: skip
FIELDS: Mapping[str, Field] = {field.name: field for field in _ALL}
TIMED = frozenset({"placed_hours", "paid_hours", "ship_by_hours"})
"""Fields whose value changes while nobody touches the order."""
