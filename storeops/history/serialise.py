"""Messages and notes as JSON text and back, so that a later run says the same thing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from numbers import Integral, Real
from typing import Any

from storeops.messages import Change, Message, Note, Quantity, Term, Unit


def dump_notes(notes: Iterable[Note]) -> str:
    """Write notes as one JSON text.

    Raises:
        TypeError: An argument is of a kind that messages do not have.
    """
    plain = [{"kind": n.kind, "message": _plain(n.message), "file": n.file} for n in notes]
    return json.dumps(plain, ensure_ascii=False)


def load_notes(text: str) -> tuple[Note, ...]:
    """Restore what :func:`dump_notes` wrote, equal in value and type."""
    return tuple(Note(n["kind"], _restored(n["message"]), n["file"]) for n in json.loads(text))


def dump_outside(outside: Mapping[str, str]) -> str:
    """Write the values from outside a file in one canonical form: it is part of an identity."""
    return json.dumps(dict(outside), ensure_ascii=False, sort_keys=True)


def load_outside(text: str) -> dict[str, str]:
    """Restore what :func:`dump_outside` wrote."""
    return {str(name): str(value) for name, value in json.loads(text).items()}


def _plain(value: object) -> Any:
    match value:
        case None | bool() | str():
            return value
        case Integral():
            return int(value)
        case Real():
            return float(value)
        case tuple() | list():
            return {"tuple": [_plain(part) for part in value]}
        case _:
            return _tagged(value)


def _tagged(value: object) -> Any:
    match value:
        case date():
            return {"date": value.isoformat()}
        case Quantity(number, unit):
            return {"quantity": [_plain(number), unit.value]}
        case Change(number, points):
            return {"change": [_plain(number), points]}
        case Term(kind, name):
            return {"term": [kind, name]}
        case Message(message_id, args):
            return {"message": message_id, "args": {k: _plain(v) for k, v in args.items()}}
        case _:
            raise TypeError(f"a message cannot carry a {type(value).__name__}")


def _restored(value: Any) -> Any:
    match value:
        case {"tuple": parts}:
            restored: Any = tuple(_restored(part) for part in parts)
        case {"date": text}:
            restored = date.fromisoformat(text)
        case {"quantity": [number, unit]}:
            restored = Quantity(number, Unit(unit))
        case {"change": [number, points]}:
            restored = Change(number, points)
        case {"term": [kind, name]}:
            restored = Term(kind, name)
        case {"message": message_id, "args": args}:
            restored = Message(message_id, {k: _restored(v) for k, v in args.items()})
        case _:
            restored = value
    return restored
