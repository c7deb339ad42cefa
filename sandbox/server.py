"""The program: gunicorn with one worker process and threads, state opened inside the worker."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from sandbox import moves
from sandbox.admin import Admin
from sandbox.partners import (
    aliexpress,
    amazon,
    customs,
    delivery,
    dhl_express,
    ebay,
    ebay_push,
    line,
    postal,
    shopify,
)
from sandbox.printers import ipp
from sandbox.printers.raw import RawPrinter
from sandbox.push import Background
from sandbox.shops import Shop
from sandbox.state import State
from sandbox.web import Partner, StandIns
from sandbox.world import World

THREADS = 16
GRACE_SECONDS = 10
HOST = "127.0.0.1"

PARTNERS: tuple[Partner, ...] = (
    dhl_express.PARTNER,
    postal.PARTNER,
    line.PARTNER,
    customs.PARTNER,
    delivery.PARTNER,
    aliexpress.PARTNER,
    amazon.PARTNER,
    ebay.PARTNER,
    shopify.PARTNER,
    ipp.PARTNER,
)

SHOPS: tuple[Shop, ...] = (aliexpress.SHOP, amazon.SHOP, ebay.SHOP, shopify.SHOP)
"""The marketplaces among the partners, as the admin calls under `/_shops` know them."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the state lives and how long a parcel's way takes."""

    data: Path
    way_seconds: float
    pdf_port: int = 0
    zebra_port: int = 0


def application(world: World, printers: list[RawPrinter] | None = None) -> StandIns:
    """Return the WSGI application over `world`."""
    names = frozenset(partner.name for partner in PARTNERS)
    admin = Admin(names, SHOPS, lambda: printers or [])
    return StandIns(world, partners=PARTNERS, admin=admin, advance=moves.advance)


class Server(BaseApplication):  # type: ignore[misc]
    """One worker: the state is one file with one writer."""

    def __init__(self, *, port: int, settings: Settings) -> None:
        self._port = port
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Set what this program needs; the command line and files of gunicorn are not read."""
        wanted: dict[str, Any] = {
            "bind": f"{HOST}:{self._port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "keepalive": 75,
            "graceful_timeout": GRACE_SECONDS,
            "timeout": 120,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": self._say_ready,
            "worker_exit": self._close,
        }
        for name, value in wanted.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> StandIns:
        """Open the state in the worker and start the world."""
        self.world = World(State(self._settings.data), self._settings.way_seconds)
        self.background = Background(self.world)
        self.background.start()
        self.pushes = ebay_push.Pushes(self.world)
        self.pushes.start()
        ports = {"pdf": self._settings.pdf_port, "zebra": self._settings.zebra_port}
        self.printers = [RawPrinter.open(name, self.world, port) for name, port in ports.items()]
        return application(self.world, self.printers)

    def _say_ready(self, arbiter: Any) -> None:  # noqa: ARG002
        sys.stdout.write(f"stand-ins listen on http://{HOST}:{self._port}\n")
        sys.stdout.flush()

    def _close(self, arbiter: Any, worker: Any) -> None:  # noqa: ARG002
        if hasattr(self, "background"):
            self.background.stop()
            self.pushes.stop()
            for printer in self.printers:
                printer.close()
            self.world.state.close()


def serve(*, port: int, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    settings.data.mkdir(parents=True, exist_ok=True)
    Server(port=port, settings=settings).run()
