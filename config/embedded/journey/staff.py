"""The staff's side: a person signed in at the staff's door, working at the stations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from config.embedded.journey.http import Door, Refused

LOGIN = "/accounts/login/"


class LoginFailed(RuntimeError):
    """The staff's door did not take the e-mail address and password."""


class StaffDoor:
    """One member of the staff. Raises `LoginFailed`."""

    def __init__(self, admin_url: str, *, email: str, password: str) -> None:
        self.door = Door(admin_url, {"Accept": "application/json", "Referer": f"{admin_url}/"})
        self._log_in(email, password)

    def _log_in(self, email: str, password: str) -> None:
        """Sign in through the same form a person fills in, with its CSRF token."""
        form = self.door.send("GET", LOGIN, headers={"Accept": "text/html"})
        token = _cookie(form.cookies, "_csrf")
        answer = self.door.send(
            "POST",
            LOGIN,
            data={"login": email, "password": password, "csrfmiddlewaretoken": token},
            cookies=form.cookies,
            headers={"Accept": "text/html"},
        )
        if answer.status_code != 302:
            raise LoginFailed(
                f"{email} could not sign in at {self.door.base_url}. The demonstration's password "
                "is DEMO_PASSWORD of the running installation; set the same one here."
            )
        cookies = {**form.cookies.get_dict(), **answer.cookies.get_dict()}
        token = next(value for name, value in cookies.items() if name.endswith("_csrf"))
        self.door.keep(headers={"X-CSRFToken": token}, cookies=cookies)

    def board(self) -> list[dict[str, Any]]:
        """Return what waits, per warehouse."""
        return list(self.door.get("/stations/")["warehouses"])

    def plan_wave(self, *, merchant: str, warehouse: str) -> dict[str, Any] | None:
        """Plan a wave over waiting orders; None when none wait."""
        body = {"merchant": merchant, "warehouse": warehouse}
        wave: dict[str, Any] | None = self.door.post("/stations/waves/", body)["wave"]
        return wave

    def wave(self, wave_id: int) -> dict[str, Any]:
        """Return a wave with its parcels."""
        return dict(self.door.get(f"/stations/waves/{wave_id}/")["wave"])

    def release_wave(self, wave_id: int) -> dict[str, Any]:
        """Release a wave: labels and pick list are made."""
        return dict(self.door.post(f"/stations/waves/{wave_id}/release/", {})["wave"])

    def pick_all(self, wave_id: int) -> None:
        """Confirm all picks of a wave."""
        self.door.post("/stations/picks/", {"wave": wave_id, "all": True})

    def pack(
        self, *, merchant: str, parcel: str, codes: Sequence[str], weight_g: int
    ) -> dict[str, Any]:
        """Scan every piece of a parcel and close it with its weight, in one request.

        The ids of the scans are made from the parcel, so that the same again is the same scan.
        """
        scans = [
            {"client_id": f"journey-{parcel}-{number}", "seq": number, "raw": code}
            for number, code in enumerate(codes, start=1)
        ]
        body = {"merchant": merchant, "parcel": parcel, "scans": scans,
                "close": {"weight_g": weight_g}}  # fmt: skip
        return dict(self.door.post("/stations/pack/scans/", body))

    def hand_over(self, *, merchant: str, warehouse: str, carrier: str) -> dict[str, Any] | None:
        """Hand every ready parcel to a carrier; None when none is ready."""
        body = {"merchant": merchant, "warehouse": warehouse, "carrier": carrier,
                "signed_by": "Driver"}  # fmt: skip
        try:
            return dict(self.door.post("/stations/hand-over/", body)["handover"])
        except Refused as refused:
            if refused.status == 409:
                return None
            raise

    def handover(self, url: str) -> dict[str, Any]:
        """Return one handover."""
        return dict(self.door.get(url)["handover"])

    def waiting_claims(self) -> Iterator[dict[str, Any]]:
        """Yield the claims of every merchant that wait for a decision, newest first."""
        page = self.door.get("/staff/claims/")
        while True:
            yield from page["claims"]
            if page["next_below"] is None:
                return
            page = self.door.get("/staff/claims/", below=page["next_below"])

    def decide_claim(self, decide_url: str) -> None:
        """Decide a claim as the dated terms say, unless that was done before."""
        try:
            self.door.post(decide_url, {})
        except Refused as refused:
            if refused.status != 409:
                raise

    def content(self, url: str) -> bytes:
        """Return the bytes of a paper of the floor."""
        return self.door.send("GET", url).content


def _cookie(cookies: Any, ending: str) -> str:
    return next(str(value) for name, value in cookies.items() if name.endswith(ending))
