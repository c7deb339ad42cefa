"""Look at every page: `python -m tests.ui.preview OUT_DIR [name ...]` writes PNGs of all of them.

Pages are served over loopback under the product's own content security policy, so that a policy
fault shows here as a broken picture and in the printed list of browser complaints.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DESKTOP, PHONE, TABLET = (1360, 860), (390, 780), (1180, 820)


@contextmanager
def served(pages: dict[str, str]) -> Iterator[str]:
    """The given pages at /NAME and the static files, on a free loopback port; gives its address."""
    from django.contrib.staticfiles import finders

    from core.middleware import STRICT

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            body = pages.get(path.strip("/"), "").encode()
            kind = "text/html; charset=utf-8"
            if path.startswith("/static/"):
                found = finders.find(path.removeprefix("/static/"))
                body = Path(str(found)).read_bytes() if found else b""
                kind = guess_type(path)[0] or "application/octet-stream"
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", STRICT)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
            """Keep quiet: the complaints that matter are the browser's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def shoot(*, browser: Browser, address: str, names: list[str], folder: Path) -> list[str]:
    """Write NAME-desktop, -phone and -dark PNGs; give what the browser complained about."""
    complaints: list[str] = []
    for look, size, scheme in (
        ("desktop", DESKTOP, "light"),
        ("phone", PHONE, "light"),
        ("dark", DESKTOP, "dark"),
    ):
        for name in names:
            width, height = TABLET if name.startswith("station") and look != "phone" else size
            page = browser.new_page(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            heard: list[str] = []
            page.on("console", lambda line, heard=heard: heard.append(line.text))  # type: ignore[call-overload]
            page.goto(f"{address}/{name}", wait_until="networkidle")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                complaints.append(f"{name} {look}: {wide} px wider than the screen")
            page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
            complaints += [f"{name} {look}: {words}" for words in heard]
            page.close()
    return complaints


def main() -> None:
    """Render, serve, photograph."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.ui.gallery import gallery, render

    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    pictures = gallery()
    names = sys.argv[2:] or list(pictures)
    pages = {name: render(pictures[name]) for name in names}
    with served(pages) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for complaint in shoot(browser=browser, address=address, names=names, folder=folder):
            sys.stdout.write(f"{complaint}\n")
        browser.close()


if __name__ == "__main__":
    main()
