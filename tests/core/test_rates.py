"""Token buckets, and what pages do while Redis hangs: a server that accepts and never answers."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis import Redis
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as Hung

from core import rates
from core.rates import take

PATIENT_S = 8.0
"""Far above what a page may wait, far below what a hung call without a timeout waits."""


@pytest.fixture(autouse=True)
def fresh(services: object) -> Iterator[None]:
    def forget() -> None:
        rates._Quiet.until = 0.0
        rates._script.cache_clear()

    forget()
    cache.clear()
    yield
    forget()
    cache.clear()


@pytest.fixture
def hung(settings: Any) -> Iterator[str]:
    """Point page cache and buckets at a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        address = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        settings.REDIS_URL = address
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": address}}
        yield address


def test_a_bucket_gives_its_burst_and_then_says_how_long_to_wait() -> None:
    assert [take("one", burst=3, per_second=0.5) for _ in range(3)] == [0.0, 0.0, 0.0]
    wait = take("one", burst=3, per_second=0.5)
    assert 1.0 < wait <= 2.0
    assert take("another", burst=3, per_second=0.5) == 0.0


def test_a_bucket_fills_again_and_is_forgotten_when_it_is_full(settings: Any) -> None:
    take("fills", burst=1, per_second=50)
    assert take("fills", burst=1, per_second=50) > 0
    time.sleep(0.1)
    assert take("fills", burst=1, per_second=50) == 0.0
    left_ms = Redis.from_url(settings.REDIS_URL).pttl("waybridge:rate:fills")
    assert 0 < int(left_ms) <= 1100


def test_a_hung_redis_holds_nobody_back_and_is_asked_once(
    hung: str, caplog: pytest.LogCaptureFixture
) -> None:
    begun = time.monotonic()
    assert [take("hung", burst=1, per_second=1) for _ in range(50)] == [0.0] * 50
    assert time.monotonic() - begun < PATIENT_S
    (line,) = [record.message for record in caplog.records if record.name == "waybridge.rates"]
    assert "while Redis is away" in line


def test_the_page_cache_gives_up_on_a_hung_redis(hung: str) -> None:
    begun = time.monotonic()
    with pytest.raises(Hung):
        cache.add("x", 1)
    assert time.monotonic() - begun < PATIENT_S


@pytest.mark.django_db
def test_a_sign_in_says_so_while_redis_hangs(hung: str) -> None:
    begun = time.monotonic()
    page = Client().get("/accounts/login/")
    answer = Client().post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    assert time.monotonic() - begun < PATIENT_S
    assert page.status_code == 200
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Try again in a minute." in answer.content.decode()


def test_the_faults_of_a_hung_redis_are_those_that_are_caught() -> None:
    assert issubclass(Hung, RedisError)
