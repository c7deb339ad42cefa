"""The background: keeps the world moving and pushes the line's events until they are taken."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import requests

from sandbox import moves
from sandbox.partners import line
from sandbox.world import Told, World, told_from

log = logging.getLogger("sandbox.push")

_BEAT_SECONDS = 0.1
_AT_ONCE = 64
_SENDERS = 4
_LONGEST_PAUSE_SECONDS = 30.0
_TIMEOUT_SECONDS = 10.0


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return `sha256=HEX` of HMAC-SHA256 over timestamp, a full stop and the body."""
    signed = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class Background(threading.Thread):
    """One thread that advances the world and hands pushes to a few senders."""

    def __init__(self, world: World) -> None:
        super().__init__(name="world", daemon=True)
        self._world = world
        self._end = threading.Event()
        self._local = threading.local()

    def stop(self) -> None:
        """Ask the thread to end and wait for the push that is under way."""
        self._end.set()
        self.join(timeout=_TIMEOUT_SECONDS + 1)

    def run(self) -> None:
        """Beat until stopped. One failing beat is logged and does not end the world."""
        with ThreadPoolExecutor(_SENDERS, thread_name_prefix="push") as senders:
            while not self._end.wait(_BEAT_SECONDS):
                try:
                    while self._beat(senders) and not self._end.is_set():
                        pass
                except Exception:
                    log.exception("the world stumbled; it goes on")

    def _beat(self, senders: ThreadPoolExecutor) -> bool:
        """Advance and push one batch. True when a full batch went out and more may wait."""
        state = self._world.state
        with state.change():
            now = time.time()
            moves.advance(self._world, now)
            target = state.one("SELECT url, secret FROM callback WHERE partner = ?", line.NAME)
            if target is None:
                return False
            rows = state.rows(
                "SELECT * FROM feed JOIN event USING (event_id) WHERE push_due <= ?"
                " ORDER BY push_due, seq LIMIT ?",
                now,
                _AT_ONCE,
            )
        by_parcel: dict[str, list[tuple[Told, int]]] = defaultdict(list)
        for row in rows:
            by_parcel[row["tracking_number"]].append((told_from(row), row["attempts"]))
        jobs = [
            senders.submit(self._push_all, target["url"], target["secret"], parcel)
            for parcel in by_parcel.values()
        ]
        taken = [job.result() for job in jobs]
        return len(rows) == _AT_ONCE and all(taken)

    def _push_all(self, url: str, secret: str, pushes: Iterable[tuple[Told, int]]) -> bool:
        """Push one parcel's events in order; a refused one waits and lets the others pass."""
        taken = True
        for told, attempts in pushes:
            if self._end.is_set():
                return False
            if self._push(url, secret, told):
                self._set(told.seq, due=None, attempts=attempts + 1)
            else:
                taken = False
                pause = min(_LONGEST_PAUSE_SECONDS, 0.5 * 2 ** min(attempts, 10))
                self._set(told.seq, due=time.time() + pause, attempts=attempts + 1)
        return taken

    def _set(self, seq: int, *, due: float | None, attempts: int) -> None:
        with self._world.state.lock:
            self._world.state.run(
                "UPDATE feed SET push_due = ?, attempts = ? WHERE seq = ?", due, attempts, seq
            )

    def _push(self, url: str, secret: str, told: Told) -> bool:
        body, timestamp = line.push_body(told), str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Line-Timestamp": timestamp,
            "X-Line-Signature": sign(secret, timestamp, body),
        }
        try:
            answer = self._session().post(
                url, data=body, headers=headers, timeout=_TIMEOUT_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            log.debug("push to %s failed, will be tried again: %s", url, error)
            return False
        return 200 <= answer.status_code < 300

    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
            # The product is on this machine; a proxy of the environment is not for it.
            self._local.session.trust_env = False
        session: requests.Session = self._local.session
        return session
