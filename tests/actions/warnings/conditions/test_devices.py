"""WARN-1: a profile is wanted but throttled or failing, devices without a profile, and released ones."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from enrollment.actions.devices import tally_devices
from enrollment.models import Answer, Device, ProfileRevision, ScopeTag, Severity, Wish
from enrollment.models.device_filter import DeviceFilter
from tests.actions.warnings.conditions.holding import START, holding, the
from tests.cast import a_device, a_person, a_profile, a_synced_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


@pytest.fixture
def token(clock):
    return a_synced_token(START, name="Shops")


def count_anew(condition, person=None):
    """As a minute later."""
    tally_devices.cache.delete(tally_devices.KEY)
    return holding(condition, person)


def a_stuck_device(token, answer, **changes):
    profile = token.profiles.first() or a_profile(token, apple_uuid="A" * 32)
    values = {"wish": Wish.PROFILE, "profile": profile, "asked_for": "A" * 32, "answer": answer}
    return a_device(token, **{**values, "next_try_at": START + HOUR, **changes})


STUCK = [
    (Answer.THROTTLED, "devices_throttled", "throttled"),
    (Answer.FAILED, "devices_failing", "failed"),
    (Answer.NOT_SEEN, "devices_failing", "failed"),
    (Answer.NOT_ACCESSIBLE, "devices_not_accessible", "not_accessible"),
]


@pytest.mark.parametrize(("answer", "condition", "state"), STUCK)
def test_a_wish_that_does_not_arrive_is_told_with_its_number_and_where(token, alice, answer, condition, state):
    a_stuck_device(token, answer)
    a_stuck_device(token, answer, released_at=START)
    a_stuck_device(token, answer, next_try_at=START)  # its time has come: it is asked for again
    warning = the(condition)
    assert (warning.severity, warning.token, warning.details["count"]) == (Severity.WARNING, token, 1)
    assert warning.sentence.startswith("1 device of “Shops” ")
    assert warning.link == f"/devices/?token={token.pk}&state={state}&released=false"
    assert shown(warning, alice) == 1


def shown(warning, person):
    """How many devices the list shows that the warning leads to."""
    return DeviceFilter(QueryDict(urlsplit(warning.link).query), person=person).devices.count()


def test_a_profile_that_apple_refuses_fails_for_all_its_devices(token):
    profile = a_profile(token)
    ProfileRevision.objects.update(refusal_sentence="Apple does not know this language in this region.")
    for _number in range(2):
        a_device(token, wish=Wish.PROFILE, profile=profile)
    assert the("devices_failing").details["count"] == 2


def test_what_arrived_is_not_stuck_whatever_was_answered_before(token):
    a_stuck_device(token, Answer.THROTTLED, apple_profile_uuid="A" * 32, apple_profile_status="assigned")
    assert holding("devices_throttled") == []


class TestWithoutAProfile:
    def test_after_an_hour_it_is_a_warning(self, token, clock, alice):
        a_device(token)
        a_device(token, apple_profile_status="removed")
        clock.shift(HOUR - SECOND)
        assert count_anew("devices_without_profile") == []
        clock.shift(SECOND)
        (warning,) = count_anew("devices_without_profile")
        assert (warning.severity, warning.details["count"]) == (Severity.WARNING, 2)
        assert warning.sentence == "2 devices of “Shops” have no profile: turned on, they would not enroll."
        assert shown(warning, alice) == 2

    @pytest.mark.parametrize(
        "has",
        [
            {"apple_profile_status": "assigned"},
            {"apple_profile_status": "pushed"},
            {"wish": Wish.NO_PROFILE},
            {"released_at": START},
        ],
    )
    def test_what_has_one_or_is_to_have_none_is_none_of_them(self, token, clock, has):
        a_device(token, **has)
        clock.shift(2 * HOUR)
        assert count_anew("devices_without_profile") == []


class TestReleased:
    def test_they_are_told_with_the_day_of_the_first_deletion(self, token, alice, settings):
        settings.RELEASED_KEPT_DAYS = 45
        a_device(token)
        a_device(token, released_at=START)
        a_device(token, released_at=START - timedelta(days=40))
        warning = the("devices_released")
        assert warning.severity == Severity.NOTICE, "it leaves all healthy"
        said = "2 released devices of “Shops” are deleted here, the first on 6 January 2026."
        assert (warning.sentence, shown(warning, alice)) == (said, 2)

    def test_without_any_nothing_is_told(self, token):
        a_device(token)
        assert holding("devices_released") == []


def test_each_token_is_counted_by_itself_in_the_order_of_names(token):
    other = a_synced_token(START, name="Depots")
    a_stuck_device(token, Answer.FAILED)
    for _number in range(2):
        a_stuck_device(other, Answer.FAILED, profile=a_profile(other))
    assert [(one.token, one.details["count"]) for one in holding("devices_failing")] == [(other, 2), (token, 1)]


def test_who_sees_a_part_of_them_reads_of_that_part(token, alice, charlie):
    theirs = a_synced_token(START, name="Depots")
    theirs.scope_tags.add(ScopeTag.objects.get(name="Elsewhere"))
    for one in (token, theirs):
        a_device(one, released_at=START)
    assert [one.token for one in holding("devices_released", alice)] == [theirs, token]
    assert [one.token for one in holding("devices_released", charlie)] == [theirs]
    assert holding("devices_released", a_person("nobody", "helpdesk")), "to read devices is enough"


def test_who_may_not_read_devices_reads_nothing_of_them(token):
    person = a_person("doorman", "helpdesk")
    role = person.roles.get()
    role.permissions = ["read_token"]
    role.save()
    a_device(token, released_at=START)
    assert holding("devices_released", person) == []


def test_they_speak_french(token, clock):
    a_device(token, appeared_at=START - HOUR)
    a_device(token, released_at=START)
    a_stuck_device(token, Answer.FAILED)
    with override("fr"):
        said = typeset("1 appareil de « Shops » n'a pas de profil : allumé, il ne s'inscrirait pas.")
        assert the("devices_without_profile").sentence == said
        assert the("devices_released").sentence == typeset(
            "1 appareil libéré de « Shops » sera supprimé ici le 15 février 2026."
        )
        assert "Apple refuse" in the("devices_failing").sentence


def test_large_numbers_are_written_as_people_do(token):
    warning = the_with_count(token, 12_345)
    assert warning.sentence.startswith("12,345 released devices")
    with override("fr"):
        assert warning.sentence.startswith("12\xa0345 appareils libérés")


def the_with_count(token, count):
    a_device(token, released_at=timezone.now())
    warning = the("devices_released")
    warning.details = {**warning.details, "count": count}
    assert Device.objects.count() == 1
    return warning
