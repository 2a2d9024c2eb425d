"""SYNC-10: the picture of the last 30 runs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrollment.models import SyncKind, SyncStatus
from enrollment.web.run_bars import HEIGHT, LEAST, picture_width, run_bars
from tests.cast import a_run, a_token

pytestmark = pytest.mark.django_db


def a_finished_run(token, seconds, kind=SyncKind.DELTA, status=SyncStatus.DONE):
    now = timezone.now()
    return a_run(token, kind, status=status, started_at=now - timedelta(seconds=seconds), finished_at=now)


def test_the_longest_is_as_high_as_the_picture_and_the_oldest_stands_first():
    token = a_token()
    short = a_finished_run(token, 10)
    long = a_finished_run(token, 100, SyncKind.FULL)
    waiting = a_run(token, SyncKind.DELTA)
    bars = run_bars([waiting, long, short])
    assert [bar.run for bar in bars] == [short, long, waiting]
    assert [bar.height for bar in bars] == [10.0, HEIGHT, LEAST]
    assert all(bar.y + bar.height == HEIGHT for bar in bars)
    assert bars[1].width > bars[0].width
    assert bars[1].x > bars[0].x + bars[0].width, "they do not touch"
    assert picture_width(bars) == bars[-1].x + bars[-1].width


def test_without_runs_there_is_no_picture(as_alice):
    assert run_bars([]) == []
    page = as_alice.get(reverse("token-tab", args=[a_token().pk, "history"])).content.decode()
    assert "run-bars" not in page


def test_every_bar_leads_to_its_run_and_is_told_in_words(as_alice):
    token = a_token()
    failed = a_finished_run(token, 5, status=SyncStatus.FAILED)
    for _n in range(40):
        a_finished_run(token, 1)
    page = as_alice.get(reverse("token-tab", args=[token.pk, "history"])).content.decode()
    picture = page[page.index("run-bars") : page.index("</figure>")]
    assert picture.count("<rect") == 30, "the thirty newest"
    assert reverse("sync-run", args=[failed.pk]) not in picture
    assert "Changes · Done</title>" in page


def test_the_picture_speaks_french_and_its_numbers_are_those_of_a_drawing(as_alice):
    token = a_token()
    a_finished_run(token, 3), a_finished_run(token, 7)
    url = reverse("token-tab", args=[token.pk, "history"])
    page = as_alice.get(url, headers={"Accept-Language": "fr"}).content.decode()
    assert "les plus récentes à droite" in page
    assert 'y="57.1"' in page, "no decimal comma"
