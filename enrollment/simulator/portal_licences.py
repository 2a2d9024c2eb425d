"""The portal's part for Apps and Books: locations, what they own, and the content tokens that speak for them."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import escape as e

from enrollment.simulator.answers import Answer, Asked
from enrollment.simulator.location import PLUS, STANDARD, IssuedToken, Licences, Location
from enrollment.simulator.portal_forms import Sent, sent
from enrollment.simulator.portal_pages import frame
from enrollment.simulator.portal_texts import SAID, WRONG, Texts
from enrollment.simulator.state import World

ROOT = "/portal/licences"
FIRST_TOKEN = "/portal/content-token"  # noqa: S105 - an address
MOST = 1_000_000  # licences at once
SOON = timedelta(days=10)
_LOCATION = re.compile(rf"{ROOT}/([^/]+)(/buy|/change|/tokens|/token|/product)?")
# What can be done with licences that are there, and what that is called.
CHANGES = (
    ("assign", "Assign to devices"),
    ("take_back", "Take back from devices"),
    ("leave", "Assign until so many are free"),
    ("buy", "Buy more"),
    ("retire", "Retire (refund)"),
    ("remove", "Move all to another location"),
)
TOKEN_CHANGES = (
    ("expire_soon", "Let them expire in 10 days"),
    ("expire", "Let them expire now"),
    ("revoke", "Revoke them"),
)


class LicencePortal:
    """Pages and forms below /portal/licences. Answers are HTML, or where a browser goes next."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._actions: dict[str, Callable[[Location, Sent], str]] = {
            "/buy": self._buy,
            "/change": self._change,
            "/tokens": self._change_tokens,
            "/product": self._change_product,
        }

    def answer(self, asked: Asked, texts: Texts) -> str | Answer | None:
        """A page, a file or a redirect; None when there is nothing."""
        path = asked.path.rstrip("/")
        if path == FIRST_TOKEN:
            return token_file(self.first()) if asked.method == "POST" else None
        if path == ROOT:
            return _go(self._add(sent(asked))) if asked.method == "POST" else self._locations(texts)
        match = _LOCATION.fullmatch(path)
        location = self._location(match[1]) if match else None
        if match is None or location is None:
            return None
        if asked.method == "GET":
            return None if match[2] else location_page(self.world, location, asked.query.get("said", ""), texts)
        if match[2] == "/token":
            return token_file(location)
        action = self._actions.get(match[2] or "")
        return _go(f"{ROOT}/{location.uid}?said={action(location, sent(asked))}") if action else None

    def first(self) -> Location:
        """There as soon as somebody asks for it."""
        with self.world.lock:
            locations = self.world.locations
            return locations[0] if locations else self.world.add_location(self.world.organisation["org_name"])

    def _location(self, uid: str) -> Location | None:
        return next((one for one in self.world.locations if one.uid == uid), None)

    def _locations(self, texts: Texts) -> str:
        self.first()
        return locations_page(self.world, texts)

    def _add(self, form: Sent) -> str:
        self.first()
        name = form.one("name")[:100]
        return f"{ROOT}/{self.world.add_location(name).uid}" if name else ROOT

    # --- One location ------------------------------------------------------------------------------------------------

    def _buy(self, location: Location, form: Sent) -> str:
        adam_id, count = form.one("adam_id"), _number(form.one("count"))
        if not (adam_id.isascii() and adam_id.isdecimal() and len(adam_id) <= 20) or not count:
            return "not_an_app"
        book = {"product_type": "Book", "device_assignable": False, "revocable": False}
        facts = book if form.one("kind") == "Book" else {}
        price = PLUS if form.one("price") == PLUS else STANDARD
        location.buy(adam_id, count, name=form.one("name")[:250], pricing_param=price, **facts)
        return "licences_changed"

    def _change(self, location: Location, form: Sent) -> str:
        adam_id, _space, price = form.one("app").partition(" ")
        try:
            self._do(location, form.one("what"), adam_id, _number(form.one("count")), price or STANDARD)
        except KeyError:
            return "not_an_app"
        except ValueError:
            return "not_so_many"
        return "licences_changed"

    def _do(self, location: Location, what: str, adam_id: str, count: int, price: str) -> None:
        """KeyError for what was never bought, ValueError when there are not so many."""
        if what == "assign":
            location.assign(adam_id, count, pricing_param=price)
        elif what == "take_back":
            location.assign(adam_id, -count, pricing_param=price)
        elif what == "leave":
            location.leave_free(adam_id, count, pricing_param=price)
        elif what == "retire":
            location.retire(adam_id, count, pricing_param=price)
        elif what == "buy":
            location.of(adam_id, price)
            location.buy(adam_id, count, pricing_param=price)
        elif what == "remove":
            location.remove(adam_id, pricing_param=price)

    def _change_tokens(self, location: Location, form: Sent) -> str:
        what = form.one("what")
        if what == "revoke":
            location.revoke_tokens()
        else:
            location.expire_tokens(in_=SOON if what == "expire_soon" else timedelta())
        return "tokens_changed"

    def _change_product(self, location: Location, form: Sent) -> str:
        name = form.one("name")[:100]
        with self.world.lock:
            location.mdm_info = {"id": name and "another-product", "name": name, "metadata": ""}
            self.world.changed()
        return "product_changed"


