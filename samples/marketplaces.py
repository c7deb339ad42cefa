"""The same invented people as exports of other marketplaces: small files in several scripts."""

import csv
import datetime as dt
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from samples.catalogue import catalogue, titles
from samples.old_excel import workbook
from samples.orders import SampleOrder, invent_order

SEED = 20261112
FIRST_NUMBER = 801
MONTHS = ["Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"]
PACIFIC, BERLIN = ZoneInfo("America/Los_Angeles"), ZoneInfo("Europe/Berlin")
COUNTRIES = {"US": "United States", "GB": "United Kingdom", "DE": "Deutschland", "AT": "Österreich",
             "FR": "France", "JP": "Japan", "TW": "Taiwan"}  # fmt: skip


def write_marketplaces(folder: Path) -> None:
    """Write one file for each layout; the numbers of their orders are unlike the other samples'."""
    rng = Random(SEED)  # noqa: S311 - invented data, not a secret
    numbers = iter(range(FIRST_NUMBER, FIRST_NUMBER + 100))

    def orders(*countries: str) -> list[SampleOrder]:
        return [invent_order(each, rng=rng, number=next(numbers)) for each in countries]

    (folder / "orders_amazon_all.txt").write_text(
        _amazon_all(orders("DE", "FR", "JP", "GB", "DE")), encoding="utf-8"
    )
    (folder / "orders_ebay_us.csv").write_text(
        _ebay_us(orders("US", "GB", "US", "JP")), encoding="utf-8-sig"
    )
    (folder / "orders_ebay_de.csv").write_text(
        _ebay_de(orders("DE", "AT", "DE")), encoding="cp1252", newline=""
    )
    (folder / "orders_aliexpress.xls").write_bytes(_aliexpress(orders("US", "FR", "JP", "TW")))
    (folder / "orders_shopify.csv").write_text(
        _shopify(orders("US", "DE", "FR", "GB")), encoding="utf-8"
    )
    (folder / "orders_own_shop.csv").write_text(
        _own_shop(orders("TW", "JP", "DE")), encoding="gb18030"
    )


def _prices() -> dict[str, str]:
    return {product["sku"]: product["unit_value"] for product in catalogue()}


def _text(header: Sequence[str], rows: Iterator[Sequence[object]], separator: str = ",") -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=separator, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue()


def _amazon_all(orders: list[SampleOrder]) -> str:
    """The last three rows' orders: fulfilled by Amazon, cancelled, shipped."""
    header = ["amazon-order-id", "purchase-date", "last-updated-date", "order-status",
              "fulfillment-channel", "sales-channel", "ship-service-level", "product-name", "sku",
              "asin", "item-status", "quantity", "currency", "item-price", "item-tax",
              "shipping-price", "ship-city", "ship-state", "ship-postal-code",
              "ship-country"]  # fmt: skip
    states = [("Unshipped", "Merchant"), ("Pending", "Merchant"), ("Shipped", "Amazon"),
              ("Cancelled", "Merchant"), ("Shipped", "Merchant")]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for order, (state, channel) in zip(orders, states, strict=True):
            person, at = order.recipient, order.placed_at.isoformat()
            for sku, quantity in order.lines:
                price = f"{float(_prices()[sku]) * quantity:.2f}"
                yield (order.number, at, at, state, channel, "Amazon.de", "Standard", titles()[sku],
                       sku, "B000000000", state, quantity, "EUR", price, "", "0.00", person.city,
                       person.region, person.postal_code, person.country)  # fmt: skip

    return _text(header, rows(), "\t")


def _ebay_us(orders: list[SampleOrder]) -> str:
    """With the empty first line, the row above an order of several items, and the footer."""
    header = ["Sales Record Number", "Order Number", "Buyer Username", "Buyer Email",
              "Ship To Name", "Ship To Phone", "Ship To Address 1", "Ship To Address 2",
              "Ship To City", "Ship To State", "Ship To Zip", "Ship To Country", "Item Number",
              "Item Title", "Custom Label", "Quantity", "Sold For", "Shipping And Handling",
              "Total Price", "Sale Date", "Paid On Date", "Shipped On Date", "Shipping Service",
              "Transaction ID", "Variation Details"]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        yield [""] * len(header)
        for place, order in enumerate(orders, start=1):
            person, day = order.recipient, order.placed_at.astimezone(PACIFIC).strftime("%b-%d-%y")
            to = (person.name, person.phone, person.street, "", person.city, person.region,
                  person.postal_code, COUNTRIES[person.country])  # fmt: skip
            first = (place, order.number, f"buyer{place}", person.email)
            several = len(order.lines) > 1
            if several:
                pieces = sum(quantity for _sku, quantity in order.lines)
                yield (*first, *to, "", "", "", pieces, "", "$4.90", "", day, day, "", "", "", "")
            for line, (sku, quantity) in enumerate(order.lines, start=1):
                yield (
                    *first, *([""] * 8 if several else to), f"2400{place}{line}", titles()[sku],
                    sku, quantity, f"${_prices()[sku]}", "" if several else "$4.90", "", day, day,
                    "", "Standard International", f"T{place}-{line}", "",
                )  # fmt: skip

    footer = f'\n{len(orders)},record(s) downloaded,from ,"Oct-05-26", to ,"Oct-19-26"\n'
    return "\n" + _text(header, rows()) + footer + "Seller ID : waybridge-samples\n"


