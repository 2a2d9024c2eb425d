"""What Apple says, as values. Unknown keys are ignored, unknown values get a named fallback, nothing crashes a page.

Source: apple-protocols.md 3.1 to 3.6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

PROFILE_STATUSES = ("empty", "assigned", "pushed", "removed")


class SerialResult(StrEnum):
    """What became of one serial number in a call about many."""

    SUCCESS = "SUCCESS"
    NOT_ACCESSIBLE = "NOT_ACCESSIBLE"
    FAILED = "FAILED"
    THROTTLED = "THROTTLED"
    UNKNOWN = "UNKNOWN"


class DeviceRecord(NamedTuple):
    """One device as Apple tells of it (3.3). Times are aware UTC or None; strings are "" when absent."""

    serial: str
    model: str = ""
    description: str = ""
    color: str = ""
    asset_tag: str = ""
    family: str = ""
    os: str = ""
    assigned_by: str = ""
    assigned_at: datetime | None = None
    profile_status: str = "empty"
    profile_uuid: str = ""
    profile_assigned_at: datetime | None = None
    profile_pushed_at: datetime | None = None
    migration_deadline: datetime | None = None
    eid: str = ""
    imei: list[str] = []
    meid: list[str] = []
    wifi_mac: str = ""
    bluetooth_mac: str = ""
    ethernet_mac: str = ""
    is_replacement: bool = False
    released_by_replacement: bool = False
    op_type: str = ""
    op_date: datetime | None = None


@dataclass(frozen=True)
class DevicePage:
    """One page of a fetch or a sync (3.2)."""

    said: list[Mapping[str, Any]]
    cursor: str
    more_to_follow: bool
    fetched_until: datetime | None = None
    content: bytes = b""  # as Apple sent it

    @cached_property
    def devices(self) -> list[DeviceRecord]:
        """Made when they are first looked at; records without a serial number are left out."""
        return [record for one in self.said if (record := device(one)).serial]


@dataclass(frozen=True, slots=True)
class Account:
    """Whose server this is (3.1)."""

    server_name: str = ""
    server_uuid: str = ""
    admin_id: str = ""
    org_name: str = ""
    org_email: str = ""
    org_phone: str = ""
    org_address: str = ""
    org_id: str = ""
    org_id_hash: str = ""
    org_type: str = ""
    org_version: str = ""
    urls: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Defined:
    """Apple's name for a new profile, 32 upper-case hex digits, and what became of the serials sent along (3.5)."""

    profile_uuid: str
    results: dict[str, SerialResult]


@dataclass(frozen=True, slots=True)
class AssignResult:
    """Per serial number; `retry_after_seconds` speaks of the throttled ones (3.5, protocol version 10)."""

    results: dict[str, SerialResult]
    retry_after_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """Which device this one replaces (3.6); the date is YYYY-MM-DD."""

    serial: str
    original_serial: str
    date: str


def time(value: object) -> datetime | None:
    """An ISO 8601 time as aware UTC; None when absent or not one."""
    if not isinstance(value, str) or not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
        if parsed.tzinfo is UTC:
            return parsed
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def text(value: object) -> str:
    """A string without NUL and lone surrogates, which no database takes; "" for anything that is none."""
    if not isinstance(value, str):
        return ""
    if not value.isascii():
        value = value.encode("utf-8", "replace").decode()
    return value.replace("\x00", "") if "\x00" in value else value


def uuid(value: object) -> str:
    """A profile's uuid as Apple writes it today: 32 upper-case hex digits without dashes."""
    return text(value).replace("-", "").upper() if value else ""


def truth(value: object) -> bool:
    """A boolean; the string "false" of 2018 is tolerated."""
    return value.lower() == "true" if isinstance(value, str) else value is True


# Apple's names of the texts of a record.
_TEXTS = (
    *("serial_number", "model", "description", "color", "asset_tag", "device_family", "os", "device_assigned_by"),
    *("profile_status", "profile_uuid", "eid", "wifi_mac_address", "bluetooth_mac_address", "ethernet_mac_address"),
    "op_type",
)
_BLANK = dict.fromkeys(_TEXTS, "")
_texts_of = itemgetter(*_TEXTS)


def device(said: Mapping[str, Any]) -> DeviceRecord:
    """A device record of any protocol version."""
    get = said.get
    serial, model, description, color, asset_tag, family, os, assigned_by, *rest = _texts(said)
    status, profile_uuid, eid, wifi_mac, bluetooth_mac, ethernet_mac, op_type = rest
    status = status.lower()
    # In the order of the fields: 200,000 of these are made in a row, and names cost half as much again.
    return DeviceRecord(
        serial.strip().upper(),
        model,
        description,
        color,
        asset_tag,
        family,
        os,
        assigned_by,
        time(get("device_assigned_date")),
        status if status in PROFILE_STATUSES else "empty",
        uuid(profile_uuid),
        time(get("profile_assign_time")),
        time(get("profile_push_time")),
        time(get("mdm_migration_deadline")),
        eid,
        _list_of_texts(get("imei")),
        _list_of_texts(get("meid")),
        wifi_mac,
        bluetooth_mac,
        ethernet_mac,
        get("is_replacement_device") is True,
        get("released_by_replacement") is True,
        op_type.lower(),
        time(get("op_date")),
    )


def _texts(said: Mapping[str, Any]) -> Sequence[str]:
    """In the order of _TEXTS, each as `text` gives it; nearly always all of them are as they should be."""
    found: tuple[str, ...] = _texts_of({**_BLANK, **said})
    try:
        joined = "".join(found)
    except TypeError:
        joined = "\x00"
    return found if joined.isascii() and "\x00" not in joined else [text(one) for one in found]


def _list_of_texts(value: object) -> list[str]:
    return [text(part) for part in value if isinstance(part, str)] if value and isinstance(value, list) else []


def device_page(said: Mapping[str, Any], content: bytes = b"") -> DevicePage:
    """A page; records that are no objects are left out."""
    listed = said.get("devices")
    return DevicePage(
        said=[one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else [],
        cursor=text(said.get("cursor")),
        more_to_follow=truth(said.get("more_to_follow")),
        fetched_until=time(said.get("fetched_until")),
        content=content,
    )


def account(said: Mapping[str, Any]) -> Account:
    """`admin_id`, or its deprecated twin `facilitator_id`."""
    names = [name for name in Account.__dataclass_fields__ if name not in ("urls", "admin_id")]
    urls = said.get("urls")
    return Account(
        **{name: text(said.get(name)) for name in names},
        admin_id=text(said.get("admin_id")) or text(said.get("facilitator_id")),
        urls=[one for one in urls if isinstance(one, dict)] if isinstance(urls, list) else [],
    )


def serial_results(said: object) -> dict[str, SerialResult]:
    """What became of each serial number; a word we do not know is UNKNOWN."""
    if not isinstance(said, dict):
        return {}
    return {text(serial).upper(): _result(word) for serial, word in said.items()}


def _result(word: object) -> SerialResult:
    try:
        return SerialResult(text(word).upper())
    except ValueError:
        return SerialResult.UNKNOWN
