"""Requirements section 3 as a table: what is shown, what is stored, what is sent."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.models.profile_cleaning import clean_settings
from enrollment.models.profile_needs import NEEDS, is_shown
from enrollment.models.profile_payload import payload
from enrollment.models.profile_settings import FIELDS, default_settings
from enrollment.simulator.profile_rules import refusal

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


@pytest.mark.parametrize(("affinity", "method", "supervised", "shared", "temporary", "pairing"), COMBINATIONS)
def test_every_combination(affinity, method, supervised, shared, temporary, pairing):
    typed = {
        **default_settings(),
        "enrollment_url": URL,
        "affinity": affinity,
        "method": method,
        "web_url": "https://signin.orchard.example/",
        "is_supervised": supervised,
        "is_locked": True,
        "is_shared_ipad": shared,
        "temporary_only": temporary,
        "cached_users": 5,
        "temporary_timeout": 60,
        "pairing": pairing,
        "host_certificates": ["MIIB"],
    }
    stored, errors = clean_settings(typed)
    assert errors == {}
    is_modern = affinity == "with" and method == "modern"
    is_shared = shared and supervised and affinity == "without"
    is_temporary = is_shared and temporary

    assert stored["method"] == (method if affinity == "with" else "")
    assert bool(stored["web_url"]) is is_modern
    assert stored["is_locked"] is supervised
    assert stored["is_shared_ipad"] is is_shared
    assert stored["temporary_only"] is is_temporary
    assert stored["cached_users"] == (5 if is_shared and not is_temporary else None)
    assert stored["temporary_timeout"] == (60 if is_temporary else None)
    may_await = is_modern or affinity == "entra_shared" or (affinity == "without" and not is_shared)
    assert stored["await_configured"] is may_await

    sent = payload(stored, profile_name="Kiosk", org_magic="m")
    assert ("configuration_web_url" in sent) is is_modern
    assert sent["is_mdm_removable"] is not supervised
    assert sent["is_multi_user"] is is_shared
    assert sent["await_device_configured"] is (may_await or is_shared)
    assert sent["allow_pairing"] is (pairing == "allow")
    assert ("supervising_host_certs" in sent) is (pairing == "certificate")
    assert sent["is_mandatory"] is True
    assert refusal(sent) == ""


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
    assert "device_name_template" not in FIELDS


def test_single_app_mode_means_something_beside_a_vpp_token_only():
    assert is_shown("single_app_mode", {"company_portal_vpp": 3})
    assert not is_shown("single_app_mode", {"company_portal_vpp": None})


TEXT = st.text(max_size=140)
HOSTS = st.sampled_from(
    ["https://mdm.orchard.example/ade", "https://a.b.orchard.example:8443/x?y=1", "http://x", "nothing"]
)
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
        "host_certificates": st.lists(st.just("MIIB"), max_size=2),
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
