"""The portal's pages as HTML. Every value passes `e`."""

from html import escape as e

from cryptography.hazmat.primitives import hashes

from enrollment.simulator.devices import Device
from enrollment.simulator.faults import KINDS
from enrollment.simulator.mdm_server import MdmServer
from enrollment.simulator.portal_texts import SAID, WRONG, Texts
from enrollment.simulator.state import World

ROWS = 100


def frame(world: World, title: str, content: str, t: Texts, *, active: str = "") -> str:
    """A page of the portal around its content."""
    links = (
        ("/portal", "MDM servers"),
        ("/portal/devices", "Devices"),
        ("/portal/licences", "Apps and Books"),
        ("/portal/conditions", "Conditions and faults"),
    )
    navigation = "".join(
        f'<a href="{to}"{" aria-current=page" if to == active else ""}>{e(t(name))}</a>' for to, name in links
    )
    other, its_name = ("fr", "Français") if t.language == "en" else ("en", "English")
    return (
        f'<!doctype html><html lang="{t.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{e(title)} · {e(t('Pretend Apple Business Manager'))}</title>"
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/portal/portal.css"></head><body>'
        f'<p class="banner">{e(t("Pretend Apple — nothing here reaches Apple"))}</p>'
        f"<header><strong>{e(t('Pretend Apple Business Manager'))}</strong>"
        f'<span class="organisation">{e(world.organisation["org_name"])}</span><nav>{navigation}</nav>'
        f'<a class="language" href="?lang={other}" hreflang="{other}" lang="{other}">{its_name}</a></header>'
        f"<main><h1>{e(title)}</h1>{content}</main></body></html>"
    )


def servers_page(world: World, t: Texts) -> str:
    cards = "".join(_server_card(server, t) for server in world.servers)
    content = (
        f'<p class="lead">{e(t("A server stands for the product that manages your devices. Add one, give it the certificate, take its token."))}</p>'
        f'<ul class="cards">{cards}</ul>'
        f'<section class="box"><h2>{e(t("Add MDM server"))}</h2><form method="post" action="/portal/servers">'
        f'<label>{e(t("Server name"))}<input name="name" required maxlength="100" autocomplete="off"></label>'
        f'<p class="help">{e(t("Free to choose: it is neither the name nor the address of your product."))}</p>'
        f"<button>{e(t('Add'))}</button></form></section>"
        f'<section class="box"><h2>{e(t("Apps and Books"))}</h2><form method="post" action="/portal/content-token">'
        f'<p class="help">{e(t("The content token gives a product the licences of this location. It is valid for a year."))}</p>'
        f"<button>{e(t('Download content token'))}</button></form>"
        f'<p><a href="/portal/licences">{e(t("Licences of the location"))}</a></p></section>'
    )
    return frame(world, t("MDM servers"), content, t, active="/portal")


def _server_card(server: MdmServer, t: Texts) -> str:
    until = f"{t('Token until')} {server.expires_at:%Y-%m-%d}" if server.expires_at else t("No token yet")
    return (
        f'<li><a href="/portal/servers/{server.uuid}"><b>{e(server.name)}</b>'
        f"<span>{e(t.count(len(server.devices()), 'device', 'devices'))}</span><span>{e(until)}</span></a></li>"
    )


def server_page(world: World, server: MdmServer, said: str, t: Texts) -> str:
    here = f"/portal/servers/{server.uuid}"
    note = f'<p class="{"wrong" if said in WRONG else "done"}" role="status">{e(t(said))}</p>' if said in SAID else ""
    free = sum(device.server is None for device in world.devices.values())
    content = (
        f'{note}<div class="columns">{_key_box(server, here, t)}{_token_box(server, here, t)}'
        f'<section class="box"><h2>{e(t("Assign devices to this server"))}</h2>'
        f'<form method="post" action="{here}/devices"><label>{e(t("Serial numbers"))}'
        f'<textarea name="serials" rows="3" autocomplete="off"></textarea></label>'
        f'<p class="help">{e(t("One a line; or leave it empty and take unassigned ones."))}</p>'
        f"<label>{e(t('How many unassigned devices'))} ({free})"
        f'<input name="unassigned" type="number" min="0" max="{free}" value="0"></label>'
        f"<button>{e(t('Assign'))}</button></form></section>{_new_devices_box(world, server, t)}</div>"
        f"<h2>{e(t('Devices'))} ({len(server.devices())})</h2>{_table(server.following(0, ROWS), t)}"
    )
    return frame(world, server.name, content, t, active="/portal")


def _key_box(server: MdmServer, here: str, t: Texts) -> str:
    state = e(t("Not uploaded yet"))
    if server.certificate is not None:
        print_ = server.certificate.fingerprint(hashes.SHA256()).hex(":").upper()
        state = f"{e(t('Uploaded'))} · SHA-256 <code>{print_}</code>"
    return (
        f'<section class="box"><h2><i>1</i>{e(t("Public key"))}</h2><p>{state}</p>'
        f'<form method="post" action="{here}/certificate" enctype="multipart/form-data">'
        f"<label>{e(t('Upload the certificate (.pem) your product gave you.'))}"
        f'<input type="file" name="certificate" accept=".pem" required></label>'
        f"<button>{e(t('Save'))}</button></form></section>"
    )


