"""The exact split as the rows that every medium shows: the norm, each factor, the day."""

from __future__ import annotations

from storeops.diagnose.finding import PeriodKind, Split
from storeops.reporter.lang import Catalogue
from storeops.reporter.numbers import rounded_parts

_FEN = 2


def levels(
    split: Split, words: Catalogue, kind: PeriodKind = PeriodKind.DAY
) -> list[tuple[str, float]]:
    """List the rows of the split in yuan, rounded to the fen so that they still add up.

    The first and the last row are levels, those between them changes.
    """
    amounts = rounded_parts(split.start, split.end, [part.amount for part in split.parts], _FEN)
    names = [words.term("factor", part.factor) for part in split.parts]
    return [
        (words.say("split.from"), round(split.start, _FEN)),
        *zip(names, amounts, strict=True),
        (words.say(f"split.to.{kind.value}"), round(split.end, _FEN)),
    ]
