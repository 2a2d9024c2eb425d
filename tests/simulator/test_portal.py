"""The pretend portal: what an administrator does there, in both languages, and nothing that breaks out of its page."""

import pytest
import requests

from enrollment.apple.token_file import make_key_pair, open_token


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


@pytest.mark.parametrize("path", ["/nothing", "/servers/" + "A" * 32, "/devices/x"])
def test_what_is_not_there(portal, path):
    assert requests.get(portal + path, timeout=5).status_code == 404


def test_a_browser_at_the_root_is_led_to_the_portal(apple):
    assert requests.get(apple.url, timeout=5).url.endswith("/portal")
