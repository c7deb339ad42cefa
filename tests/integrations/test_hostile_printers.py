"""Something that is no printer, or a broken one: the agent says so, and never hangs or falls."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from integrations.printing import ipp_codec as codec
from integrations.printing import raw
from integrations.printing.addresses import (
    NotAPrintersPort,
    NotInTheBuilding,
    check_address,
    check_port,
)
from integrations.printing.ipp import send_ipp
from integrations.printing.outcomes import Target
from integrations.printing.raw import send_raw

ZPL, PDF = b"^XA^XZ", b"%PDF-1.7"
Say = Callable[[socket.socket], None]


@contextlib.contextmanager
def listening(say: Say) -> Iterator[int]:
    """A port where `say` speaks to whoever comes."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _who = door.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError):
                say(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield door.getsockname()[1]
    finally:
        # Wakes `accept`, which a close alone does not.
        with contextlib.suppress(OSError):
            door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(5)


def target(port: int, kind: str, accepts: str) -> Target:
    return Target(kind=kind, accepts=accepts, address="127.0.0.1", port=port, path="/ipp/print")


def babble(line: socket.socket) -> None:
    while True:
        line.sendall(b"x" * 1024)


def test_one_that_talks_without_end_is_no_printer(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(babble) as port:
        asked = send_raw(target(port, "raw9100", "zpl"), name="n", content=ZPL)
        monkeypatch.setattr(raw, "SEND_S", 0.2)
        given = send_raw(target(port, "raw9100", "pdf"), name="n", content=PDF)
    assert (asked.kind, asked.code) == ("not_sent", "stopped")
    assert (given.kind, given.code) == ("unclear", "lost")


def ipp_answer(*attributes: tuple[int, str, str | int]) -> bytes:
    body = codec.request(0, 1, [(codec.CHARSET, "attributes-charset", "utf-8")])[:-1]
    body += bytes([codec.JOB])
    body += b"".join(codec._attribute(each) for each in attributes) + bytes([codec.END])
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@pytest.mark.parametrize(
    "answer",
    [
        ipp_answer((codec.NAME, "job-id", "one"), (codec.NAME, "job-state", "done")),
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://169.254.169.254/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx",
        b"SSH-2.0-OpenSSH_9.6\r\n", b"\x00" * 64, b"HTTP/1.1 \xff\xfe\r\n\r\n",
        *(random.Random(seed).randbytes(80) for seed in range(4)),
    ],
)  # fmt: skip
def test_whatever_it_answers_the_agent_says_how_it_ended(answer: bytes) -> None:
    def say(line: socket.socket) -> None:
        line.recv(65_536)
        line.sendall(answer)

    with listening(say) as port:
        outcome = send_ipp(target(port, "ipp", "pdf"), name="n", content=PDF)
    assert outcome.kind in ("delivered", "not_sent", "unclear")


def test_bytes_that_are_no_ipp_are_said_to_be_none() -> None:
    chance = random.Random(7)
    good = codec.request(2, 1, [(codec.NAME, "job-name", "x"), (codec.INTEGER, "job-id", 3)])
    for _ in range(3000):
        content = bytearray(good)
        for _spoilt in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        with contextlib.suppress(codec.NotIpp):
            codec.parse(bytes(content[: chance.randint(0, len(content))]))


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "0.0.0.0", "::",  # noqa: S104
     "::ffff:8.8.8.8",
     "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "100.100.100.200", "192.0.0.192", "224.0.0.1",
     "fe80::1%eth0", "10.1", "0x0a000001", "167772161", "010.0.0.1", "10.0.0.1/8", "localhost",
     "10.0.0.1:9100", "[::1]", "fd00:ec2::254", "fc00::1%1",
     "fd00:ec2::254%eth0"],
)  # fmt: skip
def test_addresses_that_are_no_fixed_one_of_the_building(address: str) -> None:
    with pytest.raises(NotInTheBuilding):
        check_address(address)


@pytest.mark.parametrize("port", [22, 80, 443, 2375, 5432, 6379, 9200, 11211, 27017])
def test_ports_of_other_services_are_refused_everywhere(port: int) -> None:
    for address in ("10.0.0.5", "127.0.0.1", "::1", "fd12::5"):
        with pytest.raises(NotAPrintersPort):
            check_port(address, port)
        kind = send_raw(target(port, "raw9100", "pdf"), name="n", content=PDF)
        assert (kind.kind, kind.code) == ("refused", "address")


def test_ports_of_printers_are_taken() -> None:
    for port in (631, 6101, 9100, 9109):
        assert check_port("10.0.0.5", port) == port
    assert check_port("127.0.0.1", 41_234) == 41_234
