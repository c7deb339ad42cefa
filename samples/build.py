"""Build the sample files again, the same each time: ``python -m samples.build``."""

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random

from orders.files.template import write_template
from samples.catalogue import COLUMNS, catalogue, product_rows, sound_skus
from samples.faults import Fault, invent_faults
from samples.marketplaces import write_marketplaces
from samples.orders import AMAZON_COLUMNS, SampleOrder, amazon_rows, invent_order, template_rows

HERE = Path(__file__).parent
SEED = 20261005
# Shares of the Amazon sample by country; Brazil, Korea, Mexico and Chile are in the template,
# because the Amazon report has no column for the tax number two of them ask for.
AMAZON_COUNTRIES = {
    "DE": 34,
    "GB": 30,
    "FR": 26,
    "US": 26,
    "ES": 24,
    "IT": 18,
    "AU": 16,
    "JP": 18,
    "PL": 12,
    "NL": 11,
    "AT": 10,
    "CH": 7,
    "BE": 7,
    "SE": 7,
    "PT": 7,
    "IE": 6,
    "CA": 8,
    "NZ": 3,
    "TW": 7,
    "HK": 6,
    "SG": 5,
    "SA": 5,
    "AE": 5,
}
TEMPLATE_COUNTRIES = {"MX": 12, "CL": 10, "BR": 14, "KR": 8, "ES": 6, "DE": 6, "TW": 4}
# Ordered more often than they are in stock, so that some orders wait.
SCARCE = {"TNT-2P-GRN": 7, "BLK-MAG-64": 3}


def build(folder: Path) -> None:
    """Write the sample files and their README into ``folder``."""
    rng = Random(SEED)  # noqa: S311 - invented data, not a secret
    orders = _orders(AMAZON_COUNTRIES, rng, first_number=1, avoid=frozenset())
    faults = list(invent_faults(rng, first_number=901))
    own = _orders(TEMPLATE_COUNTRIES, rng, first_number=501, avoid=frozenset(SCARCE))
    _write_amazon(folder / "orders_amazon_unshipped.txt", orders, faults, rng)
    _write_products(folder / "products.csv", orders + own)
    seeds = invent_order("AU", rng=rng, number=701, skus=["SED-SUN-50"] * 3)
    own.append(replace(seeds, lines=(("SED-SUN-50", 2),)))
    prices = {product["sku"]: product["unit_value"] for product in catalogue()}
    with (folder / "orders_template.xlsx").open("wb") as file:
        rows = [row for order in own for row in template_rows(order, prices=prices)]
        write_template(file, rows)
    with (folder / "waybridge_template.xlsx").open("wb") as file:
        write_template(file)
    write_marketplaces(folder)
    (folder / "README.md").write_text(_readme(orders, own, faults), encoding="utf-8")


def _orders(
    countries: dict[str, int], rng: Random, *, first_number: int, avoid: frozenset[str]
) -> list[SampleOrder]:
    skus = [sku for sku in sound_skus() if sku not in avoid]
    wanted = [country for country, share in countries.items() for _share in range(share)]
    made = [
        invent_order(country, rng=rng, number=number, skus=skus)
        for number, country in enumerate(wanted, start=first_number)
    ]
    return sorted(made, key=lambda order: (order.placed_at, order.number))


def _write_amazon(path: Path, orders: list[SampleOrder], faults: list[Fault], rng: Random) -> None:
    blocks = [amazon_rows(order) for order in orders]
    for fault in faults:
        blocks.insert(rng.randrange(len(blocks)), list(fault.rows))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\t".join(AMAZON_COLUMNS) + "\n")
        for row in (row for block in blocks for row in block):
            file.write("\t".join(row[column] for column in AMAZON_COLUMNS) + "\n")


def _write_products(path: Path, orders: list[SampleOrder]) -> None:
    demand: Counter[str] = Counter()
    for order in orders:
        for sku, quantity in order.lines:
            demand[sku] += quantity
    # Enough for the orders and the faults once they are put right, except for the scarce two.
    stock = {
        product["sku"]: demand[product["sku"]] - SCARCE[product["sku"]]
        if product["sku"] in SCARCE
        else demand[product["sku"]] * 2 + 50
        for product in catalogue()
    }
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(product_rows(stock))


def _readme(orders: list[SampleOrder], own: list[SampleOrder], faults: list[Fault]) -> str:
    lines = "\n".join(
        f"| {place} | {fault.order or '(none)'} | {fault.words} | "
        f"{'row rejected' if fault.outcome == 'rejected' else f'held: `{fault.outcome}`'} |"
        for place, fault in enumerate(faults, start=1)
    )
    rejected = sum(fault.outcome == "rejected" for fault in faults)
    in_file = len(orders) + len(faults) - rejected + 1
    held = len(faults) - rejected
    scarce = " and ".join(f"`{sku}`" for sku in SCARCE)
    return f"""# Sample files

Made by `python -m samples.build`, the same each time. People, orders and GTINs are invented;
postal codes, regions, phone patterns and tax numbers have their country's real form.

| file | what |
|---|---|
| `products.csv` | {len(catalogue())} products with tariff codes of 6 to 10 digits, \
sizes, batteries, stock |
| `orders_amazon_unshipped.txt` | an Amazon unshipped orders report with {in_file} readable orders \
to {len(AMAZON_COUNTRIES) + 1} countries: {held} held for the\
 faults below; {rejected} rows rejected |
| `orders_template.xlsx` | {len(own)} orders to {len(TEMPLATE_COUNTRIES) + 1} countries in the own \
template; {own[-1].number} (seeds to Australia) is held: `restricted` |
| `waybridge_template.xlsx` | the own template, empty |
| `orders_amazon_all.txt` | an Amazon all orders report: two open orders without recipients \
(held), one fulfilled by Amazon, one cancelled, one shipped |
| `orders_ebay_us.csv` | eBay Seller Hub: rows above orders of several items, footer |
| `orders_ebay_de.csv` | the German one: semicolons, Windows-1252, decimal commas |
| `orders_aliexpress.xls` | AliExpress in Chinese: Excel 97, all products in one cell, \
Pacific time |
| `orders_shopify.csv` | Shopify: continuation rows, one order cancelled |
| `orders_own_shop.csv` | a shop's own columns in GBK that no layout knows: to be chosen |

`python -m samples.make_large 10000 --out FOLDER` writes a file of any size up to 100,000 orders.

Of {scarce} there is less in stock than sound orders
ask for: a few orders are backordered. Besides the faults below, the product holds orders that no
service on offer takes (batteries to some countries) and those whose value asks customs for a
commodity code of ten digits where the product has a shorter one.
An Amazon unshipped report has no prices; the unit value of the product counts.

## The dozen faults of the Amazon file

| | order | fault | what must come of it |
|---|---|---|---|
{lines}
"""


if __name__ == "__main__":
    build(HERE)
