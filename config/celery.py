"""The Celery application. Messages only say "look now"; the work itself is rows in Postgres."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("waybridge")
# Threads of a web process look for the default application, not for the one made last.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.task_routes = {
    "core.tasks.sweep_jobs": {"queue": "operator"},
    "tracking.tasks.sweep_polls": {"queue": "operator"},
    "tracking.tasks.read_postal_feed": {"queue": "operator"},
    "tracking.tasks.sweep_silent_parcels": {"queue": "operator"},
    "tracking.tasks.register_line_push": {"queue": "operator"},
}


def _every(seconds: float, task: str) -> dict[str, object]:
    return {"task": task, "schedule": seconds, "options": {"expires": seconds * 2}}


def _beat_schedule() -> dict[str, dict[str, object]]:
    from django.conf import settings  # noqa: PLC0415 - read when Celery has named them

    seconds = float(settings.SWEEP_SECONDS)
    return {
        "sweep-jobs": _every(seconds, "core.tasks.sweep_jobs"),
        "sweep-polls": _every(seconds, "tracking.tasks.sweep_polls"),
        "read-postal-feed": _every(seconds, "tracking.tasks.read_postal_feed"),
        "register-line-push": _every(seconds * 10, "tracking.tasks.register_line_push"),
        "sweep-silent-parcels": _every(seconds * 5, "tracking.tasks.sweep_silent_parcels"),
    }


app.conf.beat_schedule = _beat_schedule()
