"""The configuration: one frozen model, defaults in the model, unknown keys refused by name."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo

from storeops.yamlfile import fault, read_yaml

FILE_NAME = "config.yaml"


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def named_only(value: str) -> str:
    """Accept where a secret is found; refuse what looks like the secret itself, unquoted."""
    kind, _, name = value.partition(":")
    is_named = {"env": _VARIABLE.fullmatch(name), "keyring": "/" in name, "file": name}.get(kind)
    if not is_named:
        raise ValueError(
            "a secret does not stand in a file that is copied and mailed: put it into an "
            "environment variable and write env:NAME here (or file:PATH, keyring:SERVICE/USER)"
        )
    return value


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


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


Secret = Annotated[str, AfterValidator(named_only)]
"""Where a secret is found: ``env:NAME``, ``file:PATH`` or ``keyring:SERVICE/USER``; never itself."""
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of day in Beijing."""
BEIJING = timezone(timedelta(hours=8))
"""China keeps one time all year."""


class MailSettings(_Section):
    """The mail server reports go out through."""

    host: str | None = Field(
        default=None, description="Outgoing mail server; none: no mail", examples=["smtp.qq.com"]
    )
    port: int = Field(default=465, ge=1, le=65535, description="Its port: 465 tls, 587 starttls")
    security: Literal["tls", "starttls", "none"] = Field(
        default="tls",
        description="tls, starttls (certificates are checked either way), or none for a server on this machine",
    )
    user: str | None = Field(default=None, description="Login, mostly the whole address")
    password: Secret | None = Field(
        default=None,
        description="Where the password is found, never the password: env:NAME, file:PATH or keyring:SERVICE/USER",
        examples=["env:STOREOPS_SMTP_PASSWORD"],
    )
    sender: str | None = Field(
        default=None, description="Address in From; default: the login", examples=["shop@qq.com"]
    )
    ca_file: str | None = Field(
        default=None, description="Certificates of an own authority, for a house server"
    )
    timeout_seconds: float = Field(default=30, gt=0, description="How long to wait for an answer")


class RecipientSettings(_Section):
    """Who gets a report, by which way, and when."""

    name: str = Field(min_length=1, description="Name in the outbox", examples=["老板"])
    channel: Literal["mail", "dingtalk", "feishu", "wecom", "webhook"] = Field(
        default="mail", description="mail, dingtalk, feishu, wecom (group robots) or webhook (JSON)"
    )
    to: str | None = Field(default=None, description="Mail address", examples=["boss@example.com"])
    url: Secret | None = Field(
        default=None,
        description="Where the robot's address is found (it is a secret): env:NAME, file:PATH or keyring:SERVICE/USER",
        examples=["env:STOREOPS_DINGTALK_URL"],
    )
    secret: Secret | None = Field(
        default=None, description="Where the robot's signing secret is found, in the same way"
    )
    view: Literal["boss", "operator"] = Field(
        default="operator", description="boss (one minute) or operator (everything)"
    )
    reports: tuple[Literal["day", "week", "month"], ...] = Field(
        default=("day",), description="Which reports: day, week, month"
    )
    when: Literal["always", "abnormal"] = Field(
        default="always", description="always, or only when something needs attention"
    )
    owners: tuple[
        Literal["operations", "promotion", "art", "service", "warehouse", "finance", "boss"], ...
    ] = Field(default=(), description="Only tasks of these owners; none named: all tasks")
    shops: tuple[str, ...] = Field(default=(), description="Only these shops; none named: all")
    quiet: tuple[Clock, Clock] | None = Field(
        default=None, description="Beijing hours without messages, from and to",
        examples=['["22:00", "08:00"]'],
    )  # fmt: skip
    language: Literal["auto", "zh", "en"] = Field(
        default="auto", description="Language of what this recipient gets"
    )

    @model_validator(mode="after")
    def _has_a_way(self) -> RecipientSettings:
        if self.channel == "mail" and not self.to:
            raise ValueError("a mail recipient needs 'to', the address")
        if self.channel != "mail" and not self.url:
            raise ValueError("a robot or webhook needs 'url', such as env:STOREOPS_DINGTALK_URL")
        return self


class DeliverySettings(_Section):
    """Who gets reports and how."""

    mail: MailSettings = Field(default=MailSettings(), description="The mail server")
    hold_until: Clock = Field(
        default="10:30",
        description="Beijing time until which a report waits for yesterday's files; then it goes out and names the gap",
    )
    expire_hours: float = Field(
        default=20, gt=0, description="How long a message is tried before it is given up"
    )
    recipients: tuple[RecipientSettings, ...] = Field(default=(), description="Recipients")

    @model_validator(mode="after")
    def _names_differ(self) -> DeliverySettings:
        names = [recipient.name for recipient in self.recipients]
        if len(set(names)) < len(names):
            raise ValueError("two recipients have the same name")
        return self


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
    delivery: DeliverySettings = Field(
        default=DeliverySettings(), description="Who gets reports and how"
    )
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
    for name, field in Settings.model_fields.items():
        lines += ["", *_shown(name, field, getattr(Settings(), name), "")]
    return "\n".join(lines) + "\n"


def _shown(name: str, field: FieldInfo, value: Any, indent: str) -> list[str]:
    """Show one key: a section with its keys, a list with one commented entry, or a value."""
    lines = [f"{indent}# {field.description}"]
    if isinstance(value, BaseModel):
        lines.append(f"{indent}{name}:")
        for key, inner in type(value).model_fields.items():
            lines += _shown(key, inner, getattr(value, key), f"{indent}  ")
        return lines
    entry = next((arg for arg in get_args(field.annotation) if _is_section(arg)), None)
    if entry is not None:
        return [*lines, f"{indent}{name}: []", *_commented(entry, indent)]
    shown = field.examples[0] if field.examples else None
    text = json.dumps(value, ensure_ascii=False)
    return [*lines, f"{indent}{name}: {text}" + (f"  # {shown}" if shown else "")]


def _is_section(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _commented(model: type[BaseModel], indent: str) -> list[str]:
    lines: list[str] = []
    for name, field in model.model_fields.items():
        value: Any = field.examples[0] if field.examples else field.default
        if value is None or isinstance(value, tuple):
            value = json.dumps(value)
        mark = "-" if not lines else " "
        lines.append(f"{indent}# {mark} {name}: {value}  # {field.description}")
    return lines
