"""What the metrics hand over: floats in small frozen records, never a frame.

Money is yuan, rates are fractions, None means "not known". ``now`` is the day looked at,
``before`` its baseline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from storeops.calendars import DayPhase
from storeops.messages import Unit
from storeops.metrics.budgets import BUDGETS, Budgets, Sensitivity
from storeops.metrics.growing import ReturnOutlook


class Stage(StrEnum):
    """Size of the shop; decides how large a change must be to count (DOMAIN: 30, 15, 8 %)."""

    START = "start"
    GROWING = "growing"
    MATURE = "mature"


class BaselineKind(StrEnum):
    """What a figure was compared with."""

    WEEKDAY = "weekday"
    """The same weekday of the last normal weeks (four to eight of them)."""
    SHORT = "short"
    """Fewer than four such weekdays: the last 7 to 14 normal days."""
    EVENT = "event"
    """The same phase day of the previous comparable event."""
    PEERS = "peers"
    """A promotion without a comparable one before it: what the peers' rise lets expect."""
    NONE = "none"
    """Nothing to compare with: values only, no verdict."""

    @property
    def is_precedent(self) -> bool:
        """Tell whether a promotion day has something of its kind to be compared with."""
        return self in {BaselineKind.EVENT, BaselineKind.PEERS}


@dataclass(frozen=True, slots=True)
class Totals:
    """The three numbers the paid amount is made of."""

    visitors: float
    buyers: float
    amount: float


@dataclass(frozen=True, slots=True)
class PaidSplit:
    """The change of the paid amount in yuan, factor by factor; all lines add up exactly.

    ``remainder`` is zero unless the export is at odds with itself (money without buyers, buyers
    without visitors).
    """

    start: float
    end: float
    visitors: float
    conversion_rate: float
    amount_per_buyer: float
    remainder: float = 0.0

    @property
    def parts(self) -> tuple[tuple[str, float], ...]:
        """List the lines as (factor name, yuan); a zero remainder is left out."""
        lines = (
            ("visitors", self.visitors),
            ("conversion_rate", self.conversion_rate),
            ("amount_per_buyer", self.amount_per_buyer),
        )
        return (*lines, ("remainder", self.remainder)) if self.remainder else lines


@dataclass(frozen=True, slots=True)
class MetricDay:
    """One headline figure with its comparisons.

    ``change`` is relative to the baseline (0.12 is +12 %); ``impact`` is the worth of that change
    in yuan of sales (for refunds and ad spend: yuan of their own). ``trend`` are the last 28 days
    ending with the day, oldest first. ``is_abnormal`` asks for size, significance and money.
    """

    metric: str
    unit: Unit
    value: float | None
    baseline: float | None = None
    low: float | None = None
    high: float | None = None
    z: float | None = None
    p: float | None = None
    """How rarely a quiet day is that far from its expectation."""
    visible: float | None = None
    """Smallest relative fall that would have counted."""
    previous_day: float | None = None
    same_weekday: float | None = None
    peer: float | None = None
    change: float | None = None
    impact: float | None = None
    is_abnormal: bool = False
    trend: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class DayGap:
    """Why a day does not look complete.

    ``kind``: absent (no row at all), missing (no value), zero (a zero where ``expected`` is
    usual), or more_buyers_than_visitors (trade data outran the visit data).
    """

    kind: str
    metric: str | None = None
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class ShopDay:
    """The headline figures of one shop's day and what they were judged by.

    ``days_used`` are the days of the baseline, newest last; ``normal_days`` counts the usable
    normal days before the day (fewer than seven: no verdict). ``now``, ``before`` and ``split``
    are None when the day or its baseline lacks one of the three numbers. ``band`` is the smallest
    relative change and ``money_floor`` the smallest yuan that count.
    """

    day: date
    phase: DayPhase
    stage: Stage
    kind: BaselineKind
    days_used: tuple[date, ...]
    normal_days: int
    figures: tuple[MetricDay, ...]
    gaps: tuple[DayGap, ...]
    band: float
    money_floor: float
    now: Totals | None
    before: Totals | None
    split: PaidSplit | None
    is_judged: bool = True
    """False: there is no range to judge by (short history, a promotion without a precedent)."""
    pool: tuple[date, ...] = ()
    """Normal, complete days of the last ten weeks."""
    budgets: Budgets = BUDGETS[Sensitivity.NORMAL]
    """How many false alarms are put up with."""

    @property
    def is_complete(self) -> bool:
        """Tell whether the day's figures can be judged at all."""
        return not self.gaps

    @property
    def is_abnormal(self) -> bool:
        """Tell whether any headline figure is abnormal."""
        return any(figure.is_abnormal for figure in self.figures)

    @property
    def has_moved(self) -> bool:
        """Tell whether sales as such are to be explained: abnormal, or a large part of that."""
        paid = self.figure("paid_amount")
        if paid is None or not self.is_abnormal:
            return False
        change = paid.change or 0.0
        others = any(
            f.is_abnormal and f.metric in _FACTORS and (f.change or 0.0) * change > 0
            for f in self.figures
        )
        return paid.is_abnormal or (others and abs(change) >= self.band)

    def figure(self, metric: str) -> MetricDay | None:
        """Find a headline figure by metric name."""
        return next((figure for figure in self.figures if figure.metric == metric), None)


_FACTORS = ("visitors", "conversion_rate", "amount_per_buyer")


