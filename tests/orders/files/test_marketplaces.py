"""Each marketplace's export as its sellers get it, in several languages."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import pytest

from orders.files.faults import ASKS, FileRefused, KeptRow, RejectedRow, SkippedRows
from orders.files.orders import Entry, ParsedOrder, parse_orders, prepare_orders
from orders.files.product_cell import read_products
from orders.files.reader import open_table
from orders.rules.countries import country_code

SAMPLES = Path(__file__).parents[3] / "samples"


def entries(content: bytes | str, name: str = "export.csv") -> list[Entry]:
    data = content if isinstance(content, bytes) else content.encode()
    with open_table(io.BytesIO(data), name) as table:
        return list(parse_orders(table))


def layout(content: bytes | str) -> str:
    data = content if isinstance(content, bytes) else content.encode()
    with open_table(io.BytesIO(data), "export.csv") as table:
        return prepare_orders(table).mapping.layout.code


def orders(found: list[Entry]) -> list[ParsedOrder]:
    return [each for each in found if isinstance(each, ParsedOrder)]


def skipped(found: list[Entry]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in found:
        if isinstance(each, SkippedRows):
            counts[each.reason] = counts.get(each.reason, 0) + each.rows
    return counts


EBAY = """,,,,,,,,,,,,,,
Sales Record Number,Order Number,Buyer Email,Ship To Name,Ship To Phone,Ship To Address 1,\
Ship To City,Ship To Zip,Ship To Country,Item Number,Item Title,Custom Label,Quantity,Sold For,\
Shipping And Handling,Total Price,Sale Date,Paid On Date,Shipped On Date,Transaction ID,\
Variation Details
,,,,,,,,,,,,,,
101,12-1-1,b@example.com,Ann Lee,+1 212 5550100,1 High St,New York,10001,United States,,,,3,\
$29.97,$5.00,$34.97,Nov-12-26,Nov-12-26,,,
101,12-1-1,,,,,,,,3344,Mug,MUG-BLUE,1,$9.99,,,Nov-12-26,Nov-12-26,,T1,[Color:Blue]
101,12-1-1,,,,,,,,3345,Bowl,,2,$9.99,,,Nov-12-26,Nov-12-26,,T2,
102,12-1-2,c@example.com,Bo Diaz,,2 Low St,Austin,78701,United States,3344,Mug,MUG-BLUE,1,$9.99,\
$5.00,$14.99,Nov-02-26,Nov-02-26,Nov-03-26,T3,

