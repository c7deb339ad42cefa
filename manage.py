#!/usr/bin/env python
"""Django's command line for Waybridge."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one management command."""
    if "DJANGO_SETTINGS_MODULE" not in os.environ:
        from config.embedded.attach import attach  # noqa: PLC0415 - not needed where all is set

        attach(sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
