"""Calibration: quiet shops stay quiet, and a fall that can be seen is seen.

Simulated shops of 9 to 1,500 buyers a day, day noise 8 to 17 %, Poisson counts. A run of 1,000 days
per size gave 2.4, 1.2, 1.3 and 1.0 % abnormal days at 9, 30, 150 and 1,500 buyers; a fall of 30 %
was seen at day noise 8, 12, 17 % in .44 .37 .19 / .79 .50 .31 / .90 .60 .36 / .93 .69 .38 of cases,
a fall of 50 % at 12 % noise in .97 .99 .99 1.0.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from shops import quiet_shop, window

from storeops.calendars import Phase, days_between, load_calendar
from storeops.fields import Col
from storeops.metrics.figures import headline

CALENDAR = load_calendar()
LAST = date(2025, 9, 30)
ORDINARY = [
    day
    for day in days_between(date(2025, 3, 15), LAST)
    if CALENDAR.phase(day).phase is Phase.NORMAL
]
SIZES = (9, 30, 150, 1500)
COUNTS = (Col.VISITORS, Col.PAID_BUYERS, Col.PAID_AMOUNT)


def abnormal_share(
    buyers: float, *, n_shops: int, n_days: int = 150, noise: float | None = None, hit: float = 1.0
) -> float:
    """Share of judged days on which any headline figure is abnormal."""
    rng = np.random.default_rng([7, int(buyers)])
    found = []
    for _ in range(n_shops):
        level = noise or rng.uniform(0.08, 0.17)
        days = quiet_shop(rng, buyers=buyers, noise=level, last=LAST, n_days=360)
        for day in rng.choice(len(ORDINARY), 8, replace=False):
            end = pd.Timestamp(ORDINARY[day])
            history = days[(days[Col.DATE] <= end)].tail(n_days).reset_index(drop=True)
            if hit != 1:
                last = history.index[-1]
                history.loc[last, list(COUNTS)] = (history.loc[last, list(COUNTS)] * hit).round()
            shop_day = headline(window(history), CALENDAR)
            if shop_day.is_judged:
                found.append(shop_day.is_abnormal)
    return float(np.mean(found))


@pytest.mark.parametrize("buyers", SIZES)
def test_a_quiet_shop_is_rarely_called_abnormal(buyers):
    """Nominal 2 to 3 %; the limit leaves room for 160 draws."""
    assert abnormal_share(buyers, n_shops=20) <= 0.05


@pytest.mark.parametrize("buyers", [9, 1500])
def test_a_short_history_does_not_shout(buyers):
    assert abnormal_share(buyers, n_shops=8, n_days=20) <= 0.05


@pytest.mark.parametrize(("buyers", "least"), [(30, 0.5), (150, 0.8), (1500, 0.8)])
def test_a_fall_of_thirty_percent_is_seen_in_a_steady_shop(buyers, least):
    assert abnormal_share(buyers, n_shops=6, noise=0.08, hit=0.7) >= least


def test_half_the_sales_are_missed_in_no_shop_of_some_size():
    assert abnormal_share(150, n_shops=6, noise=0.12, hit=0.5) >= 0.95
