"""The pretend world on disk, so that it survives a restart: one JSON file, replaced in one step."""

import json
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from enrollment.simulator.devices import Device
from enrollment.simulator.journal import Operation
from enrollment.simulator.location import Location
from enrollment.simulator.mdm_server import MdmServer
from enrollment.simulator.state import World

_TIMES = ("assigned_at", "profile_assigned_at", "profile_pushed_at", "migration_deadline")
_KEYS = ("consumer_key", "consumer_secret", "access_token", "access_secret")


def save(world: World, file: Path) -> None:
    """Everything but faults, sessions and counters; mode 600, for it holds the tokens' secrets."""
    with world.lock:
        said = {
            "seed": world.seed,
            "organisation": world.organisation,
            "terms_signed": world.terms_signed,
            "profiles": world.profiles,
            "locations": [location.to_json() for location in world.locations],
            "servers": [_server(server) for server in world.servers],
            "devices": [_device(device) for device in world.devices.values()],
        }
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(said, stream)
    draft.replace(file)


def _server(server: MdmServer) -> dict[str, Any]:
    return {
        "name": server.name,
        "uuid": server.uuid,
        "certificate": server.certificate.public_bytes(Encoding.PEM).decode() if server.certificate else None,
        "expires_at": _iso(server.expires_at),
        "journal": [
            [op.kind, op.serial, op.at.isoformat(), op.released_by_replacement] for op in server.journal.operations
        ],
        "order": server.order,
        "last_sequence": server.last_sequence,
        **{name: getattr(server, name) for name in _KEYS},
    }


def _device(device: Device) -> dict[str, Any]:
    return {
        "serial": device.serial,
        "facts": device.facts,
        "server": device.server.uuid if device.server else None,
        "sequence": device.sequence,
        "profile_uuid": device.profile_uuid,
        "profile_status": device.profile_status,
        "replaces": device.replaces,
        **{name: _iso(getattr(device, name)) for name in _TIMES},
    }


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _time(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def load(file: Path) -> World:
    """The world as it was saved; ValueError or KeyError when the file is not one of ours."""
    said = json.loads(file.read_text())
    world = World(said["seed"])
    world.organisation = said["organisation"]
    world.terms_signed = said["terms_signed"]
    world.profiles = {uuid: (owner, payload) for uuid, (owner, payload) in said["profiles"].items()}
    for known in said["servers"]:
        world.servers.append(_loaded_server(world, known))
    # Worlds from before there were licences have no locations.
    world.locations = [Location.from_json(world, known) for known in said.get("locations", [])]
    for known in said["devices"]:
        world.devices[known["serial"]] = _loaded_device(world, known)
    # The same chance would draw the same serial numbers again.
    world.chance.seed(f"{world.seed} {len(world.devices)}")
    return world


def _loaded_server(world: World, said: dict[str, Any]) -> MdmServer:
    server = MdmServer(world, name=said["name"], uuid=said["uuid"])
    for name in _KEYS:
        setattr(server, name, said[name])
    server.certificate = x509.load_pem_x509_certificate(said["certificate"].encode()) if said["certificate"] else None
    server.expires_at = _time(said["expires_at"])
    server.order = [(number, serial) for number, serial in said["order"]]
    server.last_sequence = said["last_sequence"]
    server.journal.operations = [
        Operation(kind, serial, datetime.fromisoformat(at), replaced) for kind, serial, at, replaced in said["journal"]
    ]
    return server


def _loaded_device(world: World, said: dict[str, Any]) -> Device:
    device = Device(said["serial"], said["facts"], datetime.fromisoformat(said["assigned_at"]))
    device.server = world.server(said["server"]) if said["server"] else None
    for name in ("sequence", "profile_uuid", "profile_status"):
        setattr(device, name, said[name])
    device.replaces = tuple(said["replaces"]) if said["replaces"] else None
    for name in _TIMES[1:]:
        setattr(device, name, _time(said[name]))
    return device


class Saver:
    """Saves soon after a change, and once more at the end."""

    EVERY = 1.0  # seconds

    def __init__(self, world: World, file: Path) -> None:
        self._world, self._file = world, file
        self._saved = -1
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._end.set()
        self._thread.join()
        self._save()

    def _watch(self) -> None:
        while not self._end.wait(self.EVERY):
            self._save()

    def _save(self) -> None:
        if self._world.changes != self._saved:
            self._saved = self._world.changes
            save(self._world, self._file)
