"""Tokens for programs: seen, edited, synced, given a default profile, emptied and deleted, as on their pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment.models import AuditEntry, Device, Profile, ScopeTag, SyncRun, Token, Wish
from tests.cast import a_device, a_profile, a_run, a_synced_token, a_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(db):
    return a_synced_token(timezone.now() - timedelta(hours=1), name="Lyon", org_name="Orchard Ltd")


def names(answer):
    assert answer.status_code == 200, answer.json()
    return [token["name"] for token in answer.json()["results"]]


def test_the_list_is_searched_filtered_and_sorted_like_the_page(program, alice, token):
    paris = a_token(name="Paris", verified_at=None)
    ask = program(alice)
    assert names(ask("get", "tokens/")) == ["Lyon", "Paris"]
    assert names(ask("get", "tokens/?sort=-synced_at&page_size=1")) == ["Lyon"]
    assert names(ask("get", "tokens/?q=orchard%20l")) == ["Lyon"]
    assert names(ask("get", "tokens/?status=not_verified")) == ["Paris"]
    Token.objects.filter(pk=paris.pk).update(expires_at=timezone.now() + timedelta(days=2))
    assert names(ask("get", "tokens/?sort=expires_at")) == ["Paris", "Lyon"]
    for query in ("status=nonsense", "sort=secret", "fields=sealed_credentials"):
        assert ask("get", f"tokens/?{query}").status_code == 400


@pytest.mark.parametrize("sort", ["name", "expires_at", "-synced_at"])
def test_pages_in_any_order_show_every_token_once(program, alice, sort):
    for number in range(5):
        a_token(synced_at=timezone.now() if number % 2 else None)
    ask, path, seen = program(alice), f"tokens/?page_size=2&sort={sort}", []
    while path:
        answer = ask("get", path).json()
        seen += [one["id"] for one in answer["results"]]
        path = answer["next"] and answer["next"].partition("/api/v1/")[2]
    assert len(seen) == len(set(seen)) == 5


def test_the_list_asks_as_much_for_eleven_tokens_as_for_one(program, alice):
    def a_whole_one():
        token = a_token()
        token.scope_tags.add(ScopeTag.objects.create(name=f"Tag {token.pk}"))
        token.default_profile = a_profile(token)
        token.save()
        a_device(token)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert ask("get", "tokens/").status_code == 200
        return len(captured)

    ask = program(alice)
    a_whole_one()
    queries()
    one = queries()
    for _ in range(10):
        a_whole_one()
    assert queries() == one


def test_one_token_tells_its_counts_its_account_and_what_is_next(program, alice, token):
    a_device(token, apple_profile_status="pushed")
    a_device(token, released_at=timezone.now())
    a_profile(token)
    Token.objects.filter(pk=token.pk).update(org_phone="1234", terms_since=timezone.now(), trouble_sentence="Hm.")
    answer = program(alice)("get", f"tokens/{token.pk}/").json()
    assert (answer["device_count"], answer["profile_count"], answer["released_count"]) == (1, 1, 1)
    assert answer["by_status"] == {"empty": 0, "assigned": 0, "pushed": 1, "removed": 0}
    assert (answer["org_phone"], answer["status"], answer["trouble"]) == ("1234", "terms_not_signed", "Hm.")
    assert answer["sync"]["by_hand"]["reason"] == "Apple's new terms must be accepted in the portal first."
    assert not answer["sync"]["by_hand"]["may_start"]


def test_sync_10_the_state_of_a_sync_under_way(program, alice, token):
    begun = timezone.now() - timedelta(seconds=10)
    run = a_run(token, status="running", started_at=begun, received=1_000, expected=10_000, lease_until=timezone.now())
    answer = program(alice)("get", f"tokens/{token.pk}/sync-state/").json()
    assert (answer["run"]["id"], answer["percent"], answer["minutes_left"]) == (run.pk, 10, 3)
    assert answer["per_second"] > 0
    assert answer["by_hand"] == {"may_start": False, "reason": "A sync of this token is under way.", "until": None}


def test_a_full_sync_is_asked_for_and_refused_within_seven_days(program, alice, token):
    ask, path = program(alice), f"tokens/{token.pk}/sync/"
    answer = ask("post", path, data={"full": True})
    assert answer.status_code == 409
    assert "once in 7 days" in answer.json()["detail"]
    Token.objects.filter(pk=token.pk).update(full_synced_at=timezone.now() - timedelta(days=8))
    answer = ask("post", path, data={"full": True})
    assert (answer.status_code, answer.json()["kind"]) == (202, "full")
    assert ask("get", answer.headers["Location"].partition("/api/v1/")[2]).json()["id"] == SyncRun.objects.get().pk


@pytest.mark.parametrize("said", [{"ful": True}, {"full": "perhaps"}, {"full": None}, [], "x", 1])
def test_a_sync_asked_for_in_other_words_is_refused_and_not_begun(program, alice, token, said):
    answer = program(alice)("post", f"tokens/{token.pk}/sync/", data=said)
    assert (answer.status_code, SyncRun.objects.count()) == (400, 0)


def test_name_and_scope_tags_are_edited_each_alone(program, alice, bob, charlie, token):
    tag = ScopeTag.objects.create(name="South")
    path = f"tokens/{token.pk}/"
    assert program(bob)("patch", path, data={"name": "X"}).status_code == 403
    assert program(charlie)("patch", path, data={"name": "X"}).status_code == 404
    ask = program(alice)
    assert ask("patch", path, data={"name": " Lille "}).json()["name"] == "Lille"
    assert ask("patch", path, data={"scope_tags": [tag.pk]}).json()["scope_tags"] == [tag.pk]
    assert ask("patch", path, data={"name": "Nice"}).json()["scope_tags"] == [tag.pk]
    assert AuditEntry.objects.filter(action="token.edited").count() == 3
    a_token(name="Paris")
    answer = ask("patch", path, data={"name": "Paris"})
    assert answer.json()["errors"] == {"name": ["Another token has this name already."]}
    assert Token.objects.get(pk=token.pk).name == "Nice"


@pytest.mark.parametrize(
    "said", [{"name": ""}, {"name": "x" * 101}, {"name": "a\x00"}, {"name": []}, {"scope_tags": [10**30]}]
)
def test_what_a_token_cannot_be_called_is_said_at_the_field(program, alice, token, said):
    answer = program(alice)("patch", f"tokens/{token.pk}/", data=said)
    assert (answer.status_code, set(answer.json()["errors"])) == (400, set(said))


def test_who_is_narrowed_gives_own_tags_and_takes_away_no_others(program, charlie, token):
    elsewhere, ours = ScopeTag.objects.get(name="Elsewhere"), ScopeTag.objects.create(name="Ours")
    token.scope_tags.set([elsewhere, ours])
    ask, path = program(charlie), f"tokens/{token.pk}/"
    assert ask("get", path).json()["scope_tags"] == [elsewhere.pk]
    assert ask("patch", path, data={"scope_tags": []}).json()["errors"]["scope_tags"] == [
        "Choose one of yours: without it you would not see the token."
    ]
    assert ask("patch", path, data={"scope_tags": [ours.pk]}).status_code == 400
    assert ask("patch", path, data={"scope_tags": [elsewhere.pk]}).status_code == 200
    assert set(token.scope_tags.all()) == {elsewhere, ours}


def test_dev_5_a_default_profile_is_set_given_to_those_there_and_unset(program, alice, bob, charlie, token):
    profile, path = a_profile(token, apple_uuid="A" * 32), f"tokens/{token.pk}/default-profile/"
    device = a_device(token, apple_profile_status="empty")
    assert program(bob)("put", path, data={"profile": profile.pk}).status_code == 403
    assert program(charlie)("put", path, data={"profile": profile.pk}).status_code == 404
    ask = program(alice)
    assert ask("get", path).json() == {"profile": None, "since": None, "waiting": 0}
    answer = ask("put", path, data={"profile": profile.pk}).json()
    assert (answer["profile"], answer["waiting"]) == (profile.pk, 1)
    answer = ask("post", f"{path}give/")
    assert (answer.status_code, answer.json()) == (202, {"count": 1})
    device.refresh_from_db()
    assert (device.wish, device.profile) == (Wish.PROFILE, profile)
    assert ask("put", path, data={"profile": None}).json()["profile"] is None
    assert Token.objects.get(pk=token.pk).default_profile is None


def test_a_default_profile_is_one_of_the_tokens_own(program, alice, charlie, token):
    path, stranger = f"tokens/{token.pk}/default-profile/", a_profile(a_token())
    answer = program(alice)("put", path, data={"profile": stranger.pk})
    assert answer.json()["errors"] == {"profile": ["This profile belongs to another token."]}
    token.scope_tags.add(ScopeTag.objects.get(name="Elsewhere"))
    answer = program(charlie)("put", path, data={"profile": stranger.pk})
    assert answer.json()["errors"] == {"profile": ["There is no such thing here."]}


def test_del_1_what_is_left_is_told_removed_and_then_the_token_goes(program, alice, token):
    a_device(token), a_profile(token)
    ask, path = program(alice), f"tokens/{token.pk}/"
    conditions = ask("get", f"{path}deletion/").json()["conditions"]
    assert [(one["condition"], one["holds"], one["count"]) for one in conditions] == [
        ("no_device", False, 1),
        ("no_device_of_default", True, 0),
        ("no_profile", False, 1),
    ]
    answer = ask("delete", f"{path}?name=Lyon")
    assert answer.status_code == 409
    assert answer.json()["errors"] == {
        "no_device": ["No device is assigned to the token."],
        "no_profile": ["No profile is left under the token."],
    }
    for name in ("clear-devices", "clear-profiles"):
        assert ask("post", f"{path}{name}/", data={"name": "Other"}).status_code == 400
        assert ask("post", f"{path}{name}/", data={"name": "Lyon"}).json() == {"count": 1}
    assert (Device.objects.count(), Profile.objects.count()) == (0, 0)
    for query in ("", "?name=Paris"):
        assert ask("delete", path + query).json()["errors"] == {"name": ["Type the name of the token to confirm."]}
    assert ask("delete", f"{path}?name=Lyon").status_code == 204
    assert not Token.objects.exists()


def test_each_removal_has_a_permission_of_its_own(program, bob, charlie, token):
    for method, path in (
        ("delete", ""),
        ("get", "deletion/"),
        ("post", "clear-devices/"),
        ("post", "clear-profiles/"),
        ("post", "key/"),
        ("post", "certificate/"),
    ):
        assert program(bob)(method, f"tokens/{token.pk}/{path}").status_code == 403
        assert program(charlie)(method, f"tokens/{token.pk}/{path}").status_code == 404


def test_refusals_speak_french(program, alice, token):
    a_device(token)
    answer = program(alice)("delete", f"tokens/{token.pk}/?name=Lyon", headers={"Accept-Language": "fr"}).json()
    assert answer["detail"] == "Il reste quelque chose sous le jeton."
    assert answer["errors"]["no_device"] == ["Aucun appareil n'est affecté au jeton."]
