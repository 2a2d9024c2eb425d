"""DEL-1 as a page: the three conditions in their words, what is left, and the typed confirmation."""

import pytest
from django.urls import reverse

from enrollment.models import Device, Profile, Token
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


def see(browser, token):
    return browser.get(reverse("token-delete", args=[token.pk])).content.decode()


def test_what_is_left_is_said_linked_and_can_be_removed_step_by_step(as_alice):
    token = a_token(name="Old")
    a_device(token), a_device(token), a_profile(token)
    page = see(as_alice, token)
    for words in ("No device is assigned to the token.", "No device is assigned to the default profile."):
        assert words in page
    assert f"?token={token.pk}&amp;released=false" in page
    assert "2 devices are left" in page
    assert "The token, its key" not in page

    as_alice.post(reverse("token-clear-devices", args=[token.pk]), {"name": "Other"})
    assert Device.objects.count() == 2
    as_alice.post(reverse("token-clear-devices", args=[token.pk]), {"name": "Old"})
    assert not Device.objects.exists()
    assert "1 profile is left" in see(as_alice, token)
    as_alice.post(reverse("token-clear-profiles", args=[token.pk]))
    assert Profile.objects.exists()
    as_alice.post(reverse("token-clear-profiles", args=[token.pk]), {"name": "Old"})
    assert not Profile.objects.exists()
    assert "The token, its key" in see(as_alice, token)

    as_alice.post(reverse("token-delete", args=[token.pk]), {"name": "Older"})
    assert Token.objects.exists()
    page = as_alice.post(reverse("token-delete", args=[token.pk]), {"name": "Old"}, follow=True).content.decode()
    assert "The token is deleted. No device was erased." in page
    assert not Token.objects.exists()


def test_what_came_meanwhile_keeps_the_token(as_alice):
    token = a_token(name="Old")
    a_device(token)
    page = as_alice.post(reverse("token-delete", args=[token.pk]), {"name": "Old"}).content.decode()
    assert "Something is left under the token" in page
    assert Token.objects.exists()


def test_the_conditions_speak_french(as_alice):
    url = reverse("token-delete", args=[a_token().pk])
    page = as_alice.get(url, headers={"Accept-Language": "fr"}).content.decode()
    assert "Aucun appareil n&#x27;est affecté au jeton." in page