class Role(StrEnum):
    """What an item is to the shop, guessed from its share of 28 days' sales."""

    HERO = "hero"
    SECOND = "second"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Move:
    """How one member (item, source, search word) moved against its baseline.

    The baseline is the mean of the shop's baseline days, scaled to the shop's centre so that
    members and shop speak of the same normal day. ``change`` is in yuan and ``share`` is its part
    of the shop's change; ``split`` takes it apart. ``z`` is the noise-aware distance of the paid
    amount, ``visitors_z`` and ``buyers_z`` those of the counts. ``is_significant``: noise does
    not explain the move, given how many members were looked at.
    """

    key: str
    name: str | None
    now: Totals
    before: Totals
    change: float
    share: float | None
    split: PaidSplit
    z: float | None
    visitors_z: float | None
    buyers_z: float | None
    conversion_z: float | None = None
    specific: Totals | None = None
    """What it moved beyond the common ratio of all other members: its own part of the change."""
    p: float | None = None
    """How rare the rarest of its measures is, what all members share taken off."""
    visible: float | None = None
    """Smallest relative fall of its money that would have been noticed."""
    is_significant: bool = False
    is_lone: bool = False
    """It is significant by itself, within the budget of all watched lines."""
    is_new: bool = False
    is_vanished: bool = False
    group: str | None = None
    """Sources: free, paid, self, outside or other. Words: their scope."""
    role: Role | None = None
    """Items only."""
    tree: MemberParts | None = None
    """Sources only: this member's lines of the shop's split."""


@dataclass(frozen=True, slots=True)
class MemberParts:
    """The lines of one member in the shop's split, in yuan.

    Within: the member itself changed. Mix: its weight changed (a member below average that grows
    counts negative).
    """

    visitors: float
    conversion_within: float
    conversion_mix: float
    amount_within: float
    amount_mix: float


@dataclass(frozen=True, slots=True)
class PaidTree:
    """The shop's split carried down to members; lines plus remainders equal the shop's lines.

    ``overlap`` are visitors counted in several members (or in none); the two remainders are
    buyers and money the members do not account for.
    """

    split: PaidSplit
    members: tuple[MemberParts, ...]
    overlap: float
    conversion_remainder: float
    amount_remainder: float


@dataclass(frozen=True, slots=True)
class Moves:
    """All members of one kind, largest change first.

    ``members`` sum to ``change`` together with ``remainder`` (the part of the shop's change that
    no member carries). ``days_used`` are the baseline days this kind of data really has; without
    any, ``members`` is empty. ``basis`` says which slice was read (carrier, attribution, device,
    scope), because slices are never added.
    """

    members: tuple[Move, ...]
    change: float | None
    remainder: float | None
    days_used: tuple[date, ...]
    basis: tuple[tuple[str, str], ...] = ()
    tree: PaidTree | None = None


@dataclass(frozen=True, slots=True)
class AdFigures:
    """One stretch of advertising. Rates are ratios of sums, None without a denominator."""

    spend: float
    impressions: float
    clicks: float
    attributed_amount: float | None
    attributed_orders: float | None
    click_through_rate: float | None
    cost_per_click: float | None
    click_conversion: float | None
    amount_per_order: float | None
    return_on_ad_spend: float | None


@dataclass(frozen=True, slots=True)
class ReturnSplit:
    """The change of the return on ad spend: click conversion x value per order / cost per click.

    The three parts add up to ``end - start`` exactly.
    """

    start: float
    end: float
    click_conversion: float
    amount_per_order: float
    cost_per_click: float


@dataclass(frozen=True, slots=True)
class AdLine:
    """One line of the ads table: the account (key ""), one scene or one plan.

    ``day_before`` is the mean of the baseline days, ``week`` the trailing complete days of the
    report (seven at most), ``week_before`` the daily mean of the weeks before them over normal
    days, scaled to as many days. ``z`` judges the day's spend.
    """

    key: str
    name: str | None
    day: AdFigures | None
    day_before: AdFigures | None
    week: AdFigures
    week_before: AdFigures | None
    return_split: ReturnSplit | None
    """Trailing days against the weeks before."""
    z: float | None
    is_abnormal: bool = False
    alarm: str | None = None
    """The figure that is abnormal: ad_spend or cost_per_click."""


@dataclass(frozen=True, slots=True)
class AdReport:
    """Ads of the account and by scene, at one grain and with one attribution window.

    ``window`` is the window's days as stored ("15", or "unknown"); ``other_windows`` and
    ``other_grains`` were present too and left out, because the same spend is in all of them.
    ``week_days`` are the trailing days, ``immature_days`` those of them whose orders still grow.
    """

    grain: str
    window: str
    other_grains: tuple[str, ...]
    other_windows: tuple[str, ...]
    account: AdLine
    scenes: tuple[AdLine, ...]
    plans: tuple[AdLine, ...]
    week_days: tuple[date, ...]
    immature_days: tuple[date, ...]
    outlook: ReturnOutlook | None = None
    """What the return of the immature days will come to; None when nothing tells."""


@dataclass(frozen=True, slots=True)
class MarketView:
    """Own change beside the peers' change of the same day, each against its own baseline.

    ``own`` and ``peers`` are relative changes, ``market`` what the peers' change lets expect of
    the shop; ``own_low`` and ``own_high`` bound the shop's own part (90 %). ``market_part`` and
    ``own_part`` share out the change in yuan. ``beta`` is how much of its peers' moves the shop
    makes, learned over ``joint_days`` or assumed. ``cause`` is market, shop, both, against_market
    or unknown; ``is_confirmed``: the own part is surely below 10 %.
    """

    metric: str
    cause: str
    own: float | None = None
    peers: float | None = None
    market: float | None = None
    market_part: float | None = None
    own_part: float | None = None
    z: float | None = None
    own_low: float | None = None
    own_high: float | None = None
    beta: float = 1.0
    beta_assumed: bool = True
    joint_days: int = 0
    is_confirmed: bool = False
