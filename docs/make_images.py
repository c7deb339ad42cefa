"""The pictures of docs/images, taken from the product while it runs: `python -m docs.make_images`.

It starts the product on a folder of its own, sends the samples the whole way, then leaves a second,
smaller file half done, so that there is something to pick, to pack and to decide. Needs the
packages of the tests and Chromium. About four minutes on two cores.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from config.embedded.journey.merchant import MerchantDoor
from config.embedded.journey.staff import StaffDoor
from config.embedded.stack import Stack
from samples.make_large import write_amazon_orders

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
ORDERS = ROOT / "samples" / "orders_template.xlsx"
PRODUCTS = ROOT / "samples" / "products.csv"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
PASSWORD = os.environ.get("DEMO_PASSWORD", "waybridge-demo")
MERCHANT, WAREHOUSE = "brightpeak", "SZX1"
DESKTOP, TABLET, PHONE = (1280, 800), (1024, 700), (390, 844)
SECOND_FILE_ORDERS, LARGE_FILE_ORDERS = 9, 4000
SHORT = 460
MOST_BYTES = 200_000
PATIENCE_S = 90
SEED = 7


class NotInTime(RuntimeError):
    """Something that a picture shows did not come to be."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is left half done for the pictures."""

    wave_id: int
    parcel: str
    order: str
    buyer_link: str


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="wb-images-", dir="/tmp"))
    folder.chmod(0o755)
    stack = Stack.attach_or_start(folder)
    try:
        journey(stack, folder)
        scene = half_done(stack, folder)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            picture_staff(browser, stack.admin_url, scene)
            picture_buyer(browser, scene)
            picture_merchant(browser, stack.public_url, scene, folder)
            browser.close()
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


def journey(stack: Stack, folder: Path) -> None:
    """Send the samples the whole way."""
    subprocess.run(
        [
            sys.executable, "manage.py", "journey", "--orders", str(ORDERS),
            "--products", str(PRODUCTS), "--out", str(folder / "journey"),
        ],
        cwd=ROOT, env=os.environ | {"DATA_DIR": str(stack.data_dir)}, check=True,
    )  # fmt: skip


def half_done(stack: Stack, folder: Path) -> Scene:
    """Send more orders as far as a released wave, file a claim, and leave both there."""
    merchant = MerchantDoor(stack.public_url, api_key(stack))
    floor = StaffDoor(stack.admin_url, email="floor@operator.example", password=PASSWORD)
    path = folder / "second.txt"
    write_amazon_orders(path, SECOND_FILE_ORDERS, seed=SEED)
    upload = merchant.upload("orders", path, run="pictures")
    until(lambda: merchant.progress(upload["id"])["status"] == "done")
    until(lambda: not list(merchant.orders(status="accepted")))
    wave = floor.plan_wave(merchant=MERCHANT, warehouse=WAREHOUSE)
    if wave is None:
        raise NotInTime("No order of the second file was allocated.")
    floor.release_wave(wave["id"])
    until(lambda: all(parcel["label"] != "coming" for parcel in floor.wave(wave["id"])["parcels"]))
    delivered = next(merchant.orders(status="delivered", country="DE"))
    number = merchant.order(delivered["reference"])["parcels"][0]["booking"]["tracking_number"]
    body = {
        "tracking_number": number,
        "kind": "damage",
        "statement": "The lamp arrived broken; the carton was wet on one side.",
    }
    merchant.door.post("/api/v1/claims", body, headers={"Idempotency-Key": "picture-claim"})
    parcels = floor.wave(wave["id"])["parcels"]
    parcel = max(parcels, key=lambda parcel: len(parcel["items"]))
    far = next(merchant.orders(status="delivered", country="BR"))
    far_number = merchant.order(far["reference"])["parcels"][0]["booking"]["tracking_number"]
    link = merchant.door.get(f"/api/v1/tracking/{far_number}")["buyer_link"]
    return Scene(wave["id"], parcel["reference"], delivered["reference"], link)


