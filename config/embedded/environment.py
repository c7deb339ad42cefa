"""Which environment each process gets: its own role's database address and nobody else's."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from config.embedded.processes import BY_NAME

LOOPBACK = "127.0.0.1"
NOWHERE = "postgresql://none@127.0.0.1:1/none"
"""For processes that load the settings and never open the database."""
DEMONSTRATION = {"STAFF_SECOND_FACTOR": "0"}
"""What `make run` asks less strictly than production, unless the environment says otherwise."""
OWN_SECRETS = ("SECRET_KEY", "KEY_PEPPER", "FIELD_KEY")
NEVER_INHERITED = (
    "DATABASE_URL", "OWNER_DATABASE_URL", "TENANT_DB_ROLES", "DOORS", "DJANGO_SETTINGS_MODULE",
)  # fmt: skip


class PortTaken(RuntimeError):
    """Somebody else listens where a door should open."""


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports on loopback."""

    web: int
    admin: int
    sandbox: int

    @classmethod
    def beside(cls, port: int) -> Ports:
        """Return the doors at `port`, `port` + 1 and `port` + 9."""
        return cls(port, port + 1, port + 9)

    @classmethod
    def any_free(cls) -> Ports:
        """Return three ports nobody listens on."""
        sockets = [socket.socket() for _ in range(3)]
        try:
            for sock in sockets:
                sock.bind((LOOPBACK, 0))
            web, admin, sandbox = (sock.getsockname()[1] for sock in sockets)
        finally:
            for sock in sockets:
                sock.close()
        return cls(web, admin, sandbox)

    def refuse_taken(self) -> None:
        """Raise `PortTaken` naming the first port somebody listens on, and the way out."""
        for door, port in (("web", self.web), ("admin", self.admin), ("stand-ins", self.sandbox)):
            with socket.socket() as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    sock.bind((LOOPBACK, port))
                except OSError as error:
                    raise PortTaken(
                        f"Port {port} ({door}) is taken. Stop what listens there, or choose "
                        f"another with `make run PORT={self.web + 100}`."
                    ) from error


@dataclass(frozen=True, slots=True)
class Addresses:
    """Database addresses by role (`owner`, `app`, `operator`), Redis, and the doors' ports."""

    databases: Mapping[str, str]
    redis: str
    ports: Ports

    @property
    def public_url(self) -> str:
        """The merchant's, API's and buyer's doors."""
        return os.environ.get("PUBLIC_URL") or f"http://{LOOPBACK}:{self.ports.web}"

    @property
    def admin_url(self) -> str:
        """The staff's door."""
        return os.environ.get("ADMIN_URL") or f"http://{LOOPBACK}:{self.ports.admin}"

    @property
    def sandbox_url(self) -> str:
        """The stand-ins."""
        return os.environ.get("SANDBOX_URL") or f"http://{LOOPBACK}:{self.ports.sandbox}"


WAY_SECONDS = 8.0
"""How long a parcel's way takes with our own stand-ins, unless SANDBOX_WAY_SECONDS says."""
DAYS_OF_A_WAY = 8
SECONDS_OF_A_DAY = 86_400


def way_seconds() -> float:
    """Return how many seconds the stand-ins make of a parcel's way."""
    return float(os.environ.get("SANDBOX_WAY_SECONDS") or WAY_SECONDS)


def pace() -> dict[str, str]:
    """Return the settings of a world whose parcels arrive within seconds.

    Only for our own stand-ins. A way takes about eight days, so a day lasts an eighth of the way;
    the limits of silence shrink alike. A killed worker's jobs are taken over after ten seconds, and
    a lost answer is looked up after three, which is longer than our stand-ins ever think.
    """
    if os.environ.get("SANDBOX_URL"):
        return {}
    day_s = way_seconds() / DAYS_OF_A_WAY
    wanted = {
        "JOB_LEASE_SECONDS": "10",
        "SWEEP_SECONDS": "1",
        "LOOK_UP_AFTER_SECONDS": "3",
        "TRACKING_POLL_SECONDS": "2",
        "CHANNEL_READ_SECONDS": "10",
        "CHANNEL_LAG_SECONDS": "0",
        "SILENCE_COMPRESSION": str(int(SECONDS_OF_A_DAY / day_s)),
    }
    return {name: os.environ.get(name) or value for name, value in wanted.items()}


def environment(
    name: str, *, addresses: Addresses, data_dir: Path, secrets: Mapping[str, str]
) -> dict[str, str]:
    """Return the whole environment of process `name`, or of `owner` for management commands.

    Only `owner` gets `OWNER_DATABASE_URL`; a process without database role gets no address that
    opens anything. A secret set in our own environment goes before the kept one.
    """
    inherited = {key: value for key, value in os.environ.items() if key not in NEVER_INHERITED}
    process = BY_NAME.get(name)
    role = process.role if process else name
    database = addresses.databases.get(role, NOWHERE)
    own = {
        **{key: os.environ.get(key) or secrets[key] for key in OWN_SECRETS},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database,
        "REDIS_URL": addresses.redis,
        "DATA_DIR": str(data_dir),
        "PUBLIC_URL": addresses.public_url,
        "ADMIN_URL": addresses.admin_url,
        "SANDBOX_URL": addresses.sandbox_url,
        "PYTHONUNBUFFERED": "1",
        # Root on a machine of one's own is how a first try looks; the servers never run as root.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
    }
    if role == "owner":
        own["OWNER_DATABASE_URL"] = database
    if process is not None and process.doors:
        own["DOORS"] = process.doors
    relaxed = {name: os.environ.get(name) or value for name, value in DEMONSTRATION.items()}
    return inherited | pace() | relaxed | own


def as_role(owner_url: str, role: str, password: str) -> str:
    """Return `owner_url` for another role on the same server and database."""
    parts = urlsplit(owner_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}"))
