"""Orders as Amazon tells them, and a seller's account at the stand-in."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from integrations.channels.amazon import Amazon
from integrations.channels.base import Consent, Tokens
from integrations.http import Gate, NullGate
from integrations.registry import channel_client, channel_consent
from tests.integrations.channels.keepers import Keeper
from tests.sandbox.program import Program, unique

GERMANY, BRITAIN, USA = "A1PA6795UKMFR9", "A1F83G8C2ARO7P", "ATVPDKIKX0DER"
CREDENTIALS = {
    "client_id": "stand-in",
    "client_secret": "stand-in",
    "application_id": "stand-in",
}
REDIRECT = "http://127.0.0.1:1/channels/amazon/back"


def ago(minutes: float) -> str:
    moment = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)
    return moment.isoformat(timespec="milliseconds")


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "EUR"}


def order(name: str, *, minutes_ago: float = 30, **changes: Any) -> dict[str, Any]:
    """Two pieces of one article to Berlin, paid, to be shipped by the merchant."""
    body: dict[str, Any] = {
        "orderId": name,
        "createdTime": ago(minutes_ago + 60),
        "lastUpdatedTime": ago(minutes_ago),
        "programs": [],
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": GERMANY,
            "marketplaceName": "Amazon.de",
        },
        "buyer": {"buyerName": "Erika Mustermann", "buyerEmail": "x1@marketplace.amazon.de"},
        "recipient": {
            "deliveryAddress": {
                "name": "Erika Mustermann",
                "addressLine1": "Hauptstraße 1",
                "city": "Berlin",
                "postalCode": "10719",
                "countryCode": "DE",
                "phone": "+4930123456",
            }
        },
        "proceeds": {
            "grandTotal": euros("30.40"),
            "breakdowns": [
                {"type": "ITEM", "subtotal": euros("25.50")},
                {"type": "SHIPPING", "subtotal": euros("4.90")},
            ],
        },
        "fulfillment": {
            "fulfillmentStatus": "UNSHIPPED",
            "fulfilledBy": "MERCHANT",
            "fulfillmentServiceLevel": "STANDARD",
            "shipByWindow": {"earliestDateTime": ago(0), "latestDateTime": ago(-2880)},
        },
        "orderItems": [
            {
                "orderItemId": "1001",
                "quantityOrdered": 2,
                "product": {
                    "asin": "B08DFPV54V",
                    "title": "Cotton T-shirt",
                    "sellerSku": "SHIRT-M",
                    "price": {"unitPrice": euros("12.75")},
                },
                "proceeds": {
                    "proceedsTotal": euros("30.40"),
                    "breakdowns": [{"type": "ITEM", "subtotal": euros("25.50")}],
                },
                "fulfillment": {
                    "quantityFulfilled": 0,
                    "quantityUnfulfilled": 2,
                    "shipping": {"internationalShipping": {"iossNumber": "IM2760000000"}},
                },
                "tax": {
                    "taxCalculationBreakdowns": [{"reportingScheme": "IOSS"}],
                    "taxCollections": [
                        {
                            "model": "MARKETPLACE_FACILITATOR",
                            "responsibleParty": "Amazon Services EU",
                        }
                    ],
                },
            }
        ],
    }
    return body | changes


class Seller:
    """An account at the stand-in with an access token of its own."""

    def __init__(self, program: Program, *, region: str = "eu") -> None:
        self.program = program
        self.account = unique("A2SELLER")
        self.base = f"{program.url}/amazon/{region}".rstrip("/")
        self.tokens = self.consent()

    def consent(self) -> Tokens:
        told = self.program.call(
            "POST", f"/_shops/amazon/{self.account}/consent", {"state": "s-1"}
        ).json()["parameters"]
        return self._consent().exchange(told, REDIRECT)

    def _consent(self) -> Consent:
        return channel_consent(
            "amazon", credentials=CREDENTIALS, base_url=self.base, gate=NullGate()
        )

    def consent_by_page(self) -> Tokens:
        """Through the page a browser would open."""
        consent = self._consent()
        page = requests.get(
            consent.authorize_url("s-2", REDIRECT) + f"&selling_partner_id={self.account}",
            allow_redirects=False,
            timeout=15,
        )
        assert page.status_code == 302, page.text
        back = dict(parse_qsl(urlsplit(page.headers["Location"]).query))
        assert back["state"] == "s-2"
        return consent.exchange(back, REDIRECT)

    def seed(self, *bodies: dict[str, Any]) -> None:
        for start in range(0, len(bodies), 1000):
            put = {"orders": [{"body": body} for body in bodies[start : start + 1000]]}
            answer = self.program.call("PUT", f"/_shops/amazon/{self.account}/orders", put)
            assert answer.status_code == 200, answer.text

    def shop(self) -> dict[str, Any]:
        found: dict[str, Any] = self.program.call("GET", f"/_shops/amazon/{self.account}").json()
        return found

    def client(self, gate: Gate | None = None) -> Amazon:
        client = channel_client(
            "amazon",
            credentials=CREDENTIALS,
            base_url=self.base,
            gate=gate or NullGate(),
            tokens=Keeper(self.tokens),
            account=f"amazon:{self.account}",
            options={"marketplace_ids": GERMANY},
        )
        assert isinstance(client, Amazon)
        return client

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **params: str
    ) -> tuple[requests.Request, requests.Response]:
        """A call of the vendor's contract, as any other program would make it."""
        key = self.tokens.access_token if token is None else token
        request = requests.Request(
            method,
            self.base + path,
            json=body,
            params=params,
            headers={"x-amz-access-token": key} if key else {},
        )
        with requests.Session() as session:
            return request, session.send(request.prepare(), timeout=15)
