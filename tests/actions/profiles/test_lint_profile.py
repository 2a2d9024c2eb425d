"""PB-6: every rule speaks when it has to, is silent when it has not, and says so in both languages."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override

from enrollment.actions.profiles.lint_profile import RULES, Severity, lint_profile
from enrollment.models.profile_settings import default_settings
from tests.cast import a_stored_certificate, a_vpp_token

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


def spoke(settings):
    return {finding.rule for finding in lint_profile(settings, reader=None)}


def test_every_rule_has_a_test():
    assert {rule.id for rule in RULES} == SPEAKING.keys() | OF_VPP_TOKENS.keys()


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
    assert [finding.sentence for finding in findings] == ["Peut apparaître bien que masqué : Forme d'adresse."]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_speaks_french(rule):

    with override("fr"):
        assert gettext(rule.sentence) != rule.sentence
        assert gettext(rule.remedy) != rule.remedy
