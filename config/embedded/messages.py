"""Compile translations (.po to .mo) with Babel, so that no gettext program is needed.

python config/embedded/messages.py FILE.po [...]
python config/embedded/messages.py --check
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]


def read(source: Path) -> Catalog:
    """Return the catalogue in `source`; a file that cannot be read names its line."""
    with source.open("rb") as handle:
        return read_po(handle, locale=source.parents[1].name, abort_invalid=True)


def compile_file(source: Path) -> None:
    """Write `source`'s .mo beside it, in one step."""
    fresh = source.with_suffix(".mo.new")
    with fresh.open("wb") as handle:
        write_mo(handle, read(source))
    fresh.rename(source.with_suffix(".mo"))


def problems(source: Path) -> list[str]:
    """Return what is wrong with the catalogue: untranslated, unsure, or broken placeholders."""
    catalogue = read(source)
    name = source.relative_to(ROOT)
    found = []
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            found.append(f"{name}: {message.id!r} is marked fuzzy")
        elif not all(texts):
            found.append(f"{name}: {message.id!r} has no translation")
        found += [f"{name}: {message.id!r}: {error}" for error in message.check(catalogue)]
    return found


def main() -> int:
    """Compile the named files, or check all of them."""
    if sys.argv[1:] != ["--check"]:
        for name in sys.argv[1:]:
            compile_file(Path(name))
        return 0
    found = [
        line for path in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")) for line in problems(path)
    ]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
