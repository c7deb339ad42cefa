"""`manage.py reseal`: every stored credential sealed anew with the newest FIELD_KEY."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders.services.resealing import reseal_batch


class Command(BaseCommand):
    """Works in batches, says how far it is, and may be stopped and run again."""

    help = "Seal every stored credential with the newest FIELD_KEY; resumable."

    def handle(self, *_: Any, **__: Any) -> None:
        """Run. Exit status 1 when a credential cannot be opened with any key at hand."""
        after_id, resealed = 0, 0
        unreadable: list[int] = []
        while (done := reseal_batch(after_id=after_id)).last_id:
            after_id = done.last_id
            resealed += done.resealed
            unreadable += done.unreadable
            self.stdout.write(f"resealed {resealed}, unreadable {len(unreadable)}")
        self.stdout.write(f"done: {resealed} resealed, {len(unreadable)} unreadable")
        if unreadable:
            named = ", ".join(map(str, unreadable[:50]))
            raise CommandError(
                f"No key opens the credentials of connections {named}. Keep the old keys, or let"
                " these shops connect again."
            )
