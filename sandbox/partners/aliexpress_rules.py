"""What AliExpress' gateway refuses: signatures, clocks, page sizes, ranges. Our reading."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.validation import Many, Number, Problem, Rule, Shape, Text, choice
from sandbox.web import Refused

APP_KEY, APP_SECRET = "stand-in", "stand-in"
"""The only application this stand-in knows; it protects nothing and is no secret."""

CLOCK_TOLERANCE_S = 7200
LONGEST_CREATE_RANGE_S = 180 * 24 * 3600
PACIFIC = ZoneInfo("America/Los_Angeles")
FORMAT = "%Y-%m-%d %H:%M:%S"

_MOMENT = Text(19, 19, pattern=r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
LIST = Shape(
    needs={
        "current_page": Number(least=1, most=100_000, whole=True),
        "page_size": Number(least=1, most=50, whole=True),
    },
    may={
        "create_date_start": _MOMENT,
        "create_date_end": _MOMENT,
        "modified_date_start": _MOMENT,
        "modified_date_end": _MOMENT,
        "order_status": Text(1, 60),
        "order_status_list": Many(Text(1, 60), least=1, most=20),
    },
)
ONE = Shape(needs={"order_id": Number(least=1, whole=True)})
FULFIL = Shape(
    needs={
        "service_name": Text(1, 100),
        "logistics_no": Text(1, 100),
        "out_ref": Text(1, 40, pattern=r"^\d+$"),
        "send_type": choice("all part"),
    },
    may={"tracking_website": Text(1, 500, pattern="^https?://"), "description": Text(0, 512)},
)
ADDRESS = Shape(needs={"country": Text(2, 3)}, open=True)
CHILD = Shape(
    needs={
        "id": Number(least=1, whole=True),
        "product_count": Number(least=1, whole=True),
        "product_name": Text(1, 500),
        "product_price": Shape(needs={"amount": Text(1, 20), "currency_code": Text(3, 3)}),
    },
    open=True,
)
ORDER = Shape(
    needs={
        "id": Number(least=1, whole=True),
        "order_status": Text(1, 60),
        "gmt_create": _MOMENT,
        "receipt_address": ADDRESS,
        "child_order_list": Many(CHILD, least=1, most=200),
    },
    may={"gmt_modified": _MOMENT},
    open=True,
)
"""An order as it is seeded: the vendor's detail, lists bare."""


def check_signed(parameters: dict[str, str], *, api_path: str, now: float) -> None:
    """Raise `Refused` for an unknown application, a clock too far off or a wrong signature."""
    for name in ("app_key", "timestamp", "sign_method", "sign"):
        if not parameters.get(name):
            raise refusal("MissingParameter", f"the parameter {name} is missing")
    if parameters["sign_method"] != "sha256":
        raise refusal("UnsupportedSignMethod", "sign_method must be sha256")
    if parameters["app_key"] != APP_KEY:
        raise refusal("InvalidAppKey", "no application has this key")
    told = parameters["timestamp"]
    if not (told.isdecimal() and abs(int(told) / 1000 - now) <= CLOCK_TOLERANCE_S):
        raise refusal("InvalidTimestamp", "timestamp must be milliseconds, within 7200 s of now")
    names = sorted((name for name in parameters if name != "sign"), key=str.encode)
    plain = api_path + "".join(name + parameters[name] for name in names if parameters[name])
    wanted = hmac.new(APP_SECRET.encode(), plain.encode(), hashlib.sha256).hexdigest().upper()
    if not hmac.compare_digest(wanted.encode(), parameters["sign"].encode()):
        raise refusal("IncompleteSignature", "the request signature does not conform")


def refusal(code: str, message: str) -> Refused:
    """The gateway's no, told with HTTP 200."""
    return Refused(200, [Problem((), code, message)])


def document(text: str, name: str, rule: Rule) -> dict[str, Any]:
    """The JSON document in a parameter, held against `rule`. Raises `Refused`."""
    try:
        found = json.loads(text)
    except ValueError:
        raise refusal("InvalidParameter", f"{name} is not JSON") from None
    if problems := list(rule.check(found, (name,))):
        told = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise refusal("InvalidParameter", told)
    return dict(found)


def ranges(asked: dict[str, Any]) -> tuple[float, float, float, float]:
    """(changed since, changed until, made since, made until). Raises `Refused`.

    A text in the repeated hour of autumn is read in the least helpful way, for the caller must not
    rely on either: a start as its second instant, an end as its first.
    """
    changed_from, changed_to = _at(asked, "modified_date_start"), _at(asked, "modified_date_end")
    made_from, made_to = _at(asked, "create_date_start"), _at(asked, "create_date_end")
    if changed_from is None and made_from is None:
        raise refusal("InvalidParameter", "a create or modified range is required")
    if changed_from is not None and made_from is None:
        raise refusal("InvalidParameter", "a modified range needs a create range")
    if made_from is not None and made_to is not None:
        # One hour of grace: a range over a clock change is as long as its texts say.
        if made_to - made_from > LONGEST_CREATE_RANGE_S + 2 * 3600:
            raise refusal("InvalidParameter", "the create range is longer than 180 days")
        if made_to < made_from:
            raise refusal("InvalidParameter", "the create range ends before it begins")
    latest = 4e9
    return changed_from or 0.0, changed_to or latest, made_from or 0.0, made_to or latest


def _at(asked: dict[str, Any], name: str) -> float | None:
    if name not in asked:
        return None
    fold = 1 if name.endswith("_start") else 0
    try:
        local = dt.datetime.strptime(asked[name], FORMAT)  # noqa: DTZ007 (the zone comes next)
    except ValueError:
        raise refusal("InvalidParameter", f"{name} is no moment") from None
    return local.replace(tzinfo=PACIFIC, fold=fold).timestamp()


def local_text(at: float) -> str:
    """A Unix instant as the vendor tells it."""
    return dt.datetime.fromtimestamp(at, tz=PACIFIC).strftime(FORMAT)


def unix(text: str) -> float:
    """A vendor's text as a Unix instant; the earlier one in the repeated hour."""
    return dt.datetime.strptime(text, FORMAT).replace(tzinfo=PACIFIC).timestamp()
