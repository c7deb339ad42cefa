"""Marketplaces that misbehave while workers die: orders lost or doubled, parcels told twice.

Each of the four is read and told while its stand-in is slow, limits (buckets of its own, narrower
than ours), fails, resets, loses answers, repeats and shortens pages, and one of two workers is
killed every two to four seconds. Only the waiting is shortened: limits come from bench/data/.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import throwaway
from bench.figures import Figure

if TYPE_CHECKING:
    from tests.flows.channels.conftest import Shop
    from tests.flows.channels.markets import Market
    from tests.forks import Workers
    from tests.sandbox.program import Program

BATCHES, PER_BATCH = 4, 40
PARCELS = 12
WORKERS = 2
STORM_S = {"read": 25.0, "tell": 15.0}
CALM_S = 90.0
"""The storm over one marketplace ends then, and what is not there after the calm is lost."""
CALL_FAULTS = ("slow", "429", "500", "reset", "lost_answer")
PAGE_FAULTS = ("repeat_page", "short_page")
FAULT_EVERY_S = 1.0
NARROW = {"rate_per_s": 12, "burst": 6}
A_PAGE = {"rate_per_s": 18, "burst": 24}
"""AliExpress' page of 20 asks for as many details at once: a narrower bucket lets no page by."""
THEIR_LIMITS: dict[str, dict[str, dict[str, int]]] = {
    "ebay": {"orders": NARROW, "fulfilments": NARROW, "ship": NARROW},
    "amazon": {"search_orders": NARROW, "get_order": NARROW, "confirm_shipment": NARROW},
    "aliexpress": {"orders": NARROW, "detail": A_PAGE, "fulfil": NARROW},
    "shopify": {"points": {"rate_per_s": 800, "burst": 2000}},
}
"""Narrower than bench/data/ has it, so that their 429 is met and obeyed."""


def figures() -> Iterator[Figure]:
    """Read and tell at each marketplace; tell what was lost or done twice."""
    throwaway.start()
    from tests.flows.channels.markets import MARKETS  # noqa: PLC0415 - Django is set up by now
    from tests.flows.parcels import a_house, worker_environment  # noqa: PLC0415
    from tests.forks import Workers  # noqa: PLC0415
    from tests.sandbox.program import Program  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="waybridge-bench-") as folder:
        program = Program(data=Path(folder), way_seconds=1)
        program.start()
        _speak_to(program)
        owner = a_house()
        environment = worker_environment(
            program, JOB_LEASE_SECONDS="2", CHANNEL_READ_SECONDS="1", CHANNEL_LAG_SECONDS="0"
        )
        workers = Workers(environment, module="bench.channel_worker")
        try:
            for market in MARKETS:
                storm = Storm(program, workers, market, owner.pk)
                yield from _measure(storm, market, owner)
        finally:
            workers.stop()
            program.stop()


class Storm:
    """Faults at one marketplace and kills of its workers, until something is so."""

    def __init__(
        self, program: Program, workers: Workers, market: Market, merchant_id: int
    ) -> None:
        self.killed = 0
        self._program, self._workers, self._kind = program, workers, market.kind
        self._merchant_id = merchant_id
        self._chance = random.Random(market.kind)  # noqa: S311 - chance, not a secret

    def rage(self, is_done: Callable[[], bool], faults: tuple[str, ...], *, end: float) -> None:
        """Let it rage; return when `is_done`, or at `end` (the figures say so)."""
        limits = {"limits": THEIR_LIMITS[self._kind]}
        self._program.call("PUT", f"/_shops/{self._kind}/limits", limits)
        next_kill, next_fault = time.monotonic() + 1, 0.0
        while len(self._workers.alive) < WORKERS:
            self._start()
        while not is_done() and time.monotonic() < end:
            if time.monotonic() > next_fault:
                kind = self._chance.choice(faults)
                self._program.fault(partner=self._kind, kind=kind, times=1, seconds=0.3)
                next_fault = time.monotonic() + FAULT_EVERY_S
            if time.monotonic() > next_kill:
                self._workers.kill(self._chance.choice(self._workers.alive))
                self._start()
                self.killed += 1
                next_kill = time.monotonic() + self._chance.uniform(2.0, 4.0)
            time.sleep(0.25)
        self._program.call("DELETE", "/_faults")

    def calm(self, is_done: Callable[[], bool]) -> None:
        """Let what is left be done undisturbed, as after any storm; then let no worker be left."""
        self._program.call("DELETE", "/_faults")
        self._program.call("PUT", f"/_shops/{self._kind}/limits", {"limits": {}})
        end = time.monotonic() + CALM_S
        while not is_done() and time.monotonic() < end:
            time.sleep(0.25)
        for pid in list(self._workers.alive):
            self._workers.kill(pid)

    def _start(self) -> None:
        self._workers.start(merchant_id=self._merchant_id, queues=("channels",))


