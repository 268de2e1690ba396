"""The replay: each day as it would have been diagnosed, at three sensitivities."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storeops.calendars import load_calendar
from storeops.config import FILE_NAME, load_settings
from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import State
from storeops.errors import StoreopsError
from storeops.metrics.budgets import Sensitivity
from storeops.pipeline.backtesting import backtest, cut
from storeops.pipeline.morning import morning
from storeops.pipeline.sensitivity import set_sensitivity, sights
from storeops.pipeline.windows import window_of
from storeops.pipeline.workspace import open_record, open_workspace
from storeops.reporter import backtest as page
from storeops.reporter.lang import catalogue


@pytest.fixture(scope="module")
def lived(shop, asked):
    morning(shop.folder, asked, workbook=False)
    (found,) = backtest(open_workspace(shop.folder), asked, span=28)
    return found


def test_the_planted_day_is_the_one_alarm(lived, shop):
    alarms = [a for a in lived.answers[Sensitivity.NORMAL] if a.state is State.ABNORMAL]
    assert [a.day for a in alarms] == [shop.last_day]
    assert alarms[0].impact < 0
    assert lived.rates[Sensitivity.NORMAL].alarms == 1
    assert lived.rates[Sensitivity.NORMAL].worth == -alarms[0].impact


def test_a_replayed_day_is_what_its_morning_said(lived, shop, asked):
    workspace = open_workspace(shop.folder)
    days = {a.day: a for a in lived.answers[Sensitivity.NORMAL]}
    with open_record(workspace, asked.now) as record:
        for back in (0, 3, 9):
            day = shop.last_day - timedelta(days=back)
            window = window_of(record, record.shops()[0].name, day)
            alone = diagnose(window, load_calendar(workspace.settings.events))
            assert days[day].state is alone.verdict.state
            assert days[day].impact == alone.verdict.impact
            assert cut(window, day).tables.keys() == window.tables.keys()


def test_a_keener_ear_hears_no_less(lived):
    alarms = [lived.rates[each].alarms for each in Sensitivity]
    assert alarms == sorted(alarms)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_draws_every_week_and_names_the_alarm(lived, lang, shop):
    text = page.text(lived, catalogue(lang))
    assert text.count("▼") == 2  # the day and the legend
    assert str(shop.last_day) in text
    assert all(len(line) < 140 for line in text.splitlines())


def test_the_document_has_a_line_per_day_and_setting(lived):
    (told,) = page.document([lived])["shops"]
    assert set(told["days"]) == {"quiet", "normal", "keen"}
    assert len(told["days"]["normal"]) == 28
    assert told["days"]["normal"][-1]["state"] == "abnormal"


def test_every_setting_says_what_it_would_have_seen(shop, asked, lived):
    (sight,) = sights(open_workspace(shop.folder), asked)
    quiet, keen = sight.visible[Sensitivity.QUIET], sight.visible[Sensitivity.KEEN]
    assert all(0 < b <= a < 1 for a, b in zip(quiet, keen, strict=True))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "shop:\n  sensitivity: keen\n"),
        ("ads:\n  window_days: 15", "ads:\n  window_days: 15\nshop:\n  sensitivity: keen\n"),
        (
            "# mine\nshop:  # the shop\n    name: a  # b\n\n# end\nads:\n  window_days: 7\n",
            "# mine\nshop:  # the shop\n    sensitivity: keen\n    name: a  # b\n\n# end\nads:\n  window_days: 7\n",
        ),
        (
            "shop:\n  name: a\n  sensitivity: quiet  # too loud\n",
            "shop:\n  name: a\n  sensitivity: keen  # too loud\n",
        ),
    ],
)
def test_one_line_of_the_settings_is_changed_and_no_other(tmp_path, before, after):
    path = tmp_path / FILE_NAME
    if before:
        path.write_text(before, encoding="utf-8")
    set_sensitivity(tmp_path, Sensitivity.KEEN)
    assert path.read_text(encoding="utf-8") == after
    assert load_settings(path).shop.sensitivity == "keen"


def test_a_section_in_another_style_is_left_alone(tmp_path):
    path = tmp_path / FILE_NAME
    path.write_text("shop: {name: a}\n", encoding="utf-8")
    with pytest.raises(StoreopsError):
        set_sensitivity(tmp_path, Sensitivity.KEEN)
    assert path.read_text(encoding="utf-8") == "shop: {name: a}\n"
