"""Charts as PNG where no browser draws them: mails and chats.

ECharts runs in a small JavaScript engine and writes an SVG, resvg turns that into pixels with the
bundled Chinese font: no browser, no network, and the same bytes on every machine.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import quickjs
import resvg_py

from storeops.reporter.text import inert

FAMILY = "Noto Sans CJK SC"

_ASSETS = Path(__file__).parent.joinpath("assets")
_FONT = _ASSETS.joinpath("NotoSansCJKsc-subset.otf")
_ENGINE = _ASSETS.joinpath("echarts.min.js")
_TIMERS = "function setTimeout() { return 0 } function clearTimeout() {}"
"""ECharts puts off a hover effect with a timer; a still picture has none."""
_DRAW = """
function draw(text, width, height) {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(JSON.parse(text));
    return JSON.stringify(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}
"""
_STILL: dict[str, object] = {"animation": False, "backgroundColor": "#fff"}
"""Without a background the picture is transparent, and black in a dark mail client."""
_JOINERS = dict.fromkeys([0x200C, 0x200D, *range(0xFE00, 0xFE10)])
"""Parts of emoji sequences: no glyph of their own, so they would be drawn as a box."""
_mine = threading.local()


def png(option: Mapping[str, Any], *, width: int, height: int, scale: float = 2) -> bytes:
    """Draw a chart.

    Text is drawn in the bundled font; what it lacks (rare characters, emoji) is drawn in a font
    of the system, and as a crossed box where the system has none.

    Args:
        option: An ECharts option of plain JSON values, None where there is no value.
        width: Width in CSS pixels.
        height: Height in CSS pixels.
        scale: Pixels of the picture per CSS pixel.

    Returns:
        The PNG; the same bytes for the same option as long as the bundled font has every
        character.

    Raises:
        ValueError: The option holds something that JSON cannot say, NaN for instance.
    """
    image = svg(option, width=width, height=height)
    drawn: bytes = resvg_py.svg_to_bytes(
        svg_string=image,
        zoom=scale,
        skip_system_fonts=_covered().issuperset(map(ord, image)),
        font_files=[str(_FONT)],
        font_family=FAMILY,
        sans_serif_family=FAMILY,
        serif_family=FAMILY,
        monospace_family=FAMILY,
    )
    return drawn


def svg(option: Mapping[str, Any], *, width: int, height: int) -> str:
    """Draw a chart as SVG on white, without animation; see :func:`png`."""
    told = json.dumps({**option, **_STILL}, allow_nan=False)
    # a rope of strings cannot cross from the engine to Python, its JSON text can
    image = json.loads(_draw()(told, width, height))
    return "\n".join(map(inert, image.split("\n"))).translate(_JOINERS)


def _draw() -> Callable[[str, int, int], str]:
    """Load the engine once a thread: a context must stay in the thread that made it."""
    if not hasattr(_mine, "draw"):
        context = quickjs.Context()
        for script in (_TIMERS, _ENGINE.read_text(encoding="utf-8"), _DRAW):
            context.eval(script)
        _mine.draw = context.get("draw")
    draw: Callable[[str, int, int], str] = _mine.draw
    return draw


@cache
def _covered() -> frozenset[int]:
    """List the characters of the bundled font, from its character map (format 4)."""
    data = _FONT.read_bytes()
    (tables,) = struct.unpack_from(">4xH", data)
    entries = (struct.unpack_from(">4s4xI4x", data, 12 + 16 * i) for i in range(tables))
    start = dict(entries)[b"cmap"]
    (offset,) = struct.unpack_from(">8xI", data, start)
    (twice,) = struct.unpack_from(">6xH", data, start + offset)
    segments = f">{twice >> 1}H"
    lasts = struct.unpack_from(segments, data, start + offset + 14)
    firsts = struct.unpack_from(segments, data, start + offset + 16 + twice)
    spans = (range(first, last + 1) for first, last in zip(firsts, lasts, strict=True))
    return frozenset(code for span in spans for code in span) | {ord("\n")}
