"""Reading YAML a person has edited: plain scalars, no duplicate keys, and where each key stands."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml
from pydantic import ValidationError

from storeops.errors import ConfigError
from storeops.messages import message

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _CoreLoader(_Loader):  # type: ignore[misc]
    """YAML 1.2 core scalars: ``12:30`` stays text, ``NO`` is not false, ``0123`` is text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 (the loader's own protocol)


def _resolve(tag: str, pattern: str, first: str) -> None:
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_resolve("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_resolve("null", r"^(?:~|null|Null|NULL|)$", "~nN")
_CoreLoader.yaml_implicit_resolvers.setdefault("", []).append(
    ("tag:yaml.org,2002:null", re.compile(r"^$"))
)
_resolve("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789")
_resolve("float", r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+0123456789.")
_resolve("timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "0123456789")

_NAME = re.compile(r"\b(alias|anchor|tag) '.*'", re.DOTALL)
"""A name in a fault of YAML: it may be a password that begins with * or !, and is not repeated."""

Positions = dict[tuple[Hashable, ...], tuple[int, int]]


def read_yaml(text: str, file: str) -> tuple[Any, Positions]:
    """Parse YAML and remember the line and column of every key.

    Args:
        text: The document.
        file: Its name, for messages.

    Returns:
        The data (None for an empty document), and line and column, from 1, of every key path.

    Raises:
        ConfigError: Not YAML, or one key given twice.
    """
    loader = _CoreLoader(text)
    try:
        node = loader.get_single_node()
        positions: Positions = {}
        _walk(node, (), positions, file)
        return (None if node is None else loader.construct_document(node)), positions
    except yaml.YAMLError as error:
        wrong = _not_yaml(error, file)
    finally:
        loader.dispose()
    raise wrong  # outside of the handler, so that the error, which quotes the text, is not chained


def _not_yaml(error: yaml.YAMLError, file: str) -> ConfigError:
    mark = getattr(error, "problem_mark", None)
    return ConfigError(
        message(
            "config.not_yaml",
            file=file,
            line=mark.line + 1 if mark else 1,
            problem=_NAME.sub(r"\1", str(getattr(error, "problem", error))),
        ),
        message("config.not_yaml_hint"),
    )


def _walk(node: Any, path: tuple[Hashable, ...], positions: Positions, file: str) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, key.value)
            if here in positions:
                raise ConfigError(
                    message("config.twice", file=file, line=key.start_mark.line + 1, key=key.value)
                )
            positions[here] = (key.start_mark.line + 1, key.start_mark.column + 1)
            _walk(value, here, positions, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            positions[(*path, index)] = (value.start_mark.line + 1, value.start_mark.column + 1)
            _walk(value, (*path, index), positions, file)


def fault(
    error: ValidationError, positions: Positions, file: str, hint: str = "config.wrong_hint"
) -> ConfigError:
    """Turn a fault of a model into an error that names file, line and key.

    An unknown key comes first: it is most often the misspelled one that another fault misses.
    """
    first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
    path = tuple(first["loc"])
    while path and path not in positions:
        path = path[:-1]
    line, _ = positions.get(path, (1, 1))
    return ConfigError(
        message(
            "config.wrong",
            file=file,
            line=line,
            key=".".join(str(part) for part in first["loc"]),
            problem=str(first["msg"]),
        ),
        message(hint),
    )
