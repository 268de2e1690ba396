"""What is kept between mornings changes how long an answer takes, never the answer."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from storeops.calendars import load_calendar
from storeops.metrics.board import watch
from storeops.metrics.filters import FilterState
from storeops.pipeline import recalling
from storeops.pipeline.morning import morning
from storeops.pipeline.windows import window_of
from storeops.pipeline.workspace import open_record, open_workspace

CALENDAR = load_calendar()


def test_a_kept_state_comes_back_as_it_was(copied, asked, shop):
    root = copied()
    morning(root, asked, workbook=False)
    with open_record(open_workspace(root), asked.now) as record:
        window = window_of(record, record.shops()[0].name, shop.last_day)
        memory = watch(window, CALENDAR).memory
        recalling.keep(record, window, memory)
        later = window_of(record, window.shop, shop.last_day + timedelta(days=1))
        found = recalling.recall(record, later)
    assert (found.day, found.signature, found.labels) == (
        memory.day, memory.signature, memory.labels,
    )  # fmt: skip
    for name in FilterState.__dataclass_fields__:
        kept, back = getattr(memory.kept.filters, name), getattr(found.kept.filters, name)
        np.testing.assert_array_equal(kept, back)
    np.testing.assert_array_equal(memory.kept.histograms, found.kept.histograms)


def test_day_after_day_gives_the_answers_of_a_fresh_look(copied, asked, shop):
    lived, fresh = copied(), copied()
    morning(lived, asked, workbook=False)
    for back in (3, 2, 1, 0):
        day = shop.last_day - timedelta(days=back)
        on = type(asked)(now=asked.now, day=day)
        (report,) = morning(lived, on, workbook=False).reports
    (once,) = morning(fresh, asked, workbook=False).reports
    assert report.verdict == once.verdict
    assert report.figures == once.figures
    assert report.findings == once.findings
