"""Which sources and items moved over a period: against the period before, and against normal.

A member's normal is its share of the last normal days before the period times what was expected
of the shop, so that what moved all alike is no member's. Money of a period is added, people stand
as daily means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from storeops.facts import Window
from storeops.fields import Col
from storeops.metrics import sources
from storeops.metrics.attribution import titles_of
from storeops.metrics.blocks import HALF, MONEY_NOISE, Family
from storeops.metrics.decomposition import Members, split_many
from storeops.metrics.definitions import quotient, quotients
from storeops.metrics.members import FAMILY_SHARES, specific
from storeops.metrics.panel import Bools, Floats, Ints, Panel, panel
from storeops.metrics.period_figures import PeriodFigures
from storeops.metrics.period_ground import THREE, Ground
from storeops.metrics.period_normal import LEVEL_DAYS
from storeops.metrics.periods import Period
from storeops.metrics.results import Move, Totals
from storeops.metrics.slices import one_slice

_KEYS: dict[Family, tuple[str, Col, tuple[Col, ...]]] = {
    Family.SOURCE: ("source_daily", Col.SOURCE, (Col.CARRIER, Col.ATTRIBUTION, Col.DEVICE)),
    Family.ITEM: ("item_daily", Col.ITEM_ID, ()),
}
_MOST = 400
_LEAST_USED = 7
_SPREAD, _WEIGHT = 0.15, 4.0
"""Spread of a member's share over a period before any was seen, and what that is worth."""
_EXPLAINING_Z = 2.0
"""A member that explains an abnormal period needs less evidence than a lone one."""
_LEAST_COMMON = 0.01


@dataclass(frozen=True, slots=True)
class PeriodMember:
    """One source or item over the period.

    ``move`` holds sums: of money, and of daily counts as weights only; ``previous_amount`` and the
    daily means of visitors are what a table shows. ``previous_amount`` is brought to as many days
    as are known here, as are ``visitors_before`` to the period before.
    """

    move: Move
    previous_amount: float | None
    visitors: float
    visitors_before: float | None
    visitors_normal: float | None

    @property
    def change(self) -> float | None:
        """Yuan against the period before."""
        if self.previous_amount is None:
            return None
        return self.move.now.amount - self.previous_amount


@dataclass(frozen=True, slots=True)
class PeriodMembers:
    """All members of one kind.

    ``days`` are the days of the period the export has, ``days_before`` those of the period
    before that it was laid beside. Without a normal, moves have no baseline and no score.
    """

    members: tuple[PeriodMember, ...]
    days: int
    days_before: int
    has_normal: bool


@dataclass(frozen=True, slots=True)
class _Sides:
    """Sums of every member over the three stretches, (3, n_members) each; None: not known."""

    now: Floats
    normal: Floats | None
    previous: Floats | None


def period_members(
    window: Window, ground: Ground, figures: PeriodFigures, family: Family
) -> PeriodMembers | None:
    """Compare every source or item of a period.

    Returns:
        None when the export has no day of the period, or lacks one of the three numbers.
    """
    fact, key, keys = _KEYS[family]
    frame = window.tables.get(fact)
    if frame is None:
        return None
    rows = one_slice(frame, keys, replace(window, day=figures.period.last)).rows
    found = panel(rows, key, THREE, ground.days)
    where = _covered(found, ground, figures.period)
    if len(found.matrices) < len(THREE) or not len(where):
        return None
    matrix = np.stack([found.matrices[column] for column in THREE])
    shared, there = _places(found, ground, figures, where)
    previous = _sum(matrix, there) * _times(where, shared) if len(there) else None
    used = _used(found, ground, figures.period)
    normal = _shares(matrix, ground, figures, used, where)
    sides = _Sides(_sum(matrix, where), normal, previous)
    order = _order(found.keys, sides)
    noise = None if normal is None else _noise(matrix, ground, figures, found.covered)
    names = titles_of(rows) if family is Family.ITEM else {}
    return PeriodMembers(
        members=_members(found.keys, order, sides, (figures, family, noise), len(where), names),
        days=len(where),
        days_before=len(there),
        has_normal=normal is not None,
    )


