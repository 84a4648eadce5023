"""A workbook is measured as readers would unpack it, before one opens it."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest

from optimizer.domain.errors import InputRefused
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.workbook_size import WorkbookRefusedError, ensure_bearable

SHEET = "xl/worksheets/sheet1.xml"
CELL = "<v>1</v></c></row>"
FAR = {
    "plain": f'<row r="1"><c r="A1">{CELL}<row r="1048576"><c r="XFD1048576">{CELL}',
    "single quotes": f"<row r='1'><c r='A1'>{CELL}<row r='1048576'><c r='XFD1048576'>{CELL}",
    "blanks": f'<row r = "1"><c r = "A1">{CELL}<row><c r\n=\n"XFD1048576">{CELL}',
    "small letters": f'<row r="1"><c r="a1">{CELL}<row r="1048576"><c r="xfd1048576">{CELL}',
    "a bracket before": f'<row r="1"><c r="A1">{CELL}<row><c s=">" r="XFD1048576">{CELL}',
    "leading zeros": f'<row r="1"><c r="A1">{CELL}<row><c r="XFD0000000001048576">{CELL}',
    "no places": "<row>" + "<c><v>1</v></c>" * 9 + f'</row><row r="1048576"><c>{CELL}',
}


def book(rows: str, *, path: str = SHEET, prefix: str = "") -> bytes:
    """Write a workbook whose one sheet holds these rows, whatever a spreadsheet would write."""
    usual, made = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(usual)
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
    if prefix:
        sheet = sheet.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")
    with zipfile.ZipFile(usual) as source, zipfile.ZipFile(made, "w", 8) as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith("workbook.xml.rels"):
                data = data.replace(SHEET.encode(), path.encode())
            target.writestr(*((path, sheet) if name == SHEET else (name, data)))
    return made.getvalue()


@pytest.mark.parametrize("rows", FAR.values(), ids=FAR)
def test_cells_far_apart_are_found_however_they_are_written(rows: str) -> None:
    with pytest.raises(WorkbookRefusedError, match="spans"):
        ensure_bearable(io.BytesIO(book(rows)), 10**8)


@pytest.mark.parametrize("other", [{"path": "xl/anything.bin"}, {"prefix": "x"}])
def test_a_sheet_is_known_by_what_it_holds(other: dict[str, str]) -> None:
    with pytest.raises(WorkbookRefusedError, match="spans"):
        ensure_bearable(io.BytesIO(book(FAR["plain"], **other)), 10**8)


def test_places_are_found_across_the_pieces_that_are_read() -> None:
    for blanks in range(1_048_520, 1_048_560, 8):
        rows = f'<row r="1"><c r="A1">{CELL}{" " * blanks}<row><c r="XFD1048576">{CELL}'
        with pytest.raises(WorkbookRefusedError, match="spans"):
            ensure_bearable(io.BytesIO(book(rows)), 10**8)


def test_an_honest_workbook_passes_and_a_full_text_is_no_place() -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c><c r="T{n}"><v>1</v></c></row>'
        for n in range(1, 2000)
    )
    ensure_bearable(io.BytesIO(book(rows)), 10**8)


def lying(data: bytes) -> bytes:
    """Let a zip file say of everything in it that it unpacks to one byte."""
    changed = bytearray(data)
    for signature, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = changed.find(signature)
        while place >= 0:
            changed[place + at : place + at + 4] = struct.pack("<I", 1)
            place = changed.find(signature, place + 1)
    return bytes(changed)


def test_the_sizes_that_a_zip_file_states_are_not_believed() -> None:
    bomb = lying(book(" " * 6_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(WorkbookRefusedError, match="unpacks to more than 5000000 bytes"):
        ensure_bearable(io.BytesIO(bomb), 5_000_000)


def test_the_command_line_refuses_such_a_workbook_too(tmp_path: Path) -> None:
    (tmp_path / "day.xlsx").write_bytes(book(FAR["single quotes"]))
    with pytest.raises(InputRefused, match=r"CG-1005.*spans 16384 columns times 1048576 rows"):
        read_problem(tmp_path / "day.xlsx")


def shared(cells: int, text: str) -> bytes:
    """Write a workbook in which all cells share one text."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, cells + 1)
    )
    made = io.BytesIO(book(rows))
    with zipfile.ZipFile(made, "a", 8) as target:
        target.writestr("xl/sharedStrings.xml", f"<sst><si><t>{text}</t></si><si></si></sst>")
    return made.getvalue()


def test_a_long_text_that_many_cells_share_counts_for_each_of_them() -> None:
    packed = shared(20_000, "y" * 32_000)
    assert len(packed) < 200_000
    with pytest.raises(WorkbookRefusedError, match="20000 cells, which share texts of up to 32"):
        ensure_bearable(io.BytesIO(packed), 10**8)


@pytest.mark.parametrize(("cells", "text"), [(20_000, "y" * 1_000), (10, "y" * 32_000)])
def test_texts_as_people_write_them_are_borne(cells: int, text: str) -> None:
    ensure_bearable(io.BytesIO(shared(cells, text)), 10**8)
