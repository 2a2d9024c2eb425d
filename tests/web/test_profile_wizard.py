"""The profile wizard: what is typed stays, refusals stand at their fields, Apple's too."""

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment.actions.profiles.edit_profile import edit_profile
from enrollment.apple.setup_panes import panes_for
from enrollment.models import Profile, ProfileDraft, ProfileRevision
from enrollment.models.certificate import stored_certificate
from tests.cast import a_certificate, a_device, a_profile, a_vpp_token

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
        post(
            as_alice, draft, "management", affinity="without", pairing="allow", is_supervised="on", is_locked="on"
        ).status_code
        == 302
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
    again = ProfileDraft.objects.get()
    review = as_alice.get(reverse("profile-wizard", args=[again.pk, "review"])).content.decode()
    assert "Nothing that needs an erase has been changed" in review
    post(as_alice, again, "basics", **{**BASICS, "department": "IT"})
    review = as_alice.get(reverse("profile-wizard", args=[again.pk, "review"])).content.decode()
    assert "0 devices have this profile. Changed settings take effect on a device only after it is erased" in review


def test_a_nul_and_a_name_of_any_length_are_no_fault(as_alice, draft):
    answer = post(as_alice, draft, "basics", **{**BASICS, "name": "x" * 300, "department": "I\x00T"})
    assert "At most 125 characters; these are 300." in answer.content.decode()
    draft.refresh_from_db()
    assert (len(draft.name), draft.settings["department"]) == (300, "IT")


def test_prof_28_the_enrollment_url_can_be_checked_without_leaving_the_step(as_alice, draft):
    typed = {**BASICS, "enrollment_url": "https://mdm.invalid/ade", "department": "IT", "check": "1"}
    answer = post(as_alice, draft, "basics", **typed)
    assert "Its name is not known to the name service." in answer.content.decode()
    draft.refresh_from_db()
    assert draft.settings["department"] == "IT"


@pytest.mark.parametrize(
    ("fault", "step", "field", "said"),
    [
        ("config_name_invalid", "basics", "id_name", "Apple does not accept the name"),
        ("config_url_invalid", "basics", "id_enrollment_url", "Apple does not accept the enrollment URL"),
        ("department_invalid", "basics", "id_department", "Apple does not accept the department"),
        ("support_phone_invalid", "basics", "id_department_phone", "Apple does not accept the department phone"),
        ("support_email_invalid", "basics", "id_support_email", "Apple does not accept the support e-mail"),
        ("flags_invalid", "management", "id_is_locked", "Apple does not accept locked enrollment"),
    ],
)
def test_every_refusal_of_apple_stands_at_the_field_it_belongs_to(as_alice, draft, world, fault, step, field, said):
    post(as_alice, draft, "basics", **{**BASICS, "department": "IT", "department_phone": "1"})
    post(as_alice, draft, "management", affinity="without", pairing="allow", is_supervised="on", is_locked="on")
    world.faults.add(fault, times=1)
    answer = as_alice.post(reverse("profile-save", args=[draft.pk]), follow=True)
    assert answer.request["PATH_INFO"].endswith(f"/{step}/")
    page = answer.content.decode()
    at_the_field = page[page.index(f'id="{field}_error"') :]
    assert said in at_the_field[: at_the_field.index("</ul>")]
    again = ProfileDraft.objects.get()
    assert (again.name, again.settings["department"], again.settings["affinity"]) == ("Kiosk", "IT", "without")


def test_apple_can_be_asked_again_without_a_change(as_alice, draft, world):
    post(as_alice, draft, "basics", **BASICS)
    post(as_alice, draft, "management", affinity="without", pairing="allow")
    world.faults.add("magic_invalid", times=1)
    as_alice.post(reverse("profile-save", args=[draft.pk]))
    profile = Profile.objects.get()
    assert not profile.current.apple_uuid
    page = as_alice.post(reverse("profile-ask-apple", args=[profile.pk]), follow=True).content.decode()
    assert "The profile is saved, and Apple has it." in page


def upload(name, content):
    return SimpleUploadedFile(name, content)


def management(**typed):
    return {"affinity": "without", "is_supervised": "on", "pairing": "certificate", **typed}


def test_certificates_are_added_shown_refused_by_name_and_removed(as_alice, draft):
    der, pem = (a_certificate().public_bytes(encoding) for encoding in (Encoding.DER, Encoding.PEM))
    other = a_certificate("Second").public_bytes(Encoding.DER)
    files = [upload("mac.cer", der), upload("again.pem", pem), upload("two.cer", other), upload("note.txt", b"hello")]
    page = post(as_alice, draft, "management", **management(host_certificates=files)).content.decode()
    assert "“again.pem” is in the list already." in page
    assert "“note.txt” is not a certificate (DER or PEM)." in page
    assert "Orchard Configurator" in page
    assert "SHA-256 " in page
    draft.refresh_from_db()
    assert len(draft.settings["host_certificates"]) == 2

    gone = stored_certificate(draft.settings["host_certificates"][0]).fingerprint
    answer = post(as_alice, draft, "management", **management(**{"host_certificates-removed": gone}))
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert [stored_certificate(text).subject for text in draft.settings["host_certificates"]] == ["Second"]


def test_what_depends_on_others_is_said_to_those_without_a_script(as_alice, draft):
    page = as_alice.get(reverse("profile-wizard", args=[draft.pk, "management"])).content.decode()
    assert '<noscript><p class="help">Only with “User affinity”: Enroll with user affinity.</p></noscript>' in page


