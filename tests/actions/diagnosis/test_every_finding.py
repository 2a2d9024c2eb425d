"""What the doctor says of every state, read from rows alone: Apple is not asked here."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.diagnosis.diagnose_serial import diagnose_serial
from enrollment.actions.diagnosis.finding import Mark
from enrollment.models import Device, Token, Wish
from tests.cast import a_device, a_profile, a_token, a_vpp_token, some_licences

pytestmark = pytest.mark.django_db


@pytest.fixture
def device(db):
    token = a_token(name="Orchard", synced_at=timezone.now())
    return a_device(token, wish=Wish.PROFILE, profile=a_profile(token, apple_uuid="A" * 32), wished_at=timezone.now())


def finding(device, check):
    diagnosis = diagnose_serial(device.serial, by=None, asks_apple=False)
    return next(found for one, found in diagnosis.findings if one.id == check)


@pytest.mark.parametrize(
    ("changes", "mark", "words"),
    [
        ({}, Mark.OK, "is active"),
        ({"verified_at": None}, Mark.PROBLEM, "Not verified"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, Mark.PROBLEM, "Expired"),
        ({"rejected_at": timezone.now()}, Mark.PROBLEM, "Rejected"),
        ({"terms_since": timezone.now()}, Mark.PROBLEM, "Terms not signed"),
        ({"unreachable_since": timezone.now()}, Mark.PROBLEM, "Unreachable"),
        ({"expires_at": timezone.now() + timedelta(days=9)}, Mark.NOTE, "expires in"),
    ],
)
def test_the_health_of_the_token(device, changes, mark, words):
    Token.objects.update(**changes)
    found = finding(device, "token")
    assert (found.mark, found.about) == (mark, device.token)
    assert words in found.evidence
    assert bool(found.next_step) == (mark != Mark.OK)


@pytest.mark.parametrize(("days", "mark"), [(0, Mark.OK), (1.1, Mark.NOTE), (3.1, Mark.PROBLEM), (None, Mark.NOTE)])
def test_how_old_what_we_know_is(device, days, mark):
    Token.objects.update(synced_at=timezone.now() - timedelta(days=days) if days is not None else None)
    assert finding(device, "synced").mark == mark


@pytest.mark.parametrize(
    ("changes", "mark", "words"),
    [
        ({}, Mark.NOTE, "has not been asked yet"),
        ({"answer": "throttled"}, Mark.PROBLEM, "holds this device back"),
        ({"answer": "failed"}, Mark.PROBLEM, "said that it failed"),
        ({"answer": "not_seen"}, Mark.PROBLEM, "never showed it"),
        ({"answer": "not_accessible"}, Mark.PROBLEM, "not on this server"),
        ({"answer": "success"}, Mark.NOTE, "accepted it"),
        ({"answer": "success", "confirmed_at": timezone.now()}, Mark.PROBLEM, "Somebody else has changed"),
        (
            {"apple_profile_uuid": "A" * 32, "apple_profile_status": "assigned", "confirmed_at": timezone.now()},
            Mark.OK,
            "It took it",
        ),
    ],
)
def test_what_apple_answered(device, changes, mark, words):
    if changes.get("answer"):
        changes = {"asked_for": "A" * 32, "next_try_at": timezone.now() + timedelta(hours=1), **changes}
    Device.objects.update(**changes)
    found = finding(device, "conversation")
    assert found.mark == mark
    assert words in found.evidence
    assert bool(found.next_step) == (mark != Mark.OK)


def test_a_profile_apple_refuses_is_told_with_its_reason(device):
    revision = device.profile.current
    revision.apple_uuid, revision.refusal_sentence, revision.refusal_advice = "", "Too long.", "Make it shorter."
    revision.save()
    found = finding(device, "conversation")
    assert (found.mark, found.next_step) == (Mark.PROBLEM, "Make it shorter.")
    assert "Too long." in found.evidence


def test_several_tokens_have_it(device):
    a_device(a_token(name="Other"), serial=device.serial)
    assert "It is in several tokens" in finding(device, "in-a-token").evidence


def test_nothing_said_leaves_apples_side_alone(device):
    Device.objects.update(wish=Wish.NOTHING_SAID, profile=None, apple_profile_status="assigned")
    assert "Apple's side is left as it is" in finding(device, "wanted").evidence


def test_licences_that_were_deleted_block(device):
    licences = a_vpp_token()
    revision = device.profile.current
    revision.settings = {**revision.settings, "company_portal_vpp": licences.pk}
    revision.save()
    licences.delete()
    found = finding(device, "licences")
    assert (found.mark, "has been deleted" in found.evidence) == (Mark.PROBLEM, True)


@pytest.mark.parametrize(
    ("changes", "free", "mark", "words"),
    [
        ({}, None, Mark.OK, "is active."),
        ({}, 51, Mark.OK, "has Company Portal licences left"),
        ({}, 50, Mark.NOTE, "Only 50 of 500 Company Portal licences are left in “Caen”."),
        ({}, 0, Mark.PROBLEM, "No Company Portal licence is left in “Caen”: the enrollment is blocked."),
        ({"rejected_at": timezone.now()}, 51, Mark.PROBLEM, "Apple rejects the VPP token “Caen”"),
        ({"unreachable_since": timezone.now()}, 51, Mark.NOTE, "Apple cannot be reached for the VPP token “Caen”"),
        ({"unreachable_since": timezone.now()}, 0, Mark.PROBLEM, "No Company Portal licence"),
        ({"expires_at": timezone.now()}, 51, Mark.PROBLEM, "has expired"),
        ({"expires_at": timezone.now() + timedelta(days=9)}, 51, Mark.NOTE, "expires soon"),
        ({"expires_at": timezone.now() + timedelta(days=9)}, 0, Mark.PROBLEM, "No Company Portal licence"),
    ],
)
def test_licences_as_they_were_last_counted(device, changes, free, mark, words):
    licences = a_vpp_token(name="Caen", **changes)
    if free is not None:
        some_licences(licences, total=500, free=free)
    revision = device.profile.current
    revision.settings = {**revision.settings, "company_portal_vpp": licences.pk}
    revision.save()
    found = finding(device, "licences")
    assert found.mark == mark
    assert words in found.evidence
    assert found.about == (licences if found.next_step else None)


def test_what_cannot_be_seen_is_said(device):
    found = finding(device, "beyond")
    assert "Invalid profile" in found.next_step
    assert "15 minutes" in found.next_step


def test_who_has_asked_too_often_is_told_all_but_what_apple_says_now(device):
    found = finding(device, "apple-now")
    assert (found.mark, "you have asked about many" in found.evidence) == (Mark.UNKNOWN, True)
