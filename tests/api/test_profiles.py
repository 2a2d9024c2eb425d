"""Profiles for programs: made, changed and deleted in one go, and nobody overwrites what they have not seen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment.models import AuditEntry, Profile, ProfileDraft, Wish
from tests.cast import a_device, a_profile, a_rule, a_token, a_vpp_token

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://mdm.orchard.example/ade"
SETTINGS = {"enrollment_url": URL, "affinity": "without", "hidden_panes": ["Siri", "AppleID"]}


@pytest.fixture
def kiosk(db):
    return a_profile(a_token(), name="Kiosk", apple_uuid="A" * 32)


@pytest.fixture
def path(kiosk):
    return f"profiles/{kiosk.pk}/"


def test_the_list_has_the_filters_and_figures_of_the_page(program, alice, kiosk):
    other = a_profile(a_token(), name="Staff")
    a_device(kiosk.token, wish=Wish.PROFILE, profile=kiosk, given_at=kiosk.created_at, given_uuid="B" * 32)
    ask = program(alice)

    def listed(query):
        answer = ask("get", f"profiles/{query}")
        assert answer.status_code == 200, answer.json()
        return [(one["id"], one["device_count"], one["needs_wipe"]) for one in answer.json()["results"]]

    assert listed("") == [(kiosk.pk, 1, 1), (other.pk, 0, 0)]
    assert listed("?q=kio") == [(kiosk.pk, 1, 1)]
    assert listed(f"?token={other.token_id}") == [(other.pk, 0, 0)]
    assert ask("get", "profiles/?token=99999").status_code == 400


def test_the_list_asks_as_much_for_eleven_profiles_as_for_one(program, alice):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert ask("get", "profiles/").status_code == 200
        return len(captured)

    ask = program(alice)
    a_profile(a_token())
    queries()
    one = queries()
    for _ in range(10):
        a_profile(a_token())
    assert queries() == one


def test_a_profile_is_made_in_one_request(program, alice, bob, charlie):
    token = a_token()
    said = {"token": token.pk, "name": "Kiosk", "description": "Tills", "settings": SETTINGS}
    assert program(bob)("post", "profiles/", data=said).status_code == 403
    answer = program(charlie)("post", "profiles/", data=said)
    assert answer.json()["errors"] == {"token": ["There is no such thing here."]}
    answer = program(alice)("post", "profiles/", data=said)
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["revision"], made["at_apple"]) == (1, "waiting"), "nobody answers for Apple here"
    assert made["settings"]["await_configured"] is True
    assert made["payload"]["skip_setup_items"] == ["AppleID", "Siri"]
    again = program(alice)("get", answer.headers["Location"].partition("/api/v1/")[2])
    assert again.headers["ETag"] == answer.headers["ETag"]
    assert again.json() == made
    assert AuditEntry.objects.filter(action="profile.created", person=alice).exists()


def test_what_cannot_be_made_is_said_by_field_and_leaves_nothing_behind(program, alice):
    token, ask = a_token(), program(alice)
    settings = {"enrollment_url": URL, "affinity": "with", "method": "modern", "web_url": "https://login.other.example"}
    answer = ask("post", "profiles/", data={"token": token.pk, "name": "Kiosk", "settings": settings})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]["settings"]) == {"web_url"}
    a_profile(token, name="Kiosk")
    answer = ask("post", "profiles/", data={"token": token.pk, "name": "Kiosk", "settings": SETTINGS})
    assert answer.json()["errors"] == {"name": ["Another profile of this token has this name."]}
    assert (Profile.objects.count(), ProfileDraft.objects.count()) == (1, 0)
    assert not AuditEntry.objects.filter(action="profile_draft.started").exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"affinity": "perhaps"}, "affinity"),
        ({"affinity": None, "is_locked": "maybe"}, "is_locked"),
        ({"department": "a\x00"}, "department"),
        ({"carrier_url": "a\x00"}, "carrier_url"),
        ({"name_template": "{{NOPE}}"}, "name_template"),
        ({"cached_users": 25}, "cached_users"),
        ({"cached_users": 10**30}, "cached_users"),
        ({"passcode_grace": 61}, "passcode_grace"),
        ({"hidden_panes": "Siri"}, "hidden_panes"),
        ({"hidden_panes": [1]}, "hidden_panes"),
        ({"host_certificates": ["nonsense"]}, "host_certificates"),
        ({"company_portal_vpp": {}}, "company_portal_vpp"),
    ],
)
def test_a_value_that_can_never_be_taken_is_said_at_its_setting(program, alice, kiosk, path, said, field):
    ask = program(alice)
    for method, more in (("patch", {}), ("put", {"name": "Kiosk"})):
        answer = ask(method, path, data={**more, "settings": said})
        assert answer.status_code == 400
        assert field in answer.json()["errors"]["settings"]
    assert ask("get", path).json()["revision"] == 1


@pytest.mark.parametrize("said", [[], "x", {"settings": []}, {"settings": None}, {"name": None}, {"nmae": "x"}])
def test_a_body_of_another_shape_is_refused(program, alice, path, said):
    assert program(alice)("patch", path, data=said).status_code == 400


def test_a_part_is_changed_and_the_rest_stays(program, alice, bob, charlie, kiosk, path):
    said = {"settings": {"department": "Tills"}}
    assert program(bob)("patch", path, data=said).status_code == 403
    assert program(charlie)("patch", path, data=said).status_code == 404
    answer = program(alice)("patch", path, data=said)
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["revision"], answer.json()["settings"]["department"]) == (2, "Tills")
    assert answer.json()["settings"]["enrollment_url"] == URL
    answer = program(alice)(
        "patch", path, data={"name": "Tills", "settings": {"name_template": "x", "apply_name_template": 1}}
    )
    assert (answer.json()["revision"], answer.json()["name"]) == (2, "Tills"), "neither makes a revision"


def test_all_of_it_is_said_anew(program, alice, kiosk, path):
    ask = program(alice)
    ask("patch", path, data={"description": "Old", "settings": {"department": "Tills"}})
    answer = ask("put", path, data={"name": "Kiosk", "settings": SETTINGS})
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["description"], answer.json()["settings"]["department"]) == ("", "")
    assert "affinity" in ask("put", path, data={"name": "Kiosk"}).json()["errors"]["settings"]


def test_a_draft_begun_in_a_browser_is_not_touched(program, alice, as_alice, kiosk, path):
    draft = ProfileDraft.objects.create(owner=alice, token=kiosk.token, profile=kiosk, name="Mine", settings={})
    program(alice)("patch", path, data={"description": "x"})
    draft.refresh_from_db()
    assert (draft.name, ProfileDraft.objects.count()) == ("Mine", 1)


def test_api_3_who_has_read_an_older_state_is_told_so(program, alice, kiosk, path):
    ask = program(alice)
    read = ask("get", path).headers["ETag"]
    assert ask("get", path, headers={"If-None-Match": read}).status_code == 304
    answer = ask("patch", path, data={"description": "One"}, headers={"If-Match": read})
    assert answer.status_code == 200
    for method, said in (("patch", {"description": "Two"}), ("put", {"name": "Two", "settings": SETTINGS})):
        late = ask(method, path, data=said, headers={"If-Match": read})
        assert late.status_code == 412
        assert "has changed since you read it" in late.json()["detail"]
    assert ask("delete", path, headers={"If-Match": f"W/{answer.headers['ETag']}"}).status_code == 412
    kiosk.refresh_from_db()
    assert (kiosk.name, kiosk.description) == ("Kiosk", "One")
    for tag in (f'"x", {answer.headers["ETag"]}', "*"):
        answer = ask("patch", path, data={"description": tag}, headers={"If-Match": tag})
        assert answer.status_code == 200
    assert ask("delete", path, headers={"If-Match": answer.headers["ETag"]}).status_code == 204


def test_api_3_the_tag_is_another_for_all_that_is_shown_and_for_nothing_else(program, alice, kiosk, path):
    ask = program(alice)
    tags = [ask("get", path).headers["ETag"]]
    a_device(kiosk.token, wish=Wish.PROFILE, profile=kiosk)
    assert ask("get", path, headers={"Accept-Language": "fr"}).headers["ETag"] == tags[0]
    assert ask("get", f"{path}?fields=id").headers["ETag"] == tags[0]
    for change in ({"name": "B"}, {"description": "C"}, {"settings": {"department": "D"}}):
        tags.append(ask("patch", path, data=change).headers["ETag"])
    type(kiosk.current).objects.update(apple_uuid="C" * 32)
    tags.append(ask("get", path).headers["ETag"])
    assert len(set(tags)) == 5


def test_pb_5_what_is_in_the_way_is_told_before_and_after(program, alice, bob, charlie, kiosk, path):
    ask = program(alice)
    a_device(kiosk.token, wish=Wish.PROFILE, profile=kiosk)
    rule = a_rule(kiosk, name="100 % of iPads")
    assert program(bob)("delete", path).status_code == 403
    assert program(charlie)("delete", path).status_code == 404
    usage = ask("get", f"{path}usage/").json()
    assert [one["reason"] for one in usage["in_the_way"]] == ["assigned", "rules"]
    assert (usage["device_count"], usage["by_state"]["waiting"], usage["is_default"]) == (1, 1, False)
    answer = ask("delete", path)
    assert answer.status_code == 409
    assert "“100 % of iPads”" in answer.json()["detail"]
    rule.delete()
    kiosk.devices.all().delete()
    assert ask("delete", path).status_code == 204
    assert not Profile.objects.exists()


def test_assigning_tells_why_some_cannot_have_it_as_operations_do(program, alice, kiosk, path):
    device = a_device(a_token())
    a_device(kiosk.token, serial="MACMACMAC001", family="Mac")
    answer = program(alice)("post", f"{path}assign/", data={"serials": ["macmacmac001", device.serial]})
    assert answer.json() == {"gets": 0, "has": 0, "cannot": {"other_platform": 1}, "unknown": [device.serial]}


def test_a_vpp_token_out_of_the_keys_scope_cannot_be_chosen(program, alice, kiosk, path):
    elsewhere = a_vpp_token()
    said = {"settings": {"affinity": "with", "method": "company_portal", "company_portal_vpp": elsewhere.pk}}
    ask = program(alice)
    assert ask("patch", path, data=said).status_code == 200
    tag = kiosk.token.scope_tags.create(name="Lyon")
    narrowed = program(alice, tags=[tag.name])
    other = a_vpp_token()
    said["settings"]["company_portal_vpp"] = other.pk
    answer = narrowed("patch", path, data=said)
    assert set(answer.json()["errors"]["settings"]) == {"company_portal_vpp"}


def test_an_mdm_server_finds_the_settings_of_a_device(program, bob, kiosk):
    """The fields that only an enrollment service applies are read from here (requirements.md section 3)."""
    device = a_device(kiosk.token, wish=Wish.PROFILE, profile=kiosk)
    ask = program(bob)
    found = ask("get", f"devices/?serial={device.serial}").json()["results"][0]["profile"]
    settings = ask("get", f"profiles/{found}/").json()["settings"]
    for name in ("install_company_portal", "cached_users", "user_timeout", "name_template", "carrier_url"):
        assert name in settings


def test_a_profile_is_not_made_before_its_token_is_active(program, alice):
    token = a_token(verified_at=None)
    answer = program(alice)("post", "profiles/", data={"token": token.pk, "name": "X", "settings": SETTINGS})
    assert answer.status_code == 409
    assert "when the token is active" in answer.json()["detail"]
