"""Where a printer may be: in the building, at a fixed address."""

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
    if inner in NEVER or not any(inner in network for network in INSIDE):
        raise NotInTheBuilding(f"{address} is not of a private network")
    return str(inner)
