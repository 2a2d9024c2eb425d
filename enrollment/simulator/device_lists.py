"""Fetch and sync: the two lists of devices, page by page (apple-protocols.md 3.2)."""

import json
from datetime import UTC
from typing import Any

from enrollment.simulator.answers import Answer, refused
from enrollment.simulator.cursors import Cursor, decode
from enrollment.simulator.devices import stamp
from enrollment.simulator.journal import Operation
from enrollment.simulator.mdm_server import MdmServer
from enrollment.simulator.state import World

DEFAULT_LIMIT, LARGEST_LIMIT = 100, 1000
_PAGES_KEPT = 2_000


def _limit(said: dict[str, Any]) -> int:
    limit = said.get("limit", DEFAULT_LIMIT)
    return min(max(limit, 1), LARGEST_LIMIT) if isinstance(limit, int) else DEFAULT_LIMIT


def _cursor_fault(world: World, path: str) -> Answer | None:
    for kind in ("expired_cursor", "invalid_cursor", "exhausted_cursor"):
        if world.faults.take(kind, path):
            return refused(400, kind.upper())
    return None


def fetch(world: World, server: MdmServer, version: int, said: dict[str, Any]) -> Answer:
    """Everything on the server now, oldest first. The cursor remembers the journal as it was when the fetch began."""
    now = world.clock()
    cursor = Cursor("f", 0, len(server.journal), now)
    if said.get("cursor"):
        if fault := _cursor_fault(world, "/server/devices"):
            return fault
        known = decode(said["cursor"])
        if known is None or known.phase == "s":
            return refused(400, "INVALID_CURSOR")
        if known.has_expired(now):
            return refused(400, "EXPIRED_CURSOR")
        if known.phase == "e":
            return refused(400, "EXHAUSTED_CURSOR")
        cursor = known
    joined, last, more = _serialised_page(server, version, cursor.sequence, _limit(said))
    following = Cursor("f" if more else "e", last, cursor.position, now)
    return _page(world, joined, following.encode(), said, more=more, path="/server/devices")


def _serialised_page(server: MdmServer, version: int, sequence: int, limit: int) -> tuple[bytes, int, bool]:
    """The page's records as one piece of JSON; kept until anything changes, so that 200,000 devices come fast."""
    key = (version, sequence, limit)
    if key not in server.pages:
        if len(server.pages) > _PAGES_KEPT:
            server.pages.clear()
        devices = server.following(sequence, limit + 1)
        more, devices = len(devices) > limit, devices[:limit]
        last = devices[-1].sequence if devices else sequence
        server.pages[key] = b",".join([device.serialised(version) for device in devices]), last, more
    return server.pages[key]


def sync(world: World, server: MdmServer, version: int, said: dict[str, Any]) -> Answer:
    """What happened since the cursor, in order; a serial number may come several times."""
    if not said.get("cursor"):
        return refused(400, "CURSOR_REQUIRED")
    if fault := _cursor_fault(world, "/devices/sync"):
        return fault
    now = world.clock()
    cursor = decode(said["cursor"])
    if cursor is None or cursor.phase == "f" or cursor.position > len(server.journal):
        return refused(400, "INVALID_CURSOR")
    if cursor.has_expired(now):
        return refused(400, "EXPIRED_CURSOR")
    operations = server.journal.after(cursor.position, _limit(said))
    position = cursor.position + len(operations)
    if world.repeats_operations:
        operations = [operation for operation in operations for _twice in range(2)]
    records = [_told(world, server, version, operation) for operation in operations]
    joined = b",".join(json.dumps(record, separators=(",", ":")).encode() for record in records)
    more = position < len(server.journal)
    return _page(world, joined, Cursor("s", 0, position, now).encode(), said, more=more, path="/devices/sync")


def _told(world: World, server: MdmServer, version: int, operation: Operation) -> dict[str, Any]:
    """A deleted device is told of by its serial number alone."""
    said: dict[str, Any] = {"serial_number": operation.serial}
    device = world.devices.get(operation.serial)
    if operation.kind != "deleted" and device is not None:
        said = device.record(version)
        if device.server is not server:
            said["profile_status"] = "empty"
    elif operation.released_by_replacement and version >= 10:
        said["released_by_replacement"] = True
    return {**said, "op_type": operation.kind, "op_date": stamp(operation.at.astimezone(UTC))}


def _page(world: World, joined: bytes, cursor: str, said: dict[str, Any], *, more: bool, path: str) -> Answer:
    world.pages_served += 1
    follows: bool | str = more
    if world.faults.take("same_cursor", path) and said.get("cursor"):
        cursor, follows = said["cursor"], True
    if world.faults.take("more_as_string", path):
        follows = "true" if follows else "false"
    rest = {"cursor": cursor, "more_to_follow": follows, "fetched_until": stamp(world.clock().astimezone(UTC))}
    tail = json.dumps(rest, separators=(",", ":")).encode()
    return Answer(body=[b'{"devices":[', joined, b"],", tail[1:]])
