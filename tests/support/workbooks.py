"""Workbooks written by hand, so that no library that is tested wrote them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

Cell = str | float | None
SPACE = "http://schemas.openxmlformats.org"
MAIN = f'xmlns="{SPACE}/spreadsheetml/2006/main"'


def letters(column: int) -> str:
    """A, B, … Z, AA of a column from 0."""
    return (letters(column // 26 - 1) if column >= 26 else "") + chr(65 + column % 26)


def cell_xml(cell: Cell, place: str) -> str:
    """A cell, with its reference."""
    if isinstance(cell, str):
        text = escape(cell)
        return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


def sheet_xml(
    rows: Sequence[Sequence[Cell]], extra: str = "", merged: Sequence[str] = ()
) -> str:
    """The XML of a sheet; `extra` stands below its rows; `merged` cells are such as A2:A4."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(
            cell_xml(cell, f"{letters(column)}{number}")
            for column, cell in enumerate(row)
            if cell is not None
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    spans = "".join(f'<mergeCell ref="{span}"/>' for span in merged)
    below = f"<mergeCells>{spans}</mergeCells>" if spans else ""
    return (
        f"<worksheet {MAIN}><sheetData>{''.join(lines)}{extra}</sheetData>{below}"
        "</worksheet>"
    )


def xlsx(
    sheets: Mapping[str, Sequence[Sequence[Cell]]],
    extra: str = "",
    merged: Sequence[str] = (),
) -> bytes:
    """An .xlsx file of these sheets."""
    names = list(sheets)
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{SPACE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kinds}.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{place}.xml" '
            f'ContentType="{kinds}.worksheet+xml"/>'
            for place in range(1, len(names) + 1)
        )
        + "</Types>",
        "_rels/.rels": relations({"xl/workbook.xml": "officeDocument"}),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{SPACE}/officeDocument/2006/'
        'relationships"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(name)} sheetId="{place}" r:id="rId{place}"/>'
            for place, name in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            {f"worksheets/sheet{n}.xml": "worksheet" for n in range(1, len(names) + 1)}
        ),
    }
    for place, name in enumerate(names, 1):
        parts[f"xl/worksheets/sheet{place}.xml"] = sheet_xml(
            sheets[name], extra, merged
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as members:
        for path, text in parts.items():
            members.writestr(path, text)
    return out.getvalue()


def relations(targets: Mapping[str, str]) -> str:
    """The XML of the relations of a part."""
    rows = "".join(
        f'<Relationship Id="rId{place}" Type="{SPACE}/officeDocument/2006/relationships/'
        f'{kind}" Target="{target}"/>'
        for place, (target, kind) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{SPACE}/package/2006/relationships">{rows}</Relationships>'
