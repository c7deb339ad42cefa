"""`manage.py demo_seed`: the demonstration's warehouses, merchants, terms and logins."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from flows.demo import seed


class Command(BaseCommand):
    """Writes what is missing and prints the logins."""

    help = "Make the demonstration data; what exists is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        for login in seed(now=timezone.now()):
            self.stdout.write(f"{login.door}  {login.email}  {login.password}  ({login.role})")
