"""The Celery application. Messages only say "look now"; the work itself is rows in Postgres."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("waybridge")
# Threads of a web process look for the default application, not for the one made last.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery would open a database connection for every task, which costs more than most tasks do. They
# are kept as a web process keeps them: looked at before each task, closed when dead or too old.
app.conf.CELERY_DB_REUSE_MAX = 2**31
app.conf.task_routes = {
    "core.tasks.sweep_jobs": {"queue": "operator"},
    "core.tasks.sweep_partner_stops": {"queue": "operator"},
    "core.tasks.sweep_old": {"queue": "operator"},
    "tracking.tasks.sweep_polls": {"queue": "operator"},
    "tracking.tasks.read_postal_feed": {"queue": "operator"},
    "tracking.tasks.sweep_silent_parcels": {"queue": "operator"},
    "tracking.tasks.sweep_unscanned_parcels": {"queue": "operator"},
    "tracking.tasks.register_line_push": {"queue": "operator"},
    "warehouse.tasks.tell_new_work": {"queue": "operator"},
    "orders.tasks.sweep_trials": {"queue": "operator"},
    "warehouse.tasks.propose_waves": {"queue": "operator"},
    "warehouse.tasks.measure_stock": {"queue": "operator"},
}


@task_prerun.connect
def keep_usable_connections(**_: object) -> None:
    """Close what a lost server or its age made unusable; the task then opens a new one."""
    from django.db import close_old_connections  # noqa: PLC0415 - needs the settings

    close_old_connections()


def _every(seconds: float, task: str) -> dict[str, object]:
    return {"task": task, "schedule": seconds, "options": {"expires": seconds * 2}}


def _beat_schedule() -> dict[str, dict[str, object]]:
    from django.conf import settings  # noqa: PLC0415 - read when Celery has named them

    seconds = float(settings.SWEEP_SECONDS)
    return {
        "sweep-jobs": _every(seconds, "core.tasks.sweep_jobs"),
        "sweep-partner-stops": _every(seconds, "core.tasks.sweep_partner_stops"),
        # Ten minutes: the stored files are swept in parts that follow the clock (core/tasks.py).
        "sweep-old": _every(600, "core.tasks.sweep_old"),
        "sweep-floor": _every(600, "warehouse.tasks.sweep_floor"),
        "sweep-trials": _every(600, "orders.tasks.sweep_trials"),
        "sweep-polls": _every(seconds, "tracking.tasks.sweep_polls"),
        "read-postal-feed": _every(seconds, "tracking.tasks.read_postal_feed"),
        "register-line-push": _every(seconds * 10, "tracking.tasks.register_line_push"),
        "tell-new-work": _every(seconds * 15, "warehouse.tasks.tell_new_work"),
        "propose-waves": _every(seconds * 15, "warehouse.tasks.propose_waves"),
        "measure-stock": _every(3600, "warehouse.tasks.measure_stock"),
        # Hourly: a day is over at another hour in each warehouse.
        "expire-stock": _every(3600, "warehouse.tasks.expire_stock"),
        "sweep-silent-parcels": _every(seconds * 5, "tracking.tasks.sweep_silent_parcels"),
        "sweep-unscanned-parcels": _every(seconds * 5, "tracking.tasks.sweep_unscanned_parcels"),
    }


app.conf.beat_schedule = _beat_schedule()
