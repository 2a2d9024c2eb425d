"""DEV-2 in the browser's words: choose, see what would happen, confirm, follow, try again."""

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.models import Device, Operation, OperationKind, OperationStatus, Result, Verdict, Wish
from tests.cast import a_browser_of, a_device, a_person, a_profile, a_token

pytestmark = pytest.mark.django_db


def preview(browser, kind="assign", **said):
    """The operation that a choice leads to."""
    answer = browser.post(reverse("operation-new", args=[kind]), said, follow=True)
    assert answer.status_code == 200
    return answer.context["operation"]


def confirm(browser, operation, **said):
    return browser.post(reverse("operation-confirm", args=[operation.pk]), said, follow=True)


def test_chosen_rows_get_the_profile_after_a_preview(as_alice):
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32)
    pads = [a_device(token, family="iPad") for _ in range(2)]
    mac = a_device(token, family="Mac")
    chosen = [device.pk for device in (*pads, mac)]
    choice = as_alice.post(reverse("operation-new", args=["assign"]), {"device": chosen})
    assert list(choice.context["profiles"]) == [profile]

    operation = preview(as_alice, device=chosen, profile=profile.pk)

    assert (operation.gets, sum(operation.cannot.values())) == (2, 1)
    assert not Device.objects.filter(wish=Wish.PROFILE).exists()
    page = as_alice.get(reverse("operation-detail", args=[operation.pk]), {"show": Verdict.OTHER_PLATFORM.value})
    assert [row.serial for row in page.context["page"].rows] == [mac.serial]
    answer = confirm(as_alice, operation)
    assert set(Device.objects.filter(profile=profile)) == set(pads)
    assert "0 of 2" in answer.content.decode()


def test_all_that_match_are_more_than_the_page(as_alice):
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32)
    for _ in range(60):
        a_device(token, family="iPad")
    a_device(token, family="iPhone")
    operation = preview(as_alice, all_matching="1", query=f"token={token.pk}&family=iPad", profile=profile.pk)
    confirm(as_alice, operation)
    assert Device.objects.filter(profile=profile).count() == 60


def test_all_that_match_ends_at_the_scope(as_charlie):
    a_device(a_token())
    answer = as_charlie.post(reverse("operation-new", args=["unassign"]), {"all_matching": "1", "query": ""})
    assert "No device is selected" in answer.content.decode()
    assert not Operation.objects.exists()


def test_taking_off_asks_first(as_alice):
    device = a_device(a_token())
    operation = preview(as_alice, "unassign", device=device.pk)
    device.refresh_from_db()
    assert device.wish == Wish.NOTHING_SAID
    confirm(as_alice, operation)
    device.refresh_from_db()
    assert device.wish == Wish.NO_PROFILE


def test_deleting_one_wants_the_serial_typed(as_alice):
    device = a_device(a_token(), serial="ABC123456789")
    as_alice.post(reverse("device-delete", args=[device.pk]), {"serial": "wrong"})
    assert Device.objects.exists()
    as_alice.post(reverse("device-delete", args=[device.pk]), {"serial": "abc123456789"})
    assert not Device.objects.exists()


def test_a_filter_that_cannot_be_understood_means_nobody(as_alice):
    a_device(a_token())
    for query in ("state=nonsense", "token=999999", "family=Toaster"):
        as_alice.post(reverse("operation-new", args=["unassign"]), {"all_matching": "1", "query": query})
    assert not Operation.objects.exists()


def test_what_changed_meanwhile_is_said_and_shown_anew(as_alice):
    token = a_token()
    profile = a_profile(token, apple_uuid="A" * 32)
    pads = [a_device(token) for _ in range(2)]
    operation = preview(as_alice, device=[pad.pk for pad in pads], profile=profile.pk)
    Device.objects.filter(pk=pads[0].pk).update(released_at=timezone.now())

    answer = confirm(as_alice, operation)

    assert "1 device has changed since you looked. Nothing was done" in answer.content.decode()
    newer = answer.context["operation"]
    assert (newer.gets, newer.cannot) == (1, {Verdict.RELEASED: 1})
    assert not Device.objects.filter(wish=Wish.PROFILE).exists()


def test_what_cannot_be_undone_wants_its_number_typed(as_alice, monkeypatch):
    token = a_token()
    devices = [a_device(token) for _ in range(3)]
    operation = preview(as_alice, "disown", device=[device.pk for device in devices])
    answer = confirm(as_alice, operation, typed="4")
    assert "Type 3 to confirm" in answer.content.decode()
    assert answer.context["operation"].is_previewed
    assert confirm(as_alice, operation, typed="3").context["operation"].status == OperationStatus.WAITING

    single = preview(as_alice, "disown", device=devices[0].pk)
    assert confirm(as_alice, single, typed=devices[0].serial.lower()).context["operation"].is_open