def _ebay_de(orders: list[SampleOrder]) -> str:
    header = ["Verkaufsprotokollnummer", "Bestellnummer", "Nutzername des Käufers",
              "E-Mail des Käufers", "Name des Empfängers", "Telefonnummer des Empfängers",
              "Adresse 1 des Empfängers", "Adresse 2 des Empfängers", "Versand nach - Ort",
              "Versand nach - PLZ", "Versand nach - Land", "Artikelnummer", "Angebotstitel",
              "Bestandseinheit", "Anzahl", "Verkauft für", "Verpackung und Versand",
              "Gesamtbetrag", "Verkauft am", "Zahlungsdatum", "Verschickt am - Datum",
              "Transaktionsnummer"]  # fmt: skip

    def euros(amount: float) -> str:
        return f"{amount:.2f} €".replace(".", ",")

    def day(at: dt.datetime) -> str:
        local = at.astimezone(BERLIN)
        return f"{local.day:02d}-{MONTHS[local.month - 1]}-{local:%y}"

    def rows() -> Iterator[Sequence[object]]:
        for place, order in enumerate(orders, start=1):
            person = order.recipient
            for line, (sku, quantity) in enumerate(order.lines, start=1):
                yield (place, order.number, f"kaeufer{place}", person.email, person.name,
                       person.phone, person.street, "", person.city, person.postal_code,
                       COUNTRIES[person.country], f"2401{place}{line}", titles()[sku], sku,
                       quantity, euros(float(_prices()[sku])), euros(4.9 if line == 1 else 0), "",
                       day(order.placed_at), day(order.placed_at), "",
                       f"T{place}-{line}")  # fmt: skip

    return "\n" + _text(header, rows(), ";") + f"\n{len(orders)};Datensätze heruntergeladen\n"


def _aliexpress(orders: list[SampleOrder]) -> bytes:
    """The last order is shipped already."""
    header = ["订单号", "订单状态", "买家名称", "下单时间", "付款时间", "产品总金额", "物流费用",
              "订单金额", "产品信息\n（双击单元格展开所有产品信息！）", "订单备注", "收货人名称",
              "收货国家", "州/省", "城市", "地址", "邮编", "联系电话", "手机",
              "买家选择物流"]  # fmt: skip
    rows: list[Sequence[object]] = [header]
    for place, order in enumerate(orders, start=1):
        person, at = order.recipient, order.placed_at.astimezone(PACIFIC)
        total = sum(float(_prices()[sku]) * quantity for sku, quantity in order.lines)
        cell = "\n".join(
            f"【{line}】 {titles()[sku]}\n(产品属性: Color:As shown )\n(商家编码: {sku})\n"
            f"(产品数量: {quantity} piece)"
            for line, (sku, quantity) in enumerate(order.lines, start=1)
        )
        state = "等待买家收货" if place == len(orders) else "等待您发货"
        rows.append(
            [order.number.replace("-", ""), state, person.name, f"{at:%Y-%m-%d %H:%M}",
             f"{at:%Y-%m-%d %H:%M}", f"US ${total:.2f}", "US $0.00", f"US ${total:.2f}", cell, "",
             person.name, COUNTRIES[person.country], person.region, person.city, person.street,
             person.postal_code, "", person.phone, "AliExpress Standard Shipping"]
        )  # fmt: skip
    return workbook(rows)


def _shopify(orders: list[SampleOrder]) -> str:
    """The last order is cancelled."""
    header = ["Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Currency",
              "Subtotal", "Shipping", "Created at", "Lineitem quantity", "Lineitem name",
              "Lineitem price", "Lineitem sku", "Lineitem requires shipping",
              "Lineitem fulfillment status", "Shipping Name", "Shipping Address1",
              "Shipping Address2", "Shipping City", "Shipping Zip", "Shipping Province",
              "Shipping Country", "Shipping Phone", "Notes", "Cancelled at"]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for place, order in enumerate(orders, start=1):
            person, number = order.recipient, f"#{order.number[-4:]}"
            at = order.placed_at.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M:%S %z")
            cancelled = at if place == len(orders) else ""
            for line, (sku, quantity) in enumerate(order.lines):
                item = (quantity, titles()[sku], _prices()[sku], sku, "true", "pending")
                if line:
                    yield (number, person.email, *[""] * 6, at, *item, *[""] * 10)
                else:
                    yield (number, person.email, "paid", at, "unfulfilled", "EUR", "", "4.90", at,
                           *item, person.name, person.street, "", person.city,
                           f"'{person.postal_code}", person.region, person.country, person.phone,
                           "", cancelled)  # fmt: skip

    return _text(header, rows())


def _own_shop(orders: list[SampleOrder]) -> str:
    """A shop's own export that no layout knows, in GBK: its columns have to be chosen."""
    header = ["流水", "商品货号", "件数", "售价", "客户姓名", "寄往地址", "所在城市", "邮政号码",
              "目的国", "联系方式", "日期"]  # fmt: skip

    def rows() -> Iterator[Sequence[object]]:
        for order in orders:
            person = order.recipient
            for sku, quantity in order.lines:
                yield (order.number, sku, quantity, f"￥{float(_prices()[sku]) * 7.8:,.2f}",
                       person.name, person.street, person.city, person.postal_code, person.country,
                       person.phone, f"{order.placed_at:%Y/%m/%d}")  # fmt: skip

    return _text(header, rows())