def _covered(found: Panel, ground: Ground, period: Period) -> Ints:
    where = ground.of(period)
    return where[found.covered[where] & ground.whole[where]]


def _places(found: Panel, ground: Ground, figures: PeriodFigures, where: Ints) -> tuple[Ints, Ints]:
    """Give the days to lay beside each other, here and in the period before."""
    there = _covered(found, ground, figures.before)
    start, other = ground.days.index(figures.period.first), ground.days.index(figures.before.first)
    if len(where) == figures.period.days and len(there) == figures.before.days:
        return where, there
    shared = np.intersect1d(where - start, there - other)
    return shared + start, shared + other


def _times(where: Ints, shared: Ints) -> float:
    return quotient(float(len(where)), float(len(shared))) or 1.0


def _used(found: Panel, ground: Ground, period: Period) -> Ints:
    origin = max(ground.days.index(period.first), 0)
    return np.flatnonzero((ground.shop.usable & found.covered)[:origin])[-LEVEL_DAYS:]


def _sum(matrix: Floats, where: Ints) -> Floats:
    total: Floats = np.nansum(matrix[:, :, where], axis=2)
    return total


def _shares(
    matrix: Floats, ground: Ground, figures: PeriodFigures, used: Ints, where: Ints
) -> Floats | None:
    """Give each member its share of what was expected of the shop over the covered days."""
    whole = figures.normal
    if whole is None or len(used) < _LEAST_USED:
        return None
    lines = np.stack([ground.shop.lines[column][used] for column in THREE])
    shares = quotients(_sum(matrix, used), np.nansum(lines, axis=1)[:, None])
    expected = np.array([whole.visitors, whole.buyers, whole.amount])
    part = quotient(float(len(where)), float(figures.known_days)) or 0.0
    normal: Floats = np.nan_to_num(shares) * (expected * part)[:, None]
    return normal


def _order(keys: Sequence[str], sides: _Sides) -> Ints:
    """Sort by the size of the change, against normal where there is one; drop empty ones."""
    against = sides.normal if sides.normal is not None else sides.previous
    base = np.zeros_like(sides.now) if against is None else against
    change = np.abs(sides.now - base)
    order = np.lexsort((np.array(keys), -change[0], -np.round(change[2], 6)))
    seen = (sides.now + base).sum(axis=0) > 0
    chosen: Ints = order[seen[order]][:_MOST]
    return chosen


def _noise(matrix: Floats, ground: Ground, figures: PeriodFigures, covered: Bools) -> Floats:
    """Collect how far shares of money missed over earlier stretches, (n_stretches, n_members)."""
    length = max(len(figures.judged), 1)
    origin = ground.days.index(figures.period.first)
    days = np.flatnonzero(ground.shop.usable & covered)
    amount, whole = matrix[2], ground.shop.lines[Col.PAID_AMOUNT]
    found = []
    for first in range(origin - length, length + _LEAST_USED, -length):
        before = days[days < first][-LEVEL_DAYS:]
        inside = days[(days >= first) & (days < first + length)]
        if len(before) < 2 * _LEAST_USED or not len(inside):
            continue
        expected = amount[:, before].sum(axis=1) * (
            quotient(float(whole[inside].sum()), float(whole[before].sum())) or 0.0
        )
        found.append(_logs(amount[:, inside].sum(axis=1), expected, _basket(figures)))
    return np.array(found) if found else np.empty((0, len(amount)))


def _basket(figures: PeriodFigures) -> float:
    normal = figures.normal
    return (quotient(normal.amount, normal.buyers) if normal else None) or 100.0


def _logs(actual: Floats, expected: Floats, unit: float) -> Floats:
    logs: Floats = np.log((actual.clip(min=0) / unit + HALF) / (expected / unit + HALF))
    return logs


_Against = tuple[PeriodFigures, Family, Floats | None]


