"""Nothing longer than a page has use for is read."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment import limits
from enrollment.actions.tokens.start_token import start_token

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024


class Unread:
    """A body that must not be touched."""

    def read(self, *_size):
        pytest.fail("the body was read")

    readline = read


def send_unread(browser, path, size, **more):
    """A POST that says it is so long."""
    sent = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(size), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    return browser.generic("POST", path, b"", **{**sent, **more})


@pytest.fixture
def strict(as_alice):
    """A browser whose requests are checked as all are: form secrets, too."""
    as_alice.handler.enforce_csrf_checks = True
    return as_alice


@pytest.mark.parametrize("path", ["/devices/views/", "/accounts/login/", "/serial-numbers/new/", "/vpp-tokens/new/"])
def test_too_much_is_refused_unread(strict, path):
    answer = send_unread(strict, path, 20 * MIB)
    assert answer.status_code == 413
    assert "Too large" in answer.content.decode()


def test_a_program_is_told_as_programs_are(client):
    answer = send_unread(client, "/api/v1/devices/", 20 * MIB, CONTENT_TYPE="application/json")
    assert answer.status_code == 413
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["title"] == "Request Entity Too Large"


def test_a_form_takes_little_a_list_of_serial_numbers_much(strict):
    assert send_unread(strict, "/devices/views/", MIB).status_code == 413
    serials = SimpleUploadedFile("list.csv", b"C02XL0THJK7L\n" * 100_000)
    strict.handler.enforce_csrf_checks = False
    assert strict.post("/serial-numbers/new/", {"file": serials, "name": "Long"}).status_code == 302


def test_a_token_that_is_somewhat_too_large_is_told_at_its_field(as_alice, alice):
    draft = start_token(by=alice)
    as_alice.post(reverse("token-wizard", args=[draft.pk, "basics"]), {"consents": "on"})
    file = SimpleUploadedFile("token.p7m", b"x" * (limits.TOKEN_FILE_BYTES + 1))
    answer = as_alice.post(reverse("token-wizard", args=[draft.pk, "token"]), {"name": "N", "file": file})
    assert answer.status_code == 200
    assert "too large" in answer.content.decode()


def test_a_profile_takes_all_its_certificates(as_alice, token, alice):
    from enrollment.actions.profiles.start_profile import start_profile

    draft = start_profile(token, by=alice)
    files = [
        SimpleUploadedFile(f"{number}.cer", b"x" * limits.CERTIFICATE_BYTES)
        for number in range(limits.CONFIGURATOR_CERTIFICATES + limits.ANCHOR_CERTIFICATES)
    ]
    path = reverse("profile-wizard", args=[draft.pk, "management"])
    assert as_alice.post(path, {"configurator_certificates": files}).status_code == 200


def test_many_fields_are_refused(as_alice):
    answer = as_alice.post("/devices/columns/", {f"f{number}": "x" for number in range(2_100)})
    assert answer.status_code == 400


def test_the_page_of_a_form_says_how_much_it_takes(as_alice):
    assert f'data-takes="{limits.SERIAL_LIST_BYTES}"' in as_alice.get("/serial-numbers/new/").content.decode()


@pytest.mark.parametrize("length", ["-1", "nonsense", "", "٣"])
def test_a_length_that_is_none_is_no_body(as_alice, length):
    assert as_alice.generic("POST", "/devices/columns/", b"", CONTENT_LENGTH=length).status_code < 500
