"""Every query we send to Shopify, held to the vendor's introspection of 2026-10.

Strict: unknown fields and arguments, wrong variables and deprecated fields are all refused, and the
probes show that they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import (
    GraphQLSchema,
    NoDeprecatedCustomRule,
    build_client_schema,
    get_named_type,
    is_enum_type,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import get_variable_values
from graphql.language import OperationDefinitionNode

from integrations.channels import shopify_orders, shopify_queries
from integrations.channels.base import ShipmentNotice, ShippedLine, Window
from integrations.channels.shopify import FULFILLABLE, UNDONE, Shopify
from integrations.errors import PartnerError
from integrations.http import NullGate
from sandbox.partners import shopify_cost
from sandbox.partners.shopify_schema import SCHEMA as STAND_IN
from tests.integrations import contracts
from tests.integrations.channels.reading import Keeper, tokens
from tests.integrations.servers import Partner, answer, partner

FILE = "shopify/admin_2026-10.introspection.json.gz"
RULES = (*specified_rules, NoDeprecatedCustomRule)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(scope="session")
def schema() -> GraphQLSchema:
    """Once per session: 3,500 types take a second and some memory."""
    return build_client_schema(contracts.introspection(FILE), assume_valid=True)  # type: ignore[arg-type]


def faults(schema: GraphQLSchema, query: str, variables: dict[str, Any]) -> list[str]:
    document = parse(query)
    if found := validate(schema, document, RULES):
        return [error.message for error in found]
    operation = next(
        each for each in document.definitions if isinstance(each, OperationDefinitionNode)
    )
    values: Any = get_variable_values(
        schema, tuple(operation.variable_definitions or ()), variables
    )
    return [error.message for error in values] if isinstance(values, list) else []


NOTICE = ShipmentNotice(
    reference="P-1",
    external_order="1001",
    lines=(ShippedLine("11", 2),),
    carrier="line",
    carrier_name="EastLine",
    service_name="Standard",
    tracking_number="EL1",
    tracking_url="https://track.example/EL1",
    shipped_at=NOW,
    is_last=True,
)
NO_ORDER = {"data": {"order": None}}
NONE_YET = {"data": {"order": {"id": "gid://shopify/Order/1001", "fulfillments": []}}}
FULFILMENT_ORDERS = {
    "data": {
        "order": {
            "fulfillmentOrders": {
                "nodes": [
                    {
                        "id": "gid://shopify/FulfillmentOrder/1",
                        "status": "OPEN",
                        "assignedLocation": {"location": {"id": "gid://shopify/Location/1"}},
                        "lineItems": {
                            "nodes": [
                                {
                                    "id": "gid://shopify/FulfillmentOrderLineItem/5",
                                    "remainingQuantity": 2,
                                    "lineItem": {"id": "gid://shopify/LineItem/11"},
                                }
                            ],
                            "pageInfo": {"hasNextPage": False},
                        },
                    }
                ],
                "pageInfo": {"hasNextPage": False},
            }
        }
    }
}
TOLD = {
    "data": {
        "order": {
            "fulfillments": [
                {
                    "id": "gid://shopify/Fulfillment/9",
                    "status": "SUCCESS",
                    "trackingInfo": [{"number": "EL1"}],
                }
            ]
        }
    }
}
LONG = {
    "data": {
        "order": {
            "id": "gid://shopify/Order/1001",
            "lineItems": {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "c"}},
        }
    }
}


def client(url: str) -> Shopify:
    return Shopify.connect(
        credentials={"client_id": "c", "client_secret": "s"},
        base_url=url,
        gate=NullGate(),
        tokens=Keeper(tokens()),
        account="demo.myshopify.com",
        options={},
    )


def sent() -> Iterator[tuple[str, dict[str, Any]]]:
    """What really goes out, over a socket, of every operation."""
    seen: list[Partner] = []
    with partner(answer(200, {"data": {}})) as there:
        client(there.url).orders(Window(NOW, NOW), "cursor")
        seen.append(there)
    for replies in ((LONG, NO_ORDER), (NONE_YET, FULFILMENT_ORDERS, NO_ORDER), (TOLD, NO_ORDER)):
        with partner(*(answer(200, body) for body in replies)) as there:
            shop = client(there.url)
            with pytest.raises(PartnerError):
                shop.order("1001") if replies[0] is LONG else shop.confirm_shipment(NOTICE)
        seen.append(there)
    for there in seen:
        for request in there.seen:
            assert request.path == "/demo.myshopify.com/admin/api/2026-10/graphql.json"
            yield request.body["query"], request.body["variables"]


def test_all_that_goes_out_satisfies_the_contract(schema: GraphQLSchema) -> None:
    told = list(sent())
    assert {query for query, _ in told} == set(shopify_queries.BY_OPERATION.values())
    for query, variables in told:
        assert faults(schema, query, variables) == []


def test_the_contract_is_really_checked(schema: GraphQLSchema) -> None:
    """The vacuity probe: one unknown field in each query, and each must be refused for it."""
    for query, variables in sent():
        head, _, tail = query.rpartition("id ") if "id " in query else query.rpartition("id\n")
        broken = f"{head}id nobodyKnowsThis {tail}"
        assert any("nobodyKnowsThis" in fault for fault in faults(schema, broken, variables))


def test_wrong_arguments_variables_and_deprecated_fields_are_refused(
    schema: GraphQLSchema,
) -> None:
    told = dict(sent())
    orders, fulfil = shopify_queries.ORDERS, shopify_queries.FULFIL
    wrong: list[tuple[str, dict[str, Any]]] = [
        (orders.replace("sortKey: UPDATED_AT", "sortKey: CHANGED"), told[orders]),
        (orders.replace("query: $search", "search: $search"), told[orders]),
        (orders.replace("countryCodeV2", "countryCode"), told[orders]),
        (orders, {**told[orders], "size": "many"}),
        (fulfil, {"fulfillment": {"trackingInfo": {"number": "1"}}}),
        (fulfil, {"fulfillment": {**told[fulfil]["fulfillment"], "trackingNumber": "1"}}),
        (fulfil.replace("fulfillmentCreate(", "fulfillmentCreateV2("), told[fulfil]),
    ]
    for query, variables in wrong:
        assert faults(schema, query, variables), query


def values_of(schema: GraphQLSchema, kind: str) -> set[str]:
    found = schema.type_map[kind]
    assert is_enum_type(found)
    return set(found.values)


def test_every_status_we_know_by_name_is_one_of_shopifys(schema: GraphQLSchema) -> None:
    assert values_of(schema, "OrderDisplayFinancialStatus") >= shopify_orders.PAID
    assert values_of(schema, "OrderDisplayFulfillmentStatus") >= {
        *shopify_orders.OPEN,
        *("FULFILLED", "FULFILLMENT_NOT_REQUIRED", "PARTIALLY_FULFILLED", "RESTOCKED"),
    }
    assert values_of(schema, "FulfillmentOrderStatus") >= FULFILLABLE
    assert values_of(schema, "FulfillmentStatus") >= UNDONE


def test_the_stand_in_promises_nothing_that_shopify_does_not(schema: GraphQLSchema) -> None:
    for name, ours in STAND_IN.type_map.items():
        fields = getattr(ours, "fields", None)
        if name.startswith("__") or fields is None:
            continue
        theirs = schema.type_map["QueryRoot" if name == "Query" else name]
        for field, declared in fields.items():
            known = theirs.fields[field]  # type: ignore[attr-defined]
            assert str(declared.type).count("!") == str(known.type).count("!"), f"{name}.{field}"
            assert str(declared.type).count("[") == str(known.type).count("["), f"{name}.{field}"
            if not is_enum_type(get_named_type(known.type)):
                ours_named = str(get_named_type(declared.type))
                assert ours_named == str(get_named_type(known.type)), f"{name}.{field}"


def test_no_query_asks_for_more_points_than_one_may() -> None:
    for query, variables in sent():
        assert shopify_cost.requested(parse(query), variables) <= 900
