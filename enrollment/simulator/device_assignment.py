"""Apple's device assignment service, behind WSGI (apple-protocols.md 2 and 3)."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from enrollment.simulator.answers import Answer, Asked, as_json, refused
from enrollment.simulator.device_lists import fetch, sync
from enrollment.simulator.devices import stamp
from enrollment.simulator.faults import PROFILE_REFUSALS, REFUSALS, SESSION_REFUSALS
from enrollment.simulator.mdm_server import MdmServer
from enrollment.simulator.profile_rules import DEFAULTS, refusal
from enrollment.simulator.sessions import OAuthRefused, Sessions
from enrollment.simulator.state import World

GENERIC_AGENTS = ("python-requests/", "python-urllib", "python-httpx/", "go-http-client")
SESSION = "X-ADM-Auth-Session"
URLS = (
    ("/account", ["GET"]),
    ("/devices", ["POST"]),
    ("/devices/disown", ["POST"]),
    ("/devices/sync", ["POST"]),
    ("/profile", ["GET", "POST"]),
    ("/profile/devices", ["DELETE", "POST", "PUT"]),
    ("/server/devices", ["POST"]),
    ("/device/activationlock", ["POST"]),
)


class HangUp(Exception):
    """The connection is to be closed without an answer."""


@dataclass
class Call:
    """One authenticated call: whose server, which protocol version, what was said."""

    server: MdmServer
    version: int
    asked: Asked
    said: dict[str, Any]


Endpoint = Callable[[Call], Answer]


class DeviceAssignment:
    """The API at the host root."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sessions = Sessions(world)
        self._endpoints: dict[tuple[str, str], Endpoint] = {
            ("GET", "/account"): self._account,
            ("POST", "/server/devices"): lambda call: fetch(world, call.server, call.version, call.said),
            ("POST", "/devices/sync"): lambda call: sync(world, call.server, call.version, call.said),
            ("POST", "/devices"): self._details,
            ("POST", "/devices/disown"): self._disown,
            ("POST", "/profile"): self._define,
            ("GET", "/profile"): self._get_profile,
            ("POST", "/profile/devices"): self._assign,
            ("PUT", "/profile/devices"): self._assign,
            ("DELETE", "/profile/devices"): self._remove,
            ("POST", "/device/activationlock"): self._activation_lock,
            ("GET", "/device/replacementDetails"): self._replacement,
            ("GET", "/os-beta-enrollment/tokens"): self._beta_tokens,
            ("POST", "/account-driven-enrollment/profile"): self._set_discovery,
            ("GET", "/account-driven-enrollment/profile"): self._get_discovery,
            ("DELETE", "/account-driven-enrollment/profile"): self._delete_discovery,
        }
        self.paths = {"/session", *(path for _method, path in self._endpoints)}

    def answer(self, asked: Asked) -> Answer:
        """HangUp when the pretended network fails."""
        self.world.calls.append((asked.method, asked.path))
        answer = self._fault(asked) or self._agent_refusal(asked)
        if answer is None:
            answer = self._session(asked) if asked.path == "/session" else self._call(asked)
        return self._spoil(asked, answer)

    # --- Faults ------------------------------------------------------------------------------------------------------

    def _fault(self, asked: Asked) -> Answer | None:
        take = self.world.faults.take
        if slow := take("slow", asked.path):
            time.sleep(slow.seconds)
        if take("hang_up", asked.path):
            raise HangUp
        if take("500", asked.path):
            return refused(500)
        for kind, code in (("503", ""), ("429", "TOO_MANY_REQUESTS")):
            if fault := take(kind, asked.path):
                after = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
                return refused(int(kind), code, **after)
        return self._refusal(REFUSALS, asked)

    def _refusal(self, refusals: dict[str, tuple[int, str]], asked: Asked) -> Answer | None:
        on = (kind for kind in refusals if self.world.faults.take(kind, asked.path))
        kind = next(on, None)
        return refused(*refusals[kind]) if kind else None

    def _spoil(self, asked: Asked, answer: Answer) -> Answer:
        take = self.world.faults.take
        if answer.status == 200:
            if take("truncated_json", asked.path):
                whole = b"".join(answer.body) if isinstance(answer.body, list) else answer.body
                answer.body = whole[: len(whole) // 2]
        elif isinstance(answer.body, bytes) and answer.body and take("quoted_errors", asked.path):
            answer.body = b'"' + answer.body + b'"\n'
        return answer

    def _agent_refusal(self, asked: Asked) -> Answer | None:
        agent = asked.header("User-Agent").lower()
        if not agent:
            return refused(400, "USER_AGENT_MISSING")
        return refused(400, "USER_AGENT_INVALID") if agent.startswith(GENERIC_AGENTS) else None

    # --- Who asks ----------------------------------------------------------------------------------------------------

    def _session(self, asked: Asked) -> Answer:
        if asked.method != "GET":
            return refused(405)
        if not self.world.terms_signed:
            return refused(403, "T_C_NOT_SIGNED")
        if answer := self._refusal(SESSION_REFUSALS, asked):
            return answer
        try:
            server = self.sessions.check_oauth(asked.header("Authorization"), asked.url, self.world.servers)
        except OAuthRefused as refusal_:
            return refused(refusal_.status, refusal_.body)
        return as_json({"auth_session_token": self.sessions.open(server)})

    def _call(self, asked: Asked) -> Answer:
        token = asked.header(SESSION)
        session, why = self.sessions.find(token, self.world.session_idle)
        if self.world.faults.take("session_expired", asked.path):
            session, why = None, "UNAUTHORIZED"
        if self.world.faults.take("session_forbidden", asked.path):
            session, why = None, "FORBIDDEN"
        if session is None:
            if why == "UNAUTHORIZED":
                return refused(401, why, **{"WWW-Authenticate": "ADM-Auth-Token"})
            return refused(403, why)
        answer = self._authenticated(asked, session.server)
        if rotated := self.sessions.rotated(token, self.world.rotate_every):
            answer.headers[SESSION] = rotated
        return answer

    def _authenticated(self, asked: Asked, server: MdmServer) -> Answer:
        if not self.world.terms_signed or self.world.faults.take("terms_after_session", asked.path):
            return refused(403, "T_C_NOT_SIGNED")
        endpoint = self._endpoints.get((asked.method, asked.path))
        if endpoint is None:
            return refused(405) if asked.path in self.paths else refused(404, "NOT_FOUND")
        said = asked.json()
        if said is None:
            return refused(400, "MALFORMED_REQUEST_BODY")
        header = asked.header("X-Server-Protocol-Version")
        with self.world.lock:
            self.world.settle_all()
            return endpoint(Call(server, int(header) if header.isdecimal() else 1, asked, said))

    # --- What is asked -----------------------------------------------------------------------------------------------

    def _account(self, call: Call) -> Answer:
        said: dict[str, Any] = {"server_name": call.server.name, "server_uuid": call.server.uuid}
        said |= self.world.organisation | {"facilitator_id": self.world.organisation["admin_id"]}
        if call.version < 3:
            for name in ("org_id", "org_id_hash", "org_type", "org_version"):
                said.pop(name)
        else:
            said["urls"] = [
                {"uri": path, "http_method": methods}
                | ({"limit": {"default": 100, "maximum": 1000}} if path in ("/server/devices", "/devices/sync") else {})
                for path, methods in URLS
            ]
        return as_json(said)

    def _details(self, call: Call) -> Answer:
        serials = _serials(call.said)
        if not serials:
            return refused(400, "DEVICE_ID_REQUIRED")
        found: dict[str, Any] = {}
        for serial in serials:
            device = call.server.here(serial)
            found[serial] = (
                {**device.record(call.version), "response_status": "SUCCESS"}
                if device
                else {"response_status": "NOT_ACCESSIBLE"}
            )
        return as_json({"devices": found})

    def _disown(self, call: Call) -> Answer:
        serials = _serials(call.said)
        if not serials:
            return refused(400, "DEVICE_ID_REQUIRED")
        here = [serial for serial in serials if call.server.here(serial)]
        self.world.release(here)
        return as_json({"devices": {s: "SUCCESS" if s in here else "NOT_ACCESSIBLE" for s in serials}})

    def _define(self, call: Call) -> Answer:
        for kind in PROFILE_REFUSALS:
            if self.world.faults.take(kind, call.asked.path):
                return refused(400, kind.upper())
        if code := refusal(call.said):
            return refused(400, code)
        uuid = secrets.token_hex(16).upper()
        payload = {name: value for name, value in call.said.items() if name != "devices"}
        self.world.profiles[uuid] = (call.server.uuid, payload)
        results = self._give(call, uuid, _serials(call.said))
        self.world.changed()
        return as_json({"profile_uuid": uuid, "devices": results})

    def _profile_of(self, call: Call, uuid: str) -> dict[str, Any] | None:
        owner, payload = self.world.profiles.get(uuid, ("", {}))
        return payload if owner == call.server.uuid else None

    def _get_profile(self, call: Call) -> Answer:
        uuid = call.asked.query.get("profile_uuid", "")
        if not uuid:
            return refused(400, "PROFILE_UUID_REQUIRED")
        payload = self._profile_of(call, uuid)
        return refused(404, "NOT_FOUND") if payload is None else as_json({**DEFAULTS, **payload, "profile_uuid": uuid})

    def _assign(self, call: Call) -> Answer:
        uuid, serials = call.said.get("profile_uuid"), _serials(call.said)
        if not isinstance(uuid, str) or not uuid:
            return refused(400, "PROFILE_UUID_REQUIRED")
        if not serials:
            return refused(400, "DEVICE_ID_REQUIRED")
        if self._profile_of(call, uuid) is None:
            return refused(404, "NOT_FOUND")
        results = self._give(call, uuid, serials)
        said: dict[str, Any] = {"profile_uuid": uuid, "devices": results}
        if "THROTTLED" in results.values() and call.version >= 10:
            said["retry_after_seconds"] = int(self.world.throttle.pause.total_seconds())
        return as_json(said)

    def _give(self, call: Call, uuid: str, serials: list[str]) -> dict[str, str]:
        self.world.assigned_serials.extend(serials)
        return {serial: self._give_one(call, uuid, serial) for serial in serials}

    def _give_one(self, call: Call, uuid: str, serial: str) -> str:
        device = call.server.here(serial)
        if device is None or self._strikes(call, "not_accessible_serials", serial):
            return "NOT_ACCESSIBLE"
        if self._strikes(call, "failed_serials", serial):
            return "FAILED"
        throttled = not self.world.throttle.allows(serial, self.world.clock())
        if throttled or self._strikes(call, "throttled_serials", serial):
            return "THROTTLED" if call.version >= 9 else "FAILED"
        self.world.give_profile(device, uuid)
        return "SUCCESS"

    def _strikes(self, call: Call, kind: str, serial: str) -> bool:
        """Faults that name serial numbers strike only those; others strike every one."""
        on = [fault for fault in self.world.faults.listed() if fault.kind == kind]
        if not any(not fault.serials or serial in fault.serials for fault in on):
            return False
        return self.world.faults.take(kind, call.asked.path) is not None

    def _remove(self, call: Call) -> Answer:
        serials = _serials(call.said)
        if not serials:
            return refused(400, "DEVICE_ID_REQUIRED")
        results = {}
        for serial in serials:
            device = call.server.here(serial)
            results[serial] = "SUCCESS" if device else "NOT_ACCESSIBLE"
            if device:
                self.world.take_profile(device)
        return as_json({"devices": results})

    def _activation_lock(self, call: Call) -> Answer:
        serial = call.said.get("device")
        if not isinstance(serial, str) or not serial:
            return refused(400, "DEVICE_ID_REQUIRED")
        device = call.server.here(serial)
        status = "NOT_ACCESSIBLE" if device is None else "DEVICE_ALREADY_LOCKED" if device.is_locked else "SUCCESS"
        if device is not None and device.device_family not in ("iPhone", "iPad"):
            status = "DEVICE_NOT_SUPPORTED"
        elif device is not None:
            device.change(is_locked=True)
            self.world.changed()
        return as_json({"serial_number": serial, "response_status": status})

    def _replacement(self, call: Call) -> Answer:
        device = call.server.here(call.asked.query.get("device", ""))
        if device is None or device.replaces is None or call.version < 10:
            return refused(400, "DEVICE_NOT_FOUND")
        original, date = device.replaces
        return as_json(
            {
                "serial_number": device.serial,
                "original_device_serial_number": original,
                "replacement_date": date,
            }
        )

    def _beta_tokens(self, _call: Call) -> Answer:
        tokens = [{"os": "iOS", "title": "iOS Developer Beta", "token": secrets.token_hex(16)}]
        return as_json({"betaEnrollmentTokens": tokens, "seedBuildTokens": tokens})

    def _set_discovery(self, call: Call) -> Answer:
        url = call.said.get("mdm_service_discovery_url")
        if not url:
            return refused(400, "MDM_SERVICE_DISCOVERY_URL_REQUIRED")
        if not isinstance(url, str) or not url.startswith("https://"):
            return refused(400, "MDM_SERVICE_DISCOVERY_URL_NOT_VALID")
        now = stamp(self.world.clock()) or ""
        call.server.discovery = {"mdm_service_discovery_url": url, "last_updated_timestamp": now}
        return Answer()

    def _get_discovery(self, call: Call) -> Answer:
        return as_json(call.server.discovery) if call.server.discovery else refused(404, "NOT_FOUND")

    def _delete_discovery(self, call: Call) -> Answer:
        call.server.discovery = {}
        return Answer()


def _serials(said: dict[str, Any]) -> list[str]:
    listed = said.get("devices")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
