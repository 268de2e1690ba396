"""The workbook in a real spreadsheet program: every formula computes, and to what we wrote."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hostile import hostile_diagnosis, hostile_report, words
from openpyxl import load_workbook

from storeops.reporter import excel
from storeops.reporter.boss import for_boss
from storeops.reporter.build import build

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"""
ERRORS = ("#", "Err:")
pytestmark = [
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed (.ci/run installs it)"),
    pytest.mark.filterwarnings("ignore::UserWarning:openpyxl"),
]


def recalculated(data: bytes, folder: Path) -> bytes:
    """Open a workbook, compute every formula anew, save it."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    (folder / "book.xlsx").write_bytes(data)
    subprocess.run(
        [
            str(OFFICE), f"-env:UserInstallation={profile.as_uri()}", "--headless",
            "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"),
            str(folder / "book.xlsx"),
        ],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return (folder / "out" / "book.xlsx").read_bytes()


def cells(data: bytes) -> dict[tuple[str, str], object]:
    workbook = load_workbook(BytesIO(data), data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in {None, ""}
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_formula_computes_to_the_value_we_wrote(lang, tmp_path):
    data = excel.render(hostile_report(), words(lang))
    ours, theirs = cells(data), cells(recalculated(data, tmp_path))
    assert [place for place, value in theirs.items() if str(value).startswith(ERRORS)] == []
    assert ours.keys() == theirs.keys()
    formulas = {
        (sheet.title, cell.coordinate)
        for sheet in load_workbook(BytesIO(data)).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert len(formulas) > 20
    numbers = [place for place in formulas if isinstance(ours.get(place), int | float)]
    assert numbers
    for place in numbers:
        assert theirs[place] == pytest.approx(ours[place]), place


def test_a_boss_workbook_and_one_of_little_data_open_without_an_error(tmp_path):
    little = build(replace(hostile_diagnosis(), tables=(), findings=(), split=None), ())
    for name, report in (("boss", for_boss(hostile_report())), ("little", little)):
        folder = tmp_path / name
        folder.mkdir()
        found = cells(recalculated(excel.render(report, words("zh")), folder))
        assert [place for place, value in found.items() if str(value).startswith(ERRORS)] == []
        assert found
