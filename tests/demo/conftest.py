from __future__ import annotations

from pathlib import Path

import pytest

from storeops.demo import DemoShop, write_demo
from storeops.demo.folder import LAST_DAY, Books, books
from storeops.demo.truth import Scope


@pytest.fixture(scope="session")
def made() -> Books:
    return books(Scope(days=90, items=7, seed=3, last_day=LAST_DAY))


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> DemoShop:
    folder: Path = tmp_path_factory.mktemp("demo")
    return write_demo(folder, days=60, items=5, seed=11)
