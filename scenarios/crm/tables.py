"""Tables of a plan that planners keep by hand: read row by row, and written with only what changes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from scenarios.crm.writing import Row

__all__ = ["edited", "rows_by_id"]


def rows_by_id(data: bytes | None) -> dict[str, Row]:
    """Rows as they stand in a table, the planner's own columns among them."""
    header, *lines = _lines(data)[0] or [[]]
    if "id" not in header:
        return {}
    rows = (dict(zip(header, (cell.strip() for cell in cells), strict=False)) for cells in lines)
    return {row["id"]: row for row in rows if "id" in row}


def _lines(data: bytes | None) -> tuple[list[list[str]], bytes]:
    """Rows that are not empty, the header first, and the mark by which Excel knows UTF-8 where it is wanted."""
    text, mark = "", b""
    if data is not None:
        try:
            text = data.decode("utf-8-sig")
            mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        except UnicodeDecodeError:
            text, mark = data.decode("gb18030"), b"\xef\xbb\xbf"
    lines = [cells for cells in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in cells)]
    if lines:
        lines[0] = [cell.strip() for cell in lines[0]]
    return lines, mark


def edited(data: bytes | None, rows: Mapping[str, Row], gone: Iterable[str] = ()) -> bytes:
    """A table with rows replaced, added and taken out; the planner's own columns and the other rows stay."""
    lines, mark = _lines(data)
    header = list(lines[0]) if lines else ["id"]
    for row in rows.values():
        header += [name for name, cell in row.items() if cell and name not in header]
    wanted, leaving, kept = dict(rows), set(gone), []
    for cells in lines[1:]:
        full = cells + [""] * (len(header) - len(cells))
        name = full[header.index("id")].strip()
        if name not in leaving:
            kept.append(_filled(full, header, wanted.pop(name, {})))
    kept += [_filled([""] * len(header), header, wanted[name]) for name in sorted(wanted)]
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *kept])
    return mark + buffer.getvalue().encode()


def _filled(cells: Sequence[str], header: Sequence[str], row: Row) -> list[str]:
    return [row.get(name, cell) for name, cell in zip(header, cells, strict=True)]
