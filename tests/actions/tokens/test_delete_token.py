"""DEL-1: a token goes only when its three conditions hold, and the page says how they stand."""

import pytest
from django.utils import timezone

from enrollment.actions.devices.delete_devices import delete_devices
from enrollment.actions.profiles.delete_profiles_of_token import delete_profiles_of_token
from enrollment.actions.tokens.delete_token import Condition, TokenInUse, delete_token, deletion_conditions
from enrollment.models import AuditEntry, Device, KeyPair, Profile, SyncRun, Token, Wish
from tests.cast import a_device, a_profile, a_run, a_token

pytestmark = pytest.mark.django_db


def counts(token):
    return {one.condition: one.count for one in deletion_conditions(token)}


def test_the_conditions_are_counted_and_released_devices_are_not():
    token = a_token()
    profile = a_profile(token)
    token.default_profile, token.default_profile_since = profile, timezone.now()
    token.save()
    a_device(token)
    a_device(token, wish=Wish.PROFILE, profile=profile)
    a_device(token, released_at=timezone.now())
    assert counts(token) == {
        Condition.NO_DEVICE: 2,
        Condition.NO_DEVICE_OF_DEFAULT: 1,
        Condition.NO_PROFILE: 1,
    }


@pytest.mark.parametrize("left", ["device", "profile"])
def test_while_anything_is_left_nothing_is_deleted(alice, left):
    token = a_token()
    a_device(token) if left == "device" else a_profile(token)
    with pytest.raises(TokenInUse) as refused:
        delete_token(token, by=alice)
    assert [one.holds for one in refused.value.conditions].count(False) == 1
    assert Token.objects.filter(pk=token.pk).exists()


def test_emptied_it_goes_with_its_key_and_its_history_and_the_audit_stays(alice):
    token, other = a_token(name="Old"), a_token()
    a_device(other)
    for _n in range(3):
        a_device(token)
    a_device(token, released_at=timezone.now())
    profile = a_profile(token)
    token.default_profile, token.default_profile_since = profile, timezone.now()
    token.save()
    KeyPair.objects.create(token=token, certificate_pem="x", sealed_private_key=b"x", fingerprint="AA")
    a_run(token)

    delete_devices(Device.objects.filter(token=token).present(), by=alice)
    assert delete_profiles_of_token(token, by=alice) == 1
    token.refresh_from_db()
    delete_token(token, by=alice)

    assert list(Token.objects.all()) == [other]
    assert Device.objects.count() == 1
    assert not KeyPair.objects.exists()
    assert not SyncRun.objects.exists()
    assert AuditEntry.objects.filter(action="token.deleted", object_name="Old", person=alice).exists()


def test_a_profile_that_a_device_has_is_not_deleted_with_the_others(alice):
    token = a_token()
    used, _unused = a_profile(token), a_profile(token)
    a_device(token, wish=Wish.PROFILE, profile=used)
    token.default_profile, token.default_profile_since = used, timezone.now()
    token.save()
    assert delete_profiles_of_token(token, by=alice) == 1
    assert list(Profile.objects.all()) == [used]
    token.refresh_from_db()
    assert token.default_profile == used
