"""What a query costs, and the bucket of points each shop has for it.

By Shopify's published rules: 0 for a scalar, 1 for an object, a connection's `first` times what is
inside, 10 for a mutation; at most 1,000 asked at once; charged before it runs, and given back what
was not needed. 2,000 points filled by 100 a second is the Standard plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

from sandbox import shops
from sandbox.partners.shopify_schema import SCHEMA
from sandbox.state import State

DEAREST = 1000
POINTS, RESTORE_PER_S = 2000, 100.0
MUTATION = 10


@dataclass(frozen=True, slots=True)
class _Reader:
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]

    def selection(self, chosen: SelectionSetNode, parent: GraphQLObjectType) -> int:
        total = 0
        for node in chosen.selections:
            if isinstance(node, FieldNode):
                total += self.field(node, parent)
            elif isinstance(node, FragmentSpreadNode):
                total += self.selection(self.fragments[node.name.value].selection_set, parent)
        return total

    def field(self, node: FieldNode, parent: GraphQLObjectType) -> int:
        known = parent.fields.get(node.name.value)
        kind = None if known is None else get_named_type(known.type)
        if node.selection_set is None or not isinstance(kind, GraphQLObjectType):
            return 0
        first = self.first(node)
        if first is None:
            return 1 + self.selection(node.selection_set, kind)
        if not kind.name.endswith("Connection"):
            return first * (1 + self.selection(node.selection_set, kind))
        parts = [each for each in node.selection_set.selections if isinstance(each, FieldNode)]
        # Only the nodes come `first` times; the page's own information comes once.
        return sum(
            self.field(each, kind) * (first if each.name.value == "nodes" else 1) for each in parts
        )

    def first(self, node: FieldNode) -> int | None:
        for argument in node.arguments or ():
            if argument.name.value == "first":
                value = argument.value
                if isinstance(value, IntValueNode):
                    return int(value.value)
                if isinstance(value, VariableNode):
                    return int(self.variables.get(value.name.value) or 0)
        return None


def requested(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """What a valid document may cost at most."""
    fragments = {
        node.name.value: node
        for node in document.definitions
        if isinstance(node, FragmentDefinitionNode)
    }
    reader, total = _Reader(fragments, variables), 0
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            is_mutation = node.operation.value == "mutation"
            root = SCHEMA.mutation_type if is_mutation else SCHEMA.query_type
            if root is not None:
                total += reader.selection(node.selection_set, root) + MUTATION * is_mutation
    return total


def actual(data: Any) -> int:
    """What an answer did cost: one for each object in it."""
    if isinstance(data, dict):
        return 1 + sum(actual(value) for value in data.values())
    return sum(actual(value) for value in data) if isinstance(data, list) else 0


def size(state: State, partner: str) -> tuple[float, float]:
    """(most points, points a second), as the admin call may have set them under "points"."""
    rate, burst = shops.limits(state, partner).get("points", (RESTORE_PER_S, POINTS))
    return float(burst), rate


def left(state: State, partner: str, account: str, *, now: float) -> float:
    """The points of a shop at this instant."""
    most, rate = size(state, partner)
    row = state.one(
        "SELECT left, at FROM shop_bucket"
        " WHERE partner = ? AND account = ? AND operation = 'points'",
        *(partner, account),
    )
    return most if row is None else min(most, row["left"] + max(0.0, now - row["at"]) * rate)


def charge(state: State, partner: str, account: str, points: float, *, now: float) -> None:
    """Take points that were seen to be there."""
    rest = left(state, partner, account, now=now) - points
    state.run(
        "INSERT INTO shop_bucket (partner, account, operation, left, at)"
        " VALUES (?, ?, 'points', ?, ?)"
        " ON CONFLICT (partner, account, operation)"
        " DO UPDATE SET left = excluded.left, at = excluded.at",
        *(partner, account, rest, now),
    )


def told(
    state: State, partner: str, account: str, *, asked: int, spent: int | None, now: float
) -> dict[str, Any]:
    """`extensions` as they come with every answer."""
    most, rate = size(state, partner)
    return {
        "cost": {
            "requestedQueryCost": asked,
            "actualQueryCost": spent,
            "throttleStatus": {
                "maximumAvailable": most,
                "currentlyAvailable": int(left(state, partner, account, now=now)),
                "restoreRate": rate,
            },
        }
    }
