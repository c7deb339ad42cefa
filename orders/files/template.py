"""The project's own order template as an XLSX workbook."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from orders.files.layouts import known_layouts

WIDTHS = {"title": 40, "recipient_name": 24, "street_1": 36, "email": 28, "note": 30}


def template_columns() -> tuple[str, ...]:
    """The template's headers, in their order."""
    (layout,) = (each for each in known_layouts("orders") if each.code == "waybridge_template")
    return tuple(names[0] for names in layout.fields.values())


def write_template(file: BinaryIO, rows: Iterable[Sequence[object]] = ()) -> None:
    """Write the template, with ``rows`` in the order of ``template_columns``."""
    (layout,) = (each for each in known_layouts("orders") if each.code == "waybridge_template")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    sheet.freeze_panes = "A2"
    columns = template_columns()
    for index, column in enumerate(columns):
        letter = chr(65 + index)
        sheet.column_dimensions[letter].width = WIDTHS.get(column, 16)
    header = []
    for field, names in layout.fields.items():
        cell = WriteOnlyCell(sheet, value=names[0])
        colour = "FFD9E8FB" if field in layout.required else "FFF2F2F2"
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=colour)
        header.append(cell)
    sheet.append(header)
    for row in rows:
        sheet.append(list(row))
    book.save(file)
