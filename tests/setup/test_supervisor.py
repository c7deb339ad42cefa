"""`make run`: what is killed comes back, what is stopped is gone, and nobody else is touched."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from config.embedded.environment import Ports, PortTaken
from config.embedded.processes import PROCESSES
from config.embedded.stack import Stack
from config.embedded.supervisor import ROOT, answers
from tests.stack import ephemeral_stack

pytestmark = pytest.mark.stack


def alive(pid: int) -> bool:
    """Tell whether a process exists and is not just waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_every_process_of_the_table_runs_beside_its_servers(stack: Stack) -> None:
    expected = {process.name for process in PROCESSES} | {"postgres", "redis", "sandbox"}
    assert set(stack.pids) == expected
    assert all(alive(pid) for pid in stack.pids.values())


def test_each_process_holds_only_the_address_of_its_own_role(stack: Stack) -> None:
    secrets = {role: url.split(":")[2].split("@")[0] for role, url in stack.state.databases.items()}
    assert len(set(secrets.values())) == 3
    for process in PROCESSES:
        environment = Path(f"/proc/{stack.pids[process.name]}/environ").read_text()
        held = {role for role, secret in secrets.items() if secret in environment}
        assert held == ({process.role} if process.role else set()), process.name
    assert not any(
        secret in Path(f"/proc/{stack.pids['sandbox']}/environ").read_text()
        for secret in secrets.values()
    )


def test_a_wrong_password_opens_nothing(stack: Stack) -> None:
    url = stack.state.databases["operator"]
    forged = url.replace(url.split(":")[2].split("@")[0], "guess")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(forged)


def test_secrets_can_be_read_by_their_owner_only(stack: Stack) -> None:
    for name in ("secrets.env", "stack.json", "demo-logins.txt"):
        assert (stack.data_dir / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_process_comes_back(stack: Stack, name: str) -> None:
    old = stack.kill(name)
    assert alive(stack.wait_restarted(name, old))
    deadline = time.monotonic() + 30
    while not answers(stack.state.ports["web"]) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert answers(stack.state.ports["web"])


def test_a_killed_redis_comes_back_at_the_same_address(stack: Stack) -> None:
    address = stack.state.redis
    old = stack.kill("redis")
    stack.wait_restarted("redis", old)
    assert stack.state.redis == address
    assert redis.Redis.from_url(address).ping()


def test_a_second_start_on_the_same_folder_attaches_and_its_stop_leaves_it_running(
    stack: Stack,
) -> None:
    second = Stack.attach_or_start(stack.data_dir)
    assert not second.was_started
    second.stop()
    assert alive(stack.pids["web"])


def test_a_second_supervisor_on_the_same_folder_says_so_in_one_sentence(stack: Stack) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "config.embedded.supervisor", "run", "--data-dir",
         str(stack.data_dir), "--port", "0"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert "already runs" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_taken_port_is_named_with_a_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {port} \(web\) is taken.*PORT="):
            Ports(port, port + 1, port + 9).refuse_taken()


def test_stop_ends_all_it_started_and_nothing_else() -> None:
    bystander = subprocess.Popen(["sleep", "120"])
    with ephemeral_stack() as running:
        pids = running.pids
        folder = running.data_dir
        assert all(alive(pid) for pid in pids.values())
    assert not any(alive(pid) for pid in pids.values())
    assert not folder.exists()
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_nothing_is_left_when_the_supervisor_itself_is_killed() -> None:
    with ephemeral_stack() as running:
        pids = running.pids
        os.kill(running.state.supervisor_pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(alive(pid) for pid in pids.values()) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert not [name for name, pid in pids.items() if alive(pid)]
