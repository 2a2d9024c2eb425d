"""WARN-3, the first half: what holds is remembered, and who is told of which step is written down, once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from enrollment.actions.warnings.audience import Audience
from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.note_warnings import note_warnings
from enrollment.models import Alert, Delivery, Dropped, Installation, Person, Role, ScopeTag, Severity, Token
from tests.cast import a_channel, a_person, a_synced_token, a_token

pytestmark = pytest.mark.django_db
START = datetime(2026, 6, 3, 9, 30, tzinfo=UTC)  # a Wednesday
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def a_minute():
    """What the clock does about warnings; how many wishes are new."""
    Installation.note_clock(timezone.now())
    return note_warnings()


def told():
    """Who is or was to be told what, by name."""
    return sorted((one.alert.condition, one.step, str(one.person or one.channel)) for one in Delivery.objects.all())


def an_ending_token(days=20, **changes):
    return a_synced_token(START, expires_at=START + timedelta(days=days), **changes)


def test_who_may_act_and_sees_the_token_is_told_once_per_step(clock, alice, bob, charlie):
    an_ending_token()
    assert a_minute() == 1
    assert a_minute() == 0
    assert told() == [("token_expiring", "30", "alice")], "Bob may not renew it, Charlie does not see it"
    clock.move_to(START + timedelta(days=7))
    Token.objects.update(synced_at=START + timedelta(days=7))
    assert a_minute() == 1
    assert told()[0] == ("token_expiring", "14", "alice")


def test_what_is_over_is_ended_and_no_longer_waits(clock, alice):
    token = a_token(rejected_at=START, expires_at=START + timedelta(days=300), synced_at=START)
    a_minute()
    Token.objects.update(rejected_at=None)
    clock.shift(MINUTE)
    a_minute()
    alert = Alert.objects.get(token=token)
    assert alert.ended_at == START + MINUTE
    delivery = alert.deliveries.get()
    assert (delivery.dropped_because, delivery.dropped_at) == (Dropped.OVER, START + MINUTE)


def test_what_comes_again_is_told_again(clock, alice):
    a_token(rejected_at=START, expires_at=START + timedelta(days=300), synced_at=START)
    a_minute()
    Token.objects.update(rejected_at=None)
    clock.shift(MINUTE)
    a_minute()
    Token.objects.update(rejected_at=START + 2 * MINUTE)
    clock.shift(MINUTE)
    assert a_minute() == 1
    assert Alert.objects.count() == 2


def test_what_was_only_out_of_sight_is_not_told_again(clock, alice):
    """Its beginning lies before the moment in which it seemed to be over."""
    a_token(rejected_at=START, expires_at=START + timedelta(days=300), synced_at=START)
    a_minute()
    Delivery.objects.update(sent_at=START)
    Token.objects.update(rejected_at=None)
    clock.shift(MINUTE)
    a_minute()
    Token.objects.update(rejected_at=START)
    assert a_minute() == 0
    assert Alert.objects.get().ended_at is None


def test_a_condition_has_to_hold_for_its_patience(clock, alice):
    a_token(unreachable_since=START, expires_at=START + timedelta(days=300), synced_at=START)
    assert a_minute() == 0
    clock.shift(timedelta(minutes=30) - timedelta(seconds=1))
    assert a_minute() == 0
    clock.shift(timedelta(seconds=1))
    assert a_minute() == 1


def test_nobody_is_told_of_what_is_snoozed_until_it_is_no_longer(clock, alice):
    an_ending_token()
    a_minute()
    Delivery.objects.all().delete()
    Alert.objects.update(
        snoozed_at=START, snoozed_until=START + DAY, snooze_reason="ordered", snoozed_severity="warning"
    )
    assert a_minute() == 0
    clock.move_to(START + DAY)
    Token.objects.update(synced_at=START + DAY)
    assert a_minute() == 1


def test_from_how_bad_on_is_everybodys_own_choice(clock, alice):
    an_ending_token()
    for choice, count in ((Severity.UNHEALTHY, 0), ("nothing", 0), (Severity.NOTICE, 1)):
        Person.objects.update(told_from=choice)
        assert a_minute() == count, choice


@pytest.mark.parametrize(
    "changes",
    [{"is_active": False}, {"is_service": True}, {"email": ""}],
    ids=["deactivated", "a program", "no address"],
)
def test_who_cannot_be_told_is_not(clock, alice, changes):
    Person.objects.update(**changes)
    an_ending_token()
    assert a_minute() == 0


def test_a_channel_takes_what_is_bad_enough_and_carries_one_of_its_tags(clock, db):
    tag, other = (ScopeTag.objects.create(name=name) for name in ("Lyon", "Nice"))
    an_ending_token(name="Lyon").scope_tags.add(tag)
    for name, changes in {
        "all": {},
        "off": {"is_on": False},
        "bad only": {"least_severity": Severity.UNHEALTHY},
    }.items():
        a_channel(name=name, **changes)
    a_channel(name="Lyon's").scope_tags.add(tag)
    a_channel(name="Nice's").scope_tags.add(other)
    a_minute()
    assert [name for _condition, _step, name in told()] == ["Lyon's", "all"]


def test_what_is_the_installations_is_for_those_who_see_all_of_it(clock, alice, charlie):
    broken = a_channel(name="broken", failing_since=START - timedelta(minutes=11))
    a_channel(name="whole")
    a_channel(name="part").scope_tags.add(ScopeTag.objects.get(name="Elsewhere"))
    a_minute()
    assert told() == [("channel_failing", "", "alice"), ("channel_failing", "", "whole")]
    assert broken.name not in {name for _condition, _step, name in told()}, "no channel is told of itself"


def test_digests_are_due_in_the_morning(clock, alice, settings):
    settings.TIME_ZONE = "Europe/Paris"
    an_ending_token()
    a_channel(name="daily", rhythm="daily")
    a_channel(name="weekly", rhythm="weekly")
    a_minute()
    due = {str(one.person or one.channel): one.due_at for one in Delivery.objects.all()}
    assert due["alice"] == START
    assert due["daily"] == datetime(2026, 6, 4, 5, 0, tzinfo=UTC), "7 o'clock in Paris"
    assert due["weekly"] == datetime(2026, 6, 8, 5, 0, tzinfo=UTC)


def test_a_dropped_wish_is_taken_up_when_it_is_theirs_again_but_not_what_was_given_up(clock, alice):
    an_ending_token()
    a_minute()
    for reason, again in ((Dropped.SNOOZED, True), (Dropped.NOT_THEIRS, True), (Dropped.GIVEN_UP, False)):
        Delivery.objects.update(dropped_at=START, dropped_because=reason)
        a_minute()
        assert (Delivery.objects.get().dropped_at is None) is again, reason


def test_two_clocks_at_once_make_one_wish(clock, alice):
    an_ending_token()
    a_minute()
    (delivery,), (alert,) = Delivery.objects.all(), Alert.objects.all()
    Delivery.objects.bulk_create(
        [Delivery(alert=alert, step="30", person=alice, created_at=START, due_at=START)], ignore_conflicts=True
    )
    Alert.objects.bulk_create([Alert(key=alert.key, condition="x", since=START)], ignore_conflicts=True)
    assert [*Delivery.objects.all()] == [delivery]
    assert [*Alert.objects.all()] == [alert]


def test_who_sees_what_is_decided_as_for_rows(db):
    """The rule of visible_to, which is written a second time so that no row is asked for."""
    tags = [ScopeTag.objects.create(name=name) for name in "abc"]
    tokens = [an_ending_token(name=f"{number}") for number in range(4)]
    for place, chosen in enumerate(([], [0], [0, 1], [2])):
        tokens[place].scope_tags.set([tags[one] for one in chosen])
    people = [a_person(name, "administrator") for name in ("p", "q", "r", "s")]
    for place, chosen in enumerate(([], [0], [1, 2], [2])):
        people[place].scope_tags.set([tags[one] for one in chosen])
    with time_machine.travel(START, tick=False):
        warnings = [one for one in current_warnings(None) if one.token]
        audience = Audience()
        for person in people:
            told = {one.token.pk for one in warnings if person in [to.row for to in audience.of(one)]}
            assert told == {*Token.objects.visible_to(person).values_list("pk", flat=True)}, person.username


def test_no_query_for_each_warning_or_each_who_is_told(clock, django_assert_max_num_queries):
    def grow(tokens, people):
        for number in range(tokens):
            an_ending_token(name=f"{Token.objects.count()}-{number}")
        for number in range(people):
            a_person(f"p{Person.objects.count()}-{number}", "administrator")
        a_channel()

    Role.objects.all()
    grow(1, 1)
    with django_assert_max_num_queries(40) as first:
        a_minute()
    grow(10, 10)
    with django_assert_max_num_queries(40) as second:
        a_minute()
    assert len(second.captured_queries) <= len(first.captured_queries)
    assert Delivery.objects.count() == 11 * (11 + 2)