def _token_box(server: MdmServer, here: str, t: Texts) -> str:
    until = f"{t('Token until')} {server.expires_at:%Y-%m-%d %H:%M}" if server.expires_at else t("No token yet")
    disabled = "" if server.certificate else " disabled"
    help_ = (
        t("Downloading a new token ends the current one at once.")
        if server.certificate
        else t("First upload the public key.")
    )
    expire = (
        f'<form method="post" action="{here}/expire"><button class="quiet">{e(t("Let the token expire now"))}</button></form>'
        if server.expires_at
        else ""
    )
    return (
        f'<section class="box"><h2><i>2</i>{e(t("Server token"))}</h2><p>{e(until)}</p>'
        f'<form method="post" action="{here}/token"><button{disabled}>{e(t("Download token"))}</button></form>'
        f'<p class="help">{e(help_)}</p>{expire}</section>'
    )


def _new_devices_box(world: World, chosen: MdmServer | None, t: Texts) -> str:
    options = "".join(
        f'<option value="{s.uuid}"{" selected" if s is chosen else ""}>{e(s.name)}</option>' for s in world.servers
    )
    return (
        f'<section class="box"><h2>{e(t("Add new devices"))}</h2><form method="post" action="/portal/devices">'
        f'<label>{e(t("How many"))}<input name="count" type="number" min="1" max="200000" value="10" required></label>'
        f'<label>{e(t("On server"))}<select name="server"><option value="">{e(t("None (organisation only)"))}</option>'
        f"{options}</select></label><button>{e(t('Add'))}</button></form></section>"
    )


def _table(devices: list[Device], t: Texts, *, choosable: bool = False) -> str:
    if not devices:
        return f'<p class="empty">{e(t("No devices."))}</p>'
    names = "".join(f"<th>{e(t(name))}</th>" for name in ("Serial number", "Model", "Server", "Profile"))
    rows = "".join(_row(device, choosable=choosable) for device in devices)
    more = f'<p class="help">{e(t("Showing the first 100."))}</p>' if len(devices) >= ROWS else ""
    return f'<div class="grid"><table><thead><tr>{"<th></th>" if choosable else ""}{names}</tr></thead>{rows}</table></div>{more}'


def _row(device: Device, *, choosable: bool) -> str:
    box = f'<td><input type="checkbox" name="serial" value="{e(device.serial)}" aria-label="{e(device.serial)}"></td>'
    server = device.server.name if device.server else "–"
    return (
        f"<tr>{box if choosable else ''}<td><code>{e(device.serial)}</code></td><td>{e(device.model)}</td>"
        f"<td>{e(server)}</td><td>{e(device.profile_status)}</td></tr>"
    )


def devices_page(world: World, words: str, t: Texts) -> str:
    wanted = words.strip().upper()
    found = [d for d in world.devices.values() if wanted in d.serial or wanted in d.model.upper()][:ROWS]
    servers = "".join(f'<option value="{s.uuid}">{e(t("Assign"))} → {e(s.name)}</option>' for s in world.servers)
    actions = (
        ("unassign", "Unassign from server"),
        ("activate", "Turn on (fetches its profile)"),
        ("replace", "Replace after a repair"),
        ("deadline", "Set a migration deadline in 30 days"),
        ("release", "Release from the organisation"),
    )
    options = "".join(f'<option value="{name}">{e(t(text))}</option>' for name, text in actions)
    content = (
        f'<form class="search" method="get" action="/portal/devices"><label>{e(t("Search"))}'
        f'<input type="search" name="q" value="{e(words)}"></label><button>{e(t("Search"))}</button></form>'
        f'<form method="post" action="/portal/devices/change">{_table(found, t, choosable=True)}'
        f'<fieldset class="bar"><legend>{e(t("With the selected devices"))}</legend>'
        f'<select name="server" aria-label="{e(t("Server"))}"><option value="">–</option>{servers}</select>'
        f'<select name="what" aria-label="{e(t("With the selected devices"))}"><option value="">–</option>{options}</select>'
        f"<button>{e(t('Do it'))}</button></fieldset></form>{_new_devices_box(world, None, t)}"
    )
    return frame(world, t("Devices"), content, t, active="/portal/devices")


def conditions_page(world: World, t: Texts) -> str:
    signed = world.terms_signed
    on = "".join(
        f"<li><code>{e(fault.kind)}</code> {'∞' if fault.times is None else fault.times}</li>"
        for fault in world.faults.listed()
    )
    on = f"<ul>{on}</ul>" if on else f"<p>{e(t('No fault is on.'))}</p>"
    kinds = "".join(f"<option>{kind}</option>" for kind in KINDS)
    content = (
        f'<div class="columns"><section class="box"><h2>{e(t("Terms and conditions"))}</h2>'
        f"<p>{e(t('Accepted' if signed else 'New terms wait to be accepted'))}</p>"
        f'<form method="post" action="/portal/terms"><input type="hidden" name="signed" value="{"no" if signed else "yes"}">'
        f"<button>{e(t('Publish new terms' if signed else 'Accept'))}</button></form></section>"
        f'<section class="box"><h2>{e(t("Faults"))}</h2>'
        f"<p>{e(t('Make the pretend Apple misbehave, to see what your product does.'))}</p>"
        f"{on}"
        f'<form method="post" action="/portal/faults"><label>{e(t("Fault"))}<select name="kind">{kinds}</select></label>'
        f'<label>{e(t("For so many requests (empty: until switched off)"))}<input name="times" type="number" min="1"></label>'
        f'<label>{e(t("Retry-After in seconds"))}<input name="retry_after" type="number" min="1"></label>'
        f'<button>{e(t("Switch on"))}</button></form><form method="post" action="/portal/faults">'
        f'<button class="quiet" name="clear" value="1">{e(t("Switch all off"))}</button></form></section></div>'
    )
    return frame(world, t("Conditions and faults"), content, t, active="/portal/conditions")


def missing_page(world: World, t: Texts) -> str:
    return frame(world, "404", f"<p>{e(t('There is nothing here.'))}</p>", t)
