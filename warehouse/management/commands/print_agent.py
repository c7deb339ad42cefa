"""`python manage.py print_agent --server URL --state FOLDER`: labels from our server to paper."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from integrations.printing.__main__ import add_arguments, run


class Command(BaseCommand):
    """Runs in the warehouse. Uses no database; `python -m integrations.printing` is the same."""

    help = "Print labels: ask the server for jobs, send them to the building's network printers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the same options as the program without Django."""
        add_arguments(parser)

    def handle(self, **options: Any) -> None:
        """Run until told to stop."""
        sys.exit(
            run(server=options["server"], key_file=options["key_file"], state=options["state"])
        )
