"""The profile wizard: what is typed stays, refusals stand at their fields, Apple's too."""

import pytest
from django.urls import reverse

from enrollment.apple.setup_panes import panes_for
from enrollment.models import Profile, ProfileDraft

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(as_alice, token):
    as_alice.post(reverse("profile-new"), {"token": token.pk})
    return ProfileDraft.objects.get()


def post(browser, draft, key, **typed):
    return browser.post(reverse("profile-wizard", args=[draft.pk, key]), typed)


BASICS = {"name": "Kiosk", "description": "Tills", "enrollment_url": "https://mdm.orchard.example/ade"}


def test_the_whole_way(as_alice, token, draft):
    assert post(as_alice, draft, "basics", **BASICS).status_code == 302
    assert (
        post(as_alice, draft, "management", affinity="without", pairing="allow", is_supervised="on", is_locked="on").status_code == 302
    )
    shown = [pane.key for pane in panes_for("ios") if pane.key not in ("Siri", "Zoom")]
    assert post(as_alice, draft, "setup-assistant", pane=shown).status_code == 302
    review = as_alice.get(reverse("profile-wizard", args=[draft.pk, "review"])).content.decode()
    assert "Enroll without user affinity" in review
    as_alice.post(reverse("profile-save", args=[draft.pk]))
    payload = Profile.objects.get().current.payload
    assert payload["skip_setup_items"] == ["Siri", "Zoom"]
    assert payload["is_mdm_removable"] is False
    assert payload["await_device_configured"] is False, "the switch was not ticked"
    assert Profile.objects.get().current.apple_uuid, "Apple was told at once"


def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(as_alice, draft):
    answer = post(as_alice, draft, "basics", **{**BASICS, "enrollment_url": "http://plain.example", "department": "IT"})
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "Enter a complete address that begins with https://." in said
    draft.refresh_from_db()
    assert draft.settings["enrollment_url"] == "http://plain.example"
    assert draft.settings["department"] == "IT"


def test_apples_refusal_comes_back_at_its_step_with_everything_typed(as_alice, draft, world):
    post(as_alice, draft, "basics", **BASICS)
    post(as_alice, draft, "management", affinity="without", pairing="allow")
    world.faults.add("config_name_invalid", times=1)
    answer = as_alice.post(reverse("profile-save", args=[draft.pk]), follow=True)
    assert answer.request["PATH_INFO"].endswith("/basics/")
    assert "Apple does not accept the name" in answer.content.decode()
    assert 'value="Kiosk"' in answer.content.decode()


def test_every_screen_is_there_in_both_languages(as_alice, draft):
    url = reverse("profile-wizard", args=[draft.pk, "setup-assistant"])
    english = as_alice.get(url).content.decode()
    french = as_alice.get(url, headers={"Accept-Language": "fr"}).content.decode()
    assert english.count('name="pane"') == len(panes_for("ios"))
    assert "Code secret" in french
    assert "Heure de l&#x27;écran" in french, "the literal term is found by the search"


def test_fields_that_depend_on_others_say_so_to_the_script(as_alice, draft):
    said = as_alice.get(reverse("profile-wizard", args=[draft.pk, "management"])).content.decode()
    assert "data-show-when" in said
    assert "&quot;method&quot;: [&quot;modern&quot;]" in said


def test_an_edit_says_how_many_devices_are_concerned(as_alice, token, draft):
    post(as_alice, draft, "basics", **BASICS)
    post(as_alice, draft, "management", affinity="without", pairing="allow")
    as_alice.post(reverse("profile-save", args=[draft.pk]))
    as_alice.post(reverse("profile-edit", args=[Profile.objects.get().pk]))
    review = as_alice.get(reverse("profile-wizard", args=[ProfileDraft.objects.get().pk, "review"])).content.decode()
    assert "only after it is erased" in review or "only after they are erased" in review


def test_a_nul_and_a_name_of_any_length_are_no_fault(as_alice, draft):
    answer = post(as_alice, draft, "basics", **{**BASICS, "name": "x" * 300, "department": "I\x00T"})
    assert "At most 125 characters." in answer.content.decode()
    draft.refresh_from_db()
    assert (len(draft.name), draft.settings["department"]) == (300, "IT")


def test_prof_28_the_enrollment_url_can_be_checked_without_leaving_the_step(as_alice, draft):
    typed = {**BASICS, "enrollment_url": "https://mdm.invalid/ade", "department": "IT", "check": "1"}
    answer = post(as_alice, draft, "basics", **typed)
    assert "Its name is not known to the name service." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.settings["department"] == "IT"
