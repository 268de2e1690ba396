"""Files as the platforms write them, made in memory."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt

from storeops.facts import FileReading
from storeops.ingest.reader import Outside, Source, load_layouts, read
from storeops.reporter.lang import Catalogue, catalogue

STRICT = [Catalogue(name, catalogue(name).templates, strict=True) for name in ("zh", "en")]
Rows = Sequence[Sequence[Any]]


def as_xls(rows: Rows, name: str = "【生意参谋平台】1", *more: tuple[str, Rows]) -> bytes:
    book = xlwt.Workbook()
    for title, lines in ((name, rows), *more):
        sheet = book.add_sheet(title)
        for i, line in enumerate(lines):
            for j, value in enumerate(line):
                if value != "":
                    sheet.write(i, j, value)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def as_xlsx(rows: Rows, name: str = "data", *more: tuple[str, Rows]) -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data)
    for title, lines in ((name, rows), *more):
        sheet = book.add_worksheet(title)
        for i, line in enumerate(lines):
            for j, value in enumerate(line):
                if isinstance(value, str):
                    sheet.write_string(i, j, value)
                else:
                    sheet.write(i, j, value)
    book.close()
    return data.getvalue()


def as_csv(rows: Rows, encoding: str = "gb18030", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def as_html(rows: Rows, encoding: str = "gb18030") -> bytes:
    lines = ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><table>{''.join(lines)}</table></body></html>".encode(encoding)


def as_xml(rows: Rows) -> bytes:
    lines = (
        "<Row>"
        + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row)
        + "</Row>"
        for row in rows
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="data"><Table>{"".join(lines)}</Table></Worksheet></Workbook>'
    ).encode()


def as_zip(members: dict[str, bytes], *, gbk_names: bool = False) -> bytes:
    data = io.BytesIO()
    stand_in = {
        name: chr(ord("a") + number) * len(name.encode("gbk")) if gbk_names else name
        for number, name in enumerate(members)
    }
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(stand_in[name], content)
    packed = data.getvalue()
    for name in members if gbk_names else ():  # Windows writes GBK and sets no UTF-8 flag
        packed = packed.replace(stand_in[name].encode(), name.encode("gbk"))
    return packed


def source(data: bytes, name: str = "export.xls", root: Path = Path("/downloads")) -> Source:
    return Source(name, root / name, hashlib.sha256(data).hexdigest(), 0.0, data)


def parse(data: bytes, name: str = "export.xls", **options: str) -> FileReading:
    reading = read(source(data, name), load_layouts(), Outside(**options))
    say(reading)
    return reading


def say(reading: FileReading) -> list[str]:
    """Say every note in both languages; a missing word or argument raises."""
    return [words.text(note.message) for words in STRICT for note in reading.notes]


SHOP = ("统计日期", "店铺名称", "访客数", "支付买家数", "支付金额", "支付转化率", "客单价")


def shop_rows(days: int = 10, shop: str = "一叶旗舰店") -> list[list[str]]:
    """Rows of a daily report that agree with themselves."""
    rows = []
    for day in range(1, days + 1):
        visitors, buyers = 1000 + 37 * day, 20 + day
        amount = buyers * 112.35 + day
        rows.append(
            [
                f"2026-06-{day:02}",
                shop,
                f"{visitors:,}",
                str(buyers),
                f"{amount:,.2f}",
                f"{100 * buyers / visitors:.2f}%",
                f"{amount / buyers:.2f}",
            ]
        )
    return rows
