"""The examples of docs/api.md, run as they stand there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.api.conftest import Api

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(r"```http\n(.*?)```\n```json\n(.*?)```", re.DOTALL)


def _request(text: str) -> tuple[str, str, dict[str, str], Any]:
    """Return method, path, headers and body of an example."""
    first, _, rest = text.partition("\n")
    method, path = first.split()
    headers = {}
    while (line := rest.partition("\n")[0]) and re.match(r"[A-Za-z-]+: ", line):
        name, _, value = line.partition(": ")
        headers[name] = value
        rest = rest.partition("\n")[2]
    return method, path.removeprefix("/api/v1"), headers, json.loads(rest) if rest.strip() else None


def _holds(said: Any, wanted: Any) -> bool:
    """Tell whether an answer has everything the example shows; it may have more."""
    if isinstance(wanted, dict):
        return all(name in said and _holds(said[name], value) for name, value in wanted.items())
    if isinstance(wanted, list):
        shown = all(any(_holds(each, value) for each in said) for value in wanted)
        return shown and (bool(wanted) or not said)
    return bool(said == wanted)


def test_every_example_of_the_guide_answers_as_it_says(api: Api) -> None:
    examples = EXAMPLE.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(examples) == 7
    for asked, shown in examples:
        method, path, headers, body = _request(asked)
        answer = api.call(method, path, body, headers=headers)
        assert _holds(answer.json(), json.loads(shown)), f"{asked}\n{answer.content.decode()}"
