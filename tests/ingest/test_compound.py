"""Chains of an old workbook's container that never end are found before anything follows them."""

from __future__ import annotations

import struct

import pytest
from downloads import as_xls, source

from storeops.ingest import compound
from storeops.ingest.reader import load_layouts, read

WHOLE = as_xls([["统计日期", "访客数", "支付金额"], *[["2026-06-01", "1", "2.00"]] * 400])


def with_table(change):
    """Change the allocation table, a list of the sector that follows each sector."""
    data = bytearray(WHOLE)
    (sector,) = struct.unpack_from("<I", data, 76)
    start = (sector + 1) * 512
    table = list(struct.unpack_from("<128I", data, start))
    change(table)
    struct.pack_into("<128I", data, start, *table)
    return bytes(data)


def test_a_sound_workbook_passes():
    compound.check(WHOLE)


@pytest.mark.parametrize("length", [1, 2, 7])
def test_a_chain_that_bites_its_tail_is_refused_quickly(length):
    def loop(table):
        table[length - 1] = 0
        table[: length - 1] = range(1, length)

    data = with_table(loop)
    with pytest.raises(compound.EndlessChainError):
        compound.check(data)
    reading = read(source(data, "日报.xls"), load_layouts())
    assert reading.status == "unreadable"


def test_a_list_of_tables_that_returns_to_itself_is_refused():
    data = bytearray(WHOLE)
    struct.pack_into("<I", data, 68, 0)
    struct.pack_into("<I", data, 512 + 508, 0)
    with pytest.raises(compound.EndlessChainError):
        compound.check(bytes(data))


def test_a_header_that_makes_no_sense_is_refused():
    data = bytearray(WHOLE)
    struct.pack_into("<H", data, 30, 0)
    with pytest.raises(compound.EndlessChainError):
        compound.check(bytes(data))
    with pytest.raises(compound.EndlessChainError):
        compound.check(WHOLE[:100])
