"""One MDM server of the portal: its certificate, its token, its devices in the order they came."""

import json
import secrets
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509

from enrollment.simulator.journal import Journal
from enrollment.simulator.token_writer import write_token

if TYPE_CHECKING:
    from enrollment.simulator.devices import Device
    from enrollment.simulator.state import World

TOKEN_LIVES = timedelta(days=365)


class NoCertificate(Exception):
    """The portal gives a token only after a certificate was uploaded."""


class MdmServer:
    """A server has one consumer key for life; each download makes a new token and kills the one before."""

    def __init__(self, world: "World", *, name: str, uuid: str) -> None:
        self.world = world
        self.name = name
        self.uuid = uuid
        self.certificate: x509.Certificate | None = None
        self.consumer_key = "CK_" + secrets.token_hex(48)
        self.consumer_secret = "CS_" + secrets.token_hex(20)
        self.access_token = ""
        self.access_secret = ""
        self.expires_at: datetime | None = None
        self.journal = Journal()
        self.order: list[tuple[int, str]] = []  # (sequence, serial), ascending; may hold devices that have left
        self.last_sequence = 0
        self.discovery: dict[str, str] = {}
        self.pages: dict[tuple[int, int, int], tuple[bytes, int, bool]] = {}

    # --- Its token ---------------------------------------------------------------------------------------------------

    def upload_certificate(self, pem: bytes) -> None:
        """The public key to encrypt the token for; ValueError when it is none."""
        certificate = x509.load_pem_x509_certificate(pem)
        with self.world.lock:
            self.certificate = certificate
            self.world.changed()

    def download_token(self, *, markers: bool = True, triple_des: bool = False) -> bytes:
        """A new token as `.p7m`; the one before is dead at once. NoCertificate before one was uploaded."""
        if self.certificate is None:
            raise NoCertificate
        self.issue_token()
        return write_token(self.credentials_json(), self.certificate, markers=markers, triple_des=triple_des)

    def issue_token(self) -> datetime:
        """Until when the new token lives."""
        now = self.world.clock().astimezone(UTC).replace(microsecond=0)
        with self.world.lock:
            number = self.world.organisation["org_id"]
            self.access_token = f"AT_O{number}O{secrets.token_hex(20)}O{int(now.timestamp() * 1000)}"
            self.access_secret = "AS_" + secrets.token_hex(20)
            self.expires_at = now + TOKEN_LIVES
            self.world.changed()
            return self.expires_at

    def expire_token(self) -> None:
        with self.world.lock:
            self.expires_at = self.world.clock() - timedelta(seconds=1)
            self.world.changed()

    def credentials(self) -> dict[str, str]:
        """The five keys of a token; one is issued if there is none yet."""
        expires_at = self.expires_at or self.issue_token()
        return {
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "access_token": self.access_token,
            "access_secret": self.access_secret,
            "access_token_expiry": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    def credentials_json(self) -> str:
        return json.dumps(self.credentials(), separators=(",", ":"))

    # --- Its devices -------------------------------------------------------------------------------------------------

    def next_sequence(self, serial: str) -> int:
        self.last_sequence += 1
        self.order.append((self.last_sequence, serial))
        return self.last_sequence

    def device(self, serial: str) -> "Device":
        """KeyError when it is not on this server."""
        device = self.world.devices[serial]
        if device.server is not self:
            raise KeyError(serial)
        return device

    def here(self, serial: str) -> "Device | None":
        device = self.world.devices.get(serial)
        return device if device is not None and device.server is self else None

    def devices(self) -> list["Device"]:
        """In the order they came."""
        return self.following(0, len(self.order))

    def following(self, sequence: int, limit: int) -> list["Device"]:
        """The next devices after a place in the order."""
        found: list[Device] = []
        known = self.world.devices
        for place in range(bisect_right(self.order, (sequence, "\uffff")), len(self.order)):
            number, serial = self.order[place]
            device = known.get(serial)
            if device is not None and device.server is self and device.sequence == number:
                found.append(device)
                if len(found) == limit:
                    break
        return found
