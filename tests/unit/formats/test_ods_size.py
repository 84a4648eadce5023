"""OpenDocument sheets are counted as readers make them, before one opens the file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from optimizer.domain.errors import InputRefused
from optimizer.formats.ods_size import OdsRefusedError, OdsSpan
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.workbook_size import WorkbookRefusedError, ensure_bearable

SPACES = (
    'xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
VALUE = 'o:value-type="string"><x:p>a</x:p></t:table-cell>'
EMPTY_END = (
    '<t:table-row t:number-rows-repeated="1048000">'
    '<t:table-cell t:number-columns-repeated="16384"/></t:table-row>'
)


def content(rows: str, head: str = "") -> bytes:
    sheet = f"<t:table t:name='sites'>{rows}</t:table>"
    return (
        f"<?xml version='1.0'?>{head}<o:document-content {SPACES}><o:body><o:spreadsheet>{sheet}"
        "</o:spreadsheet></o:body></o:document-content>"
    ).encode()


def document(rows: str, head: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", content(rows, head))
    return made.getvalue()


def row(cells: str, times: int = 1) -> str:
    return f'<t:table-row t:number-rows-repeated="{times}">{cells}</t:table-row>'


def cell(times: int = 1) -> str:
    return f'<t:table-cell t:number-columns-repeated="{times}" {VALUE}'


BOMBS = {
    "rows": row(cell(), 100_000_000),
    "columns": row(cell(10_000_000)),
    "both": row(cell(5_000), 5_000),
    "far away": row("<t:table-cell/>", 90_000_000) + row(cell()),
    "far right": row('<t:table-cell t:number-columns-repeated="90000000"/>' + cell()),
}


@pytest.mark.parametrize("rows", BOMBS.values(), ids=BOMBS)
def test_few_bytes_that_stand_for_millions_of_cells_are_refused(rows: str, tmp_path: Path) -> None:
    with pytest.raises(WorkbookRefusedError, match="spans"):
        ensure_bearable(io.BytesIO(document(rows)), 10**8, xlsx_only=False)
    file = tmp_path / "day.ods"
    file.write_bytes(document(rows))
    with pytest.raises(InputRefused) as refused:
        read_problem(file)
    assert "CG-1005" in {fault.code for fault in refused.value.faults}


def test_a_sheet_that_is_filled_with_empty_cells_is_as_large_as_what_it_holds() -> None:
    span = OdsSpan()
    span.take(content(row(cell(3), 2) + row("<t:table-cell/>", 4) + row(cell()) + EMPTY_END))
    assert (span.columns, span.rows, span.cells, span.longest) == (3, 7, 7, 1)
    ensure_bearable(io.BytesIO(document(row(cell()) + EMPTY_END)), 10**8, xlsx_only=False)


def test_a_long_text_in_many_cells_counts_in_each() -> None:
    text = f'<t:table-cell t:number-columns-repeated="1000" o:value-type="string"><x:p>{"a" * 9000}'
    with pytest.raises(WorkbookRefusedError, match="share texts of up to"):
        rows = row(f"{text}</x:p></t:table-cell>", 1_000)
        ensure_bearable(io.BytesIO(document(rows)), 10**8, xlsx_only=False)


@pytest.mark.parametrize("times", ["-1", "9" * 40, "²", "a"])
def test_a_repetition_that_is_no_number_is_refused(times: str) -> None:
    rows = f'<t:table-row><t:table-cell t:number-columns-repeated="{times}" {VALUE}</t:table-row>'
    with pytest.raises(OdsRefusedError, match="no number"):
        OdsSpan().take(content(rows))


def test_entities_and_what_is_no_xml_are_refused() -> None:
    head = '<!DOCTYPE a [<!ENTITY b "ccc">]>'
    for data in (document(row(cell()), head), document("<t:table-row>")):
        with pytest.raises(WorkbookRefusedError):
            ensure_bearable(io.BytesIO(data), 10**8, xlsx_only=False)
