"""Start, stop and call the stand-ins; bodies that every partner accepts."""

from __future__ import annotations

import copy
import datetime as dt
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import requests

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
_counter = itertools.count(1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def unique(prefix: str) -> str:
    return f"{prefix}-{os.getpid()}-{next(_counter)}"


class Program:
    def __init__(self, *, data: Path, way_seconds: float) -> None:
        self.data = data
        self.way_seconds = way_seconds
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        arguments = ["--port", str(self.port), "--data", str(self.data)]
        arguments += ["--way-seconds", str(self.way_seconds)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", *arguments], cwd=ROOT, start_new_session=True
        )
        until(self._is_up, within=20)

    def _is_up(self) -> bool:
        try:
            return requests.get(f"{self.url}/_health", timeout=1).ok
        except requests.RequestException:
            return False

    def stop(self) -> int:
        """Ask politely and return the exit code (0 when it had not been started)."""
        if self._process is None:
            return 0
        self._process.terminate()
        code = self._process.wait(timeout=20)
        self._process = None
        return code

    def kill(self) -> None:
        """Kill master and worker at once, as a power switch would."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=20)
        self._process = None

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        **more: Any,
    ) -> requests.Response:
        sent = dict(headers or {})
        if auth is None:
            sent.setdefault("Authorization", "Bearer stand-in")
        return requests.request(
            method, self.url + path, json=body, headers=sent, auth=auth, timeout=15, **more
        )

    def dhl(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        headers = {"x-version": "3.1.0", **more.pop("headers", {})}
        login = ("waybridge", "stand-in")
        return self.call(method, f"/dhl-express{path}", body, headers=headers, auth=login, **more)

    def fault(self, **body: Any) -> None:
        assert self.call("POST", "/_faults", body).status_code == 201

    def state(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", "/_state").json()
        return answer


def until(look: Callable[[], T], *, within: float = 12) -> T:
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} s: {look}"
        time.sleep(0.05)
    return found


def ship_moment(days: int = 0) -> str:
    zone = dt.timezone(dt.timedelta(hours=8))
    return f"{dt.datetime.now(zone) + dt.timedelta(days=days):%Y-%m-%dT%H:%M:%S} GMT+08:00"


def dhl_party(name: str, country: str, city: str) -> dict[str, Any]:
    return {
        "postalAddress": {
            "postalCode": "10719",
            "cityName": city,
            "countryCode": country,
            "addressLine1": "Main Street 1",
        },
        "contactInformation": {"phone": "+4930123456", "companyName": name, "fullName": name},
        "typeCode": "business",
    }


def dhl_body(reference: str, *, country: str = "DE", city: str = "Berlin") -> dict[str, Any]:
    return copy.deepcopy({
        "plannedShippingDateAndTime": ship_moment(),
        "pickup": {"isRequested": False},
        "productCode": "P",
        "accounts": [{"typeCode": "shipper", "number": "123456789"}],
        "outputImageProperties": {
            "encodingFormat": "pdf",
            "imageOptions": [{"typeCode": "label", "isRequested": True}],
        },
        "customerReferences": [{"value": reference, "typeCode": "CU"}],
        "customerDetails": {
            "shipperDetails": dhl_party("Waybridge Ltd", "CN", "Shenzhen"),
            "receiverDetails": dhl_party("Erika Mustermann", country, city),
        },
        "content": {
            "packages": [
                {"weight": 0.7, "dimensions": {"length": 20, "width": 15.5, "height": 5}}
            ],
            "isCustomsDeclarable": True,
            "declaredValue": 25.5,
            "declaredValueCurrency": "EUR",
            "exportDeclaration": {
                "lineItems": [
                    {
                        "number": 1,
                        "description": "Cotton T-shirt",
                        "price": 12.75,
                        "quantity": {"value": 2, "unitOfMeasurement": "PCS"},
                        "commodityCodes": [{"typeCode": "outbound", "value": "610910"}],
                        "exportReasonType": "permanent",
                        "manufacturerCountry": "CN",
                        "weight": {"netValue": 0.3, "grossValue": 0.35},
                    }
                ],
                "invoice": {"number": "INV-1", "date": "2026-11-20"},
                "exportReason": "sale",
            },
            "description": "T-shirts",
            "incoterm": "DAP",
            "unitOfMeasurement": "metric",
        },
    })  # fmt: skip


def dhl_pickup(number: str) -> dict[str, Any]:
    party = dhl_party("Waybridge Ltd", "CN", "Shenzhen")
    del party["typeCode"]
    return {
        "plannedPickupDateAndTime": ship_moment(),
        "closeTime": "18:00",
        "accounts": [{"typeCode": "shipper", "number": "123456789"}],
        "customerDetails": {"shipperDetails": party},
        "shipmentDetails": [
            {
                "productCode": "P",
                "isCustomsDeclarable": True,
                "declaredValue": 25.5,
                "declaredValueCurrency": "EUR",
                "unitOfMeasurement": "metric",
                "shipmentTrackingNumber": number,
                "packages": [{"weight": 0.7}],
            }
        ],
    }


def party(country: str, city: str, name: str = "Erika Mustermann") -> dict[str, Any]:
    return {
        "name": name,
        "company": "",
        "street_lines": ["Main Street 1"],
        "city": city,
        "region": "",
        "postal_code": "10719",
        "country": country,
        "phone": "+4930123456",
        "email": "",
    }


def line_body(*, country: str = "DE") -> dict[str, Any]:
    return {
        "sender": party("CN", "Shenzhen", "Waybridge Ltd"),
        "recipient": party(country, "Berlin"),
        "weight_g": 700,
        "contents": [
            {
                "description": "Cotton T-shirt",
                "quantity": 2,
                "unit_value": "12.75",
                "currency": "EUR",
                "hs_code": "610910",
                "origin_country": "CN",
            }
        ],
    }


def postal_body() -> dict[str, Any]:
    return {
        "sender": party("CN", "Shenzhen", "Waybridge Ltd"),
        "recipient": party("ES", "Sevilla"),
        "gross_weight_g": 350,
        "nature_of_transaction": "sale",
        "declared_value": "9.90",
        "currency": "EUR",
        "pieces": [
            {
                "description": "Phone case",
                "quantity": 1,
                "net_weight_g": 90,
                "value": "9.90",
                "currency": "EUR",
                "hs6": "392690",
                "origin": "CN",
            }
        ],
    }


def declaration(document: str, *, direction: str = "import") -> dict[str, Any]:
    return {
        "lrn": unique("LRN"),
        "direction": direction,
        "country": "DE",
        "dataset": "EU_H7",
        "transport_document": document,
        "data": {"gross_mass": "0.7"},
    }


def s10(serial: int) -> str:
    digits = f"{serial:08d}"
    total = sum(int(d) * w for d, w in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    return f"LX{digits}{check}CN"
