"""Five thousand malformed files and payloads through the real API: none may be a server error.

Files go through `POST /imports` and are then read as a worker reads them; a file that makes the
reading fail counts as a server error, too. Payloads go through `POST /orders` and `/orders/bulk`.
The seed is fixed, so that a failure can be repeated; each failing case is printed.
"""

from __future__ import annotations

import io
import json
import logging
import random
import sys
import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.figures import Figure
from bench.throwaway import as_app_role, start

FILES, PAYLOADS = 2_500, 2_500
SEED = 20261126
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SERVER_ERROR = 500
ODD = (
    "", " ", "\x00", "\ufeff", "\u202e", "\ud800", "=1+1", "@SUM(A1)", "-5", "1e999", "NaN", "١٢٣",
    "9" * 400, "💥" * 50, "'", '"', '""', "\r\n", "\t", ";", "|", "../../etc", "<!DOCTYPE x>",
    "0000-00-00", "2026-02-30", "31/31/2026", "05/06/2026", "1.234,5,6", "--1", "US $", "€",
    "【1】(商家编码:)(产品数量:0)", "null", "true", "{}", "%s%(x)s", "\\u0000", "a" * 70_000,
)  # fmt: skip


def figures() -> Iterator[Figure]:
    """Yield how many were sent and how many ended as server errors."""
    start()
    from bench.api_data import Tenant  # noqa: PLC0415 - Django is set up now

    tenant = Tenant.make("bench-fuzz")
    logging.getLogger("django.request").setLevel(logging.ERROR)
    rng = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    with as_app_role():
        files = sum(_file_fails(tenant, rng, number) for number in range(FILES))
        payloads = sum(_payload_fails(tenant, rng, number) for number in range(PAYLOADS))
    yield Figure("intake.fuzz_cases", FILES + PAYLOADS, "cases", f">= {FILES + PAYLOADS}")
    yield Figure("intake.fuzz_file_server_errors", files, "errors", "= 0")
    yield Figure("intake.fuzz_payload_server_errors", payloads, "errors", "= 0")


def _tell(number: int, what: str, detail: str) -> None:
    print(f"fuzz case {number} ({what}): {detail}", file=sys.stderr)  # noqa: T201


# ------------------------------------------------------------------ files


def _file_fails(tenant: Any, rng: random.Random, number: int) -> bool:
    from core.jobs import Later  # noqa: PLC0415
    from flows.files import read_file  # noqa: PLC0415

    name, content = _odd_file(rng)
    status, body = _send(tenant, "/api/v1/imports", *_multipart(name, content, rng))
    if status >= SERVER_ERROR:
        _tell(number, name, body.decode("utf-8", "replace")[:300])
        return True
    if status != 202:
        return False
    try:
        read_file(tenant.merchant_id, {"import_id": json.loads(body)["id"]})
    except Later:
        return False
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is counted
        where = "".join(traceback.format_tb(error.__traceback__)[-3:])
        _tell(number, name, f"{where}{type(error).__name__}: {str(error)[:200]}")
        return True
    return False


def _multipart(name: str, content: bytes, rng: random.Random) -> tuple[bytes, str]:
    kind = rng.choice(("orders", "orders", "orders", "products"))
    safe = name.replace('"', "").replace("\r", "").replace("\n", "")
    head = (
        '--fuzz\r\nContent-Disposition: form-data; name="kind"\r\n\r\n'
        f'{kind}\r\n--fuzz\r\nContent-Disposition: form-data; name="file"; '
        f'filename="{safe}"\r\nContent-Type: text/csv\r\n\r\n'
    ).encode("utf-8", "replace")
    return head + content + b"\r\n--fuzz--\r\n", "multipart/form-data; boundary=fuzz"


def _odd_file(rng: random.Random) -> tuple[str, bytes]:
    make: Callable[[random.Random], tuple[str, bytes]] = rng.choice(
        (_odd_table, _odd_table, _odd_table, _broken_sample, _broken_sample, _odd_sheet, _noise)
    )
    return make(rng)


def _headers() -> list[list[str]]:
    from orders.files.layouts import known_layouts  # noqa: PLC0415

    return [
        [rng_names[0] for rng_names in layout.fields.values()]
        for kind in ("orders", "products")
        for layout in known_layouts(kind)
    ]


def _odd_table(rng: random.Random) -> tuple[str, bytes]:
    header = [name for name in rng.choice(_headers()) if rng.random() > 0.03]
    rng.shuffle(header)
    rows = [[_odd_cell(rng, name) for name in header] for _ in range(rng.randint(0, 8))]
    if rng.random() < 0.2:
        rows.append(["12", "record(s) downloaded", rng.choice(ODD)])
    separator = rng.choice("\t,;|")
    lines = [separator.join(header), *(separator.join(row) for row in rows)]
    if rng.random() < 0.2:
        lines.insert(0, rng.choice((f"sep={separator}", "A shop's export", "", *ODD)))
    text = rng.choice(("\n", "\r\n", "\r")).join(lines)
    encoding = rng.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030", "cp932", "cp1252"))
    return f"t.{rng.choice(('csv', 'txt', 'xls'))}", text.encode(encoding, "replace")


