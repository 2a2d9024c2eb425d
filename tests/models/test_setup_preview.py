"""Section 4, preview: the screens of a family and a version, in order, with what the profile says."""

import pytest
from django.utils.translation import override

from enrollment.apple.setup_panes import PANES
from enrollment.models.profile_settings import default_settings
from enrollment.models.setup_preview import screens

STAFF = {
    **default_settings(),
    "affinity": "with",
    "method": "modern",
    "web_url": "https://signin.orchard.example/ade",
    "department": "Orchard IT",
    "department_phone": "+33 1",
}
SHARED = {**default_settings(), "affinity": "without", "is_shared_ipad": True, "await_configured": False}


def seen(settings, family="iPhone", major=18):
    return screens(settings, family=family, major=major, organisation="Orchard Ltd")


def kinds(*args, **more):
    return [screen.kind for screen in seen(*args, **more)]


def test_the_way_of_a_staff_telephone():
    found = kinds(STAFF)
    assert found[:3] == ["hello", "pane", "wifi"]
    assert found.index("management") < found.index("web") < found.index("await") < found.index("home")
    assert found[-2:] == ["await", "home"]


def test_remote_management_tells_organisation_department_and_phone():
    management = next(screen for screen in seen(STAFF) if screen.kind == "management")
    assert "Orchard Ltd" in management.text
    assert [value for _label, value in management.details] == ["Orchard IT", "+33 1"]


@pytest.mark.parametrize(
    ("profile", "major", "step"),
    [
        (STAFF, 18, "web"),
        (STAFF, 12, "sign-in"),
        ({**STAFF, "method": "legacy"}, 18, "sign-in"),
        ({**STAFF, "method": "company_portal"}, 18, None),
        ({**STAFF, "affinity": "without", "method": ""}, 18, None),
        ({**STAFF, "affinity": "entra_shared", "method": ""}, 18, None),
    ],
)
def test_the_authentication_step_the_profile_chooses(profile, major, step):
    assert [kind for kind in kinds(profile, major=major) if kind in ("web", "sign-in")] == ([step] if step else [])


def test_a_hidden_screen_is_not_met_and_a_screen_of_another_version_or_family_neither():
    keys = {screen.key for screen in seen({**STAFF, "hidden_panes": ["Siri"]}, major=18)}
    assert "Siri" not in keys
    assert {"Intelligence", "ActionButton"} <= keys
    assert not {"LiquidGlass", "OnBoarding", "Multitasking", "FileVault"} & keys
    on_an_ipad = {screen.key for screen in seen(STAFF, family="iPad", major=26)}
    assert "Multitasking" in on_an_ipad
    assert not {"ActionButton", "WatchMigration"} & on_an_ipad


def test_screens_that_cannot_always_be_skipped_come_before_remote_management():
    found = [screen.key or screen.kind for screen in seen(STAFF)]
    for key, pane in PANES.items():
        if key in found:
            assert (found.index(key) < found.index("management")) is not pane.is_always_skippable


def test_a_shared_ipad_skips_every_screen_after_activation_and_is_always_held():
    found = kinds(SHARED, family="iPad")
    assert found[found.index("management") :] == ["management", "await", "shared"]
    guest = seen({**SHARED, "temporary_only": True}, family="iPad")[-1]
    assert guest.button == "Start as guest"


def test_without_await_nothing_holds_the_device():
    assert "await" not in kinds({**STAFF, "await_configured": False})
    assert "await" not in kinds(STAFF, major=12)


def test_single_app_mode_ends_in_the_company_portal():
    assert kinds({**STAFF, "company_portal_vpp": 1, "single_app_mode": True})[-2] == "portal"


def test_the_screens_speak_french():
    with override("fr"):
        titles = [screen.title for screen in seen(STAFF)]
    assert "Code secret" in titles
    assert "Gestion à distance" in titles
