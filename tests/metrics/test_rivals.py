"""What rivals did: all edits between looks and only those; what is not shown is not gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import rivals as bench

from storeops.facts import Window
from storeops.metrics.calibration import by_published_table, calibrate
from storeops.metrics.index_steps import index_step
from storeops.metrics.rival_effect import rival_effect
from storeops.metrics.rival_events import EventKind, RivalEvent, rival_events
from storeops.metrics.rival_watch import watch_list
from storeops.metrics.rivals import Asked, lines, rival_frame

DAY = bench.DAY


def row(back: int, metric: str, value: float | str, **more: str) -> dict[str, object]:
    number = value if isinstance(value, float) else np.nan
    words = value if isinstance(value, str) else None
    base = {"rival": "r", "item_id": "700100200301", "part": "", "member": ""}
    shown = {"metric": metric, "value": number, "low": np.nan, "high": np.nan, "words": words}
    return {"date": DAY - timedelta(days=back), **base, **shown, **more}


def seen(*rows: dict[str, object]) -> tuple[RivalEvent, ...]:
    return rival_events(bench.window_of(list(rows)))


def prices(*values: float, **more: str) -> list[dict[str, object]]:
    return [row(len(values) - 1 - n, "price", value, **more) for n, value in enumerate(values)]


@pytest.mark.parametrize("seed", range(4))
def test_planted_edits_are_listed_all_and_only_those(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before = bench.shelf(rng)
    after, planted = bench.edited(rng, before)
    rows = bench.rows_of(DAY - timedelta(days=1), before, len(before))
    rows += bench.rows_of(DAY, after, len(after))
    found = {(event.item, event.kind.value) for event in rival_events(bench.window_of(rows))}
    assert found == planted


def test_a_partial_list_never_says_delisted() -> None:
    rng = np.random.default_rng(1)
    before = bench.shelf(rng)
    half = dict(list(before.items())[:15])
    rows = bench.rows_of(DAY - timedelta(days=1), before, 30) + bench.rows_of(DAY, half, 30)
    assert rival_events(bench.window_of(rows)) == ()


def test_a_price_cut_is_told_on_its_day_with_old_and_new() -> None:
    (event,) = seen(*prices(129.0, 129.0, 109.0, 109.0))
    assert (event.kind, event.day) == (EventKind.PRICE_CUT, DAY - timedelta(days=1))
    assert (event.old, event.new, event.is_confirmed) == (129.0, 109.0, True)
    assert event.size == pytest.approx(109 / 129 - 1)


def test_one_odd_look_is_no_price_change_unless_an_offer_tells_it() -> None:
    assert seen(*prices(129.0, 99.0, 129.0)) == ()
    tagged = [row(2, "offer", ""), row(1, "offer", "秒杀"), row(0, "offer", "")]
    kinds = [event.kind for event in seen(*prices(129.0, 99.0, 129.0), *tagged)]
    assert EventKind.PRICE_CUT in kinds
    assert EventKind.OFFER_STARTED in kinds


def test_a_single_newest_look_is_told_as_seen_once() -> None:
    (event,) = seen(*prices(129.0, 109.0))
    assert not event.is_confirmed


def test_less_than_a_hundredth_is_the_same_price() -> None:
    assert seen(*prices(129.0, 128.5, 129.0, 129.9)) == ()


def test_missing_days_are_gaps_and_rivals_stay_apart() -> None:
    far = [row(20, "price", 129.0), row(3, "price", 109.0), row(2, "price", 109.0)]
    other = [row(20, "price", 129.0, rival="other"), row(3, "price", 129.0, rival="other")]
    (event,) = seen(*far, *other)
    assert (event.rival, event.since) == ("r", DAY - timedelta(days=20))


def test_our_own_side_of_a_comparison_is_no_rival() -> None:
    mine = [*prices(129.0, 99.0, rival=""), *prices(129.0, 99.0, rival="s")]
    assert seen(*mine, *prices(50.0, 50.0)) == ()
    found = lines(rival_frame(bench.window_of([*mine, *prices(50.0, 50.0)])))
    assert {line.rival for line in found} == {"r"}


def test_only_what_is_asked_for() -> None:
    rows = [*prices(129.0, 109.0, 109.0), *prices(80.0, 60.0, 60.0, rival="other")]
    window = bench.window_of(rows)
    assert {event.rival for event in rival_events(window, Asked(rival="other"))} == {"other"}
    assert rival_events(window, Asked(rival="nobody")) == ()


def test_a_floor_of_reviews_counts_from_its_own_pace() -> None:
    usual = [row(n, "review_count", 1000.0 + 5 * (6 - n)) for n in range(6, 0, -1)]
    assert seen(*usual, row(0, "review_count", 1031.0)) == ()
    (event,) = seen(*usual, row(0, "review_count", 1090.0))
    assert event.kind is EventKind.REVIEW_JUMP


def test_an_index_that_steps_is_told_and_one_that_wobbles_is_not() -> None:
    rng = np.random.default_rng(3)
    days = [DAY - timedelta(days=n) for n in range(99, -1, -1)]
    calm = 5000 * np.exp(rng.normal(0, 0.05, 100))
    assert index_step(days, calm.tolist()) is None
    calm[-7:] *= 1.6
    step = index_step(days, calm.tolist())
    assert step is not None
    assert step.new > 1.3 * step.old
    assert index_step(days[-30:], calm[-30:].tolist()) is None


def _own_item(rng: np.random.Generator, effect: float) -> Window:
    days = [DAY - timedelta(days=n) for n in range(60, -1, -1)]
    rows = []
    for at, day in enumerate(days):
        for item in ("own", "else"):
            rate = 0.05 * (effect if item == "own" and at >= 56 else 1.0)
            visitors = int(rng.poisson(8000))
            buyers = float(rng.binomial(visitors, rate))
            rows.append({"date": pd.Timestamp(day), "item_id": item, "visitors": float(visitors),
                         "paid_buyers": buyers})  # fmt: skip
    return Window("s", days[0], DAY, {"item_daily": pd.DataFrame(rows)})


def _cut(day: date) -> RivalEvent:
    return RivalEvent(
        day, day - timedelta(days=1), "r", "i", EventKind.PRICE_CUT, "price", 129.0, 109.0,
        109 / 129 - 1, None, "own",
    )  # fmt: skip


def test_an_answer_that_fits_in_time_and_size_is_told_as_fitting() -> None:
    window = _own_item(np.random.default_rng(5), 0.75)
    effect = rival_effect(window, _cut(DAY - timedelta(days=4)))
    assert effect is not None
    assert effect.fits
    assert effect.conversion == pytest.approx(-0.25, abs=0.08)


def test_shuffled_dates_give_no_claim() -> None:
    window = _own_item(np.random.default_rng(5), 0.75)
    for back in range(8, 40):
        effect = rival_effect(window, _cut(DAY - timedelta(days=back)))
        assert effect is None or not effect.fits


def test_without_a_match_nothing_is_said_of_us() -> None:
    window = _own_item(np.random.default_rng(5), 0.75)
    assert rival_effect(window, replace(_cut(DAY - timedelta(days=4)), own_item=None)) is None


def test_whom_to_watch_comes_with_a_reason() -> None:
    lost = row(1, "lost_amount", 900.0, part="lost", member="own")
    rises = [row(9, "trade_index", 100.0, item_id=""), row(0, "trade_index", 160.0, item_id="")]
    found = watch_list(bench.window_of([lost, *rises, *prices(50.0, 50.0)]))
    assert [(one.reason, one.value) for one in found] == [
        ("lost_to", 900.0),
        ("riser", pytest.approx(0.6)),
    ]


def test_the_own_scale_holds_the_truth_and_contradicting_pairs_are_refused() -> None:
    covered, width, refused = bench.coverage(200)
    assert covered >= 0.90
    assert width < 3
    assert refused > 0.5


def test_too_few_pairs_are_no_scale() -> None:
    assert calibrate("trade_index", [100.0] * 20, [5.0] * 20) is None


def test_the_published_table_is_an_estimate_with_room() -> None:
    estimate = by_published_table("trade_index", 10_000)
    assert estimate is not None
    assert estimate.by_table
    assert estimate.value == pytest.approx(7099.9)
    assert by_published_table("conversion_index", 10_000) is None
    assert by_published_table("trade_index", 50) is None
