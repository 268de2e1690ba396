"""What is written: the same bytes every time, files as the vendors name them, one truth in all."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml

from storeops.config import load_settings
from storeops.demo import LAST_DAY, DemoShop, write_demo
from storeops.demo.containers import archive
from storeops.demo.folder import books, morning_after
from storeops.demo.samples import write_samples
from storeops.demo.truth import Scope
from storeops.facts import FileReading
from storeops.fields import FIELDS
from storeops.ingest.reader import Outside, find_sources, load_layouts, open_sources, read

ROOT = Path(__file__).parents[2]


def contents(folder: Path) -> dict[str, object]:
    return {
        path.relative_to(folder).as_posix(): unpacked(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def unpacked(data: bytes) -> object:
    """Look into archives: how tightly they are packed depends on the machine's zlib."""
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {
            info.filename: (info.date_time, unpacked(opened.read(info)))
            for info in opened.infolist()
        }


@pytest.fixture(scope="session")
def readings(shop: DemoShop) -> list[FileReading]:
    layouts = load_layouts()
    outside = Outside(window="15", attribution="last")
    return [
        read(source, layouts, outside)
        for path in find_sources(shop.folder)
        for source in open_sources(path, shop.folder)
    ]


def test_same_arguments_give_the_same_bytes(tmp_path: Path):
    first = write_demo(tmp_path / "a", days=35, items=4, seed=5)
    second = write_demo(tmp_path / "b", days=35, items=4, seed=5)
    for one, other in zip(first.files, second.files, strict=True):
        assert one.name == other.name
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_mtime == other.stat().st_mtime


def test_another_seed_gives_another_shop():
    first, second = (books(Scope(35, 4, seed, LAST_DAY)).shop["paid_amount"] for seed in (1, 2))
    assert (first != second).all()


def _made_by_use(name: str) -> bool:
    """Tell what running the program on the samples leaves there: the record and the reports."""
    return any(part in {".storeops", "reports"} for part in name.split("/"))


def test_samples_are_what_the_program_writes(tmp_path: Path):
    write_samples(tmp_path)
    made = contents(tmp_path)
    kept = {
        name: data for name, data in contents(ROOT / "samples").items() if not _made_by_use(name)
    }
    del kept["README.md"]
    assert sorted(made) == sorted(kept)
    assert [name for name in made if made[name] != kept[name]] == []


def test_every_layout_is_there_and_readable(readings: list[FileReading]):
    assert {reading.status for reading in readings} == {"imported"}
    found = {reading.layout for reading in readings}
    facts = {layout.name: layout.fact for layout in load_layouts()}
    others = {"rival_daily", "market_daily", "market_rank"}
    own = {name for name, fact in facts.items() if fact not in others}
    assert own - found == {"sycm_shop_sources_2023"}
    assert {facts[name] for name in found - own} == others


def test_only_the_cap_of_the_shop_report_is_remarked(readings: list[FileReading]):
    assert {note.kind for reading in readings for note in reading.notes} <= {"truncated"}


def test_shop_report_reads_back_to_the_fen(shop: DemoShop, readings: list[FileReading]):
    rows = last_rows(readings, "sycm_shop_report", shop.last_day)
    (values,) = rows
    for name, value in values.items():
        assert value == pytest.approx(shop.figures[name], abs=1e-9), name
    assert {"paid_amount", "visitors", "pc_paid_amount", "keyword_ad_spend"} <= set(values)


def test_items_read_back_to_the_fen(shop: DemoShop, readings: list[FileReading]):
    table = next(
        reading.tables[0]
        for reading in readings
        if reading.layout == "sycm_items" and reading.last_day == shop.last_day
    )
    for line, item_id in enumerate(table.columns["item_id"]):
        assert table.columns["paid_amount"][line] == shop.items[item_id]["paid_amount"]
        assert table.columns["visitors"][line] == shop.items[item_id]["visitors"]
    assert round(sum(table.columns["paid_amount"]), 2) == shop.figures["paid_amount"]


