"""`manage.py journey`: an order file to delivered parcels and paid claims, over the real doors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services import create_api_key, revoke_api_key
from config.embedded.journey import run as headless
from config.embedded.journey.http import DoorClosed, Refused
from config.embedded.journey.progress import StillOpen
from config.embedded.journey.staff import LoginFailed
from config.embedded.journey.steps import FileNotTaken
from core.models import Merchant
from core.tenancy import across_merchants, merchant
from flows.demo import password
from orders.files.faults import FileRefused

ACTOR = "journey"
STILL_OPEN = 2
KNOWN = (DoorClosed, FileNotTaken, FileRefused, LoginFailed, OSError, Refused)


class Command(BaseCommand):
    """Exit status 1: a file or login was refused and nothing was changed. 2: something is open."""

    help = (
        "Take an order file the whole way, over HTTP and real workers; leave journey.json, "
        "rejected.csv and every PDF in --out. Starts what is not running."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Accept the files, the place for what comes of them, and who does the work."""
        parser.add_argument("--orders", type=Path, required=True, help="TXT or XLSX")
        parser.add_argument("--products", type=Path, required=True, help="CSV or XLSX")
        parser.add_argument("--out", type=Path, required=True, help="folder, made if needed")
        parser.add_argument("--merchant", default="brightpeak", help="merchant's code")
        parser.add_argument("--floor", default="floor@operator.example", help="packs and picks")
        parser.add_argument("--support", default="support@operator.example", help="decides claims")
        parser.add_argument("--quiet", action="store_true", help="no progress bars")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it, and print the totals."""
        errand = headless.Errand(
            orders=options["orders"],
            products=options["products"],
            out=options["out"],
            merchant=options["merchant"],
            public_url=settings.PUBLIC_URL,
            admin_url=settings.ADMIN_URL,
            floor=headless.Login(options["floor"], password()),
            support=headless.Login(options["support"], password()),
        )
        try:
            with api_key(options["merchant"]) as secret:
                result = headless.run(errand, api_secret=secret, is_shown=not options["quiet"])
        except StillOpen as error:
            raise CommandError(str(error), returncode=STILL_OPEN) from error
        except KNOWN as error:
            raise CommandError(str(error)) from error
        self.stdout.write(headless.table(result))
        self.stdout.write(f"\n{errand.out}/journey.json")


@contextmanager
def api_key(code: str) -> Iterator[str]:
    """Lend a key of the merchant `code` for the journey; it is revoked afterwards."""
    with across_merchants("The journey finds its merchant by code."):
        owner = Merchant.objects.filter(code=code, is_active=True).first()
    if owner is None:
        raise CommandError(f"There is no merchant {code!r}. Name one with --merchant.")
    with merchant(owner):
        made = create_api_key(name="journey", role="operations", actor=ACTOR, now=timezone.now())
    try:
        yield made.secret
    finally:
        with merchant(owner):
            revoke_api_key(key_id=made.key.pk, actor=ACTOR, now=timezone.now())
