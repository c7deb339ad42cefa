"""What a scan at the single-item station costs, with a full warehouse behind it.

The admin door runs as in production (two workers of four threads, the operator's own database
role). Twenty stations scan on their own clocks, on average once every two seconds: a product, then
its label. Times are the station's, connection kept alive; CPU is the door's and its database
backends', by the kernel.
"""

from __future__ import annotations

import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bench.figures import Figure
from bench.processes import TICKS
from bench.throwaway import start

BALANCES = int(os.environ.get("BENCH_BALANCES", "1000000"))
OPEN_ORDERS = int(os.environ.get("BENCH_OPEN_ORDERS", "200000"))
SECONDS = float(os.environ.get("BENCH_SCAN_SECONDS", "60"))
STATIONS, EVERY_S, WARM_UP_S = 20, 2.0, 10.0
CSRF = "0123456789abcdef0123456789abcdef"
ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Tally:
    """What came of the scans, from all stations."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seconds: list[float] = field(default_factory=list)
    verdicts: dict[str, int] = field(default_factory=dict)

    def add(self, seconds: float, verdict: str, *, counts: bool) -> None:
        with self.lock:
            if counts:
                self.seconds.append(seconds)
            self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1


def figures() -> Iterator[Figure]:
    """Yield the figures. Fills a database of its own first, which takes minutes at full size."""
    start()
    from bench.scan_data import fill  # noqa: PLC0415 - Django is set up now

    floor = fill(balances=BALANCES, orders=OPEN_ORDERS)
    cookies = _stations(floor)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    door = _door(port)
    try:
        _wait(port)
        tally = Tally()
        stations = [
            threading.Thread(target=_scan, args=(port, cookie, floor.products, number, tally))
            for number, cookie in enumerate(cookies)
        ]
        for station in stations:
            station.start()
        time.sleep(WARM_UP_S)
        before = _cpu(door.pid)
        scanned = len(tally.seconds)
        time.sleep(SECONDS)
        spent = _cpu(door.pid)
        scans = len(tally.seconds) - scanned
        for station in stations:
            station.join()
    finally:
        door.terminate()
        door.wait(30)
    wrong = sum(count for word, count in tally.verdicts.items() if word not in ("accepted", "done"))
    milliseconds = sorted(each * 1000 for each in tally.seconds)
    web, database = spent[0] - before[0], spent[1] - before[1]
    yield Figure("warehouse.scan_p99_ms", statistics.quantiles(milliseconds, n=100)[98], "ms",
                 "<= 60")  # fmt: skip
    yield Figure("warehouse.scan_p50_ms", statistics.median(milliseconds), "ms")
    yield Figure("warehouse.scan_cpu_ms", (web + database) * 1000 / scans, "ms", "<= 12")
    yield Figure("warehouse.scan_cpu_web_ms", web * 1000 / scans, "ms")
    yield Figure("warehouse.scan_cpu_database_ms", database * 1000 / scans, "ms")
    yield Figure("warehouse.scan_scans", len(milliseconds), "scans")
    yield Figure("warehouse.scan_not_taken", wrong, "scans", "= 0")


def _stations(floor: object) -> list[dict[str, str]]:
    """Make twenty people, signed in at a station of their own; return their cookies."""
    from django.conf import settings  # noqa: PLC0415
    from django.core.signing import get_cookie_signer  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from bench.scan_data import Floor  # noqa: PLC0415
    from tests.factories import ACTOR, NOW  # noqa: PLC0415
    from tests.floor import a_staff_member  # noqa: PLC0415
    from warehouse.services.equipment import choose_printer  # noqa: PLC0415
    from warehouse.stations.here import COOKIE  # noqa: PLC0415

    if not isinstance(floor, Floor):
        raise TypeError(floor)
    cookies = []
    for number in range(STATIONS):
        client = Client()
        staff = a_staff_member("floor", floor.house, email=f"s{number}@operator.example")
        client.force_login(staff.user)
        station = choose_printer(
            warehouse=floor.house, name=f"T{number}", printer=floor.printer, actor=ACTOR, now=NOW
        )
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        signed = get_cookie_signer(salt=COOKIE).sign(str(station.pk))
        cookies.append({"waybridge_admin": session, "waybridge_admin_csrf": CSRF, COOKIE: signed})
    return cookies


def _door(port: int) -> subprocess.Popen[bytes]:
    """Start the admin door with the operator's login."""
    from django.conf import settings  # noqa: PLC0415

    from config.embedded.processes import PROCESSES  # noqa: PLC0415

    database = settings.DATABASES["default"]
    url = os.environ["DATABASE_URL"].replace(
        f"{database['USER']}:", "waybridge_operator:"
    ).replace(f"{database['USER']}@", "waybridge_operator@")  # fmt: skip
    admin = next(each for each in PROCESSES if each.name == "admin")
    words = admin.words(bind=f"127.0.0.1:{port}")
    env = {
        **os.environ, "DATABASE_URL": url, "DOORS": "admin", "TENANT_DB_ROLES": "0",
        "STAFF_SECOND_FACTOR": "0", "ALLOWED_HOSTS": "127.0.0.1", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    program = Path(sys.executable).with_name(words[0])
    return subprocess.Popen([str(program), *words[1:]], cwd=ROOT, env=env)


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            requests.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=5)
        except requests.RequestException:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The admin door did not start.")


def _scan(port: int, cookies: dict[str, str], products: int, number: int, tally: Tally) -> None:
    """Scan until the time is over: a product, then its label, each at a random moment."""
    chance = random.Random(number)  # noqa: S311 - the same run again
    session = requests.Session()
    session.cookies.update(cookies)
    url = f"http://127.0.0.1:{port}/stations/single/scans/"
    headers = {"X-CSRFToken": CSRF, "Accept": "application/json"}
    began, sequence, label = time.monotonic(), 0, ""
    while (at := time.monotonic() - began) < WARM_UP_S + SECONDS:
        time.sleep(chance.expovariate(1 / EVERY_S))
        sequence += 1
        raw = label or f"S-{1 + chance.randrange(products)}"
        told = {"scans": [{"client_id": str(uuid.uuid4()), "seq": sequence, "raw": raw}]}
        asked = time.monotonic()
        answer = session.post(url, json=told, headers=headers, timeout=30, allow_redirects=False)
        took = time.monotonic() - asked
        if answer.status_code != requests.codes.ok:
            tally.add(took, f"status {answer.status_code}", counts=at > WARM_UP_S)
            continue
        result = answer.json()
        verdict = result["results"][0]["verdict"]
        tally.add(took, verdict, counts=at > WARM_UP_S)
        reference = result["state"]["order"]
        # The label of parcel WB000000123-1 says LX000000123CN (bench/scan_data.py).
        label = f"LX{reference[2:11]}CN" if not label and verdict == "accepted" else ""


def _cpu(pid: int) -> tuple[float, float]:
    """Return the CPU seconds of the door with its workers, and of its database backends."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = 'waybridge_operator'")
        backends = [row[0] for row in cursor.fetchall()]
    children = [
        int(stat.parent.name)
        for stat in Path("/proc").glob("[0-9]*/stat")
        if _fields(stat)[1:2] == [str(pid)]
    ]
    web = sum(_seconds(each) for each in (pid, *children))
    return web, sum(map(_seconds, backends))


def _fields(stat: Path) -> list[str]:
    try:
        return stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _seconds(pid: int) -> float:
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return sum(int(each) for each in fields[11:13]) / TICKS if fields else 0.0
