"""What a request costs: CPU of this process plus CPU of its database backend, per request.

Requests go through the WSGI application with everything a real one passes (middleware, key,
permission, idempotency, transaction with fsync, wake-up message), without a socket.
"""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Figure = tuple[str, float, str, str]
"""(name, value, unit, target), the target as a comparison: `<= 10`."""

WARM_UP, REQUESTS = 100, 400
FEW, MANY = 10_000, 200_000
BULK = 500


def figures() -> Iterator[Figure]:
    """Yield the figures of the API. Needs a database of its own; starts one where none is."""
    from bench.throwaway import start  # noqa: PLC0415 - Django is set up in here

    start()
    from bench.api_data import Tenant  # noqa: PLC0415

    tenant = Tenant.make("bench-api")
    bodies = iter(range(10**9))
    cost = cpu_per_request(lambda: post(tenant.secret, "/api/v1/orders", tenant.body(next(bodies))))
    yield "journey.api_post_order_cpu", cost * 1000, "ms", "<= 10"
    seconds = cpu_per_request(
        lambda: post(tenant.secret, "/api/v1/orders/bulk", tenant.bulk(BULK, bodies)),
        warm_up=1,
        requests=4,
        clock=time.perf_counter,
    )
    yield "journey.api_bulk_orders_rate", BULK / seconds, "orders/s", ">= 600"
    few, many = Tenant.make("bench-few"), Tenant.make("bench-many")
    few.fill(FEW)
    many.fill(MANY)
    costs: dict[Tenant, float] = {}
    for reader in (few, many, few, many):
        cost = cpu_per_request(lambda: get(reader.secret, "/api/v1/orders"))  # noqa: B023 - now
        costs[reader] = min(cost, costs.get(reader, cost))
    yield "journey.api_list_10k_cpu", costs[few] * 1000, "ms", "<= 8"
    yield "journey.api_list_200k_to_10k", costs[many] / costs[few], "ratio", "<= 1.2"


def cpu_per_request(
    request: Callable[[], None],
    *,
    warm_up: int = WARM_UP,
    requests: int = REQUESTS,
    clock: Callable[[], float] | None = None,
) -> float:
    """Return the seconds of CPU (web and database) a call of `request` costs on average.

    `clock` measures something else, such as wall time.
    """
    for _ in range(warm_up):
        request()
    read = clock or _cpu
    before = read()
    for _ in range(requests):
        request()
    return (read() - before) / requests


def _cpu() -> float:
    return time.process_time() + backend_cpu()


def backend_cpu() -> float:
    """Return the CPU seconds of this connection's Postgres backend, which must run here."""
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    pid = connection.connection.get_backend_pid()
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def post(secret: str, path: str, body: Any) -> None:
    """Send one POST; anything but a success is an error of the measurement."""
    _send("POST", secret, path, json.dumps(body).encode())


def get(secret: str, path: str) -> None:
    """Send one GET."""
    _send("GET", secret, path, b"")


def _send(method: str, secret: str, path: str, body: bytes) -> None:
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost", "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)),
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
    if not answered[0].startswith("2"):
        raise RuntimeError(f"{method} {path}: {answered[0]} {content[:500]!r}")


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
