"""Requirements section 3 as a table: what is shown, what is stored, what is sent."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.models.profile_cleaning import clean_settings
from enrollment.models.profile_needs import NEEDS, is_shown
from enrollment.models.profile_payload import payload
from enrollment.models.profile_settings import FIELDS, default_settings, of_a_revision
from enrollment.simulator.profile_rules import refusal
from tests.cast import a_stored_certificate

URL = "https://mdm.orchard.example/ade"
COMBINATIONS = list(
    itertools.product(
        ["with", "without", "entra_shared"],
        ["company_portal", "legacy", "modern"],
        [True, False],
        [True, False],
        [True, False],
        ["allow", "deny", "certificate"],
    )
)


ALWAYS = {
    "enrollment_url",
    "department",
    "department_phone",
    "support_email",
    "affinity",
    "is_supervised",
    "pairing",
    "activate_cellular",
    "anchor_certificates",
    "not_from_backup",
    "hidden_panes",
}


def shown_by_the_requirements(affinity, method, supervised, shared, temporary, pairing):
    """The column "shown when" of requirements.md section 3, written a second time on purpose, as sentences in code."""
    shown = set(ALWAYS)
    with_affinity = affinity == "with"
    is_shared = shared and supervised and affinity == "without"
    if with_affinity:
        shown.add("method")  # PROF-7
    if with_affinity and method in ("legacy", "modern"):
        shown.add("install_company_portal")  # PROF-8
    if with_affinity:  # PROF-8 is answered with yes below
        shown |= {"company_portal_vpp", "single_app_mode"}  # PROF-9, 10
    if with_affinity and method == "modern":
        shown.add("web_url")  # PROF-29
    if supervised:
        shown |= {"is_locked", "apply_name_template", "name_template"}  # PROF-12, 22
    if supervised and affinity == "without":
        shown.add("is_shared_ipad")  # PROF-13
    if is_shared:
        shown.add("temporary_only")  # PROF-17
    if is_shared and not temporary:
        shown |= {"cached_users", "passcode_grace", "user_timeout"}  # PROF-14, 15, 16
    if is_shared and temporary:
        shown.add("temporary_timeout")  # PROF-18
    if pairing == "certificate":
        shown.add("host_certificates")  # PROF-20
    is_modern = with_affinity and method == "modern"
    if is_modern or affinity == "entra_shared" or (affinity == "without" and not is_shared):
        shown.add("await_configured")  # PROF-21
    if not is_shared:
        shown.add("return_to_service")  # apple-protocols.md 4.1
    shown.add("carrier_url")  # PROF-23 is answered with yes below
    return shown


EVERYTHING = {
    **default_settings(),
    "enrollment_url": URL,
    "department": "IT",
    "department_phone": "+33 1 23 45",
    "support_email": "help@orchard.example",
    "web_url": "https://signin.orchard.example/",
    "install_company_portal": True,
    "company_portal_vpp": 7,
    "single_app_mode": True,
    "is_locked": True,
    "cached_users": 5,
    "passcode_grace": 300,
    "user_timeout": 90,
    "temporary_timeout": 60,
    "apply_name_template": True,
    "name_template": "{{DEVICETYPE}}-{{SERIAL}}",
    "activate_cellular": True,
    "carrier_url": "https://carrier.example/activate",
    "return_to_service": True,
    "not_from_backup": True,
    "hidden_panes": ["Siri"],
}


@pytest.mark.parametrize(("affinity", "method", "supervised", "shared", "temporary", "pairing"), COMBINATIONS)
def test_every_combination(affinity, method, supervised, shared, temporary, pairing):
    typed = {
        **EVERYTHING,
        "affinity": affinity,
        "method": method,
        "is_supervised": supervised,
        "is_shared_ipad": shared,
        "temporary_only": temporary,
        "pairing": pairing,
        "host_certificates": [a_stored_certificate()],
        "anchor_certificates": [a_stored_certificate("Orchard root")],
    }
    stored, errors = clean_settings(typed)
    assert errors == {}

    shown = shown_by_the_requirements(affinity, method, supervised, shared, temporary, pairing)
    assert {name for name in FIELDS if is_shown(name, stored)} == shown
    assert {name: stored[name] for name in shown} == {name: typed[name] for name in shown}
    assert {name: stored[name] for name in FIELDS.keys() - shown} == {
        name: FIELDS[name].empty() for name in FIELDS.keys() - shown
    }

    is_shared = shared and supervised and affinity == "without"
    sent = payload(stored, profile_name="Kiosk", org_magic="m")
    expected = {
        "profile_name": "Kiosk",
        "url": URL,
        "org_magic": "m",
        "is_mandatory": True,
        "is_supervised": supervised,
        "is_mdm_removable": not supervised,
        "is_multi_user": is_shared,
        "await_device_configured": "await_configured" in shown or is_shared,
        "allow_pairing": pairing == "allow",
        "skip_setup_items": ["Siri"],
        "department": "IT",
        "support_phone_number": "+33 1 23 45",
        "support_email_address": "help@orchard.example",
        "anchor_certs": [a_stored_certificate("Orchard root")],
        "do_not_use_profile_from_backup": True,
    }
    if "web_url" in shown:
        expected["configuration_web_url"] = "https://signin.orchard.example/"
    if pairing == "certificate":
        expected["supervising_host_certs"] = [a_stored_certificate()]
    if not is_shared:
        expected["is_return_to_service"] = True
    assert sent == expected
    assert refusal(sent) == ""


def test_optional_texts_are_left_out_when_empty():
    stored, errors = clean_settings({**default_settings(), "enrollment_url": URL, "affinity": "without"})
    assert errors == {}
    sent = payload(stored, profile_name="Kiosk", org_magic="m")
    assert not {"department", "support_phone_number", "support_email_address", "configuration_web_url"} & sent.keys()
    assert not {"anchor_certs", "supervising_host_certs", "is_return_to_service"} & sent.keys()


SHARED = {"affinity": "without", "is_shared_ipad": True}


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({**SHARED, "cached_users": "25"}, "cached_users", "Enter a number from 1 to 24."),  # LIM-7
        ({**SHARED, "cached_users": "0"}, "cached_users", "Enter a number from 1 to 24."),
        ({**SHARED, "cached_users": "many"}, "cached_users", "Enter a whole number."),
        ({**SHARED, "user_timeout": "29"}, "user_timeout", "At least 30 seconds; empty or 0 means never."),  # LIM-8
        (
            {**SHARED, "temporary_only": True, "temporary_timeout": "-1"},
            "temporary_timeout",
            "At least 30 seconds; empty or 0 means never.",
        ),
        ({**SHARED, "passcode_grace": "61"}, "passcode_grace", "Choose one of the values offered."),  # LIM-9
        (
            {"apply_name_template": True, "name_template": "x" * 64},
            "name_template",
            "At most 63 characters; these are 64.",
        ),  # LIM-6
        (
            {"apply_name_template": True, "name_template": "{{SERIAL}}-{{USER}}"},
            "name_template",
            "{{USER}} is not known. What can be used: {{DEVICETYPE}}, {{SERIAL}}.",
        ),
        ({"apply_name_template": True}, "name_template", "This is needed."),
        ({"pairing": "certificate"}, "host_certificates", "This is needed."),
        (
            {"pairing": "certificate", "host_certificates": ["MIIB"]},
            "host_certificates",
            "One of these is not a certificate.",
        ),
        ({"activate_cellular": True}, "carrier_url", "This is needed."),
        ({"department": "é" * 126}, "department", "At most 125 characters; these are 126."),
        ({"is_locked": "maybe"}, "is_locked", "Say true or false."),
        (
            {"affinity": "with", "method": "modern", "web_url": "https://elsewhere.example/"},
            "web_url",
            "The last two labels of its host must be those of the enrollment URL.",
        ),
    ],
)
def test_what_is_refused_and_in_which_words(typed, field, said):
    stored, errors = clean_settings({**default_settings(), "enrollment_url": URL, "affinity": "without", **typed})
    assert errors == {field: [said]}
    assert stored[field] == {**default_settings(), **typed}[field], "what was typed is kept"


def test_lim_18_ten_certificates_are_the_most():
    eleven = [a_stored_certificate(f"Mac {n}") for n in range(11)]
    typed = {**default_settings(), "enrollment_url": URL, "affinity": "without", "pairing": "certificate"}
    assert clean_settings({**typed, "host_certificates": eleven[:10]})[1] == {}
    _stored, errors = clean_settings({**typed, "host_certificates": eleven})
    assert errors == {"host_certificates": ["At most 10 certificates; these are 11."]}


def test_lengths_are_counted_in_characters_not_in_bytes():
    _stored, errors = clean_settings(
        {**default_settings(), "enrollment_url": URL, "affinity": "without", "department": "é" * 125}
    )
    assert errors == {}


def test_what_depends_on_another_comes_after_it():
    order = list(FIELDS)
    for name, alternatives in NEEDS.items():
        for other in {key for needs in alternatives for key in needs}:
            assert order.index(other) < order.index(name), f"{name} needs {other}"


def test_prof_21_new_profiles_await_and_imported_ones_do_not():
    assert default_settings(new=True)["await_configured"] is True
    assert default_settings(new=False)["await_configured"] is False


def test_prof_4_has_no_default_and_must_be_chosen():
    _stored, errors = clean_settings({**default_settings(), "enrollment_url": URL})
    assert list(errors) == ["affinity"]


def test_unknown_screens_of_an_imported_profile_are_kept():
    stored, _errors = clean_settings(
        {**default_settings(), "affinity": "without", "hidden_panes": ["Brand New", "Siri"]}
    )
    assert stored["hidden_panes"] == ["Brand New", "Siri"]


def test_a_device_name_template_needs_no_revision():
    assert FIELDS.keys() - of_a_revision(EVERYTHING).keys() == {"apply_name_template", "name_template"}


def test_single_app_mode_means_something_beside_a_vpp_token_only():
    assert is_shown("single_app_mode", {"company_portal_vpp": 3})
    assert not is_shown("single_app_mode", {"company_portal_vpp": None})


TEXT = st.text(max_size=140)
HOSTS = st.sampled_from(
    ["https://mdm.orchard.example/ade", "https://a.b.orchard.example:8443/x?y=1", "http://x", "nothing"]
)
CERTIFICATES = st.lists(st.sampled_from([a_stored_certificate(), a_stored_certificate("Second"), "MIIB"]), max_size=3)
TYPED = st.fixed_dictionaries(
    {},
    optional={
        "enrollment_url": HOSTS | TEXT,
        "department": TEXT,
        "department_phone": TEXT,
        "support_email": TEXT | st.emails(),
        "affinity": st.sampled_from(["with", "without", "entra_shared", "", "other"]),
        "method": st.sampled_from(["company_portal", "legacy", "modern", ""]),
        "web_url": HOSTS,
        "is_supervised": st.booleans(),
        "is_locked": st.booleans(),
        "is_shared_ipad": st.booleans(),
        "pairing": st.sampled_from(["allow", "deny", "certificate"]),
        "temporary_only": st.booleans(),
        "install_company_portal": st.booleans(),
        "company_portal_vpp": st.none() | st.integers() | TEXT,
        "single_app_mode": st.booleans(),
        "await_configured": st.booleans(),
        "apply_name_template": st.booleans(),
        "name_template": TEXT,
        "activate_cellular": st.booleans(),
        "carrier_url": HOSTS | TEXT,
        "host_certificates": CERTIFICATES,
        "anchor_certificates": CERTIFICATES,
        "not_from_backup": st.booleans(),
        "passcode_grace": st.none() | st.sampled_from([0, 60, 61, "300"]),
        "temporary_timeout": st.none() | st.integers() | TEXT,
        "cached_users": st.none() | st.integers() | TEXT,
        "user_timeout": st.none() | st.integers() | TEXT,
        "return_to_service": st.booleans(),
        "hidden_panes": st.lists(TEXT, max_size=3),
    },
)


@given(TYPED, st.text(min_size=1, max_size=125))
@settings(max_examples=400, deadline=None)
def test_whatever_is_accepted_here_is_accepted_by_apples_rules(typed, name):
    stored, errors = clean_settings(typed)
    if not errors:
        assert refusal(payload(stored, profile_name=name, org_magic="m")) == ""


def test_screens_in_another_order_are_no_change():
    typed = {**default_settings(), "affinity": "without", "enrollment_url": URL}
    one, other = (clean_settings({**typed, "hidden_panes": keys})[0] for keys in (["Siri", "Zoom"], ["Zoom", "Siri"]))
    assert one == other