2,record(s) downloaded,from ,Nov-01-26, to , Nov-12-26
Seller ID : shop-1
"""


def test_ebay_summary_and_item_rows_are_one_order_and_footers_are_none() -> None:
    found = entries(EBAY)
    (order,) = orders(found)
    assert [(line.sku, line.quantity, line.unit_price) for line in order.lines] == [
        ("MUG-BLUE", 1, Decimal("9.99")),
        ("3345", 2, Decimal("9.99")),
    ]
    assert (order.currency, order.shipping_price, order.recipient_name) == (
        "USD", Decimal("5.00"), "Ann Lee",
    )  # fmt: skip
    assert order.lines[0].title == "Mug [Color:Blue]"
    assert order.placed_at == dt.datetime(2026, 11, 12, 8, 0, tzinfo=dt.UTC)
    assert skipped(found) == {"shipped": 1}
    assert len(found) == 2


def test_a_summary_row_without_its_items_is_rejected_not_lost() -> None:
    lines = EBAY.splitlines()
    found = entries("\n".join(lines[:4]))
    (row,) = found
    assert isinstance(row, RejectedRow)
    assert row.row == 4


EBAY_DE = (
    "Verkaufsprotokollnummer;Bestellnummer;Name des Empfängers;Adresse 1 des Empfängers;"
    "Versand nach - Ort;Versand nach - PLZ;Versand nach - Land;Artikelnummer;Angebotstitel;"
    "Bestandseinheit;Anzahl;Verkauft für;Verpackung und Versand;Verkauft am;Zahlungsdatum\n"
    "1;23-1;Jürgen Köhler;Hauptstraße 1;Köln;50667;Deutschland;77;Becher;MUG-BLUE;2;1.299,90 €;"
    "4,90 €;10-Dez-25;12.11.2026\n"
    "1;Datensätze heruntergeladen\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_ebay_germany_in_every_encoding(encoding: str) -> None:
    (order,) = orders(entries(EBAY_DE.encode(encoding)))
    assert order.recipient_name == "Jürgen Köhler"
    assert (order.lines[0].unit_price, order.currency) == (Decimal("1299.90"), "EUR")
    assert order.placed_at == dt.datetime(2025, 12, 9, 23, 0, tzinfo=dt.UTC)
    assert order.paid_at == dt.datetime(2026, 11, 11, 23, 0, tzinfo=dt.UTC)


FRENCH = (
    "Numéro de commande;Nom du destinataire;Adresse 1 du destinataire;Pays du destinataire;"
    "Numéro de l'objet;Quantité"
)
SPANISH = (
    "Número de pedido;Nombre del destinatario;Dirección 1 del destinatario;"
    "País del destinatario;Número de artículo;Cantidad"
)
SHOP = (
    "Name,Financial Status,Lineitem sku,Lineitem quantity,Shipping Name,Shipping Address1,"
    "Shipping Country"
)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Order number,Post to name,Post to address 1,Post to country,Item number,Quantity",
         "ebay_uk"),
        (FRENCH, "ebay_fr"),
        (SPANISH, "ebay_es"),
        ("order-id\tsku\tquantity-purchased\trecipient-name\tship-address-1\tship-country",
         "amazon_unshipped"),
        ("注文番号\t出品者SKU\t購入数量\t受取人名\t配送先住所1\t配送先国", "amazon_unshipped"),
        ("amazon-order-id\torder-status\tfulfillment-channel\tsku\tquantity\tship-country",
         "amazon_all_orders"),
        (SHOP, "shopify"),
        ("订单号,产品信息（双击单元格展开所有产品信息！）,收货人名称,收货国家,地址", "aliexpress"),
        ("external_order,sku,quantity,recipient_name,street_1,country", "waybridge_template"),
    ],
)  # fmt: skip
def test_a_header_tells_its_layout(header: str, code: str) -> None:
    filled = header.translate(str.maketrans("", "", "\n"))
    assert layout(f"{header}\n{filled}\n") == code


ALL_ORDERS = (
    "amazon-order-id\tpurchase-date\torder-status\tfulfillment-channel\titem-status\tsku\tquantity"
    "\tcurrency\titem-price\tship-city\tship-country\n"
    "1-1\t2026-11-12T08:00:00+00:00\tUnshipped\tMerchant\tUnshipped\tMUG\t2\tEUR\t19.00\tBerlin\tDE\n"
    "1-1\t2026-11-12T08:00:00+00:00\tUnshipped\tMerchant\tCancelled\tCAP\t0\tEUR\t\tBerlin\tDE\n"
    "1-2\t2026-11-12T08:00:00+00:00\tShipped\tAmazon\tShipped\tMUG\t1\tEUR\t9.50\tBerlin\tDE\n"
    "1-3\t2026-11-12T08:00:00+00:00\tCancelled\tMerchant\tCancelled\tMUG\t0\tEUR\t\tBerlin\tDE\n"
    "1-4\t2026-11-12T08:00:00+00:00\tShipped\tMerchant\tShipped\tMUG\t1\tEUR\t9.50\tBerlin\tDE\n"
    "1-5\t2026-11-12T08:00:00+00:00\tPending\tMerchant\tUnshipped\tMUG\t1\tEUR\t9.50\tBerlin\tDE\n"
)


def test_of_all_orders_only_open_ones_that_the_seller_ships_come_in() -> None:
    found = entries(ALL_ORDERS)
    paid, pending = orders(found)
    assert (paid.external_order, pending.external_order) == ("1-1", "1-5")
    assert (paid.paid_at, pending.paid_at) == (paid.placed_at, None)
    assert [(line.sku, line.unit_price) for line in paid.lines] == [("MUG", Decimal("9.50"))]
    assert skipped(found) == {"cancelled": 2, "fulfilled_by_channel": 1, "shipped": 1}


SHOPIFY = """Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Shipping,Created at,\
Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem requires shipping,\
Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Country,Cancelled at
#1001,a@example.com,paid,2026-11-12 10:23:44 +0100,unfulfilled,EUR,4.90,2026-11-12 10:20:00 +0100,\
1,Mug,9.50,MUG,true,Ann Lee,High St 1,Berlin,'10115,DE,
#1001,a@example.com,,,,,,2026-11-12 10:20:00 +0100,2,Bowl,7.90,BOWL,true,,,,,,
#1001,a@example.com,,,,,,2026-11-12 10:20:00 +0100,1,Gift card,10,CARD,false,,,,,,
#1002,b@example.com,refunded,,unfulfilled,EUR,0,2026-11-12 10:20:00 +0100,1,Mug,9.50,MUG,true,Bo,\
Low St 2,Berlin,'10115,DE,
#1002,b@example.com,,,,,,2026-11-12 10:20:00 +0100,1,Bowl,7.90,BOWL,true,,,,,,
"""


def test_shopify_continuation_rows_are_joined() -> None:
    found = entries(SHOPIFY)
    (order,) = orders(found)
    assert [(line.sku, line.quantity) for line in order.lines] == [("MUG", 1), ("BOWL", 2)]
    assert (order.postal_code, order.shipping_price) == ("10115", Decimal("4.90"))
    assert order.paid_at == dt.datetime(2026, 11, 12, 9, 23, 44, tzinfo=dt.UTC)
    assert skipped(found) == {"nothing_to_ship": 1, "refunded": 2}


CELL = (
    "【1】 Ceramic mug 【new】, blue\n(产品属性: Color:Blue )\n(商家编码: MUG-BLUE)\n"
    "(产品数量: 2 piece)\n(物流等级&买家选择物流: Standard)\n"
    "【2】 Bowl\n(商家编码:BOWL-RED)\n(产品数量:1 件)\n"
)


def test_all_products_of_one_cell_are_lines() -> None:
    first, second = read_products(CELL)
    assert first == ("MUG-BLUE", "Ceramic mug 【new】, blue (Color:Blue)", "2")
    assert second == ("BOWL-RED", "Bowl", "1")


@pytest.mark.parametrize("cell", ["", "Mug", "【2】 x", "【】", "(商家编码: A)", "【1】"])
def test_a_cell_without_products_gives_none_or_an_incomplete_one(cell: str) -> None:
    assert all(not product.sku for product in read_products(cell))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_aliexpress_in_chinese(encoding: str) -> None:
    header = "订单号,订单状态,下单时间,付款时间,产品总金额,物流费用,产品信息,收货人名称,收货国家,"
    header += "州/省,城市,地址,邮编,联系电话,手机"
    one = '"【1】 陶瓷杯\n(商家编码: MUG-BLUE)\n(产品数量: 2 件)"'
    row = "8001,等待您发货,2026-06-12 01:23,2026-06-12 01:25,US $19.00,US $0.00,"
    row += f"{one},李雷,Russian Federation,Moscow,Moscow,Tverskaya 1,101000,7-495-1,"
    gone = row.replace("8001", "8002").replace("等待您发货", "已完成")
    found = entries(f"{header}\n{row}\n{gone}\n".encode(encoding))
    (order,) = orders(found)
    assert (order.recipient_name, order.phone, order.currency) == ("李雷", "7-495-1", "USD")
    assert order.placed_at == dt.datetime(2026, 6, 12, 8, 23, tzinfo=dt.UTC)
    assert (order.lines[0].quantity, order.lines[0].unit_price) == (2, Decimal("9.5000"))
    assert skipped(found) == {"shipped": 1}


def test_a_rejected_row_brings_the_sound_rows_of_its_order() -> None:
    header = "external_order,sku,quantity,recipient_name,street_1,country"
    found = entries(f"{header}\nA,MUG,1,Ann,St 1,DE\nA,CAP,two,,,\nB,MUG,1,Bo,St 2,DE\n")
    assert [each.row for each in found if isinstance(each, KeptRow)] == [2]
    (row,) = [each for each in found if isinstance(each, RejectedRow)]
    assert row.cells == ("A", "CAP", "two")


def test_preamble_and_sep_line_are_passed_over() -> None:
    header = "external_order;sku;quantity;recipient_name;street_1;country"
    text = f"Orders of our shop, November\n\nMade: 2026-11-12\n{header}\n1;MUG;1;Ann;St 1;DE\n"
    assert [order.external_order for order in orders(entries(text))] == ["1"]
    assert [
        o.external_order
        for o in orders(entries(f'"sep=|"\n{header.replace(";", "|")}\n2|MUG|1|Ann|St 1|DE\n'))
    ] == ["2"]


@pytest.mark.parametrize("odd", ["MUG-BLUE", "EUR 5 USD", "a" * 70_000, "\ufeff$", "5€€"])
def test_an_odd_amount_is_a_rejected_row_not_a_fault(odd: str) -> None:
    header = "external_order,sku,quantity,recipient_name,street_1,country,unit_price,currency"
    (row,) = entries(f"{header}\n1,M,1,Ann,S 1,DE,{odd},EUR\n")
    assert isinstance(row, RejectedRow)
    assert row.column == "unit_price"


DATED = "external_order,sku,quantity,recipient_name,street_1,country,placed_at\n"


def test_dates_are_decided_by_the_file_or_asked_for_never_guessed() -> None:
    proved = DATED + "1,M,1,Ann,S 1,DE,05/10/2026\n2,M,1,Ann,S 1,DE,13/10/2026\n"
    first, _second = orders(entries(proved))
    assert first.placed_at == dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
    with pytest.raises(FileRefused) as caught:
        entries(DATED + "1,M,1,Ann,S 1,DE,05/10/2026\n")
    assert caught.value.code == "dates_ambiguous"
    dates = ("13/10/2026", "10/13/2026", "01/02/2026", "01/03/2026")
    rows = "".join(f"{n},M,1,A,S 1,DE,{date}\n" for n, date in enumerate(dates))
    with pytest.raises(FileRefused):
        entries(DATED + rows)


@pytest.mark.parametrize(
    ("name", "code", "count", "left_out"),
    [
        ("orders_amazon_all.txt", "amazon_all_orders", 2,
         {"fulfilled_by_channel", "cancelled", "shipped"}),
        ("orders_ebay_us.csv", "ebay_us", 4, set()),
        ("orders_ebay_de.csv", "ebay_de", 3, set()),
        ("orders_aliexpress.xls", "aliexpress", 3, {"shipped"}),
        ("orders_shopify.csv", "shopify", 3, {"cancelled"}),
    ],
)  # fmt: skip
def test_the_sample_of_each_marketplace_is_read_whole(
    name: str, code: str, count: int, left_out: set[str]
) -> None:
    with open_table(SAMPLES / name) as table:
        prepared = prepare_orders(table)
        found = list(parse_orders(table, prepared))
    assert prepared.mapping.layout.code == code
    assert not [each for each in found if isinstance(each, RejectedRow)]
    assert len(orders(found)) == count
    assert set(skipped(found)) == left_out
    assert all(country_code(order.country) for order in orders(found))


def test_a_shops_own_export_in_gbk_asks_for_its_columns() -> None:
    with open_table(SAMPLES / "orders_own_shop.csv") as table:
        assert table.encoding.name == "gb18030"
        assert table.columns[0] == "流水"
        with pytest.raises(FileRefused) as caught:
            prepare_orders(table)
    assert caught.value.code in ASKS
