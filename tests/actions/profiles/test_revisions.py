"""PB-1, PB-2, PB-4: what makes a revision, what Apple gets of it, restoring, duplicating, needs wipe."""

import pytest

from enrollment.actions.devices.reconcile import reconcile
from enrollment.actions.devices.sync_devices import sync_devices
from enrollment.actions.profiles.ask_apple_for_profile import ask_apple_for_profile
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.actions.profiles.check_draft import check_draft
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.profiles.duplicate_profile import duplicate_profile
from enrollment.actions.profiles.edit_profile import edit_profile
from enrollment.actions.profiles.restore_revision import restore_revision
from enrollment.actions.profiles.save_profile import save_profile
from enrollment.models import Device, ProfileDraft
from tests.actions.profiles.test_save_profile import a_draft, edited
from tests.cast import a_profile, a_run, a_token, a_vpp_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def profile(token, alice):
    profile = save_profile(a_draft(token, alice), by=alice)
    define_revision(profile.current, by=alice)
    return profile


def numbers(profile):
    return sorted(profile.revisions.values_list("number", flat=True))


def test_the_device_name_template_makes_no_revision(profile, alice):
    edited(profile, alice, apply_name_template=True, name_template="Till {{SERIAL}}")
    profile.refresh_from_db()
    assert numbers(profile) == [1]
    assert profile.device_name_template == "Till {{SERIAL}}"
    assert profile.settings["apply_name_template"] is True
    edited(profile, alice, apply_name_template=False)
    profile.refresh_from_db()
    assert profile.device_name_template == ""


def test_what_only_the_mdm_server_applies_makes_a_revision_that_apple_is_not_sent(profile, alice):
    uuid = profile.current.apple_uuid
    edited(profile, alice, activate_cellular=True, carrier_url="https://carrier.example/a")
    profile.refresh_from_db()
    assert numbers(profile) == [1, 2]
    assert profile.current.apple_uuid == uuid


def test_restoring_makes_a_new_revision_of_the_old_settings(profile, alice):
    edited(profile, alice, department="IT", hidden_panes=["Siri"])
    first = profile.revisions.get(number=1)
    begun = edit_profile(profile, by=alice)

    draft = restore_revision(first, by=alice)

    assert ProfileDraft.objects.filter(pk=begun.pk).exists(), "a draft begun before is not lost"
    profile = save_profile(draft, by=alice)
    assert numbers(profile) == [1, 2, 3]
    assert profile.current.settings == first.settings
    assert profile.current.payload == first.payload


def test_a_duplicate_says_the_same_under_another_name_and_may_go_to_another_token(profile, alice):
    edited(profile, alice, apply_name_template=True, name_template="Till {{SERIAL}}", department="IT")
    profile.refresh_from_db()
    elsewhere = a_token(name="Elsewhere")
    copy = save_profile(duplicate_profile(profile, token=elsewhere, by=alice), by=alice)
    assert (copy.name, copy.token, copy.settings) == ("Copy of Kiosk", elsewhere, profile.settings)
    assert numbers(copy) == [1]


def test_a_revision_made_before_a_setting_existed_has_its_default(token):
    profile = a_profile(token)
    revision = profile.current
    del revision.settings["return_to_service"], revision.settings["await_configured"]
    assert revision.settings_of_today()["return_to_service"] is False
    assert revision.settings_of_today()["await_configured"] is False, "PROF-21: no for earlier ones"


def synced(token):
    sync_devices(a_run(token))


def to_wipe(profile):
    return set(Device.objects.filter(profile=profile).needing_wipe().values_list("serial", flat=True))


def activated(world, token, profile, alice, count=2):
    """Devices that have the profile, of which the first is turned on."""
    server = world.servers[0]
    world.add_devices(server, count)
    synced(token)
    assign_profile(Device.objects.filter(token=token), profile, by=alice)
    reconcile(token)
    first = Device.objects.order_by("serial").first().serial
    world.activate(first)
    synced(token)
    return first


def test_pb_2_a_device_needs_a_wipe_when_it_was_activated_with_an_older_revision(world, token, profile, alice):
    first = activated(world, token, profile, alice)
    device = Device.objects.get(serial=first)
    assert device.given_uuid == profile.current.apple_uuid
    assert to_wipe(profile) == set()

    edited(profile, alice, department="IT")
    profile.refresh_from_db()
    define_revision(profile.current, by=alice)
    assert to_wipe(profile) == {first}, "the other one was never turned on"

    reconcile(token)
    synced(token)
    device.refresh_from_db()
    assert device.apple_profile_uuid == profile.current.apple_uuid, "Apple speaks of the new one"
    assert device.given_uuid == profile.revisions.get(number=1).apple_uuid, "the device has the old one"
    assert to_wipe(profile) == {first}

    world.activate(first)
    synced(token)
    assert to_wipe(profile) == set()


def test_pb_1_what_only_the_mdm_server_applies_needs_a_wipe_too(world, token, profile, alice):
    first = activated(world, token, profile, alice)
    edited(profile, alice, activate_cellular=True, carrier_url="https://carrier.example/a")
    assert to_wipe(profile) == {first}


def test_the_name_template_needs_no_wipe(world, token, profile, alice):
    activated(world, token, profile, alice)
    edited(profile, alice, apply_name_template=True, name_template="Till {{SERIAL}}")
    assert to_wipe(profile) == set()


def test_what_apple_refused_stands_at_its_field_until_it_is_changed(world, token, alice):
    profile = save_profile(a_draft(token, alice, department="IT"), by=alice)
    world.faults.add("department_invalid", times=1)
    assert define_revision(profile.current, by=alice) is False
    draft = edit_profile(profile, by=alice)
    assert list(check_draft(draft)[1]) == ["department"]
    draft.settings["department"] = "Information technology"
    assert check_draft(draft)[1] == {}


def test_a_vpp_token_has_to_be_seen_or_had_already(token, alice, charlie):
    theirs = a_vpp_token()
    company_portal = {"affinity": "with", "method": "company_portal", "company_portal_vpp": theirs.pk}
    assert check_draft(a_draft(token, alice, **company_portal))[1] == {}
    token.scope_tags.set(charlie.scope_tags.all())
    of_charlie = a_draft(token, charlie, name="Other", **company_portal)
    assert list(check_draft(of_charlie)[1]) == ["company_portal_vpp"]
    profile = save_profile(a_draft(token, alice, name="Third", **company_portal), by=alice)
    assert check_draft(edit_profile(profile, by=charlie))[1] == {}
    theirs.delete()
    assert list(check_draft(edit_profile(profile, by=charlie))[1]) == ["company_portal_vpp"]


def test_a_vpp_token_that_is_no_number_is_told_at_its_field(token, alice):
    draft = edit_profile(a_profile(token), by=alice)
    draft.settings |= {"affinity": "with", "method": "company_portal", "company_portal_vpp": ":"}
    assert check_draft(draft)[1]["company_portal_vpp"] == ["Enter a whole number."]


def test_as_apple_sees_it_what_was_sent_and_what_apple_filled_in(profile):
    apple = ask_apple_for_profile(profile.current)
    assert apple.differences == []
    assert "auto_advance_setup" in [one.key for one in apple.defaults]
    profile.current.payload["department"] = "Something else"
    assert [one.key for one in ask_apple_for_profile(profile.current).differences] == ["department"]


def test_as_apple_sees_it_when_apple_does_not_answer(profile, world):
    world.withdraw_terms()
    assert ask_apple_for_profile(profile.current).refusal is not None
