"""CPU seconds of a running installation, by process, as the kernel counted them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from config.embedded.stack import Stack

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(stack: Stack) -> dict[str, float]:
    """Return user and system CPU of each process with all it forked, living or reaped."""
    used: dict[int, float] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        pid = int(stat.parent.name)
        children[int(fields[1])].append(pid)
        used[pid] = sum(int(each) for each in fields[11:15]) / TICKS
    return {name: _with_forks(pid, used, children) for name, pid in stack.pids.items()}


def _with_forks(pid: int, used: Mapping[int, float], children: Mapping[int, list[int]]) -> float:
    forks = sum(_with_forks(child, used, children) for child in children.get(pid, ()))
    return used.get(pid, 0.0) + forks


def busy_seconds() -> float:
    """Return the CPU seconds this machine has spent on anything, all cores together."""
    fields = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, softirq, steal = (int(each) for each in fields[:8])
    return (user + nice + system + irq + softirq + steal) / TICKS


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return what each process used in between."""
    return {name: after[name] - before.get(name, 0.0) for name in after}
