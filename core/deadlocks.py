"""Who loses a deadlock does it again: the database has undone all of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError

DEADLOCK, TRIES = "40P01", 3

P = ParamSpec("P")
R = TypeVar("R")


def is_deadlock(error: Exception) -> bool:
    """Tell whether two transactions waited for each other and this one had to give way."""
    return getattr(error.__cause__, "pgcode", "") == DEADLOCK


def again_after_deadlock(call: Callable[P, R]) -> Callable[P, R]:
    """Run a call, which must be one transaction of its own, again when it lost a deadlock.

    The third loss is raised: whoever keeps losing has found locks in a wrong order.
    """

    @wraps(call)
    def repeated(*args: P.args, **kwargs: P.kwargs) -> R:
        for _attempt in range(TRIES - 1):
            try:
                return call(*args, **kwargs)
            except OperationalError as error:
                if not is_deadlock(error):
                    raise
        return call(*args, **kwargs)

    return repeated
