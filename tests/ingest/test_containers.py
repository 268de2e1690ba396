"""Bytes to sheets: by content, never by extension, and one clear refusal for what is no table."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter
import xlwt
from downloads import as_csv, as_html, as_xls, as_xlsx, as_xml, as_zip

from storeops.errors import FileProblem
from storeops.ingest.archive import is_wrapper, members
from storeops.ingest.containers import read_sheets, repaired
from storeops.ingest.values import cell_text

ROWS = [
    ["数据说明", "", ""],
    ["", "", ""],
    ["统计日期", "商品ID", "支付金额"],
    ["2026-06-18", "681204377105", "1,391.00"],
]


def texts(data: bytes) -> list[list[str]]:
    (sheet,) = read_sheets(data)
    return [[cell_text(cell) for cell in row] for row in sheet.rows]


@pytest.mark.parametrize(
    "data",
    [
        as_xls(ROWS),
        as_xlsx(ROWS),
        as_csv(ROWS),
        as_csv(ROWS, "utf-8-sig"),
        as_csv(ROWS, "utf-8"),
        as_csv(ROWS, "utf-16"),
        as_csv(ROWS, delimiter="\t"),
        as_html(ROWS),
        as_html(ROWS, "utf-8"),
        as_xml(ROWS),
    ],
    ids=["xls", "xlsx", "gb18030", "utf-8-sig", "utf-8", "utf-16", "tsv", "html", "html8", "xml"],
)
def test_every_container_gives_the_same_rows_at_the_same_place(data: bytes):
    assert texts(data) == ROWS


def test_blank_rows_and_columns_keep_row_numbers():
    sheet = read_sheets(as_xls([["", ""], ["", ""], ["", "x"]]))[0]
    assert sheet.rows[2][1] == "x"


def test_numbers_and_dates_of_excel():
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet()
    sheet.write_number(0, 0, 681204377105)
    sheet.write_number(0, 1, 0.1)
    sheet.write_datetime(0, 2, date(2026, 6, 18), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.close()
    assert texts(data.getvalue()) == [["681204377105", "0.1", "2026-06-18"]]


def test_html_spans_keep_columns_in_place():
    data = (
        "<table><tr><th rowspan=2>日期</th><th colspan=2>访客</th></tr><tr><td>新</td><td>老</td></tr>"
        "<tr><td>1</td><td>2</td><td>3</td></tr></table>"
    ).encode()
    assert texts(data) == [["日期", "访客", ""], ["日期", "新", "老"], ["1", "2", "3"]]


def test_spreadsheet_xml_honours_skipped_rows_and_cells():
    data = as_xml([["a", "b"], ["c", "d"]]).replace(
        b'<Row><Cell><Data ss:Type="String">c',
        b'<Row ss:Index="4"><Cell ss:Index="2"><Data ss:Type="String">c',
    )
    assert texts(data) == [["a", "b", ""], ["", "", ""], ["", "", ""], ["", "c", "d"]]


def test_entities_of_xml_are_not_expanded_and_nothing_is_fetched():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    data = bomb + as_xml([["&a;&f;", "b"]]).split(b"?>", 1)[1]
    assert texts(data) == [["&a;&f;", "b"]]


def refusal(data: bytes) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        read_sheets(data)
    assert caught.value.hint is not None
    return caught.value


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "ingest.empty"),
        (b"  \r\n", "ingest.empty"),
        (as_xls(ROWS)[:2000], "ingest.damaged"),
        (as_xlsx(ROWS)[:2000], "ingest.damaged"),
        ("统计日期,支付金额\n2026-06-18,一二".encode("gb18030")[:-1], "ingest.not_text"),
        (b'a,b\n"c,d\n', "ingest.bad_quotes"),
        (b"%PDF-1.7\n%\x00\x01", "ingest.not_a_table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "ingest.not_a_table"),
        ("请先登录".encode(), "ingest.not_a_table"),
        ("<html><body>请先登录</body></html>".encode(), "ingest.not_a_table"),
        (b"<?xml version='1.0'?><Workbook", "ingest.damaged"),
    ],
)
def test_what_is_no_readable_table_says_why(data: bytes, problem: str):
    error = refusal(data)
    assert (error.status, error.problem.id) == ("unreadable", problem)


def test_an_encrypted_workbook_is_named_as_such():
    ole = as_xls([["x"]])
    encrypted = ole + "EncryptedPackage".encode("utf-16-le")
    assert refusal(encrypted).problem.id == "ingest.encrypted"


def test_an_encrypted_zip_member_is_named_as_such():
    data = bytearray(as_zip({"a.csv": as_csv(ROWS)}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    ((_, unpack),) = members(bytes(data))
    with pytest.raises(FileProblem) as caught:
        unpack()
    assert caught.value.problem.id == "ingest.encrypted"


def test_a_workbook_is_no_wrapper_and_a_zip_of_csv_is():
    assert not is_wrapper(as_xlsx(ROWS))
    assert is_wrapper(as_zip({"a.csv": b"a,b"}))
    assert not is_wrapper(as_xls(ROWS))


def test_gbk_member_names_are_repaired():
    data = as_zip({"商品报表.csv": b"a,b"}, gbk_names=True)
    assert [name for name, _ in members(data)] == ["商品报表.csv"]


def test_a_zip_bomb_is_refused():
    with pytest.raises(FileProblem) as caught:
        list(members(as_zip({"a.csv": b"0" * 30_000_000})))
    assert (caught.value.status, caught.value.problem.id) == ("refused", "ingest.explodes")


def test_a_bomb_inside_a_workbook_is_refused():
    data = io.BytesIO(as_xlsx(ROWS))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"0" * 30_000_000)
    assert refusal(data.getvalue()).problem.id == "ingest.explodes"


def test_two_cells_at_opposite_corners_are_refused_before_they_claim_memory():
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "x")
    sheet.write(1_048_575, 16_383, "y")
    book.close()
    assert refusal(data.getvalue()).problem.id == "ingest.explodes"


def test_a_damaged_old_workbook_does_not_claim_memory():
    data = bytearray(as_xls([["x", "y"], ["z", "w"]]))
    at = data.index(b"\xfd\x00\x0a\x00")
    data[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    assert refusal(bytes(data)).problem.id == "ingest.damaged"


def test_an_honest_large_workbook_is_read():
    rows = [[str(i * j) for j in range(40)] for i in range(400)]
    assert texts(as_xlsx(rows)) == rows


def test_headers_decoded_with_the_wrong_code_page_are_repaired():
    garbled = [[text.encode("gb18030").decode("latin-1") for text in row] for row in ROWS]
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for i, row in enumerate(garbled):
        for j, text in enumerate(row):
            sheet.write(i, j, text)
    data = io.BytesIO()
    book.save(data)
    mended = repaired(read_sheets(data.getvalue())[0])
    assert mended is not None
    assert [list(row) for row in mended.rows] == ROWS
    assert repaired(read_sheets(as_xls(ROWS))[0]) is None
