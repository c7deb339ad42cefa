"""What a request costs: CPU of this process plus CPU of its database backend, per request.

Requests go through the WSGI application with everything a real one passes (middleware, key,
permission, idempotency, transaction with fsync, wake-up message), without a socket.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.throwaway import as_app_role, start

if TYPE_CHECKING:
    from bench.api_data import Tenant

Figure = tuple[str, float, str, str]
"""(name, value, unit, target), the target as a comparison: `<= 10`."""

WARM_UP, REQUESTS, ROUNDS = 80, 60, 8
FEW, MANY, LISTS = 10_000, 200_000, 300
BULK, BULK_ROUNDS = 500, 4


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU that one request costs."""

    web: float
    database: float

    @property
    def both(self) -> float:
        """Web plus database."""
        return self.web + self.database


def figures() -> Iterator[Figure]:
    """Yield the figures of the API. Needs a database of its own; starts one where none is."""
    start()
    from bench.api_data import Tenant  # noqa: PLC0415 - Django is set up now

    tenant, few, many = (Tenant.make(f"bench-{code}") for code in ("api", "few", "many"))
    few.fill(FEW)
    many.fill(MANY)
    with as_app_role():
        yield from _orders(tenant)
        yield from _lists(few, many)


def _orders(tenant: Tenant) -> Iterator[Figure]:
    numbers = iter(range(10**9))
    one = cost(lambda: post(tenant.secret, "/api/v1/orders", tenant.body(next(numbers))))
    yield "journey.api_post_order_cpu", one.both * 1000, "ms", "<= 10"
    yield "journey.api_post_order_web_cpu", one.web * 1000, "ms", ""
    yield "journey.api_post_order_database_cpu", one.database * 1000, "ms", ""
    bulk = cost(
        lambda: post(tenant.secret, "/api/v1/orders/bulk", tenant.bulk(BULK, numbers)),
        warm_up=1,
        requests=1,
        rounds=BULK_ROUNDS,
    )
    yield "journey.api_bulk_orders_per_cpu_s", BULK / bulk.both, "orders/s", ""


def _lists(few: Tenant, many: Tenant) -> Iterator[Figure]:
    """Measure both in turns, one request each, so that both meet the same neighbours."""
    costs: dict[str, list[float]] = {few.secret: [], many.secret: []}
    for _ in range(WARM_UP + LISTS):
        for secret, spent in costs.items():
            once = cost(lambda s=secret: get(s, "/api/v1/orders"), warm_up=0, requests=1, rounds=1)  # type: ignore[misc]
            spent.append(once.both)
    of_few, of_many = (statistics.median(spent[WARM_UP:]) for spent in costs.values())
    yield "journey.api_list_10k_cpu", of_few * 1000, "ms", "<= 8"
    yield "journey.api_list_200k_cpu", of_many * 1000, "ms", ""
    yield "journey.api_list_200k_to_10k", of_many / of_few, "ratio", "<= 1.2"


def cost(
    request: Callable[[], None],
    *,
    warm_up: int = WARM_UP,
    requests: int = REQUESTS,
    rounds: int = ROUNDS,
) -> Cost:
    """Return what a call of `request` costs on average in the cheapest of a few rounds.

    Neighbours on the same cores slow caches down and never speed them up.
    """
    for _ in range(warm_up):
        request()
    found = []
    for _ in range(rounds):
        web, database = time.process_time(), backend_cpu()
        for _ in range(requests):
            request()
        spent_web, spent_database = time.process_time() - web, backend_cpu() - database
        found.append(Cost(spent_web / requests, spent_database / requests))
    return min(found, key=lambda each: each.both)


def backend_cpu() -> float:
    """Return the CPU seconds of this connection's Postgres backend, which must run here."""
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    pid = connection.connection.get_backend_pid()
    nanoseconds = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]
    return int(nanoseconds) / 1e9


def post(secret: str, path: str, body: Any) -> None:
    """Send one POST; anything but a success is an error of the measurement."""
    _send("POST", secret, path, json.dumps(body).encode())


def get(secret: str, path: str) -> None:
    """Send one GET."""
    _send("GET", secret, path, b"")


def _send(method: str, secret: str, path: str, body: bytes) -> None:
    status, content = answer(method, secret, path, body)
    if not 200 <= status < 300:
        raise RuntimeError(f"{method} {path}: {status} {content[:500]!r}")


def answer(
    method: str, secret: str, path: str, body: bytes, *, content_type: str = "application/json"
) -> tuple[int, bytes]:
    """Send one request through the application; return its status and content."""
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(), "wsgi.multithread": False, "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }  # fmt: skip
    if method == "POST":
        environ["HTTP_IDEMPOTENCY_KEY"] = os.urandom(8).hex()
    answered: list[str] = []
    response = application()(environ, lambda status, _headers: answered.append(status))
    content = b"".join(response)
    response.close()
    return int(answered[0].split()[0]), content


_application: list[Any] = []


def application() -> Any:
    """Return the WSGI application, loaded once."""
    if not _application:
        from config.wsgi import application as loaded  # noqa: PLC0415

        _application.append(loaded)
    return _application[0]


def main() -> None:
    """Print the figures of this file alone."""
    for name, value, unit, target in figures():
        print(f"{name} {value:.2f} {unit} (target {target})", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
