"""What holds now, for whom, in which order, and how often the database is asked."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.keep_alert import keep_alert
from enrollment.actions.warnings.snooze_warning import snooze_warning
from enrollment.models import Answer, Person, Profile, ScopeTag, SyncStatus, Token, Wish
from tests.actions.warnings.conditions.holding import START, the
from tests.cast import a_device, a_profile, a_run, a_synced_token, a_token

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_they_are_about_the_persons_tokens_the_worst_first(alice, charlie):
    now = timezone.now()
    a_token(name="Soon", expires_at=now + 40 * DAY)
    a_token(name="Refused", rejected_at=now)
    elsewhere = a_token(name="Elsewhere", terms_since=now)
    elsewhere.scope_tags.add(ScopeTag.objects.get(name="Elsewhere"))
    assert [one.token.name for one in current_warnings(alice)] == ["Refused", "Elsewhere", "Soon"]
    assert [one.token.name for one in current_warnings(charlie)] == ["Elsewhere"]


def test_of_one_severity_the_order_of_conditions_and_then_of_names_counts(alice):
    now = timezone.now()
    for name in ("B", "A"):
        a_synced_token(now, name=f"{name} refused", rejected_at=now)
        a_synced_token(now, name=f"{name} expired", expires_at=now)
    names = [one.token.name for one in current_warnings(alice)]
    assert names == ["A expired", "B expired", "A refused", "B refused"]


def test_what_no_row_knows_since_when_the_alert_remembers():
    with time_machine.travel(START, tick=False) as clock:
        a_run(a_synced_token(START), status=SyncStatus.FAILED, finished_at=START)
        (warning,) = current_warnings(None)
        assert warning.since == START, "nobody has noticed before"
        keep_alert(warning)
        clock.shift(timedelta(hours=5))
        assert the("sync_failed").since == START


def test_what_a_row_knows_is_since_then_whenever_it_was_noticed():
    with time_machine.travel(START, tick=False):
        a_synced_token(START, rejected_at=START - DAY)
        keep_alert(current_warnings(None)[0])
        assert current_warnings(None)[0].since == START - DAY


def test_a_snoozed_one_is_among_them_and_says_so_to_all(alice, bob):
    with time_machine.travel(START, tick=False) as clock:
        token = a_synced_token(START, rejected_at=START)
        a_synced_token(START, terms_since=START)
        snooze_warning(f"token_rejected.token-{token.pk}", until=START + DAY, reason="Known.", by=alice)
        for person in (None, alice, bob):
            snoozed = {one.condition.id: one.is_snoozed for one in current_warnings(person)}
            assert snoozed == {"token_rejected": True, "terms_not_signed": False}
        assert current_warnings(bob)[0].snooze.snoozed_by == alice
        clock.shift(DAY)
        assert not any(one.is_snoozed for one in current_warnings(alice))


def in_all_kinds_of_trouble(number):
    now = timezone.now()
    token = a_synced_token(now - 4 * DAY, expires_at=now + 20 * DAY, unreachable_since=now)
    a_run(token, status=SyncStatus.FAILED, finished_at=now)
    profile = a_profile(token, apple_uuid=f"{number:032}")
    for answer in (Answer.FAILED, Answer.THROTTLED):
        a_device(token, wish=Wish.PROFILE, profile=profile, answer=answer, next_try_at=now + DAY)
    a_device(token, appeared_at=now - DAY)
    a_device(token, released_at=now)
    for other in ({"rejected_at": now}, {"terms_since": now}, {"verified_at": None}, {"expires_at": now}):
        a_synced_token(now, **other)


@pytest.mark.parametrize("narrowed", [False, True])
def test_more_tokens_in_trouble_ask_no_more(alice, narrowed):
    tag = ScopeTag.objects.create(name="Part")
    if narrowed:
        alice.scope_tags.add(tag)

    def asked():
        for warning in current_warnings(None):
            keep_alert(warning)
        tag.tokens.set(Token.objects.all())
        cache.clear()
        with CaptureQueriesContext(connection) as cold:
            found = current_warnings(Person.objects.get(pk=alice.pk))
            told = [(one.sentence, one.remedy, one.link, one.key, one.step) for one in found]
        with CaptureQueriesContext(connection) as warm:
            current_warnings(Person.objects.get(pk=alice.pk))
        return len(told), len(cold), len(warm)

    in_all_kinds_of_trouble(1)
    first = asked()
    for number in range(2, 12):
        in_all_kinds_of_trouble(number)
    later = asked()
    assert later[0] == 11 * first[0]
    assert later[1:] == first[1:]
    assert first[2] <= 18, "the bell stands on every page"
    assert Profile.objects.count() == 11
