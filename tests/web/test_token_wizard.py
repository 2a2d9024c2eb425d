"""TOK-1 to TOK-8 through the pages, with the pretend Apple."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment.actions.tokens.start_token import start_token
from enrollment.models import AuditEntry, SyncRun, SyncTrigger, Token, TokenDraft, TokenStatus

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(alice, apple):
    return start_token(by=alice, apple_url=apple.url)


def page(draft, key):
    return reverse("token-wizard", args=[draft.pk, key])


def consent(browser, draft):
    return browser.post(page(draft, "basics"), {"consents": "on"})


def download(browser, draft):
    return browser.post(reverse("token-certificate", args=[draft.pk]), {"consents": "on"})


def upload(browser, draft, data, **typed):
    file = SimpleUploadedFile("token.p7m", data)
    return browser.post(page(draft, "token"), {"name": "Shops", "apple_id": "a@orchard.example", "file": file, **typed})


@pytest.fixture
def server(world):
    return world.add_server("Shops")


def a_token_file(browser, draft, server):
    server.upload_certificate(download(browser, draft).content)
    return server.download_token()


def test_the_whole_way(as_alice, alice, draft, server, world):
    world.add_devices(server, 3)
    consent(as_alice, draft)
    upload(as_alice, draft, a_token_file(as_alice, draft, server))
    as_alice.post(page(draft, "scope"), {})
    answer = as_alice.post(reverse("token-create", args=[draft.pk]))
    token = Token.objects.get()
    assert answer.headers["Location"] == reverse("token-detail", args=[token.pk])
    assert (token.name, token.status, token.org_name) == ("Shops", TokenStatus.ACTIVE, "Orchard Foods")
    assert token.server_uuid == server.uuid
    assert SyncRun.objects.get().trigger == SyncTrigger.FIRST
    assert not TokenDraft.objects.exists()
    assert token.key_pairs.count() == 1
    secret = server.credentials()["access_secret"]
    assert secret.encode() not in bytes(token.sealed_credentials)
    assert secret not in str(list(AuditEntry.objects.values()))


def test_tok_1_nothing_else_before_the_consent(as_alice, draft):
    assert as_alice.get(page(draft, "token")).status_code == 302
    answer = as_alice.post(page(draft, "basics"), {})
    assert "Nothing can be sent to Apple before you agree." in answer.content.decode()
    assert as_alice.post(reverse("token-certificate", args=[draft.pk]), {}).status_code == 302


def test_tok_2_the_certificate_is_downloaded_and_its_fingerprint_shown(as_alice, draft):
    assert draft.key_pair.fingerprint in as_alice.get(page(draft, "basics")).content.decode()
    pem = download(as_alice, draft)
    assert pem.content.startswith(b"-----BEGIN CERTIFICATE-----")
    assert b"PRIVATE" not in pem.content
    assert "attachment" in pem.headers["Content-Disposition"]


def test_tok_4_a_file_for_an_earlier_key_pair_opens(as_alice, draft, server):
    early = a_token_file(as_alice, draft, server)
    as_alice.post(reverse("token-new-key", args=[draft.pk]))
    assert upload(as_alice, draft, early).status_code == 302
    draft.refresh_from_db()
    assert draft.file_name == "token.p7m"


def test_tok_4_only_its_owner_and_administrators_see_a_draft(as_alice, as_bob, draft):
    assert as_alice.get(page(draft, "basics")).status_code == 200
    assert as_bob.get(page(draft, "basics")).status_code == 404


def test_tok_6_a_wrong_file_is_named_and_what_was_typed_stays(as_alice, draft, server):
    pem = download(as_alice, draft).content
    answer = upload(as_alice, draft, pem)
    said = answer.content.decode()
    assert draft.key_pair.fingerprint in said
    assert 'value="Shops"' in said
    draft.refresh_from_db()
    assert (draft.name, draft.apple_id) == ("Shops", "a@orchard.example")


def test_tok_6_a_token_for_another_drafts_certificate_names_it(as_alice, alice, apple, draft, server):
    other = start_token(by=alice, name="Lyon", apple_url=apple.url)
    file = a_token_file(as_alice, other, server)
    consent(as_alice, draft)
    said = upload(as_alice, draft, file).content.decode()
    assert other.key_pair.fingerprint in said
    assert "Lyon" in said


def test_tok_6_a_server_is_connected_once(as_alice, alice, apple, draft, server):
    upload(as_alice, draft, a_token_file(as_alice, draft, server))
    as_alice.post(reverse("token-create", args=[draft.pk]))
    again = start_token(by=alice, apple_url=apple.url)
    said = upload(as_alice, again, a_token_file(as_alice, again, server), name="Second").content.decode()
    assert "already connected as “Shops”" in said


def test_tok_7_create_waits_for_everything_and_review_says_what_is_missing(as_alice, draft):
    consent(as_alice, draft)
    said = as_alice.get(page(draft, "review")).content.decode()
    for sentence in ("has not been downloaded", "no name yet", "Apple ID is missing", ".p7m) is missing"):
        assert sentence in said
    assert as_alice.post(reverse("token-create", args=[draft.pk])).headers["Location"] == page(draft, "review")
    assert not Token.objects.exists()


def test_tok_8_with_apple_away_the_token_is_kept_and_not_verified(as_alice, draft, server, world):
    upload(as_alice, draft, a_token_file(as_alice, draft, server))
    world.faults.add("hang_up")
    as_alice.post(reverse("token-create", args=[draft.pk]))
    token = Token.objects.get()
    assert token.status == TokenStatus.NOT_VERIFIED
    assert token.next_probe_at
    said = as_alice.get(reverse("token-detail", args=[token.pk])).content.decode()
    assert "Apple cannot be reached." in said


def test_a_file_above_the_bound_is_refused(as_alice, draft):
    consent(as_alice, draft)
    assert "too large" in upload(as_alice, draft, b"x" * 70_000).content.decode()
