"""What the pretend Apple remembers, and what can happen in it. Every public method holds the lock."""

import random
import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from enrollment.simulator.catalogue import make_facts, make_serial
from enrollment.simulator.devices import Device
from enrollment.simulator.faults import Faults
from enrollment.simulator.location import Location
from enrollment.simulator.mdm_server import MdmServer
from enrollment.simulator.throttle import Throttle


class World:
    """An organisation with its MDM servers and devices, deterministic for a seed."""

    def __init__(self, seed: int = 7, *, clock: Callable[[], datetime] | None = None) -> None:
        self.lock = threading.RLock()
        self.clock = clock or (lambda: datetime.now(UTC))
        self.seed = seed
        self.chance = random.Random(seed)
        self.organisation = {
            "org_name": "Orchard Foods",
            "org_email": "it@orchard.example",
            "org_phone": "+33 1 70 18 99 00",
            "org_address": "12 rue des Pommiers, 14000 Caen",
            "org_id": str(self.chance.randrange(10**6, 10**7)),
            "org_id_hash": f"{self.chance.getrandbits(256):064x}",
            "org_type": "org",
            "org_version": "v2",
            "admin_id": "admin@orchard.example",
        }
        self.servers: list[MdmServer] = []
        self.locations: list[Location] = []
        self.assets_per_page = 400
        self.devices: dict[str, Device] = {}
        self.profiles: dict[str, tuple[str, dict[str, Any]]] = {}  # uuid → (server uuid, payload)
        self.terms_signed = True
        self.faults = Faults()
        self.throttle = Throttle()
        self.consistency_delay = 0.0  # seconds until an assignment shows
        self.session_idle = timedelta(minutes=10)
        self.rotate_every = 25  # responses
        self.repeats_operations = False
        self.pages_served = 0
        self.calls: list[tuple[str, str]] = []  # method and path of every API request
        self.assigned_serials: list[str] = []  # every serial of every assign call, in order
        self.changes = 0  # counts what is worth saving

    # --- The portal administrator ------------------------------------------------------------------------------------

    def add_server(self, name: str) -> MdmServer:
        with self.lock:
            server = MdmServer(self, name=name, uuid=secrets.token_hex(16).upper())
            self.servers.append(server)
            self.changed()
            return server

    def server(self, uuid: str) -> MdmServer | None:
        return next((server for server in self.servers if server.uuid == uuid), None)

    def add_location(self, name: str, **how: Any) -> Location:
        """A location of Apps and Books; it owns what a demo starts with, unless `licences` are given."""
        with self.lock:
            location = Location(self, name=name, **how)
            self.locations.append(location)
            self.changed()
            return location

    def add_devices(self, server: MdmServer | None, count: int, **facts: Any) -> list[str]:
        """New devices of the organisation, on the server unless None; their serial numbers."""
        with self.lock:
            serials = [self._make_device(facts) for _ in range(count)]
            if server is not None:
                self._put_on(serials, server)
            self.changed()
            return serials

    def _make_device(self, facts: dict[str, Any]) -> str:
        serial = make_serial(self.chance)
        while serial in self.devices:
            serial = make_serial(self.chance)
        bought = self.clock() - timedelta(days=self.chance.randrange(1, 900), seconds=self.chance.randrange(86_400))
        made = {**make_facts(self.chance, len(self.devices)), **facts}
        self.devices[serial] = Device(serial, made, bought.replace(microsecond=0))
        return serial

    def assign(self, serials: str | Iterable[str], server: MdmServer) -> None:
        """Put devices on a server; from another one they move, and come to this one without a profile."""
        with self.lock:
            self._put_on(_listed(serials), server)
            self.changed()

    move = assign

    def _put_on(self, serials: list[str], server: MdmServer) -> None:
        for serial in serials:
            device = self.devices[serial]
            if device.server is server:
                continue
            self._take_off(device)
            device.put_on(server, server.next_sequence(serial), self._now())
            server.journal.append("added", serial, device.assigned_at)

    def unassign(self, serials: str | Iterable[str]) -> None:
        """Off its server; the organisation keeps it."""
        with self.lock:
            for serial in _listed(serials):
                self._take_off(self.devices[serial])
            self.changed()

    def _take_off(self, device: Device, *, released_by_replacement: bool = False) -> None:
        if (server := device.server) is not None:
            device.take_off()
            server.journal.append(
                "deleted", device.serial, self._now(), released_by_replacement=released_by_replacement
            )

    def release(self, serials: str | Iterable[str]) -> None:
        """Out of the organisation, for good."""
        with self.lock:
            for serial in _listed(serials):
                self._take_off(self.devices[serial])
                del self.devices[serial]
            self.changed()

    def replace(self, serial: str) -> str:
        """A repair swaps the device: the new one takes its place and its server; its serial number."""
        with self.lock:
            old = self.devices[serial]
            new = self._make_device(dict(old.facts))
            server = old.server
            self._take_off(old, released_by_replacement=True)
            self.devices[new].replaces = (serial, self._now().date().isoformat())
            if server is not None:
                self._put_on([new], server)
            self.changed()
            return new

    def set_migration_deadline(self, serial: str, deadline: datetime | None) -> None:
        with self.lock:
            device = self.devices[serial]
            device.change(migration_deadline=deadline)
            self._modified(device)

    def withdraw_terms(self) -> None:
        self.terms_signed = False
        self.changed()

    def accept_terms(self) -> None:
        self.terms_signed = True
        self.changed()

    # --- The devices themselves --------------------------------------------------------------------------------------

    def activate(self, serial: str) -> dict[str, Any] | None:
        """A device is turned on: it is handed the profile assigned to it, or none."""
        with self.lock:
            device = self.devices[serial]
            if device.profile_status not in ("assigned", "pushed"):
                return None
            device.change(profile_status="pushed", profile_pushed_at=self._now())
            self._modified(device)
            return self.profiles[device.profile_uuid][1]

    # --- The API's part ----------------------------------------------------------------------------------------------

    def give_profile(self, device: Device, profile_uuid: str) -> None:
        """An assignment, which shows after the consistency delay."""
        now = self._now()
        device.change_later(
            self.clock() + timedelta(seconds=self.consistency_delay),
            profile_uuid=profile_uuid,
            profile_status="assigned",
            profile_assigned_at=now,
        )
        self.settle(device)

    def take_profile(self, device: Device) -> None:
        if device.profile_status in ("assigned", "pushed"):
            device.change_later(self.clock() + timedelta(seconds=self.consistency_delay), profile_status="removed")
            self.settle(device)

    def settle(self, device: Device) -> None:
        """Let a delayed change show whose time has come."""
        if device.settle(self.clock()):
            self._modified(device)

    def serialise(self, version: int = 10) -> None:
        """Write every device's record once beforehand, so that the first fetch is as fast as the next."""
        for device in self.devices.values():
            device.serialised(version)

    def settle_all(self) -> None:
        if self.consistency_delay:
            for device in self.devices.values():
                self.settle(device)

    def _modified(self, device: Device) -> None:
        if device.server is not None:
            device.server.journal.append("modified", device.serial, self._now())
        self.changed()

    def changed(self) -> None:
        self.changes += 1
        for server in self.servers:
            server.pages.clear()

    def _now(self) -> datetime:
        return self.clock().replace(microsecond=0)


def _listed(serials: str | Iterable[str]) -> list[str]:
    return [serials] if isinstance(serials, str) else list(serials)
