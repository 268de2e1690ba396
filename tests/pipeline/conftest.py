"""One synthetic shop on disk for the whole session; a test that changes it takes a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storeops.demo import DemoShop, write_demo
from storeops.pipeline.workspace import Request

NOW = datetime(2026, 9, 18, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> DemoShop:
    return write_demo(tmp_path_factory.mktemp("shop") / "downloads", days=75, items=6)


@pytest.fixture
def copied(shop: DemoShop, tmp_path: Path) -> Callable[[], Path]:
    def copy() -> Path:
        target = tmp_path / f"copy{len(list(tmp_path.iterdir()))}" / "downloads"
        shutil.copytree(shop.folder, target, ignore=shutil.ignore_patterns(".storeops"))
        return target

    return copy


@pytest.fixture(scope="session")
def asked() -> Request:
    return Request(now=NOW)
