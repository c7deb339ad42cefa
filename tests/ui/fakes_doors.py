"""The buyer's page and the scan stations with realistic content."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from tests.ui.fakes import ago, line
from tracking.rules.geo import project
from tracking.screens import (
    BuyerEvent,
    ExpectedArrival,
    RevealedDetails,
    Todo,
    TrackingPage,
    map_around,
)
from warehouse.screens import StationDocument, StationLine, StationPage, StationState

CHINA = timezone(timedelta(hours=8), "CST")
MADRID = timezone(timedelta(hours=2), "CEST")


def tracking_page(
    *, revealed: bool = False, trouble: bool = False, delivered: bool = False
) -> TrackingPage:
    places = map_around(
        places=[
            ("Shenzhen", *project(22.5, 114.1), "done"),
            ("Liège", *project(50.6, 5.6), "current"),
            ("Madrid", *project(40.4, -3.7), "todo"),
        ],
        words="The parcel has gone from Shenzhen to Liège and goes on to Madrid.",
    )
    details = RevealedDetails(
        recipient="María José Núñez Etxeberria",
        address=("Calle de la Montera 24, 3º izq.", "28013 Madrid", "España"),
        contents=("1 × Altavoz inalámbrico", "4 × Stoneware mug, blue"),
        signed_by="M. J. Núñez" if delivered else "",
    )
    problem = "Customs asks you for the sales receipt" if trouble else None
    return TrackingPage(
        tracking_number="EL482910377CN",
        seller="Hangzhou Lantern Trading 杭州灯笼贸易",
        headline="Delivered" if delivered else "Held by customs" if trouble else "In transit",
        since=ago(hours=3),
        line=line(8 if delivered else 6 if trouble else 5, problem=problem),
        expected=None
        if trouble or delivered
        else ExpectedArrival(
            first=date(2026, 10, 16), last=date(2026, 10, 19), note="9 of 10 come within these days"
        ),
        holder="Spanish customs" if trouble else "EastLine",
        holder_contact="" if trouble else "+32 4 123 45 67",
        todo=Todo(
            words="Send the receipt of your purchase to customs.",
            url="https://customs.example/",
            action="Send the receipt",
        )
        if trouble
        else None,
        address_hint="M••• J••• N•••, 28••• Madrid, Spain",
        reveal_url="/t/x/reveal/",
        events=(
            BuyerEvent(
                local_at=datetime(2026, 10, 14, 8, 30, tzinfo=MADRID),
                place="Liège, Belgium",
                words="Arrived at the sorting centre",
            ),
            BuyerEvent(
                local_at=datetime(2026, 10, 13, 2, 14, tzinfo=CHINA),
                place="Shenzhen, China 深圳",
                words="Left the country of origin",
            ),
            BuyerEvent(
                local_at=datetime(2026, 10, 12, 0, 0, tzinfo=CHINA),
                place="Shenzhen, China 深圳",
                words="Handed to the carrier",
                day_only=True,
            ),
        ),
        languages=(
            ("en", "English", True),
            ("zh-hans", "简体中文", False),
            ("es", "Español", False),
        ),
        map=places,
        details=details if revealed else None,
        postcode_error="28O13 is not the postcode of this parcel. 4 tries left." if trouble else "",
        problem_url="/t/x/problem/",
        feedback_url="/t/x/feedback/" if delivered else "",
    )


def station_page(*, picking: bool, complete: bool = False) -> StationPage:
    first = StationLine(
        sku="MUG-BLUE-350",
        title="Stoneware mug, blue, 350 ml",
        expected=4,
        scanned=4,
        location="A-03-2" if picking else "",
    )
    second = StationLine(
        sku="BT-SPK-02",
        title="Altavoz inalámbrico / 无线蓝牙音箱",
        expected=2,
        scanned=2 if complete else 1,
        location="B-11-4" if picking else "",
    )
    third = StationLine(
        sku="CBL-USB-C-1M",
        title="USB-C cable, 1 m",
        expected=1,
        scanned=1 if complete else 0,
        location="C-02-1" if picking else "",
    )
    return StationPage(
        title="Pick" if picking else "Pack",
        station_key="pick-7" if picking else "pack-7",
        scan_url="/stations/scan/",
        leave_url="/stations/",
        sign_in_url="/accounts/login/",
        staff_name="李雷",
        state=StationState(
            order="WB-10421",
            notes=("Walk: 413 m, 96 m less than by pick sequence.",)
            if picking
            else (
                "Mug box is the smallest that fits: filled to 61 %, 1840 g.",
                "Its size counts for 1063 g with DHL Express Worldwide (5000 cm³/kg).",
                "Wrap each piece in bubble wrap.",
                "Keep the goods upright.",
                "Mark on the parcel: FRAGILE.",
            ),
            lines=(first, second, third),
            complete=complete,
            next_action="Stick the label on and scan it."
            if complete
            else "Scan Altavoz inalámbrico, 1 more.",
            documents=(StationDocument(label="Print the label", url="/documents/1/"),)
            if complete
            else (),
        ),
    )
