"""DEV-2: choose, see what would happen, confirm."""

import pytest
from django.urls import reverse

from enrollment.models import Device, Wish
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db


def test_chosen_rows_get_the_profile_after_a_preview(as_alice):
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32)
    pads = [a_device(token, family="iPad") for _ in range(2)]
    mac = a_device(token, family="Mac")
    chosen = {"device": [device.pk for device in (*pads, mac)], "profile": profile.pk}
    preview = as_alice.post(reverse("device-assign"), chosen)
    assert (preview.context["preview"].gets, preview.context["preview"].cannot_total) == (2, 1)
    assert not Device.objects.filter(wish=Wish.PROFILE).exists()

    as_alice.post(reverse("device-assign"), {**chosen, "confirm": "1"})

    assert set(Device.objects.filter(profile=profile)) == set(pads)


def test_all_that_match_are_more_than_the_page(as_alice):
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32)
    for _ in range(60):
        a_device(token, family="iPad")
    a_device(token, family="iPhone")
    asked = {"all_matching": "1", "query": f"token={token.pk}&family=iPad", "profile": profile.pk, "confirm": "1"}
    as_alice.post(reverse("device-assign"), asked)
    assert Device.objects.filter(profile=profile).count() == 60


def test_all_that_match_ends_at_the_scope(as_charlie):
    token = a_token()
    device = a_device(token)
    as_charlie.post(reverse("device-unassign"), {"all_matching": "1", "query": "", "confirm": "1"})
    device.refresh_from_db()
    assert device.wish == Wish.NOTHING_SAID


def test_taking_off_asks_first(as_alice):
    device = a_device(a_token())
    as_alice.post(reverse("device-unassign"), {"device": device.pk})
    device.refresh_from_db()
    assert device.wish == Wish.NOTHING_SAID
    as_alice.post(reverse("device-unassign"), {"device": device.pk, "confirm": "1"})
    device.refresh_from_db()
    assert device.wish == Wish.NO_PROFILE


def test_deleting_wants_the_serial_typed(as_alice):
    device = a_device(a_token(), serial="ABC123456789")
    as_alice.post(reverse("device-delete", args=[device.pk]), {"serial": "wrong"})
    assert Device.objects.exists()
    as_alice.post(reverse("device-delete", args=[device.pk]), {"serial": "abc123456789"})
    assert not Device.objects.exists()


def test_a_filter_that_cannot_be_understood_means_nobody(as_alice):
    device = a_device(a_token())
    for query in ("state=nonsense", "token=999999", "family=Toaster"):
        as_alice.post(reverse("device-unassign"), {"all_matching": "1", "query": query, "confirm": "1"})
    device.refresh_from_db()
    assert device.wish == Wish.NOTHING_SAID
