"""Order files of any size for measuring: ``python -m samples.make_large 10000 --out FOLDER``.

A twentieth of the orders goes to Brazil and a twentieth to China, whose address data are the
largest; the others follow the countries of the Amazon sample.
"""

import argparse
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

from orders.files.template import write_template
from samples.build import AMAZON_COUNTRIES
from samples.catalogue import COLUMNS, catalogue, product_rows
from samples.orders import (
    AMAZON_COLUMNS,
    SampleOrder,
    amazon_rows,
    invent_order,
    template_rows,
)

MOST_ROWS = 100_000
STOCK = 1_000_000


def generate_orders(n: int, *, seed: int = 1) -> Iterator[SampleOrder]:
    """``n`` sound orders, the same for the same ``seed``."""
    rng = Random(seed)  # noqa: S311 - invented data, not a secret
    countries = list(AMAZON_COUNTRIES)
    weights = list(AMAZON_COUNTRIES.values())
    for number in range(1, n + 1):
        country = {0: "BR", 1: "CN"}.get(number % 20) or rng.choices(countries, weights)[0]
        yield invent_order(country, rng=rng, number=number)


def write_amazon_orders(path: Path, n: int, *, seed: int = 1) -> int:
    """Write an Amazon report with a ``cpf`` column; returns its rows. At most 100,000 rows."""
    columns = (*AMAZON_COLUMNS, "cpf")
    rows = (
        {**row, "cpf": order.recipient.recipient_id}
        for order in generate_orders(n, seed=seed)
        for row in amazon_rows(order)
    )
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\t".join(columns) + "\n")
        for row in islice(rows, MOST_ROWS):
            file.write("\t".join(row[column] for column in columns) + "\n")
            count += 1
    return count


def write_template_orders(path: Path, n: int, *, seed: int = 1) -> int:
    """Write the own XLSX template; returns its rows. At most 100,000 rows."""
    prices = {product["sku"]: product["unit_value"] for product in catalogue()}
    rows = [
        row
        for order in generate_orders(n, seed=seed)
        for row in template_rows(order, prices=prices)
    ][:MOST_ROWS]
    with path.open("wb") as file:
        write_template(file, rows)
    return len(rows)


def write_products(path: Path, *, stock: int = STOCK) -> None:
    """Write the sample products with plenty of stock."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(product_rows({product["sku"]: stock for product in catalogue()}))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("orders", type=int)
    parser.add_argument("--out", type=Path, default=Path("var/large"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--xlsx", action="store_true", help="the own template instead of Amazon's")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    write_products(options.out / "products.csv")
    write = write_template_orders if options.xlsx else write_amazon_orders
    name = "orders.xlsx" if options.xlsx else "orders.txt"
    rows = write(options.out / name, options.orders, seed=options.seed)
    print(f"{options.out / name}: {rows} rows")  # noqa: T201 - a command's answer


if __name__ == "__main__":
    main()
