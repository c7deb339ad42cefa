"""Local forms of money and dates, and which of them a file uses.

What can be read in one way only is read so in every file. The rest (``1.299``, ``05/10/2026``)
is read by the form that the file itself proves, that its layout is known for, or that a person
chose; without any of these it is not read. A form holds for a whole file, never for one row.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

POINT, COMMA, MIXED = "point", "comma", "mixed"
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"


@dataclass(frozen=True, slots=True)
class Forms:
    """``numbers``: which sign is the decimal one; ``are_numbers_sure``: the file or a person says
    so, not only the layout. ``dates``: the order of day and month in numeric dates, empty where
    unknown. ``zone``: of times that name none. ``dollar``, ``yen``: what ``$`` and ``¥`` mean."""

    numbers: str = POINT
    are_numbers_sure: bool = False
    dates: str = ""
    zone: str = "UTC"
    dollar: str = ""
    yen: str = ""


class Unreadable(ValueError):
    """The text has no meaning, or more than one."""


# ------------------------------------------------------------------ money

# Longest first, so that US$ is not read as $ behind letters.
SIGNS = {
    "US $": "USD", "US$": "USD", "AU $": "AUD", "AU$": "AUD", "A$": "AUD", "C $": "CAD",
    "CA $": "CAD", "CA$": "CAD", "C$": "CAD", "NZ $": "NZD", "NZ$": "NZD", "HK $": "HKD",
    "HK$": "HKD", "S$": "SGD", "SG$": "SGD", "R$": "BRL", "MX$": "MXN", "NT$": "TWD",
    "CN¥": "CNY", "JP¥": "JPY", "RMB": "CNY", "元": "CNY", "円": "JPY", "€": "EUR", "£": "GBP",
    "₽": "RUB", "руб.": "RUB", "zł": "PLN", "₩": "KRW", "₺": "TRY", "₹": "INR", "₫": "VND",
    "฿": "THB", "₪": "ILS", "₴": "UAH", "Kč": "CZK",
}  # fmt: skip
BARE = ("$", "¥")
ORDERED_SIGNS = sorted(SIGNS, key=len, reverse=True)
SPACES = re.compile(r"[\s'’\u00a0\u2007\u2009\u202f]")
CODE = re.compile(r"([A-Za-z]{3})?(.*?)([A-Za-z]{3})?", re.DOTALL)
PLAIN = re.compile(r"\d{1,12}")
LONGEST_AMOUNT = 40
POINT_ONLY = re.compile(r"\d{1,3}(?:,\d{3})+\.\d{1,4}|\d{1,12}\.(?:\d{1,2}|\d{4})")
POINT_GROUPS = re.compile(r"\d{1,3}(?:,\d{3}){2,4}")
COMMA_ONLY = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{1,4}|\d{1,12},(?:\d{1,2}|\d{4})")
COMMA_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3}){2,4}")
ONE_POINT = re.compile(r"\d{1,12}\.\d{3}")
ONE_COMMA = re.compile(r"\d{1,12},\d{3}")


def read_money(text: str, forms: Forms) -> tuple[Decimal, str]:
    """The amount and the currency that its sign or code names (empty where none does).

    Raises:
        Unreadable: no amount, a negative one, or one that may mean two things.
    """
    if PLAIN.fullmatch(text) and text.isascii():
        return Decimal(text), ""
    bare, currency = _unsigned(text, forms)
    return _amount(bare, forms), currency


def _amount(bare: str, forms: Forms) -> Decimal:
    if not bare.isascii():
        raise Unreadable(bare)
    if PLAIN.fullmatch(bare) or POINT_ONLY.fullmatch(bare) or POINT_GROUPS.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    if COMMA_ONLY.fullmatch(bare) or COMMA_GROUPS.fullmatch(bare):
        return Decimal(bare.replace(".", "").replace(",", "."))
    # Three digits behind the only sign: thousands in one form, decimals in the other.
    if ONE_POINT.fullmatch(bare):
        if forms.numbers == POINT:
            return Decimal(bare)
        if forms.numbers == COMMA and len(bare) < 8 and forms.are_numbers_sure:
            return Decimal(bare.replace(".", ""))
    if ONE_COMMA.fullmatch(bare) and forms.are_numbers_sure:
        if forms.numbers == COMMA:
            return Decimal(bare.replace(",", "."))
        if forms.numbers == POINT and len(bare) < 8:
            return Decimal(bare.replace(",", ""))
    raise Unreadable(bare)


def _unsigned(text: str, forms: Forms) -> tuple[str, str]:
    """The digits with their separators, and the currency."""
    if text.isascii() and text[:1].isdigit() and text[-1:].isdigit() and " " not in text:
        return SPACES.sub("", text), ""
    text = unicodedata.normalize("NFKC", text).strip()
    currency = ""
    for sign in ORDERED_SIGNS:
        if text.startswith(sign) or text.endswith(sign):
            text, currency = text.removeprefix(sign).removesuffix(sign), SIGNS[sign]
            break
    for sign, meaning in zip(BARE, (forms.dollar, forms.yen), strict=True):
        if text.startswith(sign) or text.endswith(sign):
            text, currency = text.removeprefix(sign).removesuffix(sign), currency or meaning
    text = SPACES.sub("", text)
    match = CODE.fullmatch(text)
    if match and not currency and (match.group(1) or match.group(3)):
        if match.group(1) and match.group(3):
            raise Unreadable(text)
        return match.group(2).strip("$¥"), (match.group(1) or match.group(3)).upper()
    return text, currency


def number_evidence(text: str) -> str:
    """The form this amount proves, or an empty text."""
    if not text or len(text) > LONGEST_AMOUNT or PLAIN.fullmatch(text):
        return ""
    try:
        bare, _currency = _unsigned(text, Forms())
    except Unreadable:
        return ""
    if POINT_ONLY.fullmatch(bare) or POINT_GROUPS.fullmatch(bare):
        return POINT
    if COMMA_ONLY.fullmatch(bare) or COMMA_GROUPS.fullmatch(bare):
        return COMMA
    return ""


# ------------------------------------------------------------------ dates

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
MONTHS = {
    1: "january jan januar jän jänner janvier janv enero ene gennaio gen janeiro",
    2: "february feb februar février févr fév fevr fev febrero febbraio fevereiro",
    3: "march mar märz mär mrz mars marzo março",
    4: "april apr avril avr abril abr aprile",
    5: "may mai mayo maggio mag maio",
    6: "june jun juni juin junio giugno giu junho",
    7: "july jul juli juillet juil julio luglio lug julho",
    8: "august aug août aout agosto ago",
    9: "september sep sept septembre septiembre settembre set setembro",
    10: "october oct oktober okt octobre octubre ottobre ott outubro out",
    11: "november nov novembre noviembre novembro",
    12: "december dec dezember dez décembre déc dec diciembre dic dicembre dezembro",
}
ZONES = {
    "z": "+00:00", "utc": "+00:00", "gmt": "+00:00", "pst": "-08:00", "pdt": "-07:00",
    "mst": "-07:00", "est": "-05:00", "edt": "-04:00", "bst": "+01:00", "cet": "+01:00",
    "mez": "+01:00", "cest": "+02:00", "mesz": "+02:00", "jst": "+09:00", "hkt": "+08:00",
    "aest": "+10:00", "aedt": "+11:00",
}  # fmt: skip
"""CST is left out: it is Chinese, Central and Cuban time."""
PLACES = {"pacific": "America/Los_Angeles", "pt": "America/Los_Angeles"}
TIME = re.compile(
    r"[\s,T]*(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2})(?:\.\d+)?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<offset>[+-]\d{2}:?\d{2})?\s*\(?(?P<zone>[A-Za-z]{1,7})?(?: ?time)?\)?",
    re.IGNORECASE,
)
YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})日?")
NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
MONTH_NAMED = re.compile(r"([^\W\d_]{3,10})\.?[-\s]+(\d{1,2})(?:st|nd|rd|th)?,?[-\s]+(\d{4}|\d{2})")
DAY_NAMED = re.compile(r"(\d{1,2})\.?[-\s]+(?:de )?([^\W\d_]{3,10})\.?[-\s]+(?:de )?(\d{4}|\d{2})")
SHORT_YEAR = 100
LONGEST_INSTANT = 80
"""Letters; the blanks of a longer one would be cut in more ways than can be tried."""


@cache
def _months() -> dict[str, int]:
    return {name: month for month, names in MONTHS.items() for name in names.split()}


def read_instant(text: str, forms: Forms) -> dt.datetime:
    """An aware UTC instant; a text without a zone is read in that of the file.

    Raises:
        Unreadable: no date, or one whose day and month cannot be told apart.
    """
    try:
        read = _iso(text) or _local(text, forms)
        if read.tzinfo is None:
            read = read.replace(tzinfo=_zone(forms.zone))
        read = read.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(text) from error
    if not EARLIEST_YEAR <= read.year <= LATEST_YEAR:
        raise Unreadable(text)
    return read


@lru_cache(maxsize=64)
def _zone(name: str) -> dt.tzinfo:
    return dt.UTC if name == "UTC" else ZoneInfo(name)


def _iso(text: str) -> dt.datetime | None:
    if text[4:5] != "-":
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None


def _local(text: str, forms: Forms) -> dt.datetime:
    # Normalised, one character may become eighteen.
    plain = unicodedata.normalize("NFKC", text[:LONGEST_INSTANT]).strip()
    if max(len(text), len(plain)) > LONGEST_INSTANT:
        raise Unreadable(text)
    for pattern in (YEAR_FIRST, NUMERIC, MONTH_NAMED, DAY_NAMED):
        match = pattern.match(plain)
        if match:
            day = _day(pattern, match, forms)
            return _with_time(day, plain[match.end() :], plain)
    raise Unreadable(text)


def _day(pattern: re.Pattern[str], match: re.Match[str], forms: Forms) -> dt.date:
    if pattern is YEAR_FIRST:
        year, month, day = (int(part) for part in match.groups())
    elif pattern is NUMERIC:
        first, second, year = int(match.group(1)), int(match.group(3)), int(match.group(4))
        # With points the day is first everywhere; with the others it depends on the country.
        order = DAY_FIRST if match.group(2) == "." else forms.dates
        if first == second:
            order = DAY_FIRST
        if not order:
            raise Unreadable(match.group())
        day, month = (first, second) if order == DAY_FIRST else (second, first)
    else:
        name, number = (1, 2) if pattern is MONTH_NAMED else (2, 1)
        month = _months().get(match.group(name).casefold(), 0)
        day, year = int(match.group(number)), int(match.group(3))
    return dt.date(year + 2000 if year < SHORT_YEAR else year, month, day)


def _with_time(day: dt.date, rest: str, whole: str) -> dt.datetime:
    rest = rest.strip()
    if not rest:
        return dt.datetime.combine(day, dt.time())
    match = TIME.fullmatch(rest)
    if not match:
        raise Unreadable(whole)
    hour = int(match["h"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise Unreadable(whole)
        hour = hour % 12 + (12 if match["half"][0] in "pP" else 0)
    read = dt.datetime.combine(day, dt.time(hour, int(match["m"]), int(match["s"] or 0)))
    zone = (match["zone"] or "").casefold()
    if match["offset"]:
        return dt.datetime.fromisoformat(read.isoformat() + match["offset"])
    if zone in PLACES:
        return read.replace(tzinfo=_zone(PLACES[zone]))
    if zone:
        if zone not in ZONES:
            raise Unreadable(whole)
        return dt.datetime.fromisoformat(read.isoformat() + ZONES[zone])
    return read


def date_evidence(text: str) -> str:
    """``dmy`` or ``mdy`` where this date proves it, ``?`` where it is open, else empty."""
    match = NUMERIC.match(text)
    if not match or match.group(2) == ".":
        return ""
    first, second = int(match.group(1)), int(match.group(3))
    if first == second:
        return ""
    if first > 12:
        return DAY_FIRST
    return MONTH_FIRST if second > 12 else "?"


# ------------------------------------------------------------------ of a whole file


class Evidence:
    """What the cells of a file prove about its forms."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()
        self.orders: set[str] = set()
        self.dates = self.open_dates = 0
        self.example = ""

    def add_money(self, values: Iterable[str]) -> None:
        """Look at amounts of one row."""
        for value in values:
            if found := number_evidence(value):
                self.numbers.add(found)

    def add_dates(self, values: Iterable[str]) -> None:
        """Look at dates of one row."""
        for value in values:
            if not value:
                continue
            self.dates += 1
            found = "" if value[4:5] == "-" else date_evidence(value)
            if found == "?":
                self.open_dates += 1
                self.example = self.example or value
            elif found:
                self.orders.add(found)

    @property
    def is_date_order_open(self) -> bool:
        """Whether half of the dates or more could be read in two ways."""
        return len(self.orders) != 1 and self.open_dates * 2 >= max(self.dates, 1)

    def applied(self, forms: Forms) -> Forms:
        """The forms with what was proved; what contradicts itself proves nothing."""
        if len(self.orders) == 1 and not forms.dates:
            forms = replace(forms, dates=next(iter(self.orders)))
        if forms.are_numbers_sure or not self.numbers:
            return forms
        if len(self.numbers) == 1:
            return replace(forms, numbers=next(iter(self.numbers)), are_numbers_sure=True)
        return replace(forms, numbers=MIXED)
