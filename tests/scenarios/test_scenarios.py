"""Strong, clear cases of the scenario benchmark: what an operator would see has to be said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from planted import BIG, SCENARIOS, STEADY, Scenario
from scenarios import first_finding, loud, shop_of
from shopsim import CALENDAR, Shop

from storeops.diagnose.day import diagnose
from storeops.diagnose.finding import Diagnosis

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
SEEDS = (0, 3)
ABNORMAL = (
    "hero conversion -55 %, steady",
    "all search -75 %",
    "market -30 %, steady",
    "market +40 % with the shop",
    "shop alone -30 % visitors, steady",
    "shop alone -30 %, no peers",
    "shop alone -30 % conversion",
    "shop alone -50 % visitors",
    "market +25 %, shop -40 %",
    "hero delisted",
    "spike +60 % of one source",
)
CALM = (
    *(f"quiet {day}" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")),
    "quiet, 9 buyers", "quiet, 5,000 buyers", "sixteen days, quiet",
    "day after a promotion", "holiday",
)  # fmt: skip
OTHER = (
    "visitors blank", "visitors 0 with buyers", "five days", "nine days, quiet", "warm-up",
    "promotion, no precedent",
)  # fmt: skip


def _steady(name: str) -> Scenario:
    """The same fault in a shop large and calm enough that nobody could miss it."""
    return replace(BY_NAME[name], noises=STEADY, buyers=BIG)


def _said(scenario: Scenario, seed: int) -> tuple[Shop, Diagnosis]:
    shop = shop_of(scenario, seed)
    return shop, diagnose(shop.window, CALENDAR)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ABNORMAL)
def test_a_clear_fault_is_told_with_its_cause_factor_and_place(name: str, seed: int) -> None:
    scenario = _steady(name)
    shop, said = _said(scenario, seed)
    verdict, first = said.verdict, first_finding(said)
    assert verdict.state == "abnormal"
    assert verdict.cause in scenario.causes
    assert verdict.direction == scenario.direction
    assert verdict.main_factor in scenario.factors
    assert first is not None
    assert scenario.first is not None
    assert (first.subject.kind, first.subject.id) in scenario.first(shop)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", CALM)
def test_a_day_on_which_nothing_happens_reads_normal(name: str, seed: int) -> None:
    assert _said(BY_NAME[name], seed)[1].verdict.state == "normal"


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", OTHER)
def test_a_day_that_cannot_be_judged_is_said_to_be_one(name: str, seed: int) -> None:
    scenario = BY_NAME[name]
    said = _said(scenario, seed)[1]
    assert said.verdict.state in scenario.states
    assert not [finding for finding in loud(said) if finding.severity == "act"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_second_item_that_vanishes_is_named(seed: int) -> None:
    scenario = _steady("second item delisted")
    shop, said = _said(scenario, seed)
    assert ("item", shop.items[1]) in {(f.subject.kind, f.subject.id) for f in said.findings}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_simulated_shop_adds_up(seed: int) -> None:
    window = shop_of(BY_NAME["quiet Mon"], seed).window
    shop = window.tables["shop_daily"].set_index("date")
    for fact in ("item_daily", "source_daily"):
        parts = window.tables[fact].groupby("date")[["paid_amount", "paid_buyers"]].sum()
        assert (parts - shop[["paid_amount", "paid_buyers"]]).abs().to_numpy().max() < 0.05
    ads = window.tables["ad_daily"].groupby(["grain", "date"])["ad_spend"].sum().unstack(0)
    assert (ads["plan"] - ads["scene"]).abs().max() < 0.05
