"""The merchant's side: what a program does with an API key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.embedded.journey.http import Door, Refused

PAGE = 100


class MerchantDoor:
    """REST API v1 in the name of one merchant."""

    def __init__(self, public_url: str, secret: str) -> None:
        self.door = Door(public_url, {"Authorization": f"Bearer {secret}"})

    def upload(self, kind: str, path: Path, *, run: str) -> dict[str, Any]:
        """Upload a file once per `run`; return the import."""
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:24]
        answer = self.door.send(
            "POST",
            "/api/v1/imports",
            data={"kind": kind},
            files={"file": (path.name, content)},
            headers={"Idempotency-Key": f"journey-{run}-{kind}-{digest}"},
        )
        return dict(answer.json())

    def progress(self, import_id: int) -> dict[str, Any]:
        """Return how far an upload was read."""
        return dict(self.door.get(f"/api/v1/imports/{import_id}"))

    def rejected(self, import_id: int) -> bytes:
        """Return the rejected rows as CSV."""
        return self.door.send("GET", f"/api/v1/imports/{import_id}/rejected.csv").content

    def orders(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Yield orders, newest first."""
        return self._pages("/api/v1/orders", filters)

    def order(self, reference: str) -> dict[str, Any]:
        """Return everything about one order."""
        return dict(self.door.get(f"/api/v1/orders/{reference}"))

    def shipments(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Yield booked parcels, newest first."""
        return self._pages("/api/v1/shipments", filters)

    def claims(self, **filters: str) -> Iterator[dict[str, Any]]:
        """Yield claims, newest first."""
        return self._pages("/api/v1/claims", filters)

    def claim(self, number: str) -> dict[str, Any]:
        """Return one claim."""
        return dict(self.door.get(f"/api/v1/claims/{number}"))

    def file_claim(self, tracking_number: str) -> None:
        """Claim for loss, unless that was done before."""
        body = {"tracking_number": tracking_number, "kind": "loss", "statement": "It never came."}
        key = {"Idempotency-Key": f"journey-claim-{tracking_number}"}
        try:
            self.door.post("/api/v1/claims", body, headers=key)
        except Refused as refused:
            if refused.status != 409:
                raise

    def content(self, url: str) -> bytes:
        """Return the bytes of a document."""
        return self.door.send("GET", url).content

    def _pages(self, path: str, filters: dict[str, str]) -> Iterator[dict[str, Any]]:
        page = self.door.get(path, limit=PAGE, **filters)
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.door.get(page["next"])
