"""Other programs of the system, run to the end; their complaints become errors to act on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from storeops.errors import StoreopsError
from storeops.messages import message

_PATIENCE = 60
"""Seconds; a scheduler answers at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a program ended and what it wrote."""

    status: int
    out: str
    complaint: str


def ask(
    command: tuple[str, ...],
    given: str | None = None,
    environ: Mapping[str, str] | None = None,
    folder: str | None = None,
) -> Answer:
    """Run a program found in PATH and wait for it; a status other than 0 is an answer too.

    Bytes that are not UTF-8 pass through unchanged.

    Args:
        command: The program and its arguments.
        given: What it reads.
        environ: Its environment; None: this one, with messages in English.
        folder: Where it runs.

    Raises:
        StoreopsError: There is no such program, or it does not end.
    """
    program = shutil.which(command[0])
    if program is None:
        raise StoreopsError(
            message("schedule.no_program", program=command[0]),
            message("schedule.no_program_hint"),
        )
    try:
        done = subprocess.run(  # noqa: S603 (fixed programs, arguments never pass a shell)
            [program, *command[1:]],
            input=None if given is None else given.encode("utf-8", "surrogateescape"),
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
            env={**os.environ, "LC_ALL": "C"} if environ is None else dict(environ),
            cwd=folder,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreopsError(
            message("schedule.program_failed", program=command[0], detail=type(error).__name__)
        ) from error
    out = done.stdout.decode("utf-8", "surrogateescape")
    return Answer(done.returncode, out, done.stderr.decode("utf-8", "replace").strip())


def order(command: tuple[str, ...], given: str | None = None) -> str:
    """Run a program that has to succeed.

    Returns:
        What it wrote.

    Raises:
        StoreopsError: It is absent or refuses; carries what it says.
    """
    answer = ask(command, given)
    if answer.status:
        raise refusal(command, answer)
    return answer.out


def refusal(command: tuple[str, ...], answer: Answer) -> StoreopsError:
    """Say that a program refused, in its own words."""
    detail = answer.complaint or answer.out.strip() or str(answer.status)
    return StoreopsError(
        message("schedule.program_failed", program=command[0], detail=detail),
        message("schedule.program_failed_hint"),
    )


def is_there(program: str) -> bool:
    """Tell whether a program is found in PATH."""
    return shutil.which(program) is not None
