"""Spreadsheets as they come in: read with limits, refused with a code, never a danger to the process."""

import contextlib
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from core.domain import workbook
from core.domain.workbook import Limits, WorkbookError


def xlsx(rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def tampered(data, change):
    """The archive with `change(name, content)` applied to every member; None drops one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = change(info.filename, old.read(info))
            if content is not None:
                new.writestr(info.filename, content)
    return out.getvalue()


def code_of(data, limits=Limits()):  # noqa: B008
    with pytest.raises(WorkbookError) as refused:
        workbook.read(data, limits)
    return refused.value.code


SHEET = xlsx([["SKU", "重量"], ["A", 12.0], ["B", 0.5], [True, ""], ["", ""]])


def test_a_workbook_and_a_csv_give_the_same_texts():
    rows = [["SKU", "重量"], ["A", "12"], ["B", "0.5"], ["TRUE", ""]]
    text = "SKU,重量\r\nA,12\r\nB,0.5\r\nTRUE,\r\n,\r\n"

    assert workbook.read(SHEET) == rows
    assert workbook.read(text.encode("utf-8-sig")) == rows
    assert workbook.read(text.encode("gb18030")) == rows
    assert workbook.read(text.replace(",", "\t").encode()) == rows


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \n", "empty_file"),
        (b"PK\x03\x04 and nothing more", "not_xlsx"),
        (SHEET[:-30], "not_xlsx"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old_excel"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not_text"),
        (b"a\xff\xff,b", "not_text"),
        (tampered(SHEET, lambda name, content: None if name == "xl/workbook.xml" else content), "not_xlsx"),
        (tampered(SHEET, lambda name, content: b"<a><b></a>" if "workbook.xml" in name else content), "not_xlsx"),
        (tampered(SHEET, lambda name, content: b"\x00" * 900 if name == "xl/workbook.xml" else content), "not_xlsx"),
    ],
    ids=range(10),
)
def test_what_is_no_sheet_is_refused(data, code):
    assert code_of(data) == code


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = tampered(SHEET, lambda name, content: content + b" " * (40 << 20) if "sheet1" in name else content)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(300):
            archive.writestr(f"xl/{number}.xml", "")

    assert len(bomb) < 100_000
    assert code_of(bomb) == "zip_bomb"
    assert code_of(bomb, Limits(ratio=10**6, unpacked=1 << 20)) == "zip_bomb"
    assert code_of(many.getvalue()) == "zip_bomb"


def test_a_member_larger_than_it_says_does_not_get_through():
    declared, lie = (900).to_bytes(4, "little"), (10).to_bytes(4, "little")
    data = tampered(SHEET, lambda name, content: b" " * 900 if "sheet1" in name else content)

    assert code_of(data.replace(declared, lie)) == "not_xlsx"


@pytest.mark.parametrize(
    ("place", "code"),
    [(b"XFD1048576", "too_many_rows"), (b"XFD2", "too_many_columns"), (b"B99999999999", "too_many_rows")],
)
def test_one_cell_far_out_does_not_make_the_reader_lay_out_a_continent(place, code):
    far = tampered(
        SHEET, lambda name, content: content.replace(b'r="B2"', b'r="%s"' % place) if "sheet1" in name else content
    )

    assert code_of(far) == code


@pytest.mark.parametrize(
    "rows",
    [
        b"<row>" + b"<c/>" * 16000 + b"</row>",
        b'<row r="1"><c r="A1"/></row><row>' + b"<c t='n'><v>1</v></c>" * 16000 + b"</row>",
        b"<x:row>" + b"<x:c></x:c>" * 16000 + b"</x:row>",
    ],
)
def test_cells_that_do_not_say_where_they_are_are_counted(rows):
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    wide = head + rows + b'<row r="4000"><c r="A4000"/></row></sheetData></worksheet>'

    assert code_of(tampered(SHEET, lambda name, content: wide if "sheet1" in name else content)) in {
        "too_many_rows", "too_many_columns",
    }  # fmt: skip


def test_a_sheet_without_places_is_read():
    plain = SHEET
    for place in (b' r="A1"', b' r="B1"', b' r="A2"', b' r="B2"', b' r="1"', b' r="2"'):
        plain = tampered(plain, lambda name, content, p=place: content.replace(p, b"") if "sheet1" in name else content)

    assert workbook.read(plain)[:2] == workbook.read(SHEET)[:2]


def test_a_second_format_in_the_archive_is_not_read():
    ods = b"<office:document-content><table:table/></office:document-content>"
    both = tampered(SHEET, lambda name, content: b"<broken" if name == "xl/workbook.xml" else content)
    out = io.BytesIO(both)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("content.xml", ods)
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")

    assert code_of(out.getvalue()) == "not_xlsx"


def test_a_sheet_that_is_too_long_or_too_wide_is_refused():
    assert code_of(b"a\n" * 12, Limits(rows=10)) == "too_many_rows"
    assert code_of(b"a,b,c\n", Limits(columns=2)) == "too_many_columns"
    assert code_of(xlsx([["a"]] * 12), Limits(rows=10)) == "too_many_rows"
    assert code_of(b"a" * 50, Limits(upload=40)) == "too_large"


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_refusal(data):
    for prefix in (b"", b"PK\x03\x04"):
        try:
            assert isinstance(workbook.read(prefix + data), list)
        except WorkbookError as refused:
            assert refused.code in {
                "empty_file",
                "not_xlsx",
                "old_excel",
                "not_text",
                "too_many_rows",
                "too_many_columns",
            }


@given(st.data())
def test_a_damaged_workbook_is_rows_or_a_refusal(data):
    at = data.draw(st.integers(0, len(SHEET) - 1))
    broken = SHEET[:at] + data.draw(st.binary(min_size=1, max_size=4)) + SHEET[at + 1 :]
    with contextlib.suppress(WorkbookError):
        assert isinstance(workbook.read(broken), list)
