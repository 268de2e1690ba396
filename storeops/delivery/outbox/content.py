"""A parcel as the bytes of one file: JSON, enclosures in base64."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from typing import Any

from storeops.delivery.parcel import Enclosure, Parcel


def dump(parcel: Parcel) -> bytes:
    """Write a parcel."""
    return json.dumps(asdict(parcel), indent=1, default=_written).encode()


def _written(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"a parcel holds no {type(value).__name__}")


def load(data: bytes) -> Parcel:
    """Read a parcel that ``dump`` wrote."""
    told: dict[str, Any] = json.loads(data)
    enclosures = tuple(
        Enclosure(**{**each, "data": base64.b64decode(each["data"], validate=True)})
        for each in told.pop("enclosures")
    )
    return Parcel(enclosures=enclosures, **told)


def fingerprint(data: bytes) -> str:
    """Name the bytes: a content that reads back otherwise is damaged."""
    return hashlib.sha256(data).hexdigest()[:20]
