"""PB-1, PB-5, LIM-1, PROF-1, PROF-28: what saving a profile makes, and what it refuses."""

import pytest

from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.profiles.delete_profile import InTheWay, ProfileInUse, delete_profile
from enrollment.actions.profiles.edit_profile import edit_profile
from enrollment.actions.profiles.save_profile import ProfileNotSaved, save_profile
from enrollment.actions.profiles.save_profile_draft import save_profile_draft
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.actions.profiles.start_profile import TokenNotActive, start_profile
from enrollment.models import AuditEntry, Profile, ProfileDraft, Wish
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://mdm.orchard.example/ade"


def a_draft(token, by, name="Kiosk", **settings):
    draft = start_profile(token, by=by)
    save_profile_draft(draft, name=name, **{"enrollment_url": URL, "affinity": "without", **settings})
    return draft


def edited(profile, by, **changes):
    draft = edit_profile(profile, by=by)
    save_profile_draft(draft, **changes)
    return save_profile(draft, by=by)


def test_a_new_profile_is_its_first_revision_and_its_draft_is_gone(token, alice):
    profile = save_profile(a_draft(token, alice), by=alice)
    assert profile.current.number == 1
    assert profile.current.payload["profile_name"] == "Kiosk"
    assert profile.current.payload["await_device_configured"] is True
    assert not ProfileDraft.objects.exists()
    assert AuditEntry.objects.filter(action="profile.created", person=alice).exists()


def test_a_token_that_is_not_active_takes_no_profile(alice):
    with pytest.raises(TokenNotActive):
        start_profile(a_token(verified_at=None), by=alice)


def test_prof_28_the_enrollment_url_is_remembered(token, alice):
    save_profile(a_draft(token, alice), by=alice)
    assert start_profile(token, by=alice).settings["enrollment_url"] == URL


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 126}, "name"),
        ({"enrollment_url": ""}, "enrollment_url"),
        ({"enrollment_url": "http://plain.example"}, "enrollment_url"),
        ({"affinity": ""}, "affinity"),
        ({"affinity": "with"}, "method"),
        ({"affinity": "with", "method": "modern"}, "web_url"),
        ({"affinity": "with", "method": "modern", "web_url": "https://elsewhere.example/"}, "web_url"),
        ({"department": "x" * 126}, "department"),
        ({"department_phone": "1" * 51}, "department_phone"),
        ({"support_email": "nobody"}, "support_email"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_stays_typed(token, alice, changes, field):
    draft = a_draft(token, alice, **changes)
    with pytest.raises(ProfileNotSaved) as refused:
        save_profile(draft, by=alice)
    assert list(refused.value.errors) == [field]
    draft.refresh_from_db()
    typed = {"name": draft.name, **draft.settings}
    assert all(typed[key] == value for key, value in changes.items())
    assert not Profile.objects.exists()


def test_a_name_stands_once_in_a_token(token, alice):
    save_profile(a_draft(token, alice), by=alice)
    with pytest.raises(ProfileNotSaved) as refused:
        save_profile(a_draft(token, alice), by=alice)
    assert "name" in refused.value.errors


def test_lim_1_a_token_has_so_many_profiles_at_the_most(token, alice, monkeypatch):
    monkeypatch.setattr("enrollment.limits.PROFILES_PER_TOKEN", 1)
    save_profile(a_draft(token, alice), by=alice)
    with pytest.raises(ProfileNotSaved) as refused:
        save_profile(a_draft(token, alice, name="Second"), by=alice)
    assert "1" in refused.value.errors["__all__"][0]


def test_pb_1_a_changed_name_or_description_makes_no_revision(token, alice):
    profile = save_profile(a_draft(token, alice), by=alice)
    define_revision(profile.current, by=alice)
    profile = edited(profile, alice, name="Till", description="In the shops")
    assert (profile.name, profile.current.number) == ("Till", 1)
    assert profile.current.payload["profile_name"] == "Kiosk", "local until Apple gets a new copy"


def test_pb_1_a_changed_setting_makes_a_revision_that_apple_has_to_get(token, alice):
    profile = save_profile(a_draft(token, alice), by=alice)
    define_revision(profile.current, by=alice)
    profile = edited(profile, alice, name="Till", department="Shops")
    assert (profile.current.number, profile.current.apple_uuid) == (2, "")
    assert profile.current.payload["profile_name"] == "Till"
    assert profile.revisions.get(number=1).apple_uuid


def test_pb_1_a_setting_apple_never_sees_keeps_apples_copy(token, alice):
    profile = save_profile(a_draft(token, alice), by=alice)
    define_revision(profile.current, by=alice)
    uuid = profile.current.apple_uuid
    profile = edited(profile, alice, activate_cellular=True, carrier_url="https://sm-dp.example.net")
    assert (profile.current.number, profile.current.apple_uuid) == (2, uuid)


def test_saving_without_a_change_changes_nothing(token, alice):
    profile = save_profile(a_draft(token, alice), by=alice)
    assert edited(profile, alice).current.number == 1


def test_pb_5_a_profile_in_use_is_not_deleted(token, alice):
    profile = a_profile(token)
    device = a_device(token, wish=Wish.PROFILE, profile=profile)
    set_default_profile(token, profile, by=alice)
    with pytest.raises(ProfileInUse) as refused:
        delete_profile(profile, by=alice)
    assert refused.value.reasons == [InTheWay.ASSIGNED, InTheWay.DEFAULT]
    device.delete()
    set_default_profile(token, None, by=alice)
    delete_profile(profile, by=alice)
    assert not Profile.objects.exists()


def test_a_refusal_of_apple_is_remembered_with_its_field(token, world, alice):
    world.faults.add("config_name_invalid", times=1)
    revision = save_profile(a_draft(token, alice), by=alice).current
    assert define_revision(revision, by=alice) is False
    assert revision.refused_field == "profile_name"
    assert define_revision(revision, by=alice) is True
    assert revision.refusal_sentence == ""
