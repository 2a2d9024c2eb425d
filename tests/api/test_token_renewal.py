"""REN for programs: the pre-flight refuses at the file, and nothing is replaced."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.models import AuditEntry, Token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(world, token):
    server = world.servers[0]
    server.upload_certificate(make_key_pair(token, by=None).certificate_pem.encode())
    return server


@pytest.fixture
def renew(program, alice, token):
    def said(data, person=alice, **more):
        body = {"file": SimpleUploadedFile("token.p7m", data), **more}
        return program(person)("post", f"tokens/{token.pk}/renew/", data=body, content_type=MULTIPART_CONTENT)

    return said


def test_a_token_is_renewed_and_what_is_not_named_stays(renew, token, server):
    before = bytes(token.sealed_credentials)
    answer = renew(server.download_token())
    assert answer.status_code == 200, answer.json()
    assert answer.json()["apple_id"] == "admin@orchard.example"
    token.refresh_from_db()
    assert bytes(token.sealed_credentials) != before
    assert renew(server.download_token(), apple_id="new@orchard.example").json()["apple_id"] == "new@orchard.example"


def test_ren_4_every_refusal_stands_at_the_file_and_replaces_nothing(renew, token, server, world):
    now = server.download_token()
    renew(now)
    sealed = bytes(Token.objects.get(pk=token.pk).sealed_credentials)
    other = world.add_server("Other")
    other.upload_certificate(token.key_pair.certificate_pem.encode())
    stranger = other.download_token()
    for data, sentence in (
        (now, "in use already"),
        (b"x" * 70_000, "too large"),
        (token.key_pair.certificate_pem.encode(), "is a certificate"),
        (stranger, "another MDM server"),
    ):
        answer = renew(data)
        assert answer.status_code == 400
        assert sentence in answer.json()["errors"]["file"][0]
    assert bytes(Token.objects.get(pk=token.pk).sealed_credentials) == sealed
    assert renew(stranger, confirm_other_server="true").status_code == 200
    assert AuditEntry.objects.filter(action="token.renewed").first().after["other_server"] is True


def test_an_older_token_is_refused(renew, token, server):
    older = server.download_token()
    Token.objects.filter(pk=token.pk).update(expires_at=timezone.now() + timedelta(days=900))
    assert "earlier than the one in use" in renew(older).json()["errors"]["file"][0]


def test_what_apple_says_no_with_is_502(renew, token, server, world):
    file = server.download_token()
    world.withdraw_terms()
    answer = renew(file)
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, "application/problem+json")
    assert "terms" in answer.json()["detail"]


def test_three_visitors(renew, bob, charlie, server):
    assert renew(b"x", person=bob).status_code == 403
    assert renew(b"x", person=charlie).status_code == 404


@pytest.mark.parametrize("more", [{"apple_id": "nobody"}, {"scope_tags": "7"}, {"typo": "x"}])
def test_what_cannot_be_taken_is_said_at_its_field(renew, server, more):
    assert set(renew(server.download_token(), **more).json()["errors"]) == set(more)


def test_json_is_no_way_to_send_a_file(program, alice, token):
    assert program(alice)("post", f"tokens/{token.pk}/renew/", data={"file": "x"}).status_code == 415


def test_ren_3_a_new_key_pair_is_made_and_handed_out(program, alice, token, server):
    ask = program(alice)
    made = ask("post", f"tokens/{token.pk}/key/")
    assert (made.status_code, made.json()["fingerprint"]) == (201, token.key_pair.fingerprint)
    answer = ask("post", f"tokens/{token.pk}/certificate/", headers={"Accept": "application/x-pem-file"})
    assert answer.headers["Content-Type"] == "application/x-pem-file"
    assert answer.content.decode() == token.key_pair.certificate_pem
    assert AuditEntry.objects.filter(action="token.certificate_downloaded").exists()
