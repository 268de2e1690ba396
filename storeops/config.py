"""The configuration: one frozen model, defaults in the model, unknown keys refused by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storeops.errors import ConfigError
from storeops.messages import message

FILE_NAME = "config.yaml"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShopSettings(_Section):
    """Who the shop is."""

    name: str | None = Field(None, description="Shop name for exports that carry none", examples=["一叶旗舰店"])
    stage: Literal["auto", "start", "growing", "mature"] = Field(
        "auto", description="Size of the shop; decides how large a change must be: auto, start (30 %), growing (15 %), mature (8 %)"
    )


class SourceSettings(_Section):
    """What the traffic-source export does not say about itself."""

    attribution: Literal["every", "first", "last", "unspecified"] = Field(
        "unspecified", description="Tab the source export is downloaded from: every visit, first visit, last visit"
    )


class AdSettings(_Section):
    """What the ads export does not say about itself."""

    window_days: Literal[1, 3, 7, 15, 30] | None = Field(
        None, description="Attribution window (转化统计周期) chosen when the ads report is downloaded"
    )


class RecordSettings(_Section):
    """Where the record is kept."""

    path: str = Field(".storeops/history.duckdb", description="The record, relative to the workspace")
    wait_seconds: float = Field(60, ge=0, description="How long to wait while another storeops holds the record")


class ReportSettings(_Section):
    """How reports look and where they go."""

    language: Literal["auto", "zh", "en"] = Field("auto", description="Language of reports: auto follows the locale")
    folder: str = Field("reports", description="Folder for workbooks, relative to the workspace")
    workbook: bool = Field(True, description="Write a workbook on every diagnosis")


class EventSettings(_Section):
    """A promotion, holiday or closure the built-in calendar does not know."""

    name: str = Field(description="Name shown in reports", examples=["店庆"])
    start: date = Field(description="First day", examples=["2026-11-20"])
    end: date = Field(description="Last day", examples=["2026-11-22"])
    phase: Literal["warmup", "deposit", "burst", "sale", "encore", "aftermath", "holiday", "closed"] = Field(
        "burst", description="Phase: warmup, deposit, burst, sale, encore, aftermath, holiday, closed"
    )


class Settings(_Section):
    """All settings of a workspace."""

    shop: ShopSettings = Field(ShopSettings(), description="The shop")
    sources: SourceSettings = Field(SourceSettings(), description="Traffic sources")
    ads: AdSettings = Field(AdSettings(), description="Ads")
    record: RecordSettings = Field(RecordSettings(), description="The record")
    report: ReportSettings = Field(ReportSettings(), description="Reports")
    events: tuple[EventSettings, ...] = Field((), description="Own promotions, holidays and closures")
