"""Colours of up and down: red is up in Chinese, green is up elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from storeops.diagnose.finding import Direction


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a direction; never the only sign of it."""

    up: str
    down: str

    def direction(self, direction: Direction | None) -> str:
        """Name the colour of a direction, empty for none."""
        if direction is None:
            return ""
        return self.up if direction is Direction.UP else self.down

    def sign(self, value: float | None) -> str:
        """Name the colour of a change, empty for zero and unknown."""
        if not value:
            return ""
        return self.up if value > 0 else self.down


def palette(language: str, red: str = "red", green: str = "green") -> Palette:
    """Choose by language; ``red`` and ``green`` are the medium's own names for them."""
    return Palette(up=red, down=green) if language == "zh" else Palette(up=green, down=red)
