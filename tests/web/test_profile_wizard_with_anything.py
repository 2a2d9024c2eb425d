"""Whatever is posted to the wizard, no page breaks; whatever the review accepts, Apple's rules accept."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment.actions.profiles.check_draft import check_draft
from enrollment.actions.profiles.start_profile import start_profile
from enrollment.models import Person, ProfileDraft, Token
from enrollment.models.profile_payload import payload
from enrollment.models.profile_settings import FIELDS
from enrollment.simulator.profile_rules import refusal
from tests.cast import a_browser_of, a_person, a_stored_certificate, a_token

pytestmark = pytest.mark.django_db

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=150)
URLS = st.sampled_from(["https://mdm.orchard.example/ade", "https://signin.orchard.example/", "http://plain.example"])
LIKELY = {
    "bool": st.just("on"),
    "url": URLS | TEXT,
    "vpp": st.sampled_from(["", "1", "999"]) | TEXT,
    "integer": st.integers(-5, 40).map(str) | TEXT,
    "timeout": st.integers(-5, 100).map(str) | TEXT,
    "integer_choice": st.sampled_from(["", "0", "60", "61"]),
    "name_template": st.sampled_from(["{{SERIAL}}", "{{USER}}", "{{DEVICETYPE}} {{SERIAL}}", "{{"]) | TEXT,
    "text": TEXT,
    "email": st.emails() | TEXT,
}


def typed(step):
    found = {}
    for name, one in FIELDS.items():
        if one.step != step or one.kind in ("panes", "certificates"):
            continue
        found[name] = st.sampled_from([str(key) for key, _l in one.choices]) | TEXT if one.choices else LIKELY[one.kind]
    return st.fixed_dictionaries({}, optional=found)


CHECKED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(
    basics=typed("basics"),
    management=typed("management"),
    panes=st.lists(st.sampled_from(["Siri", "Passcode"]) | TEXT, max_size=3),
    custom=TEXT,
    name=TEXT,
    with_certificate=st.booleans(),
)
@CHECKED
def test_nothing_breaks_and_what_is_accepted_is_accepted_by_apple(
    basics, management, panes, custom, name, with_certificate
):
    draft = a_draft()
    browser = a_browser_of(draft.owner)

    def see(key, **typed):
        url = reverse("profile-wizard", args=[draft.pk, key])
        answer = browser.post(url, typed) if typed else browser.get(url)
        assert answer.status_code in (200, 302)

    see("basics", name=name, **basics)
    files = [SimpleUploadedFile("a.txt", b"hello")]
    see("management", **{"pairing": "certificate", **management, "host_certificates": files})
    see("setup-assistant", pane=panes, custom=custom)
    if with_certificate:
        draft.refresh_from_db()
        draft.settings["host_certificates"] = [a_stored_certificate()]
        draft.save()
    for key in ("basics", "management", "setup-assistant", "review"):
        see(key)
    preview = browser.get(reverse("profile-draft-preview", args=[draft.pk]), {"family": custom, "screen": name})
    assert preview.status_code == 200

    draft.refresh_from_db()
    settings, errors = check_draft(draft)
    if not errors:
        assert refusal(payload(settings, profile_name=draft.name, org_magic="m")) == ""


def a_draft() -> ProfileDraft:
    """A new one of the same person and token: hypothesis runs within one test's database."""
    owner = Person.objects.filter(username="anybody").first() or a_person("anybody", "administrator")
    token = Token.objects.filter(name="Anything").first() or a_token(name="Anything")
    return start_profile(token, by=owner)
