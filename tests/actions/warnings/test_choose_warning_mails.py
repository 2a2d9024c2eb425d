from datetime import timedelta

import pytest
from django.utils import timezone

from enrollment.actions.warnings.choose_warning_mails import choose_warning_mails
from enrollment.actions.warnings.purge_alerts import purge_alerts
from enrollment.models import Alert, AuditEntry, Delivery
from tests.actions.warnings.conftest import WEDNESDAY
from tests.cast import a_synced_token

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_somebody_chooses_what_is_mailed_and_it_is_recorded(alice):
    choose_warning_mails(alice, told_from="unhealthy", told_rhythm="daily", by=alice)
    alice.refresh_from_db()
    assert (alice.told_from, alice.told_rhythm) == ("unhealthy", "daily")
    entry = AuditEntry.objects.get(action="person.warning_mails_chosen")
    assert entry.before == {"told_from": "", "told_rhythm": "at_once"}
    choose_warning_mails(alice, told_from="unhealthy", told_rhythm="daily", by=alice)
    assert AuditEntry.objects.filter(action="person.warning_mails_chosen").count() == 1, "nothing has changed"


def test_what_waits_for_the_morning_goes_out_at_once_when_that_is_chosen(a_minute, clock, alice, mailbox):
    choose_warning_mails(alice, told_from="", told_rhythm="weekly", by=alice)
    a_synced_token(WEDNESDAY, expires_at=WEDNESDAY + 20 * DAY)
    assert a_minute() == 0
    choose_warning_mails(alice, told_from="", told_rhythm="at_once", by=alice)
    assert a_minute() == 1


def test_who_wants_nothing_gets_nothing_that_waits_either(a_minute, clock, alice, mailbox):
    choose_warning_mails(alice, told_from="", told_rhythm="daily", by=alice)
    a_synced_token(WEDNESDAY, expires_at=WEDNESDAY + 20 * DAY)
    a_minute()
    choose_warning_mails(alice, told_from="nothing", told_rhythm="at_once", by=alice)
    assert a_minute() == 0
    assert mailbox.mails == []


def test_what_was_over_long_ago_is_forgotten_with_what_was_told_of_it(alice):
    now = timezone.now()
    for key, ended in (("old", now - 91 * DAY), ("recent", now - 89 * DAY), ("standing", None)):
        alert = Alert.objects.create(key=key, condition="x", since=now - 300 * DAY, ended_at=ended)
        Delivery.objects.create(alert=alert, person=alice, created_at=now, due_at=now)
    assert purge_alerts() == 1
    assert {*Alert.objects.values_list("key", flat=True)} == {"recent", "standing"}
    assert Delivery.objects.count() == 2
