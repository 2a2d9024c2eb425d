"""A device of the pretend organisation, and how Apple tells of it in each protocol version."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from enrollment.simulator.mdm_server import MdmServer

# Which protocol version brought which key (apple-protocols.md 2.3); the rest is as old as the service.
SINCE = {
    "os": 2,
    "device_family": 2,
    "mdm_migration_deadline": 8,
    "eid": 10,
    "imei": 10,
    "meid": 10,
    "wifi_mac_address": 10,
    "bluetooth_mac_address": 10,
    "ethernet_mac_address": 10,
    "is_replacement_device": 10,
}
IPADOS_SINCE = 7


def stamp(time: datetime | None) -> str | None:
    """As Apple writes times."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None


class Device:
    """Mutable, and careful to forget its serialised form when it changes."""

    __slots__ = (
        "_becomes",
        "_bytes",
        "assigned_at",
        "facts",
        "is_locked",
        "migration_deadline",
        "profile_assigned_at",
        "profile_pushed_at",
        "profile_status",
        "profile_uuid",
        "replaces",
        "sequence",
        "serial",
        "server",
    )

    def __init__(self, serial: str, facts: dict[str, Any], assigned_at: datetime) -> None:
        self.serial = serial
        self.facts = facts
        self.assigned_at = assigned_at
        self.server: MdmServer | None = None
        self.sequence = 0
        self.profile_uuid = ""
        self.profile_status = "empty"
        self.profile_assigned_at: datetime | None = None
        self.profile_pushed_at: datetime | None = None
        self.migration_deadline: datetime | None = None
        self.replaces: tuple[str, str] | None = None
        self.is_locked = False
        self._becomes: tuple[datetime, dict[str, Any]] | None = None
        self._bytes: dict[int, bytes] = {}

    @property
    def model(self) -> str:
        return str(self.facts["model"])

    @property
    def description(self) -> str:
        return str(self.facts["description"])

    @property
    def color(self) -> str:
        return str(self.facts["color"])

    @property
    def device_family(self) -> str:
        return str(self.facts["device_family"])

    def change(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self._bytes = {}

    def change_later(self, at: datetime, **values: Any) -> None:
        self._becomes = (at, values)

    def settle(self, now: datetime) -> bool:
        """Whether a delayed change has just come to show."""
        if self._becomes is None or self._becomes[0] > now:
            return False
        values, self._becomes = self._becomes[1], None
        self.change(**values)
        return True

    def put_on(self, server: "MdmServer", sequence: int, now: datetime) -> None:
        # The date of the very first assignment is when it was bought: so that a list looks like one.
        first = self.sequence == 0
        self.change(
            server=server,
            sequence=sequence,
            assigned_at=self.assigned_at if first else now,
            profile_status="empty",
            profile_uuid="",
            profile_assigned_at=None,
            profile_pushed_at=None,
        )

    def take_off(self) -> None:
        self._becomes = None
        self.change(server=None, profile_status="empty", profile_uuid="", profile_assigned_at=None)

    def record(self, version: int) -> dict[str, Any]:
        """What Apple says of it to a client of this protocol version."""
        said: dict[str, Any] = {"serial_number": self.serial, **self.facts}
        said["device_assigned_date"] = stamp(self.assigned_at)
        said["profile_status"] = self.profile_status
        if self.profile_status != "empty":
            said["profile_uuid"] = self.profile_uuid
            said["profile_assign_time"] = stamp(self.profile_assigned_at)
        if self.profile_pushed_at:
            said["profile_push_time"] = stamp(self.profile_pushed_at)
        if self.migration_deadline:
            said["mdm_migration_deadline"] = stamp(self.migration_deadline)
        if self.replaces:
            said["is_replacement_device"] = True
        if said["os"] == "iPadOS" and version < IPADOS_SINCE:
            said["os"] = "iOS"
        return {name: value for name, value in said.items() if version >= SINCE.get(name, 1)}

    def serialised(self, version: int) -> bytes:
        """The record as JSON; made once for each version."""
        if version not in self._bytes:
            self._bytes[version] = json.dumps(self.record(version), separators=(",", ":")).encode()
        return self._bytes[version]
