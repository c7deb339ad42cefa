"""How much of a file is read before it is refused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one upload. A real 100,000-row, 27-column order report stays well inside.

    ``max_ratio`` is unpacked to packed size of a ZIP entry above 1 MB; deflate cannot exceed
    about 1,000 and a repetitive sheet reaches about 40.
    """

    max_bytes: int = 64_000_000
    max_rows: int = 100_000
    max_columns: int = 500
    max_cells: int = 20_000_000
    max_unpacked_bytes: int = 600_000_000
    max_shared_strings_bytes: int = 96_000_000
    max_ratio: int = 150
    max_entries: int = 2_000


DEFAULT_LIMITS = Limits()