def api_key(stack: Stack) -> str:
    """Make an API key of the demonstration's merchant."""
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", MAKE_KEY],
        cwd=ROOT, env=os.environ | stack.env_for("operator"), check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return made.stdout.strip().splitlines()[-1]


MAKE_KEY = f"""
from django.utils import timezone
from accounts.services import create_api_key
from core.models import Merchant
from core.tenancy import across_merchants, merchant
with across_merchants("The pictures find their merchant by code."):
    owner = Merchant.objects.get(code={MERCHANT!r})
with merchant(owner):
    key = create_api_key(name="ERP", role="operations", actor="pictures", now=timezone.now())
    print(key.secret)
"""


def picture_staff(browser: Browser, url: str, scene: Scene) -> None:
    """The board, both scan stations, and the claims to decide."""
    with signed_in(browser, url, "floor@operator.example", TABLET) as page:
        take(page, f"{url}/stations/", "stations-board")
        page.goto(f"{url}/stations/pick/{scene.wave_id}/")
        scan(page, "NOT-A-BIN")
        save(page, "station-pick")
        page.goto(f"{url}/stations/pack/")
        scan(page, scene.parcel)
        save(page, "station-pack")
    with signed_in(browser, url, "support@operator.example", DESKTOP) as page:
        take(page, f"{url}/staff/claims/", "staff-claims", height=SHORT)


def picture_buyer(browser: Browser, scene: Scene) -> None:
    """The buyer's page on a large and a small screen."""
    for name, size in (("tracking-desktop", DESKTOP), ("tracking-phone", PHONE)):
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        take(page, scene.buyer_link, name)
        page.close()


def picture_merchant(browser: Browser, url: str, scene: Scene, folder: Path) -> None:
    """The dashboard; the large upload comes last, because it changes the other pages."""
    large = folder / "september.txt"
    write_amazon_orders(large, LARGE_FILE_ORDERS, seed=9)
    with signed_in(browser, url, "owner@brightpeak.example", DESKTOP) as page:
        take(page, f"{url}/", "today")
        take(page, f"{url}/orders/", "orders")
        take(page, f"{url}/orders/{scene.order}/", "order")
        take(page, f"{url}/shipments/", "shipments")
        take(page, f"{url}/claims/", "claims", height=SHORT)
        take(page, f"{url}/api/reference/", "api-reference")
        page.goto(f"{url}/upload/")
        page.set_input_files("input[type=file]", str(large))
        page.click("main form button.primary")
        page.wait_for_selector("text=/Checked [1-9]/", timeout=PATIENCE_S * 1000)
        save(page, "upload-progress", height=SHORT)


@contextmanager
def signed_in(browser: Browser, url: str, email: str, size: tuple[int, int]) -> Iterator[Page]:
    """A browser page in which somebody of the demonstration has signed in."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{url}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.primary")
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def scan(page: Page, code: str) -> None:
    """Type a code into the station's field as a scanner does, and wait for the answer."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)


def take(page: Page, address: str, name: str, *, height: int = 10_000) -> None:
    """Go there and take the picture."""
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        raise NotInTime(f"{address} answered {answer and answer.status}.")
    page.wait_for_load_state("networkidle")
    save(page, name, height=height)


def save(page: Page, name: str, *, height: int = 10_000) -> None:
    """Keep what is on the screen, `height` pixels of it at most, as a PNG with 256 colours."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, height)))
    small = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    path = IMAGES / f"{name}.png"
    small.save(path, optimize=True)
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise NotInTime(f"{path.name} is {size} bytes, more than {MOST_BYTES}.")
    print(f"{path.name} {size // 1000} kB")  # noqa: T201 - a command's answer


def until(is_so: Callable[[], bool]) -> None:
    """Wait for workers; raise `NotInTime`."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise NotInTime("The workers did not get there.")
        time.sleep(0.5)


if __name__ == "__main__":
    main()