def test_ads_spend_of_a_scene_is_the_shop_reports(shop: DemoShop, readings: list[FileReading]):
    table = next(reading.tables[0] for reading in readings if reading.layout == "alimama_scenes")
    columns = table.columns
    spend = {
        columns["scene_id"][n]: columns["ad_spend"][n]
        for n, day in enumerate(columns["date"])
        if day == shop.last_day
    }
    assert spend == {
        "371": shop.figures["keyword_ad_spend"],
        "372": shop.figures["audience_ad_spend"],
    }


def test_peers_are_flat_on_the_bad_day(shop: DemoShop, readings: list[FileReading]):
    peers: dict[date, float] = {}
    for reading in readings:
        if reading.layout == "sycm_home":
            table = next(table for table in reading.tables if table.fact == "peer_daily")
            rows = zip(
                *(table.columns[name] for name in ("date", "metric", "peer", "value")), strict=True
            )
            peers |= {
                day: value
                for day, metric, peer, value in rows
                if (metric, peer) == ("visitors", "average")
            }
    before = [peers[shop.last_day - timedelta(days=n)] for n in (1, 2)]
    assert abs(peers[shop.last_day] / np.mean(before) - 1) < 0.05


def test_the_planted_problem_is_named(shop: DemoShop):
    assert shop.items[shop.hero]["paid_amount"] == max(
        item["paid_amount"] for item in shop.items.values()
    )
    assert shop.source in shop.sources


def test_downloads_overlap_and_cover_all_days(shop: DemoShop, readings: list[FileReading]):
    days = [
        day
        for reading in readings
        if reading.layout == "sycm_shop_report"
        for day in reading.tables[0].columns["date"]
    ]
    assert set(days) == {shop.last_day - timedelta(days=n) for n in range(60)}
    assert len(days) > len(set(days))


def test_shop_says_that_it_is_synthetic(shop: DemoShop):
    assert "演示数据" in shop.name
    assert "synthetic" in (shop.folder / "README.md").read_text(encoding="utf-8").lower()
    settings = load_settings(shop.folder / "config.yaml")
    assert (settings.shop.name, settings.sources.attribution, settings.ads.window_days) == (
        shop.name,
        "last",
        15,
    )


def test_packed_holds_the_same_files(shop: DemoShop, tmp_path: Path):
    packed = write_demo(tmp_path, days=60, items=5, seed=11, packed=True)
    assert packed.figures == shop.figures
    assert len(packed.files) < 30


def test_archives_are_streamed_with_gbk_names():
    data = archive({"营销场景报表.csv": b"x"}, morning_after(LAST_DAY))
    assert data[18:26] == bytes(8), "sizes stand in the central directory only"
    (info,) = zipfile.ZipFile(io.BytesIO(data)).infolist()
    assert info.filename.encode("cp437").decode("gbk") == "营销场景报表.csv"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_field_has_a_label(language: str):
    words = yaml.safe_load(
        (ROOT / "storeops" / "lang" / language / "fields.yaml").read_text(encoding="utf-8")
    )
    assert {name for name in FIELDS if not words.get(f"metric.{name}")} == set()
    labels = [words[f"metric.{name}"] for name in FIELDS]
    assert {label for label in labels if labels.count(label) > 1} == set()


def last_rows(readings: list[FileReading], layout: str, day: date) -> list[dict[str, float]]:
    reading = next(
        reading for reading in readings if reading.layout == layout and reading.last_day == day
    )
    columns = reading.tables[0].columns
    numbers = [
        name
        for name in columns
        if name in FIELDS and name != "row" and isinstance(columns[name], np.ndarray)
    ]
    lines = [line for line, when in enumerate(columns["date"]) if when == day]
    return [
        {name: columns[name][line] for name in numbers if not np.isnan(columns[name][line])}
        for line in lines
    ]