def token_file(location: Location) -> Answer:
    """A new content token, to be downloaded."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", location.name) or "location"
    headers = {"Content-Disposition": f'attachment; filename="sToken_for_{name}.vpptoken"'}
    return Answer(body=location.download_token(), content_type="application/octet-stream", headers=headers)


def _go(to: str) -> Answer:
    return Answer(303, headers={"Location": to})


def _number(said: str) -> int:
    return min(int(said), MOST) if said.isascii() and said.isdecimal() and len(said) < 10 else 0


# --- Pages -----------------------------------------------------------------------------------------------------------


def locations_page(world: World, t: Texts) -> str:
    cards = "".join(
        f'<li><a href="{ROOT}/{e(one.uid)}"><b>{e(one.name)}</b>'
        f"<span>{e(t.count(one.titles, 'app or book', 'apps and books'))}</span></a></li>"
        for one in world.locations
    )
    content = (
        f'<p class="lead">{e(t("A location owns licences of apps and books. A content token speaks for one location."))}</p>'
        f'<ul class="cards">{cards}</ul>'
        f'<section class="box"><h2>{e(t("Add location"))}</h2><form method="post" action="{ROOT}">'
        f'<label>{e(t("Name"))}<input name="name" required maxlength="100" autocomplete="off"></label>'
        f"<button>{e(t('Add'))}</button></form></section>"
    )
    return frame(world, t("Apps and Books"), content, t, active=ROOT)


def location_page(world: World, location: Location, said: str, t: Texts) -> str:
    here = f"{ROOT}/{e(location.uid)}"
    note = f'<p class="{"wrong" if said in WRONG else "done"}" role="status">{e(t(said))}</p>' if said in SAID else ""
    content = (
        f"{note}{_table(location, t)}"
        f'<div class="columns">{_change_box(location, here, t)}{_token_box(world, location, here, t)}'
        f"{_product_box(location, here, t)}{_buy_box(here, t)}</div>"
        f'<p class="help"><a href="/portal/conditions">{e(t("Conditions and faults"))}</a>: '
        f"{e(t('the faults whose names begin with content_ are those of Apps and Books.'))}</p>"
    )
    return frame(world, location.name, content, t, active=ROOT)


def _table(location: Location, t: Texts) -> str:
    if not location.licences:
        return f'<p class="empty">{e(t("This location owns nothing."))}</p>'
    names = "".join(f"<th>{e(t(name))}</th>" for name in ("App", "Price", "Total", "In use", "Retired", "Free"))
    rows = "".join(_row(one) for one in location.licences)
    return f'<div class="grid"><table><thead><tr>{names}</tr></thead>{rows}</table></div>'


def _row(one: Licences) -> str:
    numbers = "".join(f"<td>{n}</td>" for n in (one.total, one.assigned, one.retired, one.available))
    return f"<tr><td>{e(one.name or one.adam_id)} <code>{e(one.adam_id)}</code></td><td>{one.pricing_param}</td>{numbers}</tr>"


def _change_box(location: Location, here: str, t: Texts) -> str:
    apps = "".join(
        f'<option value="{e(one.adam_id)} {one.pricing_param}">{e(one.name or one.adam_id)} · {one.pricing_param}</option>'
        for one in location.licences
    )
    whats = "".join(f'<option value="{name}">{e(t(words))}</option>' for name, words in CHANGES)
    return (
        f'<section class="box"><h2>{e(t("Change licences"))}</h2><form method="post" action="{here}/change">'
        f'<label>{e(t("App"))}<select name="app">{apps}</select></label>'
        f'<label>{e(t("What"))}<select name="what">{whats}</select></label>'
        f'<label>{e(t("How many"))}<input name="count" type="number" min="0" max="{MOST}" value="10" required></label>'
        f"<button>{e(t('Do it'))}</button></form></section>"
    )


def _buy_box(here: str, t: Texts) -> str:
    return (
        f'<section class="box"><h2>{e(t("Buy something new"))}</h2><form method="post" action="{here}/buy">'
        f'<label>{e(t("Number in the App Store"))}<input name="adam_id" inputmode="numeric" required></label>'
        f'<label>{e(t("Name"))}<input name="name" maxlength="250" autocomplete="off"></label>'
        f'<label>{e(t("Kind"))}<select name="kind"><option value="App">{e(t("App"))}</option>'
        f'<option value="Book">{e(t("Book"))}</option></select></label>'
        f'<label>{e(t("Price"))}<select name="price"><option>{STANDARD}</option><option>{PLUS}</option></select></label>'
        f'<label>{e(t("How many"))}<input name="count" type="number" min="1" max="{MOST}" value="10" required></label>'
        f"<button>{e(t('Buy'))}</button></form></section>"
    )


def _token_box(world: World, location: Location, here: str, t: Texts) -> str:
    issued = "".join(f"<li>{e(_state(world, token, t))}</li>" for token in location.tokens[-5:])
    issued = f"<ul>{issued}</ul>" if issued else f"<p>{e(t('No token yet'))}</p>"
    changes = "".join(
        f'<button class="quiet" name="what" value="{name}">{e(t(words))}</button> ' for name, words in TOKEN_CHANGES
    )
    changes = (
        f'<form class="one-by-one" method="post" action="{here}/tokens">{changes}</form>' if location.tokens else ""
    )
    return (
        f'<section class="box"><h2>{e(t("Content tokens"))}</h2>{issued}'
        f'<form method="post" action="{here}/token"><button>{e(t("Download content token"))}</button></form>'
        f'<p class="help">{e(t("A new one leaves the ones before as they are."))}</p>{changes}</section>'
    )


def _state(world: World, token: IssuedToken, t: Texts) -> str:
    if token.is_revoked:
        return t("revoked")
    until = f"{token.expires_at:%Y-%m-%d %H:%M}"
    return f"{t('until')} {until}" if token.expires_at > world.clock() else f"{t('expired since')} {until}"


def _product_box(location: Location, here: str, t: Texts) -> str:
    return (
        f'<section class="box"><h2>{e(t("Who manages it"))}</h2><form method="post" action="{here}/product">'
        f'<p class="help">{e(t("A product that gives out licences says so here; it must be the only one."))}</p>'
        f'<label>{e(t("Product"))}<input name="name" maxlength="100" value="{e(location.mdm_info["name"])}"></label>'
        f"<button>{e(t('Save'))}</button></form></section>"
    )
