"""lint_profiles and describe_settings, for operators and for the documentation."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.cast import a_profile, a_token

ROOT = Path(__file__).resolve().parent.parent.parent
QUIET = {"is_locked": True, "hidden_panes": ["Passcode", "Biometric", "DeviceToDeviceMigration"]}


def lint(**options):
    out = StringIO()
    call_command("lint_profiles", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_profiles_without_fault_exit_with_zero():
    a_profile(a_token(name="Lyon"), name="Kiosk", **QUIET)
    assert lint() == "Lyon · Kiosk: nothing found\n"


@pytest.mark.django_db
@pytest.mark.parametrize(("fail_on", "fails"), [("error", False), ("warning", True), ("info", True)])
def test_what_is_found_makes_the_exit_code_by_its_severity(fail_on, fails):
    a_profile(a_token(name="Lyon"), name="Kiosk", **{**QUIET, "is_locked": False, "is_supervised": False})
    if fails:
        with pytest.raises(CommandError) as refused:
            lint(fail_on=fail_on)
        assert refused.value.returncode == 1
    else:
        assert "warning unsupervised: Supervised is off" in lint(fail_on=fail_on)


@pytest.mark.django_db
def test_one_token_as_json():
    a_profile(a_token(name="Lyon"), name="Kiosk", **{**QUIET, "is_supervised": False, "is_locked": False})
    a_profile(a_token(name="Nice"), name="Till", **QUIET)
    found = json.loads(lint(token="Lyon", json=True, fail_on="error"))
    assert [(one["profile"], one["rule"]) for one in found] == [("Kiosk", "unsupervised")]
    with pytest.raises(CommandError) as refused:
        lint(token="Nantes")
    assert refused.value.returncode == 2


def test_the_documentation_of_the_settings_is_the_one_the_program_makes():
    out = StringIO()
    call_command("describe_settings", stdout=out)
    assert (ROOT / "docs" / "profile-settings.md").read_text() == out.getvalue()
