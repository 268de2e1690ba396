"""The configuration: one frozen model, defaults in the model, unknown keys refused by name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from storeops.yamlfile import fault, read_yaml

FILE_NAME = "config.yaml"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShopSettings(_Section):
    """Who the shop is."""

    name: str | None = Field(
        default=None, description="Shop name for exports that carry none", examples=["一叶旗舰店"]
    )
    stage: Literal["auto", "start", "growing", "mature"] = Field(
        default="auto",
        description="Size of the shop; decides how large a change must be: auto, start (30 %), growing (15 %), mature (8 %)",
    )
    sensitivity: Literal["quiet", "normal", "keen"] = Field(
        default="normal",
        description="How easily to speak up: quiet (at most one false verdict a quarter), normal (one a month), keen (two a month)",
    )


class SourceSettings(_Section):
    """What the traffic-source export does not say about itself."""

    attribution: Literal["every", "first", "last", "unspecified"] = Field(
        default="unspecified",
        description="Tab the source export is downloaded from: every visit, first visit, last visit",
    )


class AdSettings(_Section):
    """What the ads export does not say about itself."""

    window_days: Literal[1, 3, 7, 15, 30] | None = Field(
        default=None,
        description="Attribution window (转化统计周期) chosen when the ads report is downloaded",
    )


class RecordSettings(_Section):
    """Where the record is kept."""

    path: str = Field(
        default=".storeops/history.duckdb", description="The record, relative to the workspace"
    )
    wait_seconds: float = Field(
        default=60, ge=0, description="How long to wait while another storeops holds the record"
    )


class ReportSettings(_Section):
    """How reports look and where they go."""

    language: Literal["auto", "zh", "en"] = Field(
        default="auto", description="Language of reports: auto follows the locale"
    )
    folder: str = Field(
        default="reports", description="Folder for workbooks, relative to the workspace"
    )
    workbook: bool = Field(default=True, description="Write a workbook on every diagnosis")


class EventSettings(_Section):
    """A promotion, holiday or closure the built-in calendar does not know."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    name: str = Field(min_length=1, description="Name shown in reports", examples=["店庆"])
    start: date = Field(description="First day", examples=["2026-11-20"])
    end: date = Field(description="Last day", examples=["2026-11-22"])
    phase: Literal[
        "buildup", "warmup", "deposit", "balance", "burst", "sale", "encore", "aftermath",
        "holiday", "closed",
    ] = Field(
        default="burst",
        description="Phase: buildup, warmup, deposit, balance, burst, sale, encore, aftermath, holiday, closed",
    )  # fmt: skip

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> EventSettings:
        if self.end < self.start:
            raise ValueError(f"it ends ({self.end}) before it starts ({self.start})")
        return self


class LoggedChange(_Section):
    """Something the user did to the shop, noted so that a report can lay it beside a change."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    day: date = Field(description="Day it took effect")
    text: str = Field(min_length=1, description="What was done")
    kind: Literal["image", "title", "price", "ads", "stock", "offer", "other"] = Field(
        default="other", description="What was touched"
    )
    item: str | None = Field(
        default=None, pattern=r"^[0-9]{1,19}$", description="Item id; without it the whole shop"
    )


class EventsFile(_Section):
    """The file ``storeops events`` keeps; its events are added to those of the configuration."""

    events: tuple[EventSettings, ...] = ()


class ChangesFile(_Section):
    """The file ``storeops log`` keeps."""

    changes: tuple[LoggedChange, ...] = ()


class Settings(_Section):
    """All settings of a workspace."""

    shop: ShopSettings = Field(default=ShopSettings(), description="The shop")
    sources: SourceSettings = Field(default=SourceSettings(), description="Traffic sources")
    ads: AdSettings = Field(default=AdSettings(), description="Ads")
    record: RecordSettings = Field(default=RecordSettings(), description="The record")
    report: ReportSettings = Field(default=ReportSettings(), description="Reports")
    events: tuple[EventSettings, ...] = Field(
        default=(), description="Own promotions, holidays and closures"
    )


def load_settings(path: Path) -> Settings:
    """Read a configuration file; defaults where it is absent or silent.

    Raises:
        ConfigError: Not YAML, an unknown key, or a value out of range; names file, line and key.
    """
    if not path.is_file():
        return Settings()
    return parse_settings(path.read_text(encoding="utf-8-sig"), path.name)


def parse_settings(text: str, name: str) -> Settings:
    """Read a configuration's text; ``name`` is the file's, for what is wrong with it.

    Raises:
        ConfigError: Not YAML, an unknown key, or a value out of range; names file, line and key.
    """
    data, positions = read_yaml(text, name)
    try:
        return Settings.model_validate({} if data is None else data)
    except ValidationError as error:
        raise fault(error, positions, name) from error


def effective(path: Path) -> list[tuple[str, str, str]]:
    """List every setting as (key, value, where it came from: the file or the default)."""
    settings = load_settings(path)
    given: dict[str, Any] = {}
    if path.is_file():
        given = read_yaml(path.read_text(encoding="utf-8-sig"), path.name)[0] or {}
    lines = []
    for section, value in settings.model_dump(mode="json").items():
        if not isinstance(value, dict):
            lines.append((section, str(value), path.name if section in given else "default"))
            continue
        for key, shown in value.items():
            origin = path.name if key in (given.get(section) or {}) else "default"
            lines.append((f"{section}.{key}", str(shown), origin))
    return lines


def example() -> str:
    """Write the example configuration: every key, its default, and what it means."""
    lines = [
        "# storeops: every setting with its default. Copy to config.yaml and keep what you change."
    ]
    for name, section in Settings.model_fields.items():
        lines += ["", f"# {section.description}"]
        model = section.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            lines += [f"{name}:", *_keys(model, section.default)]
        else:
            lines += [f"{name}: []", *_commented(EventSettings)]
    return "\n".join(lines) + "\n"


def _keys(model: type[BaseModel], defaults: BaseModel) -> list[str]:
    lines: list[str] = []
    for name, field in model.model_fields.items():
        lines.append(f"  # {field.description}")
        value = json.dumps(getattr(defaults, name), ensure_ascii=False)
        shown = field.examples[0] if field.examples else None
        lines.append(f"  {name}: {value}" + (f"  # {shown}" if shown else ""))
    return lines


def _commented(model: type[BaseModel]) -> list[str]:
    lines: list[str] = []
    for name, field in model.model_fields.items():
        value: Any = field.examples[0] if field.examples else field.default
        mark = "-" if not lines else " "
        lines.append(f"# {mark} {name}: {value}  # {field.description}")
    return lines
