"""The one table of the product's processes: what each runs, and which database role it holds.

`make run` starts them from here, and a test holds docker-compose.yml against it.
"""

from __future__ import annotations

from dataclasses import dataclass

_GUNICORN = (
    "gunicorn", "config.wsgi:application", "--bind", "{bind}", "--worker-class", "gthread",
    "--workers", "2", "--threads", "4", "--keep-alive", "75", "--preload", "--no-control-socket",
    "--log-level", "warning",
)  # fmt: skip
_CELERY = ("celery", "--app", "config.celery", "--quiet")
_WORKER = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")


@dataclass(frozen=True, slots=True)
class Process:
    """One long-running process of the product.

    `role` is `app`, `operator` or, for a program without database, empty. `doors` are the doors it
    serves. `command` may hold `{bind}` (address:port) and `{data}` (folder for its own state).
    """

    name: str
    role: str
    command: tuple[str, ...]
    doors: str = ""

    def words(self, *, bind: str = "", data: str = "") -> list[str]:
        """Return the command with its places filled."""
        return [word.format(bind=bind, data=data) for word in self.command]

    @property
    def is_web(self) -> bool:
        """Tell whether it answers HTTP."""
        return bool(self.doors)


PROCESSES = (
    Process("web", "app", _GUNICORN, doors="merchant,api,track"),
    Process("admin", "operator", _GUNICORN, doors="admin"),
    Process(
        "worker",
        "app",
        (*_CELERY, "worker", "--queues", "flow,calls", "--concurrency", "2",
         "--hostname", "worker@%h", *_WORKER),
    ),
    Process(
        "documents",
        "app",
        (*_CELERY, "worker", "--queues", "documents", "--concurrency", "2",
         "--hostname", "documents@%h", *_WORKER),
    ),
    # Threads: a marketplace that takes a minute to answer must not keep another one waiting.
    Process(
        "channels",
        "app",
        (*_CELERY, "worker", "--queues", "channels", "--pool", "threads", "--concurrency", "8",
         "--hostname", "channels@%h", *_WORKER),
    ),
    Process(
        "operator",
        "operator",
        (*_CELERY, "worker", "--queues", "operator", "--concurrency", "2",
         "--hostname", "operator@%h", *_WORKER),
    ),
    Process(
        "scheduler",
        "",
        (*_CELERY, "beat", "--schedule", "{data}/beat-schedule", "--pidfile", "", "--loglevel",
         "WARNING"),
    ),
)  # fmt: skip

MIGRATE = ("python", "manage.py", "migrate", "--noinput")
"""Run once before the others, with the owner's address."""

BY_NAME = {process.name: process for process in PROCESSES}
