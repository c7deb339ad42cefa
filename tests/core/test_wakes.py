"""The first message goes out at once, the rest together, and none is forgotten."""

from __future__ import annotations

import os
import threading
import time

import pytest

from core import wakes as module
from core.wakes import Wakes
from tests.sandbox.program import until

KEY, OTHER = (1, "flow"), (2, "flow")


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "APART_S", 0.1)


def test_the_first_goes_out_at_once_and_a_burst_becomes_one_more() -> None:
    wakes, sent = Wakes(), list[tuple[int, str]]()
    for _ in range(50):
        wakes.soon(KEY, lambda *key: sent.append(key))
    assert sent == [KEY]
    until(lambda: len(sent) == 2, within=5)
    time.sleep(0.3)
    assert sent == [KEY, KEY]


def test_every_merchant_and_queue_is_told_for_itself() -> None:
    wakes, sent = Wakes(), list[tuple[int, str]]()
    for key in (KEY, OTHER, (1, "calls")):
        wakes.soon(key, lambda *each: sent.append(each))
    assert sent == [KEY, OTHER, (1, "calls")]


def test_work_that_comes_while_the_late_ones_are_sent_is_told_too() -> None:
    wakes, sent = Wakes(), list[float]()

    def send(*_: object) -> None:
        sent.append(time.monotonic())

    ends = time.monotonic() + 0.5
    last = 0.0
    while time.monotonic() < ends:
        wakes.soon(KEY, send)
        last = time.monotonic()
        time.sleep(0.01)
    until(lambda: sent[-1] >= last, within=5)
    assert len(sent) < 12


def test_a_message_that_fails_late_does_not_end_the_others() -> None:
    wakes, sent = Wakes(), list[tuple[int, str]]()

    def fail(*_: object) -> None:
        raise OSError("no broker")

    for key in (KEY, OTHER):
        wakes.soon(key, lambda *_: None)
    wakes.soon(KEY, fail)
    wakes.soon(OTHER, lambda *key: sent.append(key))
    until(lambda: sent == [OTHER], within=5)
    time.sleep(0.2)
    wakes.soon(KEY, lambda *key: sent.append(key))
    assert sent == [OTHER, KEY]


def test_a_forked_child_starts_afresh() -> None:
    wakes = module.wakes
    with wakes._lock:
        child = os.fork()
        if child == 0:
            told = threading.Event()
            wakes.soon(KEY, lambda *_: told.set())
            os._exit(0 if told.is_set() else 1)
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
