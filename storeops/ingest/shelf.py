"""The layouts at hand: those that ship with the program and those of the workspace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from storeops.errors import ConfigError
from storeops.facts import FACTS, MAPPED_DAILY
from storeops.fields import Col
from storeops.ingest.layout import Layout
from storeops.ingest.plan import SHOP
from storeops.ingest.reshape import RESHAPERS
from storeops.ingest.words import fold, words
from storeops.messages import Message, message
from storeops.yamlfile import Positions, fault, read_yaml

_SUFFIX = ".yaml"


def load_layouts(extra_dir: Path | None = None) -> tuple[Layout, ...]:
    """Load every layout, sorted by name.

    Args:
        extra_dir: The workspace's own layouts; one with the name of a shipped layout replaces it.

    Raises:
        ConfigError: A layout is not YAML, has an unknown key, or names a column its fact lacks;
            says which file, line and key.
    """
    found: dict[str, Layout] = {}
    for name, text in (*_shipped(), *_own(extra_dir)):
        layout = parse_layout(text, name)
        found[layout.name] = layout
    return tuple(found[name] for name in sorted(found))


def _shipped() -> Iterator[tuple[str, str]]:
    for entry in files("storeops").joinpath("formats").iterdir():
        if entry.name.endswith(_SUFFIX):
            yield entry.name, entry.read_text(encoding="utf-8")


def _own(folder: Path | None) -> Iterator[tuple[str, str]]:
    if folder is not None and folder.is_dir():
        for path in sorted(folder.glob(f"*{_SUFFIX}")):
            try:
                yield path.name, path.read_text(encoding="utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigError(message("ingest.layout_unreadable", file=path.name)) from error


def parse_layout(text: str, file: str) -> Layout:
    """Read one layout.

    Args:
        text: The YAML document.
        file: Its file name; the stem must be the layout's name.

    Raises:
        ConfigError: See :func:`load_layouts`.
    """
    data, positions = read_yaml(text, file)
    stem = file.removesuffix(_SUFFIX)
    if isinstance(data, dict):
        data.setdefault("name", stem)
    try:
        layout = Layout.model_validate(data)
    except ValidationError as error:
        raise fault(error, positions, file) from error
    for path, problem in _faults(layout, stem):
        raise ConfigError(
            message(
                "ingest.layout_wrong",
                file=file,
                line=_line(positions, path),
                key=".".join(path),
                problem=problem,
            ),
            message("ingest.layout_wrong.hint"),
        )
    return layout


def _line(positions: Positions, path: tuple[str, ...]) -> int:
    while path and path not in positions:
        path = path[:-1]
    return positions.get(path, (1, 1))[0]


def _faults(layout: Layout, stem: str) -> Iterator[tuple[tuple[str, ...], Message]]:
    if layout.name != stem:
        yield ("name",), message("ingest.layout_name", name=layout.name, file=stem)
    if layout.fact not in FACTS:
        yield ("fact",), message("ingest.layout_fact", fact=layout.fact, facts=tuple(FACTS))
        return
    fact = FACTS[layout.fact]
    columns = {*map(str, fact.keys), *map(str, fact.columns)}
    sections: dict[str, Iterable[str]] = {
        "columns": layout.columns, "constants": layout.constants, "named": layout.named,
    }  # fmt: skip
    for section, names in sections.items():
        for name in names:
            if name not in columns and not (section == "columns" and name == SHOP):
                yield (section, name), message("ingest.layout_column", name=name, fact=fact.name)
    if layout.reshape is not None and layout.reshape not in RESHAPERS:
        yield ("reshape",), message("ingest.layout_reshape", known=tuple(RESHAPERS))
    if layout.outside.date == "column" and Col.DATE not in layout.columns:
        yield ("columns",), message("ingest.layout_no_date")
    yield from _period_faults(layout)
    yield from _private_faults(layout)
    yield from _check_faults(layout)


def _period_faults(layout: Layout) -> Iterator[tuple[tuple[str, ...], Message]]:
    """Rows of periods come by ``longer`` alone: only so is their length known."""
    of_periods = tuple(name for name, fact in FACTS.items() if Col.DAYS in fact.keys)
    if layout.fact in of_periods:
        yield ("fact",), message("ingest.layout_of_periods", fact=layout.fact)
    if layout.longer is None:
        return
    if layout.longer not in of_periods:
        yield ("longer",), message("ingest.layout_longer", facts=of_periods)
    if layout.reshape or layout.measures or layout.entries or Col.DATE not in layout.columns:
        yield ("longer",), message("ingest.layout_longer_alone")


def _private_faults(layout: Layout) -> Iterator[tuple[tuple[str, ...], Message]]:
    """Personal data never leaves the reader, whatever a layout says."""
    private = words().private
    for name, spec in layout.columns.items():
        for header in spec.header:
            if fold(header) in private:
                yield ("columns", name), message("ingest.layout_private", header=header)
    for header in layout.measures:
        if fold(header) in private:
            yield ("measures",), message("ingest.layout_private", header=header)


def _check_faults(layout: Layout) -> Iterator[tuple[tuple[str, ...], Message]]:
    if bool(layout.measures) != (layout.fact == MAPPED_DAILY.name):
        yield ("measures",), message("ingest.layout_measures", fact=MAPPED_DAILY.name)
    checks = layout.checks
    ratios = ((ratio.numerator, ratio.denominator) for ratio in checks.ratios)
    parts = ((check.total, *check.parts) for check in (*checks.people, *checks.sums))
    for name in {name for names in (*ratios, *parts) for name in names}:
        if name not in layout.columns:
            yield ("checks",), message("ingest.layout_check", name=name)


def layouts_signature(extra_dir: Path | None = None) -> str:
    """Fingerprint the layouts at hand: results of reading under the same ones stay valid.

    Cheap: the texts are hashed, none is parsed.
    """
    texts = dict((*_shipped(), *_own(extra_dir)))
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(f"{name}\0{texts[name]}\0".encode())
    return digest.hexdigest()
