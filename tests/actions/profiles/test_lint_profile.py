"""PB-6: every rule speaks when it has to, is silent when it has not, and says so in both languages."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override

from enrollment.actions.profiles.lint_profile import RULES, Severity, lint_profile
from enrollment.models.profile_settings import default_settings
from tests.cast import a_stored_certificate, a_vpp_token, some_licences
from tests.typeset import typeset

pytestmark = pytest.mark.django_db

QUIET = {
    **default_settings(),
    "affinity": "without",
    "is_locked": True,
    "hidden_panes": ["Passcode", "Biometric", "DeviceToDeviceMigration"],
}
# Rule → what makes it speak, beside settings it is silent about.
SPEAKING = {
    "single-app-mode-without-vpp-token": {"single_app_mode": True},
    "locked-without-supervised": {"is_supervised": False},
    "certificate-expired": {"host_certificates": [a_stored_certificate("Old", days=-1)]},
    "certificate-expires-soon": {"anchor_certificates": [a_stored_certificate("Ending", days=20)]},
    "company-portal-without-vpp-token": {"install_company_portal": True},
    "passcode-screen-shown": {"hidden_panes": ["Biometric", "DeviceToDeviceMigration"]},
    "biometric-screen-shown": {"hidden_panes": ["Passcode", "DeviceToDeviceMigration"]},
    "device-to-device-migration-shown": {"hidden_panes": ["Passcode", "Biometric"]},
    "sim-setup-hidden-with-cellular-plan": {
        "activate_cellular": True,
        "hidden_panes": [*QUIET["hidden_panes"], "SIMSetup"],
    },
    "shared-ipad-with-await": {"is_shared_ipad": True},
    "shared-mode-not-locked": {"affinity": "entra_shared", "is_locked": False},
    "unsupervised": {"is_supervised": False},
    "legacy-method": {"affinity": "with", "method": "legacy"},
    "screens-not-always-skippable": {"hidden_panes": [*QUIET["hidden_panes"], "TermsOfAddress"]},
    "deprecated-screens": {"hidden_panes": [*QUIET["hidden_panes"], "DisplayTone"]},
}
OF_VPP_TOKENS = {"vpp-token-expired": -1, "vpp-token-expires-soon": 20}
OF_LICENCES = {"vpp-token-rejected", "company-portal-licences-gone", "company-portal-licences-low"}


def spoke(settings):
    return {finding.rule for finding in lint_profile(settings, reader=None)}


def test_every_rule_has_a_test():
    assert {rule.id for rule in RULES} == SPEAKING.keys() | OF_VPP_TOKENS.keys() | OF_LICENCES


def test_a_profile_without_fault_hears_nothing():
    assert lint_profile(QUIET, reader=None) == []


@pytest.mark.parametrize("rule", SPEAKING)
def test_a_rule_speaks_when_it_has_to(rule):
    assert rule in spoke({**QUIET, **SPEAKING[rule]})


@pytest.mark.parametrize(("rule", "days"), OF_VPP_TOKENS.items())
def test_the_end_of_a_vpp_token_is_told(rule, days):
    token = a_vpp_token(days=days)
    settings = {**QUIET, "affinity": "with", "method": "company_portal", "company_portal_vpp": token.pk}
    assert spoke(settings) == {rule}
    token.expires_at = timezone.now() + timedelta(days=200)
    token.save()
    assert spoke(settings) == set()


def with_vpp(token):
    return {**QUIET, "affinity": "with", "method": "company_portal", "company_portal_vpp": token.pk}


@pytest.mark.parametrize(
    ("free", "rule"),
    [(0, "company-portal-licences-gone"), (50, "company-portal-licences-low"), (51, None)],
)
def test_what_is_left_of_the_company_portal_is_told(free, rule):
    token = a_vpp_token(name="Caen")
    assert spoke(with_vpp(token)) == set(), "nothing has been read yet"
    some_licences(token, total=500, free=free)
    assert spoke(with_vpp(token)) == ({rule} if rule else set())
    if rule == "company-portal-licences-low":
        (finding,) = lint_profile(with_vpp(token), reader=None)
        assert finding.sentence == "Only 50 of 500 Company Portal licences are left in “Caen”."


def test_a_location_without_the_company_portal_has_none_left():
    token = a_vpp_token()
    some_licences(token, total=5, free=5, adam_id="7")
    assert spoke(with_vpp(token)) == {"company-portal-licences-gone"}


def test_how_many_another_part_of_the_organisation_has_left_is_not_told(charlie):
    token = a_vpp_token(name="Caen")
    some_licences(token, total=500, free=7)
    assert lint_profile(with_vpp(token), reader=charlie) == []
    token.licences.update(available=0)
    (finding,) = lint_profile(with_vpp(token), reader=charlie)
    assert "“…”" in finding.sentence


def test_a_rejected_vpp_token_is_told():
    assert spoke(with_vpp(a_vpp_token(rejected_at=timezone.now()))) == {"vpp-token-rejected"}


def test_on_a_shared_ipad_no_screen_is_met_and_none_is_spoken_of():
    settings = {**QUIET, "is_shared_ipad": True, "await_configured": False, "hidden_panes": []}
    assert spoke(settings) == set()


def test_the_gravest_come_first():
    settings = {**QUIET, "is_supervised": False, "affinity": "with", "method": "legacy", "hidden_panes": []}
    severities = [finding.severity for finding in lint_profile(settings, reader=None)]
    assert severities == sorted(severities, key=list(Severity).index)
    assert severities[0] is Severity.ERROR


def test_screens_are_named_in_the_readers_language():
    with override("fr"):
        findings = lint_profile({**QUIET, **SPEAKING["screens-not-always-skippable"]}, reader=None)
    assert [finding.sentence for finding in findings] == [typeset("Peut apparaître bien que masqué : Forme d'adresse.")]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_speaks_french(rule):

    with override("fr"):
        assert gettext(rule.sentence) != rule.sentence
        assert gettext(rule.remedy) != rule.remedy