def _speak_to(program: Program) -> None:
    from django.conf import settings  # noqa: PLC0415 - Django is set up by now

    from config.marketplaces import MARKETPLACES  # noqa: PLC0415
    from flows.channels import gate  # noqa: PLC0415

    gate.DATA = Path(__file__).parent / "data"
    settings.CHANNEL_LAG_SECONDS, settings.CHANNEL_READ_SECONDS = 0, 1
    settings.CHANNELS = {
        kind: {
            "address": program.url + place.stand_in,
            "credentials": dict(place.credentials),
            "options": {},
        }
        for kind, place in MARKETPLACES.items()
    }


def _measure(storm: Storm, market: Market, owner: Any) -> Iterator[Figure]:
    from tests.flows.channels.conftest import Shop  # noqa: PLC0415 - Django is set up by now

    shop = Shop.opened(owner, storm._program, market)
    shop.consent()
    began = time.monotonic()
    wanted: set[str] = set()
    for _ in range(BATCHES):
        bodies = market.orders(PER_BATCH)
        shop.seed(*bodies)
        wanted |= set(map(market.number, bodies))
        storm.rage(
            lambda: wanted <= _known(shop),  # noqa: B023 - called at once
            (*CALL_FAULTS, *PAGE_FAULTS),
            end=began + STORM_S["read"],
        )
    storm.calm(lambda: wanted <= _known(shop))
    took = time.monotonic() - began
    yield from _read_figures(shop, wanted)
    yield Figure(f"intake.sync_{market.kind}_s", took, "s")
    yield from _tell(storm, shop)
    yield Figure(f"intake.sync_{market.kind}_killed", storm.killed, "workers", ">= 3")


def _known(shop: Shop) -> set[str]:
    return {order.external_order for order in shop.orders()}


def _read_figures(shop: Shop, wanted: set[str]) -> Iterator[Figure]:
    """Count what is there against what the shop told: orders, lines, and how often each came in."""
    from core.models import Event  # noqa: PLC0415 - Django is set up by now
    from core.tenancy import merchant  # noqa: PLC0415
    from orders.models import OrderLine  # noqa: PLC0415

    orders = shop.orders()
    ids = [order.pk for order in orders]
    with merchant(shop.owner):
        lines = OrderLine.objects.filter(order_id__in=ids).count()
        came_in = Event.objects.filter(
            subject_kind="order", subject_id__in=ids, kind__in=("order.accepted", "order.held")
        ).count()
    numbers = Counter(order.external_order for order in orders)
    found = set(numbers)
    twice = sum(numbers.values()) - len(numbers) + max(0, lines - len(ids))
    kind = shop.market.kind
    yield Figure(f"intake.sync_{kind}_orders", len(found & wanted), "orders")
    yield Figure(f"intake.sync_{kind}_lost", len(wanted - found), "orders", "= 0")
    doubled = twice + max(0, came_in - len(ids)) + len(found - wanted)
    yield Figure(f"intake.sync_{kind}_doubled", doubled, "orders", "= 0")


def _tell(storm: Storm, shop: Shop) -> Iterator[Figure]:
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by now

    from core.tenancy import merchant  # noqa: PLC0415
    from flows.channels.telling import tell_channels  # noqa: PLC0415
    from orders.models import ChannelNotice  # noqa: PLC0415
    from tests.factories import a_booked_parcel  # noqa: PLC0415

    accepted = [order for order in shop.orders() if order.status == "accepted"][:PARCELS]
    bookings = [a_booked_parcel(shop.owner, order) for order in accepted]
    with merchant(shop.owner):
        tell_channels(bookings=bookings, at="handover", now=timezone.now())

    def is_told() -> bool:
        with merchant(shop.owner):
            waiting = ChannelNotice.objects.filter(connection_id=shop.connection_id)
            return not waiting.filter(status="queued").exists()

    storm.rage(is_told, CALL_FAULTS, end=time.monotonic() + STORM_S["tell"])
    storm.calm(is_told)
    told = shop.look()
    parcels = [str(each["body"]) for each in told["shipments"]]
    lost = sum(not any(each.tracking_number in body for body in parcels) for each in bookings)
    kind = shop.market.kind
    yield Figure(f"intake.told_{kind}_parcels", len(bookings), "parcels", f"= {PARCELS}")
    yield Figure(f"intake.told_{kind}_lost", lost, "parcels", "= 0")
    yield Figure(
        f"intake.told_{kind}_doubled", len(parcels) - len(bookings) + lost, "parcels", "= 0"
    )
