"""Profile drafts for programs: begun, written, looked at from all sides, saved; and profiles as they are elsewhere."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import MULTIPART_CONTENT
from django.utils import timezone

from enrollment.actions.profiles.define_revision import define_revision
from enrollment.models import AuditEntry, ForeignProfile, Profile, ProfileDraft
from tests.cast import a_profile, a_token

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://mdm.orchard.example/ade"
WHOLE = {"name": "Kiosk", "settings": {"affinity": "without", "enrollment_url": URL}}


@pytest.fixture
def ask(program, alice):
    return program(alice)


@pytest.fixture
def draft(ask, token):
    answer = ask("post", "profile-drafts/", data={"token": token.pk})
    assert answer.status_code == 201, answer.json()
    return answer.headers["Location"].partition("/api/v1/")[2]


def test_a_profile_is_written_step_by_step_as_in_the_wizard(ask, draft):
    assert set(ask("get", draft).json()["errors"]) == {"name", "enrollment_url", "affinity"}
    assert ask("get", f"{draft}payload/").status_code == 409
    ask("patch", draft, data={"name": "Kiosk"})
    answer = ask("patch", draft, data={"settings": {"affinity": "without", "enrollment_url": URL}})
    assert (answer.json()["name"], answer.json()["errors"]) == ("Kiosk", {})
    would = ask("get", f"{draft}payload/").json()
    answer = ask("post", f"{draft}save/")
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["payload"], answer.json()["at_apple"]) == (would, "known")
    assert ask("get", f"profiles/{answer.json()['id']}/apple/").json()["payload"]["profile_name"] == "Kiosk"
    assert ask("get", draft).status_code == 404
    assert ask("get", answer.headers["Location"].partition("/api/v1/")[2]).headers["ETag"] == answer.headers["ETag"]


def test_what_can_never_be_taken_is_refused_and_nothing_of_the_request_is_kept(ask, draft):
    answer = ask("patch", draft, data={"name": "Kiosk", "settings": {"affinity": "x", "department": "Tills"}})
    assert answer.json()["errors"] == {"settings": {"affinity": ["Choose one of the values offered."]}}
    assert ask("get", draft).json()["name"] == ""
    assert ask("patch", draft, data={"settings": {"colour": "red"}}).status_code == 400


def test_what_does_not_go_together_is_kept_and_told(ask, draft):
    said = {"enrollment_url": URL, "affinity": "with", "method": "modern", "web_url": "https://login.other.example"}
    answer = ask("patch", draft, data={"settings": said})
    assert (answer.status_code, set(answer.json()["errors"])) == (200, {"web_url", "name"})
    answer = ask("post", f"{draft}save/")
    assert (answer.status_code, set(answer.json()["errors"]["settings"])) == (400, {"web_url"})
    assert ProfileDraft.objects.exists()


def test_apple_away_keeps_the_profile_and_can_be_asked_again(ask, draft, world):
    ask("patch", draft, data=WHOLE)
    world.withdraw_terms()
    made = ask("post", f"{draft}save/").json()
    assert made["at_apple"] == "waiting"
    path = f"profiles/{made['id']}/"
    answer = ask("post", f"{path}ask-apple/")
    assert (answer.status_code, Profile.objects.count()) == (502, 1)
    world.accept_terms()
    assert ask("post", f"{path}ask-apple/").json()["at_apple"] == "known"


def test_what_apple_refuses_is_kept_told_and_not_taken_again_unchanged(ask, draft, world):
    ask("patch", draft, data=WHOLE)
    world.faults.add("config_name_invalid", times=2)
    made = ask("post", f"{draft}save/").json()
    path = f"profiles/{made['id']}/"
    assert made["at_apple"] == "refused"
    refusal = ask("get", f"{path}revisions/1/").json()["refusal"]
    assert "Apple does not accept the name" in refusal
    answer = ask("post", f"{path}ask-apple/")
    assert (answer.status_code, answer.json()["detail"]) == (409, refusal)
    assert ask("patch", path, data={"description": "x"}).json()["errors"] == {"name": [refusal]}
    assert ask("patch", path, data={"name": "Tills"}).status_code == 200


def test_a_draft_is_its_owners_and_needs_the_permission_of_what_it_becomes(program, ask, draft, bob, charlie, token):
    for person, status in ((bob, 403), (charlie, 404)):
        assert program(person)("get", draft).status_code == status
        assert program(person)("delete", draft).status_code == status
    profile = a_profile(token)
    edit = ask("post", f"profiles/{profile.pk}/edit/").headers["Location"].partition("/api/v1/")[2]
    assert ask("get", edit).json()["consequences"] == {
        "device_count": 0,
        "makes_revision": True,
        "newer_revision": None,
    }
    assert ask("delete", edit).status_code == 204
    assert [one["profile"] for one in ask("get", "profile-drafts/").json()["results"]] == [None]


def test_an_edit_is_begun_once_and_saved_against_what_was_read(ask, token):
    profile = a_profile(token, name="Kiosk", apple_uuid="A" * 32)
    path = f"profiles/{profile.pk}/"
    read = ask("get", path).headers["ETag"]
    first = ask("post", f"{path}edit/")
    again = ask("post", f"{path}edit/")
    assert (first.status_code, again.status_code, first.json()["id"]) == (201, 200, again.json()["id"])
    edit = f"profile-drafts/{first.json()['id']}/"
    ask("patch", edit, data={"settings": {"department": "Tills"}})
    ask("patch", path, data={"description": "Meanwhile"})
    answer = ask("post", f"{edit}save/", headers={"If-Match": read})
    assert (answer.status_code, ProfileDraft.objects.count()) == (412, 1)
    answer = ask("post", f"{edit}save/", headers={"If-Match": ask("get", path).headers["ETag"]})
    assert (answer.status_code, answer.json()["settings"]["department"]) == (200, "Tills")


def test_a_draft_begins_like_another_profile_for_the_same_token_or_another(ask, token):
    like = a_profile(token, name="Kiosk", department="Tills")
    answer = ask("post", "profile-drafts/", data={"like": like.pk}).json()
    assert (answer["name"], answer["settings"]["department"], answer["token"]) == ("Copy of Kiosk", "Tills", token.pk)
    other = a_token()
    assert ask("post", "profile-drafts/", data={"like": like.pk, "token": other.pk}).json()["token"] == other.pk
    assert ask("post", "profile-drafts/", data={}).json()["errors"] == {"token": ["This field is required."]}
    inactive = a_token(verified_at=None)
    assert ask("post", "profile-drafts/", data={"token": inactive.pk}).status_code == 409


def test_an_export_is_imported_again_and_faults_are_told_with_line_and_key(ask, token):
    profile = a_profile(token, name="Kiosk", department="Tills")
    for accept, kind in (("application/json", "json"), ("application/yaml", "yaml")):
        file = ask("get", f"profiles/{profile.pk}/export/", headers={"Accept": accept})
        assert file.headers["Content-Type"] == accept
        assert file.headers["Content-Disposition"] == f'attachment; filename="kiosk.{kind}"'
        text = file.content.decode()
        answer = ask("post", "profile-drafts/import/", data={"token": token.pk, "text": text})
        assert (answer.status_code, answer.json()["left_out"]) == (201, [])
        assert answer.json()["settings"]["department"] == "Tills"
        sent = {"token": token.pk, "file": SimpleUploadedFile("kiosk", text.encode())}
        answer = ask("post", "profile-drafts/import/", data=sent, content_type=MULTIPART_CONTENT)
        assert answer.status_code == 201, answer.json()
    assert ask("get", f"profiles/{profile.pk}/export/?kind=yaml").headers["Content-Type"] == "application/yaml"
    assert AuditEntry.objects.filter(action="profile.exported").count() == 3
    wrong = "format: pomona-profile\nversion: 1\nname: X\nsettings:\n  colour: red\n"
    answer = ask("post", "profile-drafts/import/", data={"token": token.pk, "text": wrong})
    assert answer.json()["errors"] == {"text": ["Line 5: colour: This setting is not known."]}
    assert ask("post", "profile-drafts/import/", data={"token": token.pk}).status_code == 400


def test_a_profile_of_another_tool_is_shown_and_taken_over(program, ask, bob, charlie, token):
    foreign = ForeignProfile.objects.create(
        token=token, apple_uuid="F" * 32, name="Old tool", payload={"url": URL, "profile_name": "Old tool"}
    )
    path = f"foreign-profiles/{foreign.pk}/"
    assert ask("get", f"foreign-profiles/?token={token.pk}").json()["results"][0]["payload"]["url"] == URL
    assert program(bob)("get", path).status_code == 200
    assert program(charlie)("get", path).status_code == 404
    assert program(bob)("post", f"{path}take-over/").status_code == 403
    answer = ask("post", f"{path}take-over/")
    assert (answer.status_code, answer.json()["name"], set(answer.json()["errors"])) == (201, "Old tool", {"affinity"})


def test_pb_4_revisions_are_listed_compared_and_restored(ask, token):
    profile = a_profile(token, name="Kiosk", apple_uuid="A" * 32)
    path = f"profiles/{profile.pk}/"
    ask("patch", path, data={"settings": {"department": "Tills"}})
    listed = ask("get", f"{path}revisions/").json()["results"]
    assert [(one["number"], one["created_by"]) for one in listed] == [(2, "alice"), (1, "")]
    assert ask("get", f"{path}revisions/1/").json()["settings"]["department"] == ""
    found = ask("get", f"{path}compare/?from=1&to=2").json()
    assert found["settings"] == [{"label": "Department", "prof": "PROF-25", "before": "–", "after": "Tills"}]
    keys = {one["key"]: one for one in found["payload"]}
    assert keys["department"] == {
        "key": "department",
        "has_before": False,
        "before": None,
        "has_after": True,
        "after": "Tills",
    }
    assert ask("get", f"{path}compare/").json()["before"] == 1
    answer = ask("post", f"{path}revisions/1/restore/")
    assert (answer.status_code, answer.json()["settings"]["department"]) == (201, "")
    for wrong, status in (("from=9", 404), ("from=x", 400), (f"to={10**30}", 404)):
        assert ask("get", f"{path}compare/?{wrong}").status_code == status
    assert ask("get", f"{path}revisions/{10**30}/").status_code == 404


def test_as_apple_sees_it(ask, token, world, alice):
    profile = a_profile(token, name="Kiosk")
    path = f"profiles/{profile.pk}/apple/"
    assert ask("get", path).status_code == 409
    define_revision(profile.current, by=alice)
    answer = ask("get", path).json()
    assert (answer["payload"]["profile_name"], answer["differences"]) == ("Kiosk", [])
    world.withdraw_terms()
    assert ask("get", path).status_code == 502


def test_lint_and_preview_speak_the_language_asked_for(ask, draft, token):
    profile = a_profile(token, department="Tills")
    findings = ask("get", f"profiles/{profile.pk}/lint/").json()
    assert "passcode-screen-shown" in {one["rule"] for one in findings}
    french = {"Accept-Language": "fr"}
    for path in (f"profiles/{profile.pk}/", draft):
        assert ask("get", f"{path}lint/", headers=french).json()[0]["sentence"]
        screens = ask("get", f"{path}preview/?family=iPad&version=17", headers=french).json()["screens"]
        assert (screens[0]["title"], screens[-1]["title"]) == ("Bonjour", "Écran d'accueil")
    for query in ("family=Mac", "version=99", "version=x"):
        assert ask("get", f"{draft}preview/?{query}").status_code == 400


def test_pb_3_the_preview_of_a_shared_ipad_refuses_an_iphone(ask, token):
    profile = a_profile(token, is_shared_ipad=True)
    assert ask("get", f"profiles/{profile.pk}/preview/").json()["family"] == "iPad"
    assert ask("get", f"profiles/{profile.pk}/preview/?family=iPhone").json()["is_refused"]


def test_whether_the_enrollment_url_answers(ask, draft):
    ask("patch", draft, data={"settings": {"enrollment_url": "https://127.0.0.1:9/ade"}})
    assert ask("post", f"{draft}check-url/").json() == {
        "verdict": "no_answer",
        "answers": False,
        "sentence": "Nothing answers there. From outside this network that may be different.",
    }


def test_a_program_can_draw_a_form_of_the_settings_and_the_screens(ask):
    settings = {one["name"]: one for one in ask("get", "profile-settings/").json()}
    assert settings["method"]["shown_when"] == [[{"setting": "affinity", "is_any": False, "values": ["with"]}]]
    assert settings["single_app_mode"]["shown_when"][0][0]["is_any"]
    assert settings["cached_users"]["is_applied_by_mdm"]
    assert [one["value"] for one in settings["passcode_grace"]["choices"]] == [0, 60, 300, 900, 3600, 14400]
    assert settings["department"]["apple_key"] == "department"
    french = ask("get", "setup-panes/", headers={"Accept-Language": "fr"}).json()
    assert {one["key"]: one["label"] for one in french}["Passcode"] == "Code secret"


def test_a_draft_of_a_token_that_left_the_scope_is_gone(program, alice, draft, token):
    tag = token.scope_tags.create(name="Lyon")
    narrowed = program(alice, tags=[tag.name])
    assert narrowed("get", draft).status_code == 200
    token.scope_tags.clear()
    assert narrowed("get", draft).status_code == 404


@pytest.mark.parametrize("said", [[], "x", {"settings": {"department": 7.5}}, {"settings": [1]}, {"description": {}}])
def test_anything_else_is_a_problem_at_its_field(ask, draft, said):
    answer = ask("patch", draft, data=json.dumps(said))
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_a_draft_edited_long_ago_is_told_of_what_was_saved_since(ask, token):
    profile = a_profile(token, apple_uuid="A" * 32)
    edit = ask("post", f"profiles/{profile.pk}/edit/").json()["id"]
    ProfileDraft.objects.filter(pk=edit).update(created_at=timezone.now() - timedelta(days=1))
    ask("patch", f"profiles/{profile.pk}/", data={"settings": {"department": "Tills"}})
    assert ask("get", f"profile-drafts/{edit}/").json()["consequences"]["newer_revision"] == 2
