"""What a person said about a file: which column is which, how it writes dates and amounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from orders.files.faults import FileRefused
from orders.files.forms import COMMA, DAY_FIRST, MONTH_FIRST, POINT
from orders.files.layouts import ColumnMap, Layout, fold, known_layouts

CHOSEN = "chosen"
"""The code of the layout that a person's choice makes."""
FIELDS = (
    "external_order", "external_line", "placed_at", "paid_at", "ship_by", "sku", "title",
    "quantity", "unit_price", "line_price", "currency", "shipping_price", "recipient_name",
    "company", "street_1", "street_2", "street_3", "city", "region", "postal_code", "country",
    "phone", "email", "recipient_id", "service_level", "note",
)  # fmt: skip
REQUIRED = frozenset({"external_order", "sku", "quantity", "recipient_name", "street_1", "country"})
CONSTANT = ("currency", "country", "service_level", "quantity", "paid_at")
"""Fields that may have one value for the whole file instead of a column."""
ZONES = ("UTC", "Asia/Shanghai", "Asia/Tokyo", "Europe/London", "Europe/Berlin", "Europe/Madrid",
         "America/New_York", "America/Los_Angeles", "Australia/Sydney")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """``columns``: our field → the header as written; ``constants``: our field → its one value.
    ``dates`` and ``numbers`` are empty where the file itself may show its form."""

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
    numbers: str = ""
    zone: str = "UTC"

    def as_json(self) -> dict[str, Any]:
        """Plain data for a JSON column."""
        return {
            "columns": dict(self.columns),
            "constants": dict(self.constants),
            "dates": self.dates,
            "numbers": self.numbers,
            "zone": self.zone,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Choice":
        """What ``as_json`` wrote."""
        return cls(**stored)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that neither a column nor a constant fills although each order needs them."""
        told = {*self.columns, *self.constants}
        return tuple(name for name in FIELDS if name in REQUIRED and name not in told)


def checked_choice(said: Mapping[str, str]) -> Choice:
    """A choice from a form: ``column-FIELD``, ``constant-FIELD``, ``dates``, ``numbers``, ``zone``.

    What is none of our fields, forms or zones is left out.
    """
    columns = {name: said[key] for name in FIELDS if said.get(key := f"column-{name}")}
    constants = {
        name: said[key].strip()[:60]
        for name in CONSTANT
        if name not in columns and said.get(key := f"constant-{name}", "").strip()
    }
    return Choice(
        columns=columns,
        constants=constants,
        dates=said.get("dates", "") if said.get("dates") in (DAY_FIRST, MONTH_FIRST) else "",
        numbers=said.get("numbers", "") if said.get("numbers") in (POINT, COMMA) else "",
        zone=said.get("zone", "") if said.get("zone") in ZONES else "UTC",
    )


def apply_choice(choice: Choice, columns: Sequence[str], filename: str) -> ColumnMap:
    """The choice laid over a file's columns.

    Raises:
        FileRefused: ``choice_outdated`` or ``columns_missing``.
    """
    places = {fold(column): place for place, column in reversed(list(enumerate(columns)))}
    found = {name: places.get(fold(header)) for name, header in choice.columns.items()}
    if None in found.values():
        raise FileRefused("choice_outdated", filename=filename)
    if choice.missing:
        raise FileRefused(
            "columns_missing", filename=filename, layout="", missing=", ".join(choice.missing)
        )
    placed = {name: place for name, place in found.items() if place is not None}
    (template,) = (each for each in known_layouts("orders") if each.code == "waybridge_template")
    forms = replace(template.forms, dates=choice.dates, zone=choice.zone)
    if choice.numbers:
        forms = replace(forms, numbers=choice.numbers, are_numbers_sure=True)
    layout = Layout(
        code=CHOSEN,
        kind="orders",
        title="",
        notes=(),
        fields={name: (name,) for name in FIELDS},
        required=REQUIRED,
        forms=forms,
    )
    used = set(placed.values())
    return ColumnMap(
        layout=layout,
        columns={name: (place, columns[place]) for name, place in placed.items()},
        ignored=tuple(each for place, each in enumerate(columns) if each and place not in used),
        constants=choice.constants,
        forms=forms,
        is_chosen=True,
    )


def guess_choice(columns: Sequence[str]) -> Choice:
    """The likeliest columns for our fields, by every name that any layout knows, then by words."""
    placed: dict[str, str] = {}
    taken: set[int] = set()
    folded = [fold(column) for column in columns]
    known: dict[str, list[str]] = {name: [] for name in FIELDS}
    for layout in known_layouts("orders"):
        for name, headers in layout.fields.items():
            if name in known:
                known[name] += [fold(header) for header in headers]
    for exact in (True, False):
        for name in FIELDS:
            if name in placed:
                continue
            for place, column in enumerate(folded):
                names = known[name] if exact else WORDS.get(name, ())
                is_it = column in names if exact else any(word in column for word in names)
                if column and place not in taken and is_it:
                    placed[name] = columns[place]
                    taken.add(place)
                    break
    return Choice(columns=placed)


WORDS: Mapping[str, tuple[str, ...]] = {
    "external_order": ("ordernumber", "orderno", "orderid", "bestellnr", "pedido", "commande",
                       "订单",
                       "注文", "auftrag"),
    "sku": ("sku", "artikelnr", "articlecode", "itemcode", "productcode", "货号", "编码",
            "商品コード",
            "referencia", "référence"),
    "quantity": ("quantity", "qty", "menge", "anzahl", "cantidad", "quantité", "数量", "pcs", "stk",
                 "stück"),
    "title": ("title", "product", "artikel", "producto", "produit", "商品", "产品", "品名"),
    "unit_price": ("price", "preis", "precio", "prix", "单价", "価格", "amount"),
    "currency": ("currency", "währung", "moneda", "devise", "币种", "货币", "通貨"),
    "recipient_name": ("recipient", "consignee", "receiver", "shiptoname", "empfänger", "destinat",
                       "收货人", "收件人", "氏名", "fullname", "customer", "kunde", "käufer",
                       "buyer", "姓名"),
    "street_1": ("address1", "street", "address", "adresse", "straße", "strasse", "anschrift",
                 "dirección", "地址", "住所"),
    "street_2": ("address2", "adresse2", "dirección2", "地址2"),
    "city": ("city", "town", "stadt", "ort", "ciudad", "ville", "城市", "市"),
    "region": ("state", "province", "region", "county", "bundesland", "provincia", "省", "州"),
    "postal_code": ("zip", "postcode", "postalcode", "plz", "códigopostal", "codepostal", "邮编",
                    "郵便番号"),
    "country": ("country", "land", "país", "pays", "国家", "国"),
    "phone": ("phone", "mobile", "tel", "电话", "手机", "電話"),
    "email": ("email", "mail", "correo", "邮箱"),
    "placed_at": ("orderdate", "createdat", "datum", "fecha", "下单", "date"),
    "paid_at": ("paid", "payment", "bezahlt", "pagado", "payé", "付款"),
    "recipient_id": ("taxid", "cpf", "身份证", "税号"),
    "note": ("note", "remark", "comment", "bemerkung", "备注"),
}  # fmt: skip
"""Parts of headers that suggest a field, folded."""
