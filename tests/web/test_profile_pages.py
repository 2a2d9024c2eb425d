"""Revisions, preview, files, and what Apple has, as pages."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.profiles.define_revision import define_revision
from enrollment.models import Device, ForeignProfile, Profile, ProfileDraft, ProfileRevision, Wish
from tests.cast import a_device, a_profile, a_stored_certificate, a_token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def profile(token):
    profile = a_profile(token, apple_uuid="A" * 32, name="Kiosk", department="IT")
    first = profile.current
    settings = {**first.settings, "department": "Orchard IT", "activate_cellular": True}
    payload = {**first.payload, "department": "Orchard IT"}
    profile.current = ProfileRevision.objects.create(
        profile=profile, number=2, settings=settings, payload=payload, apple_uuid="B" * 32, defined_at=timezone.now()
    )
    profile.save()
    return profile


def page(browser, name, *args, query=""):
    answer = browser.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_two_revisions_side_by_side_only_what_differs(as_alice, profile):
    said = page(as_alice, "profile-compare", profile.pk, query="?from=1&to=2")
    assert "Orchard IT" in said
    assert "Activate cellular data plan" in said
    assert "<code>department</code>" in said
    assert "Locked enrollment" not in said


def test_revisions_that_say_the_same_say_so(as_alice, profile):
    assert "The two say the same" in page(as_alice, "profile-compare", profile.pk, query="?from=1&to=1")


@pytest.mark.parametrize("query", ["", "?from=9&to=77", "?from=x&to=-1", f"?from={'9' * 30}"])
def test_a_comparison_of_what_is_not_there_is_of_the_last_two(as_alice, profile, query):
    assert "Revision 1 beside revision 2" in page(as_alice, "profile-compare", profile.pk, query=query)


def test_restoring_leads_to_the_review_of_a_draft(as_alice, profile):
    answer = as_alice.post(reverse("profile-restore", args=[profile.pk, 1]), follow=True)
    draft = ProfileDraft.objects.get()
    assert answer.request["PATH_INFO"] == reverse("profile-wizard", args=[draft.pk, "review"])
    assert draft.settings["department"] == "IT"


def test_a_revision_that_is_not_there_cannot_be_restored(as_alice, profile):
    assert as_alice.post(reverse("profile-restore", args=[profile.pk, 9])).status_code == 404


def test_a_duplicate_is_begun_from_a_profile(as_alice, profile, token):
    url = f"{reverse('profile-new')}?like={profile.pk}"
    assert "Duplicate Kiosk" in as_alice.get(url).content.decode()
    as_alice.post(url, {"token": token.pk})
    draft = ProfileDraft.objects.get()
    assert (draft.name, draft.settings["department"]) == ("Copy of Kiosk", "Orchard IT")


def test_the_preview_goes_through_the_screens_in_both_languages(as_alice, profile):
    said = page(as_alice, "profile-preview", profile.pk, query="?family=iPad&version=18&language=fr&screen=2")
    assert "Langue et région" in said
    assert 'rel="prev"' in said
    assert 'rel="next"' in said
    assert 'class="gadget ipad' in said
    assert "Orchard IT" in said


@pytest.mark.parametrize("query", ["?screen=x", "?screen=999", "?family=Mac&version=99&language=de", "?screen=0"])
def test_an_odd_preview_is_the_nearest_one(as_alice, profile, query):
    assert "gadget iphone" in page(as_alice, "profile-preview", profile.pk, query=query)


def test_pb_3_the_preview_of_a_shared_ipad_refuses_an_iphone(as_alice, token):
    shared = a_profile(token, is_shared_ipad=True)
    assert "An iPhone is refused" in page(as_alice, "profile-preview", shared.pk, query="?family=iPhone")
    assert "gadget ipad" in page(as_alice, "profile-preview", shared.pk)


@pytest.mark.parametrize(("kind", "sign"), [("json", '"format": "pomona-profile"'), ("yaml", "format: pomona-profile")])
def test_an_export_is_a_file_with_the_profiles_name(as_alice, profile, kind, sign):
    answer = as_alice.get(reverse("profile-export", args=[profile.pk, kind]))
    assert answer["Content-Disposition"] == f'attachment; filename="kiosk.{kind}"'
    assert sign in answer.content.decode()


def test_an_export_of_another_kind_is_not_there(as_alice, profile):
    assert as_alice.get(reverse("profile-export", args=[profile.pk, "xml"])).status_code == 404


def test_a_file_is_imported_as_a_draft_and_leads_to_its_review(as_alice, token):
    said = {"profile_name": "Theirs", "url": "https://mdm.orchard.example/x", "language": "fr"}
    file = SimpleUploadedFile("theirs.json", json.dumps(said).encode())
    answer = as_alice.post(reverse("profile-import"), {"token": token.pk, "file": file}, follow=True)
    draft = ProfileDraft.objects.get()
    assert answer.request["PATH_INFO"] == reverse("profile-wizard", args=[draft.pk, "review"])
    assert "Left out, for no setting stands for it: language." in answer.content.decode()


def test_faults_are_told_with_line_and_key_and_what_was_pasted_stays(as_alice, token):
    typed = {"token": token.pk, "text": "settings:\n  is_locked: maybe\n"}
    said = as_alice.post(reverse("profile-import"), typed).content.decode()
    assert "Nothing was imported." in said
    assert "Line 2, <code>is_locked</code>: Say true or false." in said
    assert "is_locked: maybe" in said
    assert not ProfileDraft.objects.exists()
    french = as_alice.post(reverse("profile-import"), typed, headers={"Accept-Language": "fr"}).content.decode()
    assert "Ligne 2, <code>is_locked</code>" in french


def test_a_profile_of_another_tool_is_taken_over_from_the_tokens_page(as_alice, token):
    foreign = ForeignProfile.objects.create(
        token=token, apple_uuid="F" * 32, name="Theirs", payload={"profile_name": "Theirs", "url": "https://m.example/"}
    )
    assert "Import as a profile of ours" in page(as_alice, "token-tab", token.pk, "profiles")
    as_alice.post(reverse("profile-take-over", args=[foreign.pk]))
    assert ProfileDraft.objects.get().name == "Theirs"


def test_as_apple_sees_it_is_asked_for(as_alice, token, alice):
    profile = a_profile(token, name="Kiosk")
    assert "Apple does not have this revision yet." in page(as_alice, "profile-apple", profile.pk)
    define_revision(profile.current, by=alice)
    said = page(as_alice, "profile-apple", profile.pk)
    assert "Ask Apple what it has now" in said
    said = page(as_alice, "profile-apple", profile.pk, query="?ask")
    assert "Apple has exactly what was sent." in said
    assert "auto_advance_setup" in said


def test_as_apple_sees_it_when_the_terms_are_not_signed(as_alice, token, world, alice):
    profile = a_profile(token)
    define_revision(profile.current, by=alice)
    world.withdraw_terms()
    assert "erms" in page(as_alice, "profile-apple", profile.pk, query="?ask")


def test_pb_2_needs_wipe_is_a_count_a_filter_and_a_mark(as_alice, token):
    profile = a_profile(token, apple_uuid="B" * 32)
    profile.device_name_template = "Till {{SERIAL}}"
    profile.save()
    wants = {"wish": Wish.PROFILE, "profile": profile}
    old = a_device(token, serial="C02OLD", given_uuid="A" * 32, given_at=timezone.now(), **wants)
    a_device(token, serial="C02NEW", given_uuid="B" * 32, given_at=timezone.now(), **wants)
    a_device(token, serial="C02NEVER", **wants)
    assert f"profile={profile.pk}&amp;needs_wipe=true" in page(as_alice, "profile-detail", profile.pk)
    assert 'needs_wipe=true">1</a>' in page(as_alice, "profile-list")
    a_device(token, serial="C02GONE", given_uuid="A" * 32, given_at=timezone.now(), released_at=timezone.now(), **wants)
    found = page(as_alice, "device-list", query="?needs_wipe=true")
    assert "C02GONE" not in found, "a released one is not ours to erase"
    assert 'name="needs_wipe"' in found
    assert ("C02OLD" in found, "C02NEW" in found, "C02NEVER" in found) == (True, False, False)
    found = page(as_alice, "device-list", query="?needs_wipe=false")
    assert ("C02OLD" in found, "C02NEW" in found, "C02NEVER" in found) == (False, True, True)
    said = page(as_alice, "device-detail", old.pk)
    assert "Needs wipe" in said
    assert "Till C02OLD" in said


def test_the_device_page_tells_the_revision_it_was_last_given(as_alice, profile, token):
    device = a_device(token, wish=Wish.PROFILE, profile=profile, given_uuid="A" * 32, given_at=timezone.now())
    assert "revision 1" in " ".join(page(as_alice, "device-detail", device.pk).split())


def test_the_lists_of_profiles_ask_no_more_with_eleven_than_with_one(as_alice, token):
    def ask():
        page(as_alice, "profile-list")

    a_device(token, wish=Wish.PROFILE, profile=a_profile(token))
    ask()
    with_one = count_queries(ask)
    for _n in range(10):
        a_device(token, wish=Wish.PROFILE, profile=a_profile(token))
    assert count_queries(ask) == with_one
    assert Profile.objects.count() == 11
    assert Device.objects.count() == 11


def count_queries(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_a_profile_of_another_token_is_as_good_as_none(as_charlie, profile):
    assert as_charlie.get(f"{reverse('profile-new')}?like={profile.pk}").status_code == 404


def test_profiles_are_found_by_when_a_certificate_of_theirs_ends(as_alice):
    token, now = a_token(), timezone.now()
    early, late = a_stored_certificate("Early", days=20), a_stored_certificate("Late", days=200)
    for name, certificates in (("Both", [early, late]), ("Early", [early]), ("Late", [late]), ("None", [])):
        a_profile(token, name=name, anchor_certificates=certificates)

    def names(since=None, until=None, **more):
        days = {"certificate_since": since, "certificate_until": until}
        asked = {name: f"{now + timedelta(days=days):%Y-%m-%d}" for name, days in days.items() if days is not None}
        return [one.name for one in as_alice.get(reverse("profile-list"), {**asked, **more}).context["profiles"]]

    assert names() == ["Both", "Early", "Late", "None"]
    assert names(since=10, until=30) == names(until=30) == ["Both", "Early"]
    assert names(since=30) == ["Both", "Late"]
    assert names(since=30, until=100) == [], "no certificate ends between"
    assert names(since=30, q="late") == ["Late"]
    assert names(certificate_since="tomorrow") == []
    page = as_alice.get(reverse("profile-list")).content.decode()
    assert "certificate_since" not in page
    page = as_alice.get(reverse("profile-list"), {"certificate_until": "2030-01-01"}).content.decode()
    assert 'value="2030-01-01"' in page
    assert "Clear filters" in page
