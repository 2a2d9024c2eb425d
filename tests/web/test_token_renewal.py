"""The renewal as a page: reasons, steps, the pane, and every refusal at the file, with nothing replaced."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.tokens.make_key_pair import make_key_pair
from enrollment.models import ScopeTag, Token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(world, token):
    server = world.servers[0]
    server.upload_certificate(make_key_pair(token, by=None).certificate_pem.encode())
    return server


def send(browser, token, data, **typed):
    file = SimpleUploadedFile("token.p7m", data)
    said = {"apple_id": "new@orchard.example", "file": file, **typed}
    return browser.post(reverse("token-renew", args=[token.pk]), said, follow=True).content.decode()


def test_ren_1_ren_2_ren_5_the_page_tells_why_how_and_what_stays(as_alice, token, server):
    page = as_alice.get(reverse("token-renew", args=[token.pk])).content.decode()
    for words in ("Every year", "password of the Apple ID", "left the organisation", "ends the current one at once"):
        assert words in page
    for words in ("Sign in as Administrator or Device Enrollment Manager.", "Open Settings › MDM servers › Orchard."):
        assert words in page
    assert "Choose Download token, then Download server token." in page
    assert "devices that are enrolled are not touched by that" in page
    assert 'value="admin@orchard.example"' in page
    assert "I want to replace the connected server" not in page
    french = as_alice.get(reverse("token-renew", args=[token.pk]), headers={"Accept-Language": "fr"})
    for words in (
        "Chaque année",
        "mot de passe de l'ID Apple a été changé",
        "a quitté l'organisation",
        "met fin à l'actuel aussitôt",
        "puis Télécharger le jeton du serveur",
        "les appareils inscrits n'en sont pas affectés",
    ):
        assert words in unescape(french.content.decode()), words


def test_ren_3_the_pane_has_its_three_fields_and_the_same_key_pair_is_used(as_alice, token, server):
    ScopeTag.objects.create(name="Lyon")
    page = as_alice.get(reverse("token-renew", args=[token.pk])).content.decode()
    assert [name in page for name in ('name="apple_id"', 'name="file"', 'name="scope_tags"')] == [True] * 3
    pair = token.key_pair
    send(as_alice, token, server.download_token())
    assert list(token.key_pairs.all()) == [pair]


def test_ren_3_a_token_is_renewed(as_alice, token, server):
    page = send(as_alice, token, server.download_token())
    assert "The token is renewed until" in page
    token.refresh_from_db()
    assert token.apple_id == "new@orchard.example"


def test_a_refusal_stands_at_the_file_and_what_was_typed_stays(as_alice, token, server):
    page = send(as_alice, token, b"hello")
    at_the_file = page[page.index('id="id_file_error"') :]
    assert "Nothing was replaced." in at_the_file[: at_the_file.index("</ul>")]
    assert 'value="new@orchard.example"' in page


def test_apples_refusal_stands_there_too(as_alice, token, server, world):
    world.withdraw_terms()
    page = send(as_alice, token, server.download_token())
    assert "Nothing was replaced." in page
    assert "erms" in page


def test_another_server_has_to_be_confirmed_in_so_many_words(as_alice, token, server, world):
    other = world.add_server("Another")
    other.upload_certificate(token.key_pair.certificate_pem.encode())
    page = send(as_alice, token, other.download_token())
    assert "This token is of another MDM server" in page
    assert "I want to replace the connected server by another one" in page
    page = send(as_alice, token, other.download_token(), other_server="on")
    assert "The token is renewed until" in page
    token.refresh_from_db()
    assert token.server_name == "Another"


def test_ren_3_a_new_key_pair_is_made_and_handed_out(as_alice, token, server):
    old = token.key_pair
    as_alice.post(reverse("token-renew-key", args=[token.pk]))
    assert token.key_pair != old
    answer = as_alice.post(reverse("token-renew-certificate", args=[token.pk]))
    assert answer.content.decode() == token.key_pair.certificate_pem
    assert b"PRIVATE" not in answer.content
    token.key_pair.refresh_from_db()
    assert token.key_pair.downloaded_at is not None


@pytest.mark.parametrize(
    "changes", [{"expires_at": timezone.now() - timedelta(days=1)}, {"rejected_at": timezone.now()}, {}]
)
def test_where_renewing_is_the_remedy_the_tokens_page_leads_to_it(as_alice, as_bob, token, changes):
    Token.objects.filter(pk=token.pk).update(trouble_sentence="x" if "rejected_at" in changes else "", **changes)
    link = f'<p><a class="button small" href="{reverse("token-renew", args=[token.pk])}">'
    url = reverse("token-detail", args=[token.pk])
    assert (link in as_alice.get(url).content.decode()) is bool(changes)
    assert link not in as_bob.get(url).content.decode(), "he may not renew"