def _members(
    keys: Sequence[str],
    order: Ints,
    sides: _Sides,
    against: _Against,
    n_days: int,
    names: dict[str, str],
) -> tuple[PeriodMember, ...]:
    figures, family, noise = against
    now = sides.now[:, order]
    normal = None if sides.normal is None else sides.normal[:, order]
    previous = None if sides.previous is None else sides.previous[:, order]
    base = normal if normal is not None else np.zeros_like(now)
    moves = _moves([keys[index] for index in order], now, base, figures, names, family)
    if normal is not None and noise is not None:
        moves = _scored(moves, now[2], base[2], noise[:, order], figures, family)
    return tuple(
        PeriodMember(
            move=move,
            previous_amount=None if previous is None else float(previous[2, index]),
            visitors=quotient(float(now[0, index]), n_days) or 0.0,
            visitors_before=_mean(previous, index, n_days),
            visitors_normal=_mean(normal, index, n_days),
        )
        for index, move in enumerate(moves)
    )


def _mean(side: Floats | None, index: int, n_days: int) -> float | None:
    return None if side is None else quotient(float(side[0, index]), n_days)


def _moves(
    keys: Sequence[str],
    now: Floats,
    base: Floats,
    figures: PeriodFigures,
    names: dict[str, str],
    family: Family,
) -> list[Move]:
    splits = split_many(Members(*base), Members(*now))
    own = Members(*(specific(*pair) for pair in zip(base, now, strict=True)))
    whole = figures.split.end - figures.split.start if figures.split else 0.0
    found = []
    for index, key in enumerate(keys):
        before, after = Members(*base).at(index), Members(*now).at(index)
        change = after.amount - before.amount
        is_source = family is Family.SOURCE
        found.append(
            Move(
                key=key,
                name=key.rsplit(sources.PATH, 1)[-1] if is_source else names.get(key),
                now=after,
                before=before,
                change=change,
                share=quotient(change, whole),
                split=splits.at(index, Members(*base), Members(*now)),
                z=None,
                visitors_z=None,
                buyers_z=None,
                specific=own.at(index),
                is_new=_is_nothing(before),
                is_vanished=_is_nothing(after),
                group=sources.group(key) if is_source else None,
            )
        )
    return found


def _is_nothing(totals: Totals) -> bool:
    return totals.visitors == 0 and totals.amount == 0


def _scored(
    moves: list[Move],
    now: Floats,
    normal: Floats,
    past: Floats,
    figures: PeriodFigures,
    family: Family,
) -> list[Move]:
    """Judge the money of every member, and beyond what members have in common, by its own past.

    What is common is the weighted median: one hero's loss must not make winners of all others.
    """
    unit = _basket(figures)
    common = _weighted_median(quotients(now, normal), normal)
    moved, raw = _logs(now, normal * common, unit), _logs(now, normal, unit)
    freedom = _WEIGHT + len(past)
    counted = MONEY_NOISE / (normal / unit + HALF)
    spread = np.sqrt((_WEIGHT * (_SPREAD**2 + counted) + (past**2).sum(axis=0)) / freedom)
    p = 2 * special.stdtr(freedom, -np.abs(moved / spread))
    z = raw / spread
    worth = normal >= figures.money_floor
    limit = FAMILY_SHARES[family] * figures.budgets.of_watched / max(int(worth.sum()), 1)
    is_lone = (p <= limit) & (np.abs(z) >= _EXPLAINING_Z) & (moved * raw > 0)
    explains = figures.is_abnormal & (np.abs(z) >= _EXPLAINING_Z)
    return [
        replace(
            move,
            z=float(z[index]),
            p=float(p[index]),
            is_lone=bool(is_lone[index]),
            is_significant=bool(is_lone[index] | explains[index]),
        )
        for index, move in enumerate(moves)
    ]


def _weighted_median(values: Floats, weights: Floats) -> float:
    """Give the value below which half of the weight lies; one where nothing is known."""
    known = ~np.isnan(values) & (weights > 0)
    order = np.argsort(values[known])
    heavy = np.cumsum(weights[known][order])
    if not len(heavy):
        return 1.0
    middle = values[known][order][np.searchsorted(heavy, heavy[-1] / 2)]
    return max(float(middle), _LEAST_COMMON)
