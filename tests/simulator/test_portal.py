"""The pretend portal: what an administrator does there, in both languages, and nothing that breaks out of its page."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from enrollment.apple.token_file import make_key_pair, open_token
from enrollment.simulator.location import COMPANY_PORTAL


@pytest.fixture
def portal(apple):
    return f"{apple.url}/portal"


def test_the_steps_of_the_real_portal(portal, world):
    page = requests.post(f"{portal}/servers", data={"name": "Lyon"}, timeout=5)
    (server,) = world.servers
    assert page.url.endswith(server.uuid)
    pair = make_key_pair("Lyon")
    early = requests.post(f"{page.url}/token", timeout=5)
    assert "First upload the public key." in early.text
    wrong = requests.post(f"{page.url}/certificate", files={"certificate": ("x.pem", b"no")}, timeout=5)
    assert "not a certificate" in wrong.text
    saved = requests.post(f"{page.url}/certificate", files={"certificate": ("x.pem", pair.certificate_pem)}, timeout=5)
    assert "The public key is saved" in saved.text
    assert pair.fingerprint in saved.text
    token = requests.post(f"{page.url}/token", timeout=5)
    assert ".p7m" in token.headers["Content-Disposition"]
    assert open_token(token.content, [pair]).credentials.consumer_key == server.consumer_key


def test_devices_are_added_assigned_moved_turned_on_and_released(portal, world):
    first, second = world.add_server("One"), world.add_server("Two")
    requests.post(f"{portal}/devices", data={"count": 3, "server": ""}, timeout=5)
    requests.post(f"{portal}/servers/{first.uuid}/devices", data={"serials": "", "unassigned": 2}, timeout=5)
    assert len(first.devices()) == 2
    serial = first.devices()[0].serial
    requests.post(f"{portal}/devices/change", data={"serial": serial, "server": second.uuid}, timeout=5)
    assert [device.serial for device in second.devices()] == [serial]
    requests.post(f"{portal}/devices/change", data={"serial": serial, "what": "release"}, timeout=5)
    assert serial not in world.devices


def test_terms_and_faults_are_switched(portal, world):
    requests.post(f"{portal}/terms", data={"signed": "no"}, timeout=5)
    assert not world.terms_signed
    requests.post(f"{portal}/faults", data={"kind": "503", "times": "2", "retry_after": "60"}, timeout=5)
    (fault,) = world.faults.listed()
    assert (fault.kind, fault.times, fault.retry_after) == ("503", 2, 60)
    requests.post(f"{portal}/faults", data={"clear": "1"}, timeout=5)
    assert world.faults.listed() == []


def test_names_are_only_names(portal):
    page = requests.post(f"{portal}/servers", data={"name": "<script>alert(1)</script>"}, timeout=5)
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_it_speaks_french(portal):
    french = requests.get(portal, headers={"Accept-Language": "fr-FR,fr;q=0.9"}, timeout=5).text
    assert "Ajouter un serveur MDM" in french
    browser = requests.Session()
    browser.get(f"{portal}?lang=fr", timeout=5)
    assert "Serveurs MDM" in browser.get(portal, timeout=5).text


def test_to_french_none_is_singular(portal, world):
    world.add_server("One")
    assert "<span>0 devices</span>" in requests.get(portal, timeout=5).text
    french = {"Accept-Language": "fr"}
    assert "<span>0 appareil</span>" in requests.get(portal, headers=french, timeout=5).text
    requests.post(f"{portal}/devices", data={"count": 2, "server": world.add_server("Two").uuid}, timeout=5)
    assert "<span>2 appareils</span>" in requests.get(portal, headers=french, timeout=5).text


@pytest.mark.parametrize("path", ["/nothing", "/servers/" + "A" * 32, "/devices/x"])
def test_what_is_not_there(portal, path):
    assert requests.get(portal + path, timeout=5).status_code == 404


def test_a_browser_at_the_root_is_led_to_the_portal(apple):
    assert requests.get(apple.url, timeout=5).url.endswith("/portal")


# --- Apps and Books ----------------------------------------------------------------------------------------------


def posted(address, **data):
    return requests.post(address, data=data, timeout=5)


@pytest.fixture
def here(portal, world):
    """The page of the first location, which is there as soon as somebody looks."""
    page = requests.get(f"{portal}/licences", timeout=5)
    (location,) = world.locations
    assert location.name in page.text
    return f"{portal}/licences/{location.uid}"


def test_an_app_at_two_prices_is_counted_once(here, world):
    portal = here.rpartition("/")[0]
    location = world.locations[0]
    assert len({one.adam_id for one in location.licences}) == 7
    assert "<span>7 apps and books</span>" in requests.get(portal, timeout=5).text
    location.buy("951937596", 1, pricing_param="STDQ")
    location.buy("1113153706", 1, pricing_param="PLUS")
    assert "<span>7 apps and books</span>" in requests.get(portal, timeout=5).text
    location.buy("42", 1)
    assert "<span>8 apps and books</span>" in requests.get(portal, timeout=5).text


def test_licences_are_bought_assigned_taken_back_and_retired(here, world):
    location, app = world.locations[0], f"{COMPANY_PORTAL} STDQ"
    for what, count, counts in (
        ("assign", 20, (500, 200, 300)),
        ("take_back", 100, (500, 100, 400)),
        ("retire", 50, (500, 100, 350)),
        ("buy", 10, (510, 100, 360)),
        ("leave", 7, (510, 453, 7)),
    ):
        page = posted(f"{here}/change", app=app, what=what, count=count)
        assert "The licences are changed." in page.text
        one = location.of(COMPANY_PORTAL)
        assert (one.total, one.assigned, one.available) == counts, what
    assert "There are not so many." in posted(f"{here}/change", app=app, what="assign", count=8).text
    assert "Give the number of an app" in posted(f"{here}/change", app="77 STDQ", what="buy", count=8).text
    posted(f"{here}/change", app=app, what="remove", count=0)
    assert COMPANY_PORTAL not in {one.adam_id for one in location.licences}


def test_something_new_is_bought(here, world):
    posted(f"{here}/buy", adam_id="42", name="<b>New</b>", kind="Book", price="PLUS", count=3)
    one = world.locations[0].of("42", "PLUS")
    assert (one.total, one.product_type, one.device_assignable) == (3, "Book", False)
    page = requests.get(here, timeout=5)
    assert "&lt;b&gt;New&lt;/b&gt;" in page.text
    for adam_id, count in (("x", 3), ("٤", 3), ("", 3), ("43", 0), ("9" * 21, 1)):
        assert "Give the number of an app" in posted(f"{here}/buy", adam_id=adam_id, count=count).text


def test_content_tokens_are_downloaded_expired_and_revoked(here, world):
    location = world.locations[0]
    file = requests.post(f"{here}/token", timeout=5)
    assert ".vpptoken" in file.headers["Content-Disposition"]
    (token,) = location.tokens
    assert token.text.encode() == file.content
    posted(f"{here}/tokens", what="expire_soon")
    assert timedelta(days=9) < token.expires_at - datetime.now(UTC) <= timedelta(days=10)
    assert "expired since" in posted(f"{here}/tokens", what="expire").text
    assert token.expires_at <= datetime.now(UTC)
    assert "revoked" in posted(f"{here}/tokens", what="revoke").text
    assert token.is_revoked


def test_another_product_and_another_location(here, portal, world):
    posted(f"{here}/product", name="Other MDM")
    assert world.locations[0].mdm_info["name"] == "Other MDM"
    page = posted(f"{portal}/licences", name="Lyon")
    assert [one.name for one in world.locations] == ["Orchard Foods", "Lyon"]
    assert page.url.endswith(world.locations[1].uid)


def test_what_is_not_there_is_not_found_and_all_of_it_speaks_french(here, portal):
    for path in (f"{portal}/licences/nobody", f"{here}/what", f"{portal}/licences-of-others"):
        assert requests.get(path, timeout=5).status_code == 404
        assert requests.post(path, timeout=5).status_code == 404
    assert requests.get(f"{here}/change", timeout=5).status_code == 404
    page = requests.get(here, headers={"Accept-Language": "fr"}, timeout=5).text
    for words in ("Modifier les licences", "Jetons de contenu", "Acheter autre chose"):
        assert words in page
