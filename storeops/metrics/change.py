"""Comparing two numbers: the divisions that topics and renderers must not do themselves."""

from __future__ import annotations


def relative(now: float | None, before: float | None) -> float | None:
    """Relative change, 0.12 for +12 %; None when there is nothing to compare with."""
    if now is None or not before:
        return None
    return now / before - 1


def ratio(numerator: float | None, denominator: float | None) -> float | None:
    """Quotient of two sums; None without a denominator."""
    if numerator is None or not denominator:
        return None
    return numerator / denominator
