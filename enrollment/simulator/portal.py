"""The pretend Apple Business Manager: what an administrator does in the real one, can be done here."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from enrollment.simulator import portal_pages as pages
from enrollment.simulator.answers import Answer, Asked
from enrollment.simulator.faults import KINDS
from enrollment.simulator.mdm_server import MdmServer, NoCertificate
from enrollment.simulator.portal_forms import Sent, sent
from enrollment.simulator.portal_licences import FIRST_TOKEN, LicencePortal
from enrollment.simulator.portal_licences import ROOT as LICENCES
from enrollment.simulator.portal_texts import Texts, language_of
from enrollment.simulator.state import World

_STYLE = Path(__file__).with_name("portal.css").read_bytes()
HTML = "text/html; charset=utf-8"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_SERVER = re.compile(r"/portal/servers/([0-9A-F]{32})(/certificate|/token|/devices|/expire)?")
MOST_AT_ONCE = 200_000


class Portal:
    """Pages and forms below /portal; nothing is protected, for nothing here is real."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.licences = LicencePortal(world)
        self._actions: dict[str, Callable[[Sent], str]] = {
            "/portal/servers": self._add_server,
            "/portal/devices": self._add_devices,
            "/portal/devices/change": self._change_devices,
            "/portal/terms": self._change_terms,
            "/portal/faults": self._change_faults,
        }

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/portal/portal.css":
            return Answer(body=_STYLE, content_type="text/css; charset=utf-8")
        if (chosen := asked.query.get("lang")) in ("en", "fr") and asked.method == "GET":
            return _redirect(asked.path, **{"Set-Cookie": f"portal_language={chosen}; Path=/portal; SameSite=Lax"})
        texts = Texts(language_of(asked.header("Cookie"), asked.header("Accept-Language")))
        if match := _SERVER.fullmatch(asked.path):
            server = self.world.server(match[1])
            return self._server(asked, server, match[2] or "", texts) if server else self._missing(texts)
        if asked.path.startswith((LICENCES, FIRST_TOKEN)):
            return self._of_licences(asked, texts)
        if asked.method == "POST":
            action = self._actions.get(asked.path)
            return _redirect(action(sent(asked))) if action else self._missing(texts)
        return self._page(asked, texts)

    def _page(self, asked: Asked, texts: Texts) -> Answer:
        path = asked.path.rstrip("/")
        if path == "/portal":
            return _html(pages.servers_page(self.world, texts))
        if path == "/portal/devices":
            return _html(pages.devices_page(self.world, asked.query.get("q", ""), texts))
        if path == "/portal/conditions":
            return _html(pages.conditions_page(self.world, texts))
        return self._missing(texts)

    def _of_licences(self, asked: Asked, texts: Texts) -> Answer:
        answer = self.licences.answer(asked, texts)
        return _html(answer) if isinstance(answer, str) else answer or self._missing(texts)

    def _missing(self, texts: Texts) -> Answer:
        return _html(pages.missing_page(self.world, texts), status=404)

    # --- One server --------------------------------------------------------------------------------------------------

    def _server(self, asked: Asked, server: MdmServer, part: str, texts: Texts) -> Answer:
        here = f"/portal/servers/{server.uuid}"
        if asked.method == "GET" and not part:
            return _html(pages.server_page(self.world, server, asked.query.get("said", ""), texts))
        if asked.method != "POST":
            return self._missing(texts)
        form = sent(asked)
        if part == "/certificate":
            return _redirect(f"{here}?said={self._upload(server, form)}")
        if part == "/token":
            return self._download(server, form, here)
        if part == "/expire":
            server.expire_token()
            return _redirect(f"{here}?said=expired")
        return _redirect(f"{here}?said={self._assign_to(server, form)}")

    def _upload(self, server: MdmServer, form: Sent) -> str:
        try:
            server.upload_certificate(form.files.get("certificate", b""))
        except ValueError:
            return "not_a_certificate"
        return "saved"

    def _download(self, server: MdmServer, form: Sent, here: str) -> Answer:
        try:
            token = server.download_token(
                markers=form.one("variant") != "plain", triple_des=form.one("variant") == "triple_des"
            )
        except NoCertificate:
            return _redirect(f"{here}?said=no_certificate")
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", server.name) or "server"
        now = self.world.clock().strftime("%Y-%m-%dT%H-%M-%SZ")
        disposition = f'attachment; filename="{name}_Token_{now}_smime.p7m"'
        return Answer(body=token, content_type="application/pkcs7-mime", headers={"Content-Disposition": disposition})

    def _assign_to(self, server: MdmServer, form: Sent) -> str:
        serials = [serial for serial in form.one("serials").upper().split() if serial in self.world.devices]
        if serials:
            self.world.assign(serials, server)
        if (count := _number(form.one("unassigned"))) > 0:
            free = [serial for serial, device in self.world.devices.items() if device.server is None]
            self.world.assign(free[:count], server)
            return "assigned"
        return "assigned" if serials else "no_devices"

    # --- The organisation --------------------------------------------------------------------------------------------

    def _add_server(self, form: Sent) -> str:
        name = form.one("name")[:100]
        if not name:
            return "/portal"
        return f"/portal/servers/{self.world.add_server(name).uuid}"

    def _add_devices(self, form: Sent) -> str:
        server = self.world.server(form.one("server"))
        self.world.add_devices(server, min(max(_number(form.one("count")), 0), MOST_AT_ONCE))
        return f"/portal/servers/{server.uuid}" if server else "/portal/devices"

    def _change_devices(self, form: Sent) -> str:
        serials = [serial for serial in form.all("serial") if serial in self.world.devices]
        what = form.one("what")
        if server := self.world.server(form.one("server")):
            self.world.assign(serials, server)
        elif what == "unassign":
            self.world.unassign(serials)
        elif what == "release":
            self.world.release(serials)
        for serial in serials:
            self._change_device(what, serial)
        return "/portal/devices"

    def _change_device(self, what: str, serial: str) -> None:
        if what == "activate":
            self.world.activate(serial)
        elif what == "replace":
            self.world.replace(serial)
        elif what == "deadline":
            self.world.set_migration_deadline(serial, self.world.clock() + timedelta(days=30))

    def _change_terms(self, form: Sent) -> str:
        if form.one("signed") == "yes":
            self.world.accept_terms()
        else:
            self.world.withdraw_terms()
        return "/portal/conditions"

    def _change_faults(self, form: Sent) -> str:
        if form.one("clear"):
            self.world.faults.clear()
        elif form.one("kind") in KINDS:
            times = _number(form.one("times"))
            retry_after = _number(form.one("retry_after"))
            self.world.faults.add(form.one("kind"), times=times or None, retry_after=retry_after or None)
        return "/portal/conditions"


def _number(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 10 else 0


def _html(page: str, status: int = 200) -> Answer:
    return Answer(status, page.encode(), HTML, dict(_HEADERS))


def _redirect(to: str, **headers: str) -> Answer:
    return Answer(303, headers={"Location": to, **headers})
