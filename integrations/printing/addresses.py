"""Where a printer may be: in the building, at a fixed address, on a port of printers."""

from __future__ import annotations

import ipaddress

INSIDE = tuple(
    map(
        ipaddress.ip_network,
        ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128"),
    )
)
NEVER = tuple(map(ipaddress.ip_address, ("fd00:ec2::254", "fd20:ce::254")))
"""Inside by their numbers, but where clouds hand out a machine's credentials."""


PORTS = frozenset((631, 6101, *range(9100, 9110)))
"""IPP (RFC 8010), Zebra's second port of raw data, and port 9100 with those of print servers."""
SERVICES = frozenset(
    (1433, 1521, 2375, 2376, 2379, 2380, 3306, 5432, 5433, 5672, 6379, 6380, 6432, 8086, 8500, 9042,
     9092, 9200, 9300, 10250, 11211, 15672, 26379, 27017)
)  # fmt: skip
"""Databases, queues and what runs machines: nothing is ever printed there."""
FIRST_OF_ANYBODY = 1024


class NotAPrintersPort(ValueError):
    """No printer listens on the port; something else inside may."""


class NotInTheBuilding(ValueError):
    """The address is no fixed one of a private network or of this machine."""


def check_address(address: str) -> str:
    """Return the address in its usual spelling; raise `NotInTheBuilding`.

    Names are not taken: what a name leads to can change after it was looked at. Public addresses
    and link-local ones, where clouds keep a machine's credentials, are not a printer's.
    """
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError as error:
        raise NotInTheBuilding(f"{address!r} is no IP address") from error
    inner = getattr(found, "ipv4_mapped", None) or found
    # With a scope ("%eth0") an address is link-local by intent, and equal to none of NEVER.
    if (
        getattr(found, "scope_id", None)
        or inner in NEVER
        or not any(inner in network for network in INSIDE)
    ):
        raise NotInTheBuilding(f"{address} is not of a private network")
    return str(inner)


def check_port(address: str, port: int) -> int:
    """Return the port of a checked address; raise `NotAPrintersPort`.

    On this machine itself a queue or a stand-in may have any port that needs no privilege, except
    those of databases and the like: bytes of a label must not become commands there.
    """
    is_here = ipaddress.ip_address(address).is_loopback
    may_be = is_here and port >= FIRST_OF_ANYBODY and port not in SERVICES
    if port not in PORTS and not may_be:
        raise NotAPrintersPort(f"{port} is no port of a printer")
    return port
