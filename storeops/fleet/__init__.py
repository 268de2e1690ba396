"""Many workspaces: the same function, workspace by workspace, on the machine's cores.

The only place that knows an execution engine. Anything with the interface of
``concurrent.futures.Executor`` runs it; a workspace that fails does not stop the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from storeops.errors import StoreopsError
from storeops.pipeline.morning import Morning, morning
from storeops.pipeline.running import Ran, run_one
from storeops.pipeline.workspace import Progress, Request, silent

R = TypeVar("R")


def diagnose(
    roots: Sequence[Path],
    request: Request,
    *,
    language: str | None = None,
    workbook: bool | Path = True,
    jobs: int = 1,
    progress: Progress = silent,
) -> tuple[Morning, ...]:
    """Answer the question of the morning for every workspace, in the order given.

    Args:
        roots: The workspaces.
        request: What the caller wants of each.
        language: zh or en for workbooks; None follows settings and locale.
        workbook: Whether to file workbooks, or where to write the one of a single workspace.
        jobs: Workspaces worked on at a time.
        progress: Shows a bar over the files of a single workspace.
    """
    one = partial(_morning, request=request, language=language, workbook=workbook)
    if len(roots) == 1:
        return (one(roots[0], progress=progress),)
    if jobs == 1:
        return tuple(one(root) for root in roots)
    with ProcessPoolExecutor(jobs) as executor:
        return on(executor, roots, one)


def run(
    roots: Sequence[Path],
    request: Request,
    *,
    language: str | None = None,
    send: bool = True,
    jobs: int = 1,
) -> tuple[Ran, ...]:
    """Import, diagnose, report and send for every workspace, in the order given.

    A workspace that fails says so in its log and does not stop the others.
    """
    one = partial(run_one, request=request, language=language, send=send)
    if jobs == 1 or len(roots) == 1:
        return tuple(one(root) for root in roots)
    with ProcessPoolExecutor(jobs) as executor:
        return on(executor, roots, one)


def on(executor: Executor, roots: Sequence[Path], work: Callable[[Path], R]) -> tuple[R, ...]:
    """Do a workspace's work on any executor."""
    return tuple(executor.map(work, roots))


def _morning(
    root: Path,
    *,
    request: Request,
    language: str | None,
    workbook: bool | Path,
    progress: Progress = silent,
) -> Morning:
    try:
        return morning(root, request, language=language, workbook=workbook, progress=progress)
    except StoreopsError as error:
        return Morning(root, error=error)
