"""Django on servers of its own: an empty database with every table, gone when the process ends."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from core.tenancy import APP_ROLE


def start() -> None:
    """Start a throwaway Postgres and Redis and set Django up on them, once per process.

    The connection is the owner's, and every block takes on the app or operator role
    (`TENANT_DB_ROLES`), so that row-level security is measured, too.
    """
    from django.apps import apps  # noqa: PLC0415 - what follows sets Django up

    if apps.ready:
        return
    from tests.services import Services  # noqa: PLC0415 - makes its folder when loaded

    services = Services()
    services.start()
    os.environ.update(
        SECRET_KEY="for-measuring-only",  # noqa: S106 - a throwaway database
        KEY_PEPPER="for-measuring-only",
        FIELD_KEY=base64.urlsafe_b64encode(os.urandom(32)).decode(),
        DATABASE_URL=services.database_url,
        OWNER_DATABASE_URL=services.database_url,
        REDIS_URL=services.redis_url,
        DATA_DIR=str(services.folder / "files"),
        TENANT_DB_ROLES="1",
        # One key asks as fast as it can; the bucket is passed, and never empty.
        API_BURST="1000000000",
        API_PER_SECOND="1000000",
        LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="config.settings",
    )
    django.setup()
    call_command("migrate", verbosity=0)


@contextmanager
def as_app_role() -> Iterator[None]:
    """Connect as a web process does: with the app role's own login, not the owner's."""
    settings_dict = connection.settings_dict
    owner = settings_dict["USER"]
    connection.close()
    settings_dict["USER"], settings.TENANT_DB_ROLES = APP_ROLE, False
    try:
        yield
    finally:
        connection.close()
        settings_dict["USER"], settings.TENANT_DB_ROLES = owner, True
