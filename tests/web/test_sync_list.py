"""The syncs of all tokens, by token, status, kind and day."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enrollment.models import ScopeTag, SyncKind, SyncStatus
from tests.cast import a_run, a_token

pytestmark = pytest.mark.django_db


def ended(token, days=0, **changes):
    at = timezone.now() - timedelta(days=days)
    known = {"status": SyncStatus.DONE, "kind": SyncKind.DELTA, "asked_at": at, "started_at": at, "finished_at": at}
    return a_run(token, **{**known, **changes})


def listed(browser, **filters):
    return browser.get(reverse("sync-list"), filters).context["page"].rows


def test_the_newest_comes_first_and_each_leads_to_its_own_page(as_bob):
    lyon, paris = a_token(name="Lyon"), a_token(name="Paris")
    old, new = ended(lyon, days=3), ended(paris)
    assert listed(as_bob) == [new, old]
    page = as_bob.get(reverse("sync-list")).content.decode()
    for run in (old, new):
        assert reverse("sync-run", args=[run.pk]) in page
        assert reverse("token-detail", args=[run.token_id]) in page


def test_they_are_found_by_token_status_kind_and_day(as_bob):
    lyon, paris = a_token(), a_token()
    old = ended(lyon, days=3)
    failed = ended(paris, status=SyncStatus.FAILED)
    full = ended(paris, kind=SyncKind.FULL)
    open_one = a_run(lyon, SyncKind.DELTA)
    assert listed(as_bob, token=lyon.pk) == [open_one, old]
    assert listed(as_bob, status="failed") == [failed]
    assert listed(as_bob, kind="full") == [full]
    today, then = timezone.localdate(), timezone.localdate() - timedelta(days=3)
    assert listed(as_bob, since=f"{today}", until=f"{today}") == [full, failed], "what has not ended ended on no day"
    assert listed(as_bob, until=f"{then}") == [old]


def test_a_filter_that_is_no_filter_finds_nothing_and_is_told_at_its_field(as_bob):
    ended(a_token())
    answer = as_bob.get(reverse("sync-list"), {"since": "yesterday"})
    assert answer.context["page"].rows == []
    assert "field-error" in answer.content.decode()
    assert "No sync matches" in answer.content.decode()


def test_before_the_first_sync_it_says_what_is_to_come(as_bob):
    assert "The first one starts by itself when a token is connected." in as_bob.get("/syncs/").content.decode()


def test_nobody_sees_the_syncs_of_others(as_charlie, charlie):
    theirs, ours = a_token(), a_token()
    ours.scope_tags.set(ScopeTag.objects.filter(name="Elsewhere"))
    ended(theirs)
    seen = ended(ours)
    assert listed(as_charlie) == [seen]
    assert listed(as_charlie, token=theirs.pk) == []


def test_a_list_of_eleven_asks_as_much_as_one_of_one_and_goes_on_after_fifty(as_bob):
    asked = []
    listed(as_bob)  # and what is kept for a minute
    for count in (1, 10):
        for _n in range(count):
            ended(a_token())
        with CaptureQueriesContext(connection) as captured:
            listed(as_bob)
        asked.append(len(captured))
    assert asked[0] == asked[1]
    token = a_token()
    for _n in range(50):
        ended(token)
    first = as_bob.get(reverse("sync-list")).context["page"]
    rest = as_bob.get(f"{reverse('sync-list')}?{first.next_query}").context["page"]
    assert len(first.rows) == 50
    assert len(rest.rows) == 11
    assert not {*first.rows} & {*rest.rows}
