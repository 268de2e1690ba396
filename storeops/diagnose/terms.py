"""What a diagnosis goes by besides the facts and the calendar."""

from __future__ import annotations

from dataclasses import dataclass

from storeops.metrics.board import Memory
from storeops.metrics.budgets import BUDGETS, Budgets, Sensitivity
from storeops.metrics.figures import StageSetting
from storeops.metrics.rivals import ALL, Asked


@dataclass(frozen=True, slots=True)
class Terms:
    """The user's say, and what an earlier day left.

    ``stage`` is the size of the shop, or auto; ``budgets`` how many false alarms are put up with;
    ``memory`` what the diagnosis of an earlier day left, to begin from; ``asked`` what of
    the rivals and the industry.
    """

    stage: StageSetting = "auto"
    budgets: Budgets = BUDGETS[Sensitivity.NORMAL]
    memory: Memory | None = None
    asked: Asked = ALL


USUAL = Terms()
"""Terms nobody has changed."""