def test_a_number_that_is_none_is_kept_and_refused_at_its_field(as_alice, draft):
    typed = management(pairing="allow", is_shared_ipad="on", cached_users="many")
    page = post(as_alice, draft, "management", **typed).content.decode()
    assert "Enter a whole number." in page
    assert 'value="many"' in page


def test_the_name_template_shows_a_real_device_and_is_counted(as_alice, draft, token):
    a_device(token, serial="C02REAL", family="iPad")
    typed = management(pairing="allow", apply_name_template="on", name_template="Till {{SERIAL}}")
    post(as_alice, draft, "management", **typed)
    page = as_alice.get(reverse("profile-wizard", args=[draft.pk, "management"])).content.decode()
    assert "Till C02REAL" in page
    assert "15 / 63" in page


def test_what_a_vpp_token_is_chosen_by(as_alice, draft):
    token = a_vpp_token(name="Licences of Lyon")
    page = as_alice.get(reverse("profile-wizard", args=[draft.pk, "management"])).content.decode()
    assert "Licences of Lyon · expires " in page
    typed = management(affinity="with", method="company_portal", pairing="allow", company_portal_vpp=str(token.pk))
    assert post(as_alice, draft, "management", **typed, single_app_mode="on").status_code == 302
    draft.refresh_from_db()
    draft.name = "Staff"
    draft.settings["enrollment_url"] = "https://mdm.orchard.example/ade"
    draft.save()
    as_alice.post(reverse("profile-save", args=[draft.pk]))
    settings = Profile.objects.get().current.settings
    assert (settings["company_portal_vpp"], settings["single_app_mode"]) == (token.pk, True)


def panes(browser, draft, **typed):
    return post(browser, draft, "setup-assistant", **typed)


def hidden(draft):
    draft.refresh_from_db()
    return draft.settings["hidden_panes"]


def test_all_screens_can_be_hidden_and_shown_without_a_script(as_alice, draft):
    everything = [pane.key for pane in panes_for("ios")]
    assert panes(as_alice, draft, all="hide").status_code == 200
    assert hidden(draft) == everything
    panes(as_alice, draft, all="show")
    assert hidden(draft) == []


def test_screens_of_a_version_are_drawn_and_all_of_them_are_kept(as_alice, draft):
    shown = [pane.key for pane in panes_for("ios") if pane.key != "Siri"]
    page = panes(as_alice, draft, pane=shown, version="12", stay="1").content.decode()
    assert hidden(draft) == ["Siri"]
    row = page[page.index('data-words="Intelligence') :]
    assert "hidden" in row[: row.index(">")]
    row = page[page.index('data-words="Siri') :]
    assert "hidden" not in row[: row.index(">")]


def test_keys_of_screens_to_come_are_kept_and_can_be_added(as_alice, draft):
    shown = [pane.key for pane in panes_for("ios")]
    panes(as_alice, draft, pane=shown, custom="BrandNew, Another One;Third")
    assert hidden(draft) == ["BrandNew", "Another One", "Third"]
    page = as_alice.get(reverse("profile-wizard", args=[draft.pk, "setup-assistant"])).content.decode()
    assert 'value="BrandNew, Another One, Third"' in page
    page = panes(as_alice, draft, pane=shown, custom="x" * 101).content.decode()
    assert "At most 200 screens, each with at most 100 characters." in page


def test_somebody_elses_newer_revision_is_told_on_the_review(as_alice, token, alice, draft):
    profile = a_profile(token, apple_uuid="A" * 32)
    mine = edit_profile(profile, by=alice)
    revised = ProfileRevision.objects.create(
        profile=profile, number=2, settings=profile.current.settings, payload=profile.current.payload
    )
    Profile.objects.filter(pk=profile.pk).update(current=revised)
    page = as_alice.get(reverse("profile-wizard", args=[mine.pk, "review"])).content.decode()
    assert "saved revision 2. Saving replaces it." in page


def test_lim_1_a_token_that_is_full_says_so_with_the_limit(as_alice, token, draft):
    Profile.objects.bulk_create(Profile(token=token, name=f"Profile {n}") for n in range(1_000))
    page = post(as_alice, draft, "basics", **BASICS).content.decode()
    assert "A token may have at most 1000 profiles." in page


def test_the_linter_speaks_on_the_review_and_on_the_profile_page(as_alice, token, draft):
    review = as_alice.get(reverse("profile-wizard", args=[draft.pk, "review"])).content.decode()
    assert 'data-rule="passcode-screen-shown"' in review
    profile = a_profile(token, apple_uuid="A" * 32)
    page = as_alice.get(reverse("profile-detail", args=[profile.pk])).content.decode()
    assert 'data-rule="passcode-screen-shown"' in page


def test_a_vpp_token_one_cannot_see_is_not_lost_by_saving(as_charlie, charlie, token):
    theirs = a_vpp_token(name="Not his")
    token.scope_tags.set(charlie.scope_tags.all())
    settings = {"affinity": "with", "method": "company_portal", "company_portal_vpp": theirs.pk}
    draft = edit_profile(a_profile(token, apple_uuid="A" * 32, **settings), by=charlie)
    page = as_charlie.get(reverse("profile-wizard", args=[draft.pk, "management"])).content.decode()
    assert f'<option value="{theirs.pk}" selected>' in page


def test_a_value_that_is_not_offered_is_refused_once(as_alice, draft):
    page = post(as_alice, draft, "management", affinity="other", pairing="allow").content.decode()
    assert page.count("Choose one of the values offered.") == 2, "at the field, and in the summary above"
    assert "Select a valid choice" not in page
