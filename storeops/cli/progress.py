"""A progress bar on a terminal, silence everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def silent(items: Sequence[T], label: str) -> Iterator[T]:  # noqa: ARG001 (the shape of a bar)
    """Pass the items on and show nothing."""
    yield from items


def bar(items: Sequence[T], label: str) -> Iterator[T]:
    """Pass the items on under a bar on stderr that leaves no trace."""
    from rich.console import Console
    from rich.progress import track

    yield from track(items, label, console=Console(file=sys.stderr), transient=True)


def chosen(*, quiet: bool) -> Callable[[Sequence[Any], str], Iterator[Any]]:
    """Choose the bar: only for people, only when wanted."""
    return silent if quiet or not sys.stderr.isatty() else bar
