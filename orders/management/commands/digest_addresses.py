"""`manage.py digest_addresses`: open orders from before migration 0013 can be merged, too."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from orders.services.digests import digest_batch


class Command(BaseCommand):
    """Works in batches, says how far it is, and may be stopped and run again."""

    help = "Give open orders that lack it their recipient's digest; resumable."

    def handle(self, *_: Any, **__: Any) -> None:
        """Run."""
        after_id, digested = 0, 0
        while (done := digest_batch(after_id=after_id)).last_id:
            after_id = done.last_id
            digested += done.digested
            self.stdout.write(f"order {after_id}: {digested} digested")
        self.stdout.write(f"done: {digested} digested")
