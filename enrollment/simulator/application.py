"""Which part of the pretend world answers a request."""

import json
import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from enrollment.simulator.answers import Answer, Asked, as_json, refused
from enrollment.simulator.apps_and_books import ROOT, AppsAndBooks
from enrollment.simulator.device_assignment import DeviceAssignment
from enrollment.simulator.portal import Portal
from enrollment.simulator.state import World

CONTROL = "/_simulator"


def make_application(world: World) -> WSGIApplication:
    """Device assignment at the root, Apps and Books below /mdm/v2, the portal, a control for other processes' tests."""
    api, portal, content = DeviceAssignment(world), Portal(world), AppsAndBooks(world)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = Asked(environ)
        if asked.path.startswith("/portal"):
            answer = portal.answer(asked)
        elif asked.path.startswith(f"{ROOT}/"):
            answer = content.answer(asked)
        elif asked.path.startswith(CONTROL):
            answer = _control(world, asked)
        elif asked.path == "/" and asked.method == "GET":
            answer = Answer(302, headers={"Location": "/portal"})
        else:
            answer = api.answer(asked)
        return answer.send(start_response)

    return application


def _control(world: World, asked: Asked) -> Answer:
    """`POST /_simulator/faults {"kind", …}`, `DELETE …/faults`, `POST …/devices {"server", "count"}`, `GET …/state`,
    `POST …/licences {"adam_id", "free"}`, and the like.
    """
    said = asked.json()
    if said is None:
        return refused(400, "MALFORMED_REQUEST_BODY")
    match asked.method, asked.path.removeprefix(CONTROL):
        case "POST", "/faults":
            world.faults.add(**said)
        case "DELETE", "/faults":
            world.faults.clear(said.get("kind"))
        case "POST", "/devices":
            server = world.server(said.get("server", "")) or world.servers[0]
            return as_json({"serials": world.add_devices(server, int(said.get("count", 1)))})
        case "POST", "/release":
            world.release(said["serials"])
        case "POST", "/activate":
            world.activate(said["serial"])
        case "POST", "/licences":
            world.locations[0].leave_free(said["adam_id"], int(said["free"]))
        case "GET", "/state":
            return as_json(
                {
                    "process": os.getpid(),
                    "servers": [{"name": s.name, "uuid": s.uuid, "devices": len(s.devices())} for s in world.servers],
                    "pages_served": world.pages_served,
                    "calls": len(world.calls),
                    "assigned": len(world.assigned_serials),
                }
            )
        case _:
            return refused(404, "NOT_FOUND")
    return Answer(body=json.dumps({"done": True}).encode())
