"""The first rows of a file as a table of their own, to try a choice of columns on."""

import io
import json
from collections.abc import Sequence

from orders.files.encodings import Encoding
from orders.files.reader import Table


def preview_table(filename: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """A table of kept rows, each its number and its cells."""
    spool = io.BytesIO(b"".join(json.dumps(list(row)).encode() + b"\n" for row in rows))
    return Table(
        filename=filename,
        columns=tuple(header),
        kind="csv",
        encoding=Encoding("utf-8"),
        header_row=1,
        row_count=len(rows),
        _spool=spool,
    )
