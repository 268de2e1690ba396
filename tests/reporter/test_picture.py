"""Charts as pictures: right in Chinese on a machine without Chinese fonts, and always the same."""

from __future__ import annotations

import struct
import threading
import zlib

import pytest

from storeops.reporter import picture
from storeops.reporter.picture import png, svg

WIDTH, HEIGHT = 300, 150


def option(title: str, values: tuple[float | None, ...] = (3.0, None, 5.0)) -> dict[str, object]:
    return {
        "title": {"text": title, "left": 4, "top": 4},
        "xAxis": {"type": "category", "data": ["11-18", "11-19", "11-20"]},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "data": list(values)}],
    }


def pixels(data: bytes) -> tuple[int, list[bytes]]:
    """Decode an 8-bit RGB or RGBA picture: bytes a pixel, and the rows."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack_from(">IIBB", data, 16)
    size = {2: 3, 6: 4}[kind]
    assert depth == 8
    packed, place = b"", 8
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        packed += data[place + 8 : place + 8 + length] if name == b"IDAT" else b""
        place += 12 + length
    raw, rows, stride = zlib.decompress(packed), [], width * size
    above = bytes(stride)
    for start in range(0, len(raw), stride + 1):
        above = unfiltered(raw[start], raw[start + 1 : start + 1 + stride], above, size)
        rows.append(above)
    assert len(rows) == height
    return size, rows


def unfiltered(kind: int, line: bytes, above: bytes, size: int) -> bytes:
    done = bytearray(line)
    for i in range(len(done)):
        left = done[i - size] if i >= size else 0
        up, corner = above[i], above[i - size] if i >= size else 0
        paeth = min(
            (abs(up - corner), 0, left),
            (abs(left - corner), 1, up),
            (abs(left + up - 2 * corner), 2, corner),
        )[2]
        done[i] = (done[i] + (0, left, up, (left + up) // 2, paeth)[kind]) & 255
    return bytes(done)


def dark_in_title(data: bytes) -> set[tuple[int, int]]:
    size, rows = pixels(data)
    return {
        (x, y)
        for y, row in enumerate(rows[:60])
        for x in range(0, len(row), size)
        if sum(row[x : x + 3]) < 250
    }


@pytest.fixture
def no_system_fonts(monkeypatch):
    """Draw as a machine without any font would."""
    draw = picture.resvg_py.svg_to_bytes
    monkeypatch.setattr(
        picture.resvg_py,
        "svg_to_bytes",
        lambda **given: draw(**given | {"skip_system_fonts": True}),
    )


def test_chinese_is_drawn_without_any_font_of_the_system(no_system_fonts):
    first = dark_in_title(png(option("支付金额"), width=WIDTH, height=HEIGHT, scale=1))
    second = dark_in_title(png(option("访客人数"), width=WIDTH, height=HEIGHT, scale=1))
    nothing = dark_in_title(png(option(""), width=WIDTH, height=HEIGHT, scale=1))
    assert nothing == set()
    assert min(len(first), len(second)) > 80
    assert len(first ^ second) > 40


@pytest.mark.parametrize("rare", ["😀", "𠮷", "囍", "\U0010fffd"])
def test_a_character_no_font_has_is_a_visible_mark(rare, no_system_fonts):
    bare = dark_in_title(png(option("价"), width=WIDTH, height=HEIGHT, scale=1))
    with_it = dark_in_title(png(option("价" + rare), width=WIDTH, height=HEIGHT, scale=1))
    assert len(with_it) > len(bare) + 8


def test_system_fonts_are_asked_only_for_what_ours_lacks(monkeypatch):
    asked = []
    draw = picture.resvg_py.svg_to_bytes
    monkeypatch.setattr(
        picture.resvg_py,
        "svg_to_bytes",
        lambda **given: asked.append(not given["skip_system_fonts"]) or draw(**given),
    )
    png(option("支付金额 ▲▼ ¥12 —「」"), width=WIDTH, height=HEIGHT)
    png(option("囍"), width=WIDTH, height=HEIGHT)
    assert asked == [False, True]


def test_the_same_option_gives_the_same_bytes_whatever_came_between():
    first = png(option("支付金额"), width=WIDTH, height=HEIGHT)
    png(option("别的", (1.0, 2.0, 3.0)), width=400, height=200)
    assert png(option("支付金额"), width=WIDTH, height=HEIGHT) == first


def test_every_thread_has_an_engine_of_its_own():
    drawn: list[bytes] = []

    def work() -> None:
        drawn.append(png(option("支付金额"), width=WIDTH, height=HEIGHT))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [png(option("支付金额"), width=WIDTH, height=HEIGHT)] * 2


def test_the_size_is_the_one_asked_for_and_the_ground_is_white():
    data = png(option("支付"), width=WIDTH, height=HEIGHT, scale=1.5)
    assert struct.unpack_from(">II", data, 16) == (450, 225)
    size, rows = pixels(data)
    assert rows[0][:size] == b"\xff" * size
    assert rows[-1][-size:] == b"\xff" * size


def test_a_hostile_title_is_only_text():
    title = "</text><script>alert(1)</script>\x1b[31m\u202e\x00\ud800&"
    image = svg(option(title), width=WIDTH, height=HEIGHT)
    assert "<script" not in image
    assert "&lt;script&gt;" in image
    assert not [char for char in image if char < " " and char != "\n"]
    assert png(option(title), width=WIDTH, height=HEIGHT)[:4] == b"\x89PNG"


def test_what_json_cannot_say_is_an_error_and_not_an_empty_chart():
    with pytest.raises(ValueError, match="not JSON compliant"):
        png(option("支付", (1.0, float("nan"))), width=WIDTH, height=HEIGHT)


def test_a_missing_value_leaves_a_gap():
    whole = svg(option("支付", (3.0, 4.0, 5.0)), width=WIDTH, height=HEIGHT)
    gap = svg(option("支付", (3.0, None, 5.0)), width=WIDTH, height=HEIGHT)
    assert whole.count("<path") - gap.count("<path") >= 1
