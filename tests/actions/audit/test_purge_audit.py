"""The log goes back as long as it is set to, and what is left can still be verified."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from enrollment.actions.audit.purge_audit import purge_audit
from enrollment.actions.audit.seal_audit import CannotSeal, seal_audit
from enrollment.actions.audit.verify_audit import verify_audit
from enrollment.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db


@pytest.fixture
def years(alice):
    """Five entries, one every 200 days; the last one is of today. Their head as it was noted after each."""
    heads, now = [], timezone.now()
    for turn in range(4, -1, -1):
        with time_machine.travel(now - timedelta(days=200 * turn), tick=False):
            AuditEntry.record("person.added", alice, by=alice, turn=turn)
            heads.append(str(seal_audit()))
    return heads


def test_what_is_too_old_goes_and_the_rest_is_whole(years, settings):
    settings.AUDIT_KEPT_DAYS = 500
    assert purge_audit() == 2
    assert list(AuditEntry.objects.order_by("pk").values_list("number", flat=True)) == [3, 4, 5, None]
    found = verify_audit()
    assert (found.is_whole, found.purged_until) == (True, 2)


def test_it_tells_of_itself_and_to_where(years, settings):
    settings.AUDIT_KEPT_DAYS = 500
    purge_audit()
    entry = AuditEntry.objects.get(action="audit.purged")
    assert (entry.who, entry.after) == ("", {"entries": 2, "until": years[1]})


def test_it_goes_on_in_portions_and_stops_at_the_first_that_is_kept(years, settings):
    settings.AUDIT_KEPT_DAYS = 100
    assert purge_audit(portion=3) == 4
    assert [entry.after["entries"] for entry in AuditEntry.objects.filter(action="audit.purged")] == [1, 3]
    assert purge_audit() == 0
    assert verify_audit().is_whole


def test_zero_keeps_everything(years, settings):
    settings.AUDIT_KEPT_DAYS = 0
    assert purge_audit() == 0
    assert AuditEntry.objects.count() == 5


def test_a_day_is_waited_for(years, settings):
    settings.AUDIT_KEPT_DAYS = 800
    with time_machine.travel(timezone.now() + timedelta(hours=20)):
        assert purge_audit() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert purge_audit() == 1


def test_what_was_noted_before_is_compared_as_far_as_it_goes_back(years, settings):
    settings.AUDIT_KEPT_DAYS = 500
    purge_audit()
    assert verify_audit(years[1]).is_whole, "the end of what is gone is kept"
    assert verify_audit(years[2]).is_whole
    assert [fault.kind.name for fault in verify_audit(years[0]).faults] == ["TOO_OLD"]


def test_nothing_is_purged_by_a_head_that_somebody_changed(years, settings):
    settings.AUDIT_KEPT_DAYS = 500
    AuditHead.objects.update(purged_number=1)
    with pytest.raises(CannotSeal):
        purge_audit()
    assert AuditEntry.objects.count() == 5
