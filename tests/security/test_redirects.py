"""Nobody is sent to another site by an address of ours."""

from urllib.parse import urlsplit

import pytest

from enrollment.models import Operation
from tests.cast import a_device, a_token

pytestmark = pytest.mark.django_db

EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "\t//evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "/\x00//evil.example",
]


def leads_elsewhere(answer) -> bool:
    to = answer.headers.get("Location", "")
    # As browsers read it: backslashes are slashes, and white space before it is nothing.
    parts = urlsplit(to.strip().replace("\\", "/"))
    return bool(parts.netloc and parts.netloc != "testserver") or parts.scheme not in ("", "http", "https")


@pytest.mark.parametrize("where", EVIL)
def test_signing_in(client, alice, where):
    answer = client.post("/accounts/login/", {"login": "alice", "password": "a long password", "next": where})
    assert answer.status_code == 302
    assert not leads_elsewhere(answer)


@pytest.mark.parametrize("where", EVIL)
@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/logout/"])
def test_pages_about_signing_in_asked_with_next(as_alice, path, where):
    for answer in (as_alice.get(path, {"next": where}), as_alice.post(path, {"next": where})):
        assert not leads_elsewhere(answer)


@pytest.mark.parametrize("where", EVIL)
def test_choosing_a_language(client, where):
    for said in ({"next": where}, {}):
        referer = where.strip() if where.isprintable() else ""
        answer = client.post("/i18n/setlang/", {"language": "fr", **said}, headers={"referer": referer})
        assert answer.status_code in (302, 204)
        assert not leads_elsewhere(answer)


@pytest.mark.parametrize("where", EVIL)
def test_back_to_the_list_one_came_from(as_alice, where):
    device = a_device(a_token())
    for path, said in (("/devices/columns/", {"query": where}), ("/devices/views/", {"name": "x", "query": where})):
        assert not leads_elsewhere(as_alice.post(path, said))
    answer = as_alice.post("/devices/do/delete/", {"device": device.pk, "query": where})
    assert answer.status_code == 302
    assert Operation.objects.latest("pk").chosen_by.startswith("/devices/?")
    operation = Operation.objects.latest("pk")
    assert not leads_elsewhere(as_alice.post(f"/operations/{operation.pk}/discard/"))


@pytest.mark.parametrize("where", EVIL)
def test_a_search(as_alice, where):
    assert not leads_elsewhere(as_alice.get("/devices/search/", {"q": where}))


@pytest.mark.parametrize("path", ["//evil.example", "//evil.example/%2f..", "/\\evil.example", "/https://evil.example"])
def test_an_address_without_its_slash(as_alice, path):
    assert not leads_elsewhere(as_alice.get("/", PATH_INFO=path))


@pytest.mark.parametrize(
    "name", ['a"; filename="evil.exe', "a\r\nSet-Cookie: x=y", "../../etc/passwd", "é\u202egnp.exe"]
)
def test_a_download_is_called_something_harmless(as_alice, name):
    file_like = {"name": name, "text": "C02XL0THJK7L"}
    made = as_alice.post("/serial-numbers/new/", file_like)
    assert made.status_code in (200, 302)
    if made.status_code == 302:
        answer = as_alice.get(f"{made.headers['Location']}export/")
        said = answer.headers["Content-Disposition"]
        assert said.count('"') == 2
        assert all(sign not in said for sign in ("\r", "\n", "/", "\\", ".exe", ".."))
        assert said.isascii()
