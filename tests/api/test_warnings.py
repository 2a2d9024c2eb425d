"""Warnings for programs: what stands, one by one, snoozed and woken, as on their pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.keep_alert import keep_alert
from enrollment.models import Alert, AuditEntry, Delivery, ScopeTag
from tests.cast import a_token, a_vpp_token
from tests.typeset import typeset

pytestmark = pytest.mark.django_db
WHY = "The renewal is planned"


@pytest.fixture
def lyon(db):
    return a_token(name="Lyon", rejected_at=timezone.now() - timedelta(days=2))


@pytest.fixture
def key(lyon):
    return f"token_rejected.token-{lyon.pk}"


def in_days(days):
    return (timezone.now() + timedelta(days=days)).isoformat()


def keys(answer):
    assert answer.status_code == 200, answer.json()
    return [one["key"].partition(".")[0] for one in answer.json()["results"]]


def test_a_warning_says_what_its_page_says(program, alice, lyon, key):
    (found,) = program(alice)("get", "warnings/").json()["results"]
    assert found == {
        "key": key,
        "condition": "token_rejected",
        "severity": "unhealthy",
        "sentence": "Apple rejects the token “Lyon”.",
        "remedy": "A newer token was downloaded, its administrator left, or their password changed. "
        "Renew it with a new file.",
        "since": found["since"],
        "step": "",
        "token": lyon.pk,
        "vpp_token": None,
        "link": f"http://localhost:8000/tokens/{lyon.pk}/",
        "is_snoozed": False,
        "snoozed_until": None,
        "snoozed_by": "",
        "snooze_reason": "",
    }


def test_it_is_said_in_the_language_asked_for(program, alice, lyon):
    (found,) = program(alice)("get", "warnings/", headers={"Accept-Language": "fr"}).json()["results"]
    assert typeset("« Lyon »") in found["sentence"]


def test_the_list_is_filtered_like_the_page(program, alice, lyon, key):
    a_token(name="Paris", expires_at=timezone.now() + timedelta(days=40))
    ask = program(alice)
    assert keys(ask("get", "warnings/")) == ["token_rejected", "token_expiring"]
    assert keys(ask("get", "warnings/?severity=warning")) == ["token_expiring"]
    assert keys(ask("get", "warnings/?condition=token_rejected")) == ["token_rejected"]
    assert keys(ask("get", f"warnings/?token={lyon.pk}")) == ["token_rejected"]
    app = a_vpp_token(days=3)
    assert keys(ask("get", f"warnings/?vpp_token={app.pk}")) == ["vpp_token_expiring"]
    assert keys(ask("get", "warnings/?snoozed=true")) == []
    ask("post", f"warnings/{key}/snooze/", data={"until": in_days(3), "reason": WHY})
    assert keys(ask("get", "warnings/?snoozed=true")) == ["token_rejected"]
    for query in ("severity=dire", "condition=x", "token=0", "vpp_token=0", "snoozed=perhaps", "fields=alert"):
        assert ask("get", f"warnings/?{query}").status_code == 400, query
    assert ask("get", "warnings/?fields=key,severity").json()["results"][0].keys() == {"key", "severity"}


def test_pages_follow_each_other_and_back_again(program, alice):
    for number in range(5):
        a_token(name=f"Shop {number}", rejected_at=timezone.now())
    ask, path, seen = program(alice), "warnings/?page_size=2&fields=sentence", []
    while path:
        answer = ask("get", path).json()
        seen.append([one["sentence"][-3] for one in answer["results"]])
        before, path = answer["previous"], answer["next"] and answer["next"].partition("/api/v1/")[2]
    assert seen == [["0", "1"], ["2", "3"], ["4"]]
    answer = ask("get", before.partition("/api/v1/")[2]).json()
    assert [one["sentence"][-3] for one in answer["results"]] == ["2", "3"]
    answer = ask("get", answer["previous"].partition("/api/v1/")[2]).json()
    assert [one["sentence"][-3] for one in answer["results"]] == ["0", "1"]
    assert answer["previous"] is None
    assert ask("get", "warnings/?cursor=nonsense").status_code == 404


def test_snoozed_until_when_by_whom_and_why(program, alice, bob, key):
    until = in_days(3)
    answer = program(alice)("post", f"warnings/{key}/snooze/", data={"until": until, "reason": WHY})
    assert answer.status_code == 200
    seen = program(bob)("get", f"warnings/{key}/").json()
    assert (seen["is_snoozed"], seen["snoozed_by"], seen["snooze_reason"]) == (True, "alice", WHY)
    assert AuditEntry.objects.get(action="warning.snoozed").key_name
    woken = program(alice)("post", f"warnings/{key}/wake/").json()
    assert (woken["is_snoozed"], woken["snoozed_until"]) == (False, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": WHY}, "until"),
        ({"until": "soon", "reason": WHY}, "until"),
        ({"until": "2020-01-01T00:00:00Z", "reason": WHY}, "until"),
        ({"until": "9999-12-31T23:59:59Z", "reason": WHY}, "until"),
        ({"until": None, "reason": WHY}, "until"),
        ({"until": "2030-01-01T00:00:00Z", "reason": "x" * 501}, "reason"),
        ({"until": "2030-01-01T00:00:00Z", "reason": " "}, "reason"),
        ({"until": "2030-01-01T00:00:00Z", "reason": WHY, "for_ever": True}, "for_ever"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(program, alice, key, body, field):
    answer = program(alice)("post", f"warnings/{key}/snooze/", data=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert field in answer.json()["errors"]
    assert not Alert.objects.exists()


def test_a_narrowed_key_snoozes_nothing_it_does_not_see(program, alice, lyon, key):
    ScopeTag.objects.create(name="North")
    ask = program(alice, tags=["North"])
    assert keys(ask("get", "warnings/")) == []
    body = {"until": in_days(3), "reason": WHY}
    assert ask("post", f"warnings/{key}/snooze/", data=body).status_code == 404
    assert program(alice, role="helpdesk")("post", f"warnings/{key}/snooze/", data=body).status_code == 403


def test_one_that_is_over_is_remembered_and_not_snoozed(program, alice, charlie, lyon, key):
    keep_alert(current_warnings(None)[0])
    lyon.rejected_at = None
    lyon.save()
    Alert.objects.update(ended_at=timezone.now())
    seen = program(alice)("get", f"warnings/{key}/").json()
    assert (seen["severity"], seen["sentence"], seen["token"]) == (None, "Token rejected", lyon.pk)
    assert seen["ended_at"]
    answer = program(alice)("post", f"warnings/{key}/snooze/", data={"until": in_days(3), "reason": WHY})
    assert answer.status_code == 409
    assert answer.json()["detail"] == "This warning is over: what it was about is in order again."
    assert program(charlie)("get", f"warnings/{key}/").status_code == 404


def test_whom_it_was_told_is_for_who_may_know(program, alice, bob, key):
    alert = keep_alert(current_warnings(None)[0])
    now = timezone.now()
    Delivery.objects.create(alert=alert, person=alice, step="30", created_at=now, due_at=now, sent_at=now)
    told = program(alice)("get", f"warnings/{key}/").json()["told"]
    assert (told["sent"], told["waiting"], told["dropped"]) == (1, 0, 0)
    assert told["tellings"][0] | {"at": ""} == {
        "to": "alice",
        "is_channel": False,
        "step": "30",
        "state": "told",
        "at": "",
        "dropped_because": "",
        "trouble": "",
    }
    assert program(bob)("get", f"warnings/{key}/").json()["told"] | {"tellings": None} == told | {"tellings": None}
    assert program(bob)("get", f"warnings/{key}/").json()["told"]["tellings"] == []


def test_a_token_tells_its_health(program, alice, lyon):
    a_token(name="Paris", expires_at=timezone.now() + timedelta(days=40))
    a_token(name="Rome")
    found = program(alice)("get", "tokens/?fields=name,health").json()["results"]
    assert found == [
        {"name": "Lyon", "health": "unhealthy"},
        {"name": "Paris", "health": "warning"},
        {"name": "Rome", "health": "healthy"},
    ]
    assert program(alice)("get", f"tokens/{lyon.pk}/").json()["health"] == "unhealthy"


@pytest.mark.parametrize("path", ["warnings/", "tokens/"])
def test_a_list_asks_as_much_for_eleven_as_for_one(program, alice, path):
    ask = program(alice)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert ask("get", path).status_code == 200
        return len(captured)

    a_token(rejected_at=timezone.now())
    ask("get", path)
    one = queries()
    for _ in range(10):
        a_token(rejected_at=timezone.now())
    assert queries() == one
