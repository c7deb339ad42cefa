"""The locks: hashes for everything, no address of an index, one reason per package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-test.txt")


def pins(lock: str) -> dict[str, str]:
    """Return version by package of one lock."""
    text = (ROOT / lock).read_text()
    return {
        name.lower(): version
        for name, version in re.findall(
            r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", text, re.MULTILINE
        )
    }


def named(source: str) -> list[str]:
    """Return the packages somebody named on purpose."""
    lines = (ROOT / source).read_text().split()
    return [re.split(r"[\[~=<>]", line)[0] for line in lines]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    blocks = re.split(r"^(?=[\w.-]+(?:\[[\w,]+\])?==)", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 30
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert not re.search(r"https?://|index-url|find-links", text)


def test_both_locks_agree_on_what_they_share() -> None:
    run, test = pins(LOCKS[0]), pins(LOCKS[1])
    assert {name: test[name] for name in run.keys() & test.keys()} == {
        name: run[name] for name in run.keys() & test.keys()
    }


@pytest.mark.parametrize("source", ["requirements.in", "requirements-test.in"])
def test_each_named_package_has_its_reason_and_locked_version_in_the_docs(source: str) -> None:
    document = (ROOT / "docs" / "dependencies.md").read_text()
    locked = pins(source.replace(".in", ".txt"))
    listed = dict(
        re.findall(r"^\| ([\w.-]+) \| (\S+) \| .* \| .* \| .{8,} \|$", document, re.MULTILINE)
    )
    assert {name: listed.get(name) for name in named(source)} == {
        name: locked[name.lower()] for name in named(source)
    }
