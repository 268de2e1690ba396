"""The look of the workbook: one palette, one font, cell formats made once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from storeops.messages import Unit
from storeops.reporter.numbers import workbook_change_format, workbook_format
from storeops.reporter.palette import Palette, palette

INK = "#1F2933"
MUTED = "#7B8794"
LINE = "#D9E0E7"
HEAD = "#EEF2F6"
BRAND = "#1F4E79"
SECOND = "#E08E45"
PROMOTION = "#FFF6DC"
RED = "#C0392B"
GREEN = "#1E8449"
GREY_BAR = "#9FB3C8"
BANNERS = {
    "normal": "#1E6F5C",
    "abnormal": "#9C2F2F",
    "promotion": "#B7791F",
    "insufficient_data": "#52606D",
    "incomplete_data": "#52606D",
}
FONTS = {"zh": "微软雅黑", "en": "Arial"}
"""Excel, WPS and LibreOffice each fall back to their own Chinese face where these are absent."""
FONT_SIZE = 10
_LEFT = (Unit.TEXT, Unit.DATE)


class Style:
    """Formats of one workbook; asking twice for the same look gives the same format."""

    def __init__(self, workbook: Workbook, language: str) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self.font = FONTS.get(language, FONTS["en"])
        self.colours: Palette = palette(language, RED, GREEN)

    def make(self, **properties: Any) -> Format:
        """Make or reuse a format; all share font, size, ink and vertical centring."""
        look = {
            "font_name": self.font,
            "font_size": FONT_SIZE,
            "font_color": INK,
            "valign": "vcenter",
        } | properties
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(look)
        return self._made[key]

    @cached_property
    def title(self) -> Format:
        """The first line of a sheet."""
        return self.make(bold=True, font_size=16, font_color=BRAND)

    @cached_property
    def subtitle(self) -> Format:
        """The line under it."""
        return self.make(font_color=MUTED, font_size=9)

    @cached_property
    def section(self) -> Format:
        """The head of a part of a sheet."""
        return self.make(bold=True, font_size=11, font_color=BRAND, bottom=2, bottom_color=BRAND)

    @cached_property
    def caption(self) -> Format:
        """The name of one of several tables on a sheet."""
        return self.make(bold=True, font_size=11, font_color=BRAND)

    @cached_property
    def plain(self) -> Format:
        """A line of text."""
        return self.make(text_wrap=True, valign="top")

    @cached_property
    def text(self) -> Format:
        """A text cell of a table."""
        return self.make(num_format="@", bottom=1, bottom_color=LINE)

    @cached_property
    def wrapped(self) -> Format:
        """A text cell of a table that may take several lines."""
        return self.make(bottom=1, bottom_color=LINE, text_wrap=True)

    @cached_property
    def hidden(self) -> Format:
        """Cells that feed charts and sparklines."""
        return self.make(font_color=MUTED, font_size=8)

    def head(self, unit: Unit = Unit.TEXT, *, indent: int = 0) -> Format:
        """A column head, aligned as its cells are."""
        return self.make(
            bold=True, bg_color=HEAD, bottom=1, bottom_color=GREY_BAR, text_wrap=True,
            indent=indent, align="left" if unit in _LEFT else "right",
        )  # fmt: skip

    def number(self, unit: Unit, **more: Any) -> Format:
        """A number cell of a table."""
        align = {"align": "left"} if unit in _LEFT else {}
        look = {"num_format": workbook_format(unit), "bottom": 1, "bottom_color": LINE}
        return self.make(**(look | align | more))

    def change(self, unit: Unit, *, points: bool = False, **more: Any) -> Format:
        """A signed change, with an arrow."""
        look = {
            "num_format": workbook_change_format(unit, points=points),
            "bottom": 1, "bottom_color": LINE, "align": "right",
        }  # fmt: skip
        return self.make(**(look | more))

    @cached_property
    def rising(self) -> Format:
        """The conditional colour of a rise."""
        return self._workbook.add_format({"font_color": self.colours.up})

    @cached_property
    def falling(self) -> Format:
        """The conditional colour of a fall."""
        return self._workbook.add_format({"font_color": self.colours.down})
