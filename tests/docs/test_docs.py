"""What the documents name exists: files, functions, commands, pictures."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
ROOMS = (
    "accounts", "bench", "billing", "claims", "config", "core", "customs", "dashboard", "docs",
    "flows", "integrations", "orders", "samples", "sandbox", "shipping", "templates", "tests",
    "tracking", "warehouse",
)  # fmt: skip
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(rf"(?:{'|'.join(ROOMS)})/[\w./-]*\w(?:\.\w+|/)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"\bmake ([a-z][\w-]*)")
PICTURE = re.compile(r"<img[^>]* src=\"([^\"]+)\"")


def spans(page: Path) -> list[str]:
    """Return the texts set as code on one line."""
    return CODE.findall(page.read_text(encoding="utf-8"))


@cache
def names_in(path: Path) -> frozenset[str]:
    """Return what a module defines: functions, classes, their methods, and assigned names."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.ClassDef)]
            names |= {f"{node.name}.{each.name}" for each in inner}
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return frozenset(names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_named_exists(page: Path) -> None:
    named = [span.split("::")[0].split(" ")[0] for span in spans(page)]
    missing = [name for name in named if FILE.fullmatch(name) and not (ROOT / name).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_function_named_exists(page: Path) -> None:
    named = [span.split("::") for span in spans(page) if "::" in span and ".py::" in span]
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or name not in names_in(ROOT / path)
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_picture_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = [*LINK.findall(text), *PICTURE.findall(text)]
    outside = ("http:", "https:", "mailto:")
    missing = [
        target
        for target in targets
        if not target.startswith(outside) and not (page.parent / target).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_command_named_exists(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z][\w-]*):", makefile, re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    inside_code = "\n".join([*spans(page), *re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)])
    assert set(COMMAND.findall(inside_code)) <= known


def test_no_picture_is_larger_than_200_kb_or_unused() -> None:
    used = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in [
            *LINK.findall(page.read_text(encoding="utf-8")),
            *PICTURE.findall(page.read_text(encoding="utf-8")),
        ]
    }
    pictures = sorted((ROOT / "docs" / "images").glob("*.png"))
    assert [path.name for path in pictures if path.stat().st_size > 200_000] == []
    assert [path.name for path in pictures if path.resolve() not in used] == []
