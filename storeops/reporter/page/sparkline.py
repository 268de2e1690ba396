"""A figure's last days as a line a few characters wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storeops.metrics.change import ratio
from storeops.reporter.numbers import is_known

_STEP, _HEIGHT, _MARGIN = 4, 26, 3


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A drawing ``width`` by ``height``: a path that breaks where a day is missing, and its end."""

    width: int
    height: int
    path: str
    end: tuple[str, str] | None


def sparkline(values: Sequence[float | None]) -> Sparkline | None:
    """Draw a series between its lowest and highest value; None when fewer than two are known."""
    known = [value for value in values if value is not None and is_known(value)]
    if len(known) <= 1:
        return None
    low, spread = min(known), max(known) - min(known)
    points: list[tuple[str, str] | None] = []
    for index, value in enumerate(values):
        if value is None or not is_known(value):
            points.append(None)
            continue
        share = ratio(value - low, spread)
        height = 0.5 if share is None else share
        points.append((str(_MARGIN + index * _STEP), _down(height)))
    width = 2 * _MARGIN + (len(values) - 1) * _STEP
    return Sparkline(width, _HEIGHT + 2 * _MARGIN, _path(points), points[-1])


def _down(share: float) -> str:
    return f"{_MARGIN + _HEIGHT * (1 - share):.1f}"


def _path(points: Sequence[tuple[str, str] | None]) -> str:
    """Write the path; a single day between two gaps becomes a dot."""
    pieces: list[str] = []
    is_open = False
    for point in points:
        if point is None:
            is_open = False
            continue
        pieces.append(f"{'L' if is_open else 'M'}{point[0]} {point[1]}" + ("" if is_open else "h0"))
        is_open = True
    return "".join(pieces)
