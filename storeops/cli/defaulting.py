"""A command that has commands below it and still does its main job without naming one."""

from __future__ import annotations

from typing import Any

import typer.core

MAIN = "show"


class DefaultingGroup(typer.core.TyperGroup):
    """``storeops competitors FOLDER`` is ``storeops competitors show FOLDER``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the main command in front where none is named."""
        if not args or (args[0] not in self.commands and args[0] not in {"-h", "--help"}):
            args = [MAIN, *args]
        return super().parse_args(ctx, args)
