"""`manage.py demo_seed`: the demonstration's warehouses, merchants, terms and logins."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from flows.demo import seed


class Command(BaseCommand):
    """Writes what is missing; prints the logins when asked."""

    help = "Make the demonstration data; what exists is left as it is."

    def add_arguments(self, parser: CommandParser) -> None:
        """Accept the option."""
        parser.add_argument(
            "--print-logins", action="store_true", help="Print the logins, one a line."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Run."""
        logins = seed(now=timezone.now())
        for login in logins if options["print_logins"] else ():
            self.stdout.write(f"{login.door}  {login.email}  {login.password}  ({login.role})")