@pytest.mark.parametrize("kind", OperationKind.values)
def test_each_kind_has_its_own_permission(kind, as_bob):
    device = a_device(a_token())
    manager = a_browser_of(a_person("mallory", "enrollment_manager"))
    assert as_bob.post(reverse("operation-new", args=[kind]), {"device": device.pk}).status_code == 403
    may = {"assign", "unassign", "delete"}
    answer = manager.post(reverse("operation-new", args=[kind]), {"device": device.pk})
    assert (answer.status_code != 403) == (kind in may)


def test_results_are_shown_device_by_device_and_as_a_file(as_alice):
    token = a_token()
    devices = [a_device(token) for _ in range(2)]
    operation = preview(as_alice, "disown", device=[device.pk for device in devices])
    confirm(as_alice, operation, typed="2")
    operation.devices.filter(device=devices[0].pk).update(result=Result.FAILED)
    operation.devices.filter(device=devices[1].pk).update(result=Result.SUCCESS)
    Operation.objects.update(status=OperationStatus.DONE)

    page = as_alice.get(reverse("operation-detail", args=[operation.pk]), {"show": "failed"})
    assert [row.serial for row in page.context["page"].rows] == [devices[0].serial]
    text = as_alice.get(reverse("operation-export", args=[operation.pk])).getvalue().decode()
    assert f"{devices[0].serial},leaves the organisation for good,,Failed" in text
    answer = as_alice.post(reverse("operation-retry", args=[operation.pk]), follow=True)
    assert "1 device is tried again" in answer.content.decode()
    assert answer.context["operation"].is_open


def test_a_preview_can_be_thrown_away_and_what_was_done_cannot(as_alice):
    device = a_device(a_token())
    operation = preview(as_alice, "unassign", device=device.pk)
    as_alice.post(reverse("operation-discard", args=[operation.pk]))
    assert not Operation.objects.exists()
    done = preview(as_alice, "unassign", device=device.pk)
    confirm(as_alice, done)
    as_alice.post(reverse("operation-discard", args=[done.pk]))
    assert Operation.objects.get() == done


@pytest.mark.parametrize("count", [1, 11])
def test_a_page_asks_the_database_as_often_for_many_as_for_one(count, as_alice, django_assert_max_num_queries):
    token = a_token()
    profile = a_profile(token)
    devices = [a_device(token) for _ in range(count)]
    operation = preview(as_alice, device=[device.pk for device in devices], profile=profile.pk)
    confirm(as_alice, operation)
    with django_assert_max_num_queries(26):
        as_alice.get(reverse("operation-detail", args=[operation.pk]))


def test_a_preview_says_why_not_in_words(as_alice):
    token = a_token()
    profile = a_profile(token, is_shared_ipad=True)
    devices = [a_device(token, family="Mac"), a_device(token, family="iPhone"), a_device(a_token())]
    answer = as_alice.post(
        reverse("operation-new", args=["assign"]),
        {"device": [device.pk for device in devices], "profile": profile.pk},
        follow=True,
    )
    page = answer.content.decode()
    for words in (
        "is of a family this profile is not made for",
        "is no iPad, and the profile sets up a Shared iPad",
        "belongs to another token",
    ):
        assert words in page


def test_it_is_said_that_a_release_cannot_be_undone(as_alice):
    device = a_device(a_token())
    answer = as_alice.post(reverse("operation-new", args=["disown"]), {"device": device.pk}, follow=True)
    assert "This cannot be undone." in answer.content.decode()
    assert f"Type {device.serial} to confirm" in answer.content.decode()


def test_lim_2_is_said_with_both_numbers(as_alice, monkeypatch):
    monkeypatch.setattr(limits, "DEVICES_PER_PROFILE", 1)
    token = a_token()
    profile = a_profile(token)
    devices = [a_device(token) for _ in range(2)]
    answer = as_alice.post(
        reverse("operation-new", args=["assign"]),
        {"device": [device.pk for device in devices], "profile": profile.pk},
        follow=True,
    )
    assert "A profile may have at most 1 devices; with these it would have 2." in answer.content.decode()


def test_ones_own_operation_beyond_ones_scope_is_not_found(as_charlie, charlie):
    here, beyond = a_token(), a_token()
    here.scope_tags.set(charlie.scope_tags.all())
    devices = Device.objects.filter(pk__in=[a_device(here).pk, a_device(beyond).pk])
    operation = start_operation(OperationKind.DISOWN, [Choice(devices)], by=charlie)
    assert as_charlie.get(reverse("operation-detail", args=[operation.pk])).status_code == 404
    assert as_charlie.post(reverse("operation-retry", args=[operation.pk])).status_code == 404
