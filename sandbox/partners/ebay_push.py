"""eBay's notifications: our own key, the endpoint's challenge, signed pushes until they are taken.

Unverified: the form of the header, of the challenge and of ORDER_CONFIRMATION's data is our reading
of eBay's public event SDKs, not of a contract.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
import time
import uuid
from typing import Any

import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox import shops
from sandbox.instants import instant
from sandbox.state import State
from sandbox.world import World

NAME = "ebay"
TOPIC = "ORDER_CONFIRMATION"
_KEY = "ebay push key"
_BEAT_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 30.0
_TIMEOUT_SECONDS = 5.0
_AT_ONCE = 50

log = logging.getLogger("sandbox.ebay")


def key(state: State) -> tuple[str, ec.EllipticCurvePrivateKey]:
    """(kid, private key) of this stand-in, made at the first use and kept over restarts."""
    found = shops.document(state, NAME, _KEY)
    if found is None:
        fresh = ec.generate_private_key(ec.SECP256R1())
        pem = fresh.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        kid = str(uuid.uuid4())
        shops.put_document(
            state, NAME, "", _KEY, kind="key", body={"kid": kid}, content=pem, now=time.time()
        )
        return kid, fresh
    _, _, body, content = found
    kept = serialization.load_pem_private_key(content or b"", password=None)
    if not isinstance(kept, ec.EllipticCurvePrivateKey):
        raise TypeError("the kept key is no elliptic curve")
    return body["kid"], kept


def public_key(state: State) -> tuple[str, dict[str, str]]:
    """(kid, getPublicKey's answer): PEM in one line, as eBay writes it."""
    kid, private = key(state)
    der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    inside = base64.b64encode(der).decode()
    pem = f"-----BEGIN PUBLIC KEY-----{inside}-----END PUBLIC KEY-----"
    return kid, {"key": pem, "algorithm": "ECDSA", "digest": "SHA1"}


def signature(state: State, body: bytes) -> str:
    """The header X-EBAY-SIGNATURE over exactly these bytes."""
    kid, private = key(state)
    signed = private.sign(body, ec.ECDSA(hashes.SHA1()))  # noqa: S303 - as eBay signs
    claim = {
        "alg": "ecdsa",
        "kid": kid,
        "signature": base64.b64encode(signed).decode(),
        "digest": "SHA1",
    }
    return base64.b64encode(json.dumps(claim).encode()).decode()


def passes_challenge(endpoint: str, verification_token: str) -> bool:
    """Whether the endpoint answers eBay's challenge: it is asked before it is registered."""
    code = uuid.uuid4().hex
    wanted = hashlib.sha256((code + verification_token + endpoint).encode()).hexdigest()
    try:
        with _session() as session:
            answer = session.get(
                endpoint,
                params={"challenge_code": code},
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        told = answer.json() if answer.status_code == 200 else {}
    except (requests.RequestException, ValueError):
        return False
    return isinstance(told, dict) and told.get("challengeResponse") == wanted


def queue(state: State, account: str, external_order: str, *, line: str, now: float) -> None:
    """Push that an order was placed, where an endpoint is registered."""
    if not destinations(state):
        return
    event = str(uuid.uuid4())
    body = {
        "metadata": {"topic": TOPIC, "schemaVersion": "1.0", "deprecated": False},
        "notification": {
            "notificationId": event,
            "eventDate": stamp(now),
            "publishDate": stamp(now),
            "publishAttemptCount": 1,
            "data": {
                "user": {"userId": account},
                "order": {
                    "orderId": external_order,
                    "orderLineItems": [{"orderLineItemId": line}],
                },
            },
        },
    }
    state.insert(
        "ebay_push", event_id=event, account=account, body=json.dumps(body), due=now, attempts=0
    )


def destinations(state: State) -> list[dict[str, Any]]:
    """The enabled endpoints."""
    rows = state.rows(
        "SELECT body FROM shop_document WHERE partner = ? AND kind = 'destination'", NAME
    )
    bodies = [json.loads(row["body"]) for row in rows]
    return [body for body in bodies if body["status"] == "ENABLED"]


def stamp(at: float) -> str:
    """`2015-08-04T19:09:02.768Z`."""
    return instant(at).replace("+00:00", "Z")


class Pushes(threading.Thread):
    """One thread that pushes what is due, again with growing pauses until an endpoint takes it."""

    def __init__(self, world: World) -> None:
        super().__init__(name="ebay pushes", daemon=True)
        self._state = world.state
        self._end = threading.Event()

    def stop(self) -> None:
        """Ask the thread to end and wait for the push under way."""
        self._end.set()
        self.join(timeout=_TIMEOUT_SECONDS + 1)

    def run(self) -> None:
        """Beat until stopped. One failing beat is logged and does not end the pushes."""
        with _session() as session:
            while not self._end.wait(_BEAT_SECONDS):
                try:
                    self._beat(session)
                except Exception:
                    log.exception("a push stumbled; the next ones go on")

    def _beat(self, session: requests.Session) -> None:
        state = self._state
        with state.lock:
            due = state.rows(
                "SELECT * FROM ebay_push WHERE due <= ? ORDER BY due LIMIT ?",
                *(time.time(), _AT_ONCE),
            )
            endpoints = [each["deliveryConfig"]["endpoint"] for each in destinations(state)]
        for row in due:
            body = json.loads(row["body"])
            body["notification"]["publishAttemptCount"] = row["attempts"] + 1
            body["notification"]["publishDate"] = stamp(time.time())
            sent = json.dumps(body, separators=(",", ":")).encode()
            answers = [self._push(session, endpoint, sent) for endpoint in endpoints]
            is_taken = all(answers)
            pause = min(_LONGEST_PAUSE_SECONDS, 0.5 * 2 ** min(row["attempts"], 10))
            with state.lock:
                state.run(
                    "UPDATE ebay_push SET due = ?, attempts = attempts + 1 WHERE event_id = ?",
                    *(None if is_taken else time.time() + pause, row["event_id"]),
                )

    def _push(self, session: requests.Session, endpoint: str, body: bytes) -> bool:
        with self._state.lock:
            signed = signature(self._state, body)
        headers = {"Content-Type": "application/json", "X-EBAY-SIGNATURE": signed}
        try:
            answer = session.post(
                endpoint,
                data=body,
                headers=headers,
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            log.debug("push to %s failed, will be tried again: %s", endpoint, error)
            return False
        return 200 <= answer.status_code < 300


def _session() -> requests.Session:
    session = requests.Session()
    # The product is on this machine; a proxy of the environment is not for it.
    session.trust_env = False
    return session
