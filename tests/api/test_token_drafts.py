"""The way of a token in, for programs: consent, certificate, file, the rest, connect (TOK)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT

from enrollment.actions.tokens.start_token import start_token
from enrollment.models import AuditEntry, ScopeTag, SyncRun, Token, TokenDraft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(apple, world, settings):
    settings.APPLE_URL = apple.url
    return world.add_server("Orchard")


@pytest.fixture
def ask(program, alice, server):
    return program(alice)


@pytest.fixture
def draft(ask):
    answer = ask("post", "token-drafts/", data={"consents": True})
    assert answer.status_code == 201, answer.json()
    return answer.headers["Location"].partition("/api/v1/")[2]


def bring(ask, draft, data):
    file = SimpleUploadedFile("token_smime.p7m", data)
    return ask("post", f"{draft}file/", data={"file": file}, content_type=MULTIPART_CONTENT)


def missing(answer):
    return [one["what"] for one in answer.json()["missing"]]


def test_the_whole_way(ask, draft, server, world):
    assert missing(ask("get", draft)) == ["certificate", "name", "apple_id", "file"]
    pem = ask("post", f"{draft}certificate/")
    assert pem.headers["Content-Type"] == "application/x-pem-file"
    assert b"PRIVATE" not in pem.content
    server.upload_certificate(pem.content)
    answer = bring(ask, draft, server.download_token())
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["file_name"], len(answer.json()["key_end"])) == ("token_smime.p7m", 4)
    answer = ask("post", f"{draft}connect/")
    assert (answer.status_code, set(answer.json()["errors"])) == (409, {"name", "apple_id"})
    answer = ask("patch", draft, data={"name": "Lyon", "apple_id": "admin@orchard.example"})
    assert missing(answer) == []
    answer = ask("post", f"{draft}connect/")
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["status"], answer.json()["server_name"]) == ("active", "Orchard")
    assert ask("get", answer.headers["Location"].partition("/api/v1/")[2]).json()["id"] == Token.objects.get().pk
    assert SyncRun.objects.get().trigger == "first"
    assert not TokenDraft.objects.exists()


def test_tok_1_nothing_is_handed_out_before_the_consent(ask):
    draft = ask("post", "token-drafts/").headers["Location"].partition("/api/v1/")[2]
    answer = ask("post", f"{draft}certificate/", headers={"Accept": "application/x-pem-file"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["detail"] == "Nothing can be sent to Apple before you agree."
    assert not AuditEntry.objects.filter(action="token_draft.certificate_downloaded").exists()
    ask("patch", draft, data={"consents": True})
    assert ask("post", f"{draft}certificate/").status_code == 200


def test_tok_4_a_draft_is_its_owners_and_the_administrators(program, ask, alice, bob, charlie, draft):
    assert program(bob)("get", draft).status_code == 403
    for method, path in (("get", ""), ("patch", ""), ("delete", ""), ("post", "certificate/"), ("post", "connect/")):
        assert program(charlie)(method, draft + path).status_code == 404
    begun = start_token(by=charlie)
    assert {one["owner"] for one in ask("get", "token-drafts/").json()["results"]} == {"alice", "charlie"}
    assert [one["id"] for one in program(charlie)("get", "token-drafts/").json()["results"]] == [begun.pk]
    assert ask("delete", draft).status_code == 204


def test_tok_4_a_file_for_an_earlier_key_pair_opens(ask, draft, server):
    server.upload_certificate(ask("post", f"{draft}certificate/").content)
    old = ask("get", draft).json()["key_pair"]["fingerprint"]
    made = ask("post", f"{draft}key/")
    assert made.status_code == 201
    assert made.json()["key_pair"]["fingerprint"] != old
    assert bring(ask, draft, server.download_token()).status_code == 200


@pytest.mark.parametrize(("data", "said"), [(b"x" * 70_000, "at most 64 KB"), (b"x", "token"), (None, "a certificate")])
def test_tok_6_a_wrong_file_is_named(ask, draft, data, said):
    data = data or ask("post", f"{draft}certificate/").content
    answer = bring(ask, draft, data)
    assert answer.status_code == 400
    assert said in answer.json()["errors"]["file"][0]


def test_tok_8_with_apple_away_the_token_is_kept_and_not_verified(ask, draft, server, world):
    server.upload_certificate(ask("post", f"{draft}certificate/").content)
    bring(ask, draft, server.download_token())
    ask("patch", draft, data={"name": "Lyon", "apple_id": "admin@orchard.example"})
    world.withdraw_terms()
    answer = ask("post", f"{draft}connect/")
    assert (answer.status_code, answer.json()["status"]) == (201, "not_verified")
    assert "terms" in answer.json()["trouble"]


def test_who_is_narrowed_gives_one_of_their_tags(program, charlie, server):
    ask, elsewhere = program(charlie), ScopeTag.objects.get(name="Elsewhere")
    ours = ScopeTag.objects.create(name="Ours")
    for tags in ([], [ours.pk]):
        answer = ask("post", "token-drafts/", data={"scope_tags": tags})
        assert set(answer.json()["errors"]) == {"scope_tags"}
    assert ask("post", "token-drafts/", data={"scope_tags": [elsewhere.pk]}).json()["scope_tags"] == [elsewhere.pk]


def test_who_is_narrowed_connects_no_token_they_would_not_see(program, alice, charlie, server):
    ScopeTag.objects.create(name="Ours")
    for person, tags in ((charlie, ()), (alice, ["Ours"])):
        ask = program(person, tags=tags)
        draft = ask("post", "token-drafts/").headers["Location"].partition("/api/v1/")[2]
        assert "scope" in missing(ask("get", draft))
        mine = ScopeTag.objects.get(name=tags[0] if tags else "Elsewhere")
        assert "scope" not in missing(ask("patch", draft, data={"scope_tags": [mine.pk]}))


@pytest.mark.parametrize("said", [{"apple_id": "nobody"}, {"consents": "perhaps"}, {"name": None}, {"apple_url": "x"}])
def test_what_cannot_be_taken_is_said_at_its_field_and_no_draft_is_made(ask, said):
    answer = ask("post", "token-drafts/", data=said)
    assert set(answer.json()["errors"]) == set(said)
    assert not TokenDraft.objects.exists()


def test_the_list_asks_as_much_for_eleven_drafts_as_for_one(ask, alice, django_assert_max_num_queries):
    for number in range(11):
        draft = start_token(by=alice, name=f"Draft {number}")
        draft.scope_tags.add(ScopeTag.objects.create(name=f"Tag {number}"))
    with django_assert_max_num_queries(12):
        assert len(ask("get", "token-drafts/").json()["results"]) == 11
