"""How easily storeops speaks up: what each setting means for this shop, and setting it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from storeops.calendars import load_calendar
from storeops.config import FILE_NAME, load_settings, parse_settings
from storeops.delivery.files import file_report
from storeops.errors import StoreopsError
from storeops.messages import message
from storeops.metrics.board import watch
from storeops.metrics.budgets import BUDGETS, Sensitivity
from storeops.metrics.figures import headline
from storeops.pipeline.windows import read_window
from storeops.pipeline.workspace import Request, Workspace, open_record, shop_names

FIGURES = ("paid_amount", "visitors", "conversion_rate")


@dataclass(frozen=True, slots=True)
class Sight:
    """The smallest fall of each figure that each setting would have noticed on a shop's day."""

    shop: str
    day: date
    visible: Mapping[Sensitivity, tuple[float | None, ...]]


def sights(workspace: Workspace, request: Request) -> tuple[Sight, ...]:
    """Say what every setting would have noticed on the last complete day of each shop."""
    calendar = load_calendar(workspace.settings.events)
    found = []
    with open_record(workspace, request.now) as record:
        for shop in shop_names(record, request):
            window = read_window(record, shop, request.day)
            board = watch(window, calendar)
            visible = {}
            for each in Sensitivity:
                day = headline(
                    window,
                    calendar,
                    workspace.settings.shop.stage,
                    board=board,
                    budgets=BUDGETS[each],
                )
                figures = (day.figure(name) for name in FIGURES)
                visible[each] = tuple(figure.visible if figure else None for figure in figures)
            found.append(Sight(shop, window.day, visible))
    return tuple(found)


def set_sensitivity(root: Path, chosen: Sensitivity) -> Path:
    """Write the setting into the configuration, leaving every other line as it is.

    Returns:
        The file.

    Raises:
        StoreopsError: The file is laid out so that one line cannot be changed safely.
    """
    path = root / FILE_NAME
    before = load_settings(path)
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    changed = _changed(text, chosen.value)
    wanted = before.shop.model_copy(update={"sensitivity": chosen.value})
    if changed is None or parse_settings(changed, FILE_NAME) != before.model_copy(
        update={"shop": wanted}
    ):
        raise StoreopsError(
            message("sensitivity.not_written", file=FILE_NAME),
            message("sensitivity.not_written.hint", value=chosen.value),
        )
    file_report(root, FILE_NAME, changed.encode("utf-8"))
    return path


def _changed(text: str, value: str) -> str | None:
    """Change or add the one line; None where the section is written in another style."""
    section = re.search(r"^shop:[^\S\n]*(#[^\n]*)?$", text, re.MULTILINE)
    if section is None:
        if re.search(r"^shop\s*:", text, re.MULTILINE):
            return None
        end = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{end}shop:\n  sensitivity: {value}\n"
    body = re.compile(r"(?:\n(?:[ \t]+[^\n]*|[ \t]*#[^\n]*|[ \t]*))*").match(text, section.end())
    block = body[0] if body else ""
    line = re.search(r"^([ \t]+sensitivity:[ \t]*)[^\s#]+", block, re.MULTILINE)
    if line is not None:
        start = section.end() + line.start()
        return f"{text[:start]}{line[1]}{value}{text[section.end() + line.end() :]}"
    indent = re.search(r"^([ \t]+)\w", block, re.MULTILINE)
    space = indent[1] if indent else "  "
    return f"{text[: section.end()]}\n{space}sensitivity: {value}{text[section.end() :]}"
