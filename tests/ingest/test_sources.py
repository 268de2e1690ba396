"""Finding downloads and opening archives."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from downloads import SHOP, as_csv, as_xlsx, as_zip, shop_rows

from storeops.ingest.reader import find_sources, load_layouts, open_sources, read

CSV = as_csv([list(SHOP), *shop_rows(2)])


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in find_sources(folder)]


def put(folder: Path, name: str, data: bytes = b"a,b\n1,2\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_downloads_are_found_at_any_depth_in_a_fixed_order(tmp_path: Path):
    for name in ("b/c/2.xls", "a.csv", "b/1.XLSX", "数据/日报", "x.zip"):
        put(tmp_path, name)
    assert names(tmp_path) == ["a.csv", "b/1.XLSX", "b/c/2.xls", "x.zip", "数据/日报"]


@pytest.mark.parametrize(
    "name",
    ["~$日报.xlsx", ".hidden.csv", ".storeops/history.duckdb", ".storeops/x.csv", "reports/r.xlsx",
     "a.csv.crdownload", "a.xls.part", "config.yaml", "a.csv.yaml", "readme.md", "x.png", "x.pdf",
     "note.txt", "__MACOSX/a.csv", "script.py"],
)  # fmt: skip
def test_what_is_no_download_is_left_out(tmp_path: Path, name: str):
    put(tmp_path, name, b"just words")
    assert names(tmp_path) == []


def test_a_table_in_a_txt_file_is_found(tmp_path: Path):
    put(tmp_path, "日报.txt", b"a\tb\tc\n1\t2\t3\n")
    assert names(tmp_path) == ["日报.txt"]


def test_reports_are_skipped_at_the_top_only(tmp_path: Path):
    put(tmp_path, "reports/x.csv")
    put(tmp_path, "shop/reports/x.csv")
    assert names(tmp_path) == ["shop/reports/x.csv"]


def test_loops_of_links_end(tmp_path: Path):
    put(tmp_path, "a/x.csv")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert len(names(tmp_path)) == 1


def test_a_file_is_its_own_folder(tmp_path: Path):
    file = put(tmp_path, "x.csv")
    assert find_sources(file) == [file]


def opened(tmp_path: Path, name: str, data: bytes):
    return list(open_sources(put(tmp_path, name, data), tmp_path))


def test_an_archive_gives_its_members_with_their_own_hash(tmp_path: Path):
    data = as_zip({"营销场景报表.csv": CSV, "说明.md": b"x", "子/日报.csv": CSV}, gbk_names=True)
    first, second = opened(tmp_path, "in/场景.zip", data)
    assert (first.name, second.name) == ("in/场景.zip/营销场景报表.csv", "in/场景.zip/子/日报.csv")
    assert first.sha256 == hashlib.sha256(CSV).hexdigest() == second.sha256
    assert first.modified == (tmp_path / "in/场景.zip").stat().st_mtime
    assert read(first, load_layouts()).status == "imported"


def test_a_workbook_in_an_archive_in_an_archive(tmp_path: Path):
    inner = as_zip({"日报.xlsx": as_xlsx([list(SHOP), *shop_rows(1)])})
    (source,) = opened(tmp_path, "a.zip", as_zip({"b.zip": inner}))
    assert source.name == "a.zip/b.zip/日报.xlsx"
    assert read(source, load_layouts()).rows_kept == 1
    (deep,) = opened(tmp_path, "c.zip", as_zip({"a.zip": as_zip({"b.zip": inner})}))
    assert read(deep, load_layouts()).notes[0].message.args["problem"].id == "ingest.nested"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (as_zip({}), "ingest.empty_archive"),
        (as_zip({"readme.md": b"x"}), "ingest.empty_archive"),
        (as_zip({"a.csv": CSV})[:60], "ingest.damaged"),
        (as_zip({"a.csv": b"0" * 30_000_000}), "ingest.explodes"),
    ],
    ids=["empty", "no table", "cut", "bomb"],
)
def test_a_bad_archive_is_one_reading(tmp_path: Path, data: bytes, problem: str):
    (source,) = opened(tmp_path, "a.zip", data)
    reading = read(source, load_layouts())
    assert reading.notes[0].message.args["problem"].id == problem
    assert reading.file == "a.zip"


def test_one_bad_member_does_not_hide_the_others(tmp_path: Path):
    data = bytearray(as_zip({"a.csv": CSV, "b.csv": CSV}))
    at = data.index(b"a.csv") + 5
    data[at : at + 4] = b"\xff\xff\xff\xff"
    first, second = opened(tmp_path, "a.zip", bytes(data))
    assert read(first, load_layouts()).status == "unreadable"
    assert read(second, load_layouts()).status == "imported"


def test_a_file_that_is_gone_is_one_reading(tmp_path: Path):
    (source,) = open_sources(tmp_path / "gone.csv", tmp_path)
    reading = read(source, load_layouts())
    assert (reading.status, reading.file) == ("unreadable", "gone.csv")
