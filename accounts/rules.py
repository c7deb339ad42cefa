"""Who may do what: one table for members, API keys and staff."""

from __future__ import annotations

READ = frozenset(
    {
        "orders.view",
        "products.view",
        "shipments.view",
        "claims.view",
        "customs.view",
        "billing.view",
    }
)
MEMBER_PERMISSIONS: dict[str, frozenset[str]] = {
    "owner": READ
    | {
        "orders.edit",
        "products.edit",
        "claims.edit",
        "holds.release",
        "channels.edit",
        "rules.edit",
        "team.view",
        "team.edit",
    },
    "operations": READ
    | {
        "orders.edit",
        "products.edit",
        "claims.edit",
        "holds.release",
        "channels.edit",
        "rules.edit",
    },
    "finance": READ | {"claims.edit", "holds.release"},
    "read_only": READ,
}
STAFF_PERMISSIONS: dict[str, frozenset[str]] = {
    "floor": frozenset({"staff.home", "staff.floor"}),
    # Of at least one warehouse: of which ones, their assignments say (flows/floor.py).
    "supervisor": frozenset({"staff.home", "staff.floor", "staff.supervise", "staff.stock"}),
    "customs": frozenset({"staff.home", "staff.customs", "staff.problems"}),
    "support": frozenset({"staff.home", "staff.support", "staff.claims", "staff.problems"}),
    "admin": frozenset(
        {
            "staff.home",
            "staff.floor",
            "staff.supervise",
            "staff.customs",
            "staff.support",
            "staff.claims",
            "staff.problems",
            "staff.merchants",
            "staff.stock",
            "staff.people",
            "staff.equipment",
        }
    ),
}


def member_may(role: str, permission: str) -> bool:
    """Tell whether a member or key of `role` has `permission`."""
    return permission in MEMBER_PERMISSIONS.get(role, frozenset())


def staff_may(role: str, permission: str) -> bool:
    """Tell whether staff of `role` have `permission`."""
    return permission in STAFF_PERMISSIONS.get(role, frozenset())