def _odd_cell(rng: random.Random, name: str) -> str:
    if rng.random() < 0.25:
        return rng.choice(ODD)
    if rng.random() < 0.1:
        return "".join(chr(rng.randrange(1, 0x2FFF)) for _ in range(rng.randint(1, 20)))
    usual = {
        "sku": "MUG-BLUE", "quantity": "2", "country": "DE", "date": "2026-11-12",
        "price": "9,50 €", "currency": "EUR", "status": "paid", "order": rng.choice("ABC"),
    }  # fmt: skip
    return next((value for word, value in usual.items() if word in name.lower()), "text")


def _broken_sample(rng: random.Random) -> tuple[str, bytes]:
    paths = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".txt", ".csv", ".xlsx", ".xls"))
    path = rng.choice(paths)
    content = bytearray(path.read_bytes()[: rng.choice((2_000, 20_000, 10**7))])
    for _ in range(rng.randint(1, 12)):
        place = rng.randrange(len(content))
        content[place : place + rng.randint(0, 4)] = rng.randbytes(rng.randint(0, 6))
    return path.name, bytes(content)


def _odd_sheet(rng: random.Random) -> tuple[str, bytes]:
    """A workbook whose parts hold what no spreadsheet program writes."""
    sheet = rng.choice((
        '<row r="1"><c r="A1" t="s"><v>99</v></c></row>',
        '<row r="-4"><c r="ZZZZ1"><v>1</v></c></row>',
        '<row><c t="inlineStr"><is><t>sku</t></is></c><c><v>1e400</v></c></row>',
        '<row r="1"><c r="B1"><v>2</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" s="7"><v>-99999999999</v></c></row>',
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>', "<row", "&x;",
        f'<row r="1"><c r="A1" t="str"><v>{"x" * 200_000}</v></c></row>',
    ))  # fmt: skip
    book = '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets>'
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f'<workbook xmlns:r="{relation}">{book}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<R><Relationship Id="rId1" Type="{relation}/worksheet" '
        f'Target="{rng.choice(("s.xml", "/xl/s.xml", "../../s.xml", "none.xml", ""))}"/></R>',
        "xl/s.xml": f"<worksheet><sheetData>{sheet}</sheetData></worksheet>",
    }
    if rng.random() < 0.3:
        parts.pop(rng.choice(list(parts)))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return "book.xlsx", file.getvalue()


def _noise(rng: random.Random) -> tuple[str, bytes]:
    start_with = rng.choice((b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe"))
    return rng.choice(ODD)[:60] or "x", start_with + rng.randbytes(rng.randint(0, 3_000))


# ------------------------------------------------------------------ payloads


def _payload_fails(tenant: Any, rng: random.Random, number: int) -> bool:
    body: Any = tenant.body(number)
    for _ in range(rng.randint(1, 4)):
        _spoil(body, rng)
    path = "/api/v1/orders"
    if rng.random() < 0.4:
        path, body = "/api/v1/orders/bulk", {"orders": [body, tenant.body(number + 10**6), body]}
    content = json.dumps(body).encode()
    if rng.random() < 0.15:
        cut = bytearray(content)
        cut[rng.randrange(len(cut)) :] = rng.randbytes(rng.randint(0, 30))
        content = bytes(cut)
    status, answer = _send(tenant, path, content, "application/json")
    if status >= SERVER_ERROR:
        _tell(number, path, f"{content[:300]!r} -> {answer[:300]!r}")
        return True
    return False


def _spoil(body: Any, rng: random.Random) -> None:
    """Put something odd at a random place of the body."""
    target = body
    while True:
        keys = list(target) if isinstance(target, dict) else list(range(len(target)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(target[key], (dict, list)) and rng.random() < 0.7:
            target = target[key]
            continue
        target[key] = _odd_value(rng)
        return


def _odd_value(rng: random.Random) -> Any:
    return rng.choice((
        None, True, [], {}, [[]], -1, 0, 10**40, 1.5, 1e300, float("nan"), *ODD,
        {"a": {"b": [1]}}, ["x"] * 600,
    ))  # fmt: skip


def _send(tenant: Any, path: str, body: bytes, content_type: str) -> tuple[int, bytes]:
    from bench.api import answer  # noqa: PLC0415

    return answer("POST", tenant.secret, path, body, content_type=content_type)


def main() -> None:
    """Print the figures of this file alone."""
    for figure in figures():
        print(figure.as_json(), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
