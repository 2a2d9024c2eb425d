"""WARN-1: LIM-1 to LIM-4 come near. The limits are small here; what is near them is told in per cent."""

import pytest
import time_machine
from django.utils.translation import override

from enrollment import limits
from enrollment.actions.devices import tally_devices
from enrollment.models import Profile, Severity, Wish
from tests.actions.warnings.conditions.holding import START, holding, the
from tests.cast import a_device, a_profile, a_synced_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits_of_ten(monkeypatch):
    for name in ("PROFILES_PER_TOKEN", "DEVICES_PER_PROFILE", "TOKENS_PER_INSTALLATION", "DEVICES_PER_TOKEN"):
        monkeypatch.setattr(limits, name, 10)
    with time_machine.travel(START, tick=False):
        yield


def count_anew(condition):
    tally_devices.cache.delete(tally_devices.KEY)
    return holding(condition)


def test_near_is_nine_tenths():
    assert [limits.nearly(limit) for limit in (1_000, 2_000, 200_000)] == [900, 1_800, 180_000]


def test_tokens_of_the_installation(alice, bob, charlie):
    for _number in range(8):
        a_synced_token(START)
    assert holding("many_tokens") == []
    a_synced_token(START)
    warning = the("many_tokens")
    assert (warning.severity, warning.about, warning.link) == (Severity.WARNING, None, "/tokens/")
    assert warning.sentence == "There are 9 tokens; 10 are possible."
    assert holding("many_tokens", alice)
    assert holding("many_tokens", bob), "he reads tokens, all of them"
    assert holding("many_tokens", charlie) == [], "how many there are in all is not for who sees a part"


def test_profiles_of_a_token():
    token, other = a_synced_token(START, name="Shops"), a_synced_token(START)
    Profile.objects.bulk_create([Profile(token=token, name=f"Profile {number}") for number in range(8)])
    Profile.objects.bulk_create([Profile(token=other, name=f"Profile {number}") for number in range(8)])
    assert holding("many_profiles") == []
    Profile.objects.create(token=token, name="One more")
    warning = the("many_profiles")
    assert (warning.severity, warning.token) == (Severity.WARNING, token)
    assert warning.sentence == "“Shops” has 9 profiles; 10 are possible."
    assert warning.link == f"/profiles/?token={token.pk}"


def test_devices_of_a_profile_released_ones_among_them_as_the_limit_counts():
    token = a_synced_token(START)
    full, other = a_profile(token, name="Kiosk"), a_profile(token)
    for number in range(8):
        a_device(token, wish=Wish.PROFILE, profile=full, released_at=START if number else None)
        a_device(token, wish=Wish.PROFILE, profile=other)
    assert holding("many_devices_of_a_profile") == []
    a_device(token, wish=Wish.PROFILE, profile=full)
    (warning,) = count_anew("many_devices_of_a_profile")
    assert (warning.severity, warning.token) == (Severity.WARNING, token)
    assert (warning.part, warning.link) == (f"profile-{full.pk}", f"/profiles/{full.pk}/")
    assert warning.sentence == "The profile “Kiosk” is wanted for 9 devices; 10 are possible."


def test_devices_of_a_token_near_what_is_recommended_and_beyond_it():
    token = a_synced_token(START, name="Shops")
    for _number in range(8):
        a_device(token)
    a_device(token, released_at=START)
    assert count_anew("many_devices") == []
    a_device(token)
    (warning,) = count_anew("many_devices")
    assert (warning.severity, warning.step) == (Severity.NOTICE, "near")
    a_device(token)
    (warning,) = count_anew("many_devices")
    assert (warning.severity, warning.step) == (Severity.NOTICE, "near"), "ten of ten are as recommended"
    a_device(token)
    (warning,) = count_anew("many_devices")
    assert (warning.severity, warning.step) == (Severity.WARNING, "beyond")
    assert warning.sentence == "“Shops” has 11 devices; at most 10 are recommended."
    assert "Nothing is lost" in warning.remedy


def test_they_speak_french():
    token = a_synced_token(START, name="Boutiques")
    for _number in range(9):
        a_device(token)
    with override("fr"):
        warning = the("many_devices")
        assert warning.sentence == typeset("« Boutiques » a 9 appareils ; au plus 10 sont recommandés.")
        assert "Répartissez-les" in warning.remedy
