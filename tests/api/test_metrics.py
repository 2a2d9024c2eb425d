"""WARN-4: figures for Prometheus, read by its own parsers, held against its rules for names."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
import yaml
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.actions.access.revoke_api_key import revoke_api_key
from enrollment.models import (
    Alert,
    ApiKey,
    Delivery,
    Installation,
    Licences,
    Operation,
    OperationKind,
    OperationStatus,
    Person,
    Role,
    ScopeTag,
    SyncStatus,
    Wish,
)
from tests.cast import a_device, a_profile, a_run, a_synced_token, a_token, a_vpp_token

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
DOCUMENTATION = settings.BASE_DIR / "docs" / "metrics.md"
OPENMETRICS = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5"


@pytest.fixture(autouse=True)
def new_year():
    with time_machine.travel(START, tick=False) as clock:
        yield clock


def within(days):
    return timezone.now() + timedelta(days=days)


def ask(person, accept="text/plain", **less):
    key = make_api_key(person, name="Prometheus", by=None, **less)
    return Client().get("/metrics", headers={"authorization": f"Bearer {key}", "accept": accept})


def figures(person, **less):
    """{name: {its labels' values, the token's first: figure}}."""
    found = {}
    for family in read_text(ask(person, **less).content.decode()):
        for sample in family.samples:
            labels = sorted(sample.labels, key=lambda label: (not label.endswith("token"), label))
            found.setdefault(sample.name, {})[tuple(sample.labels[label] for label in labels)] = sample.value
    return found


def one_of_everything():
    token = a_synced_token(timezone.now() - timedelta(hours=2), name='Shops "North"\\')
    profile = a_profile(token, apple_uuid="A" * 32)
    a_device(token, apple_profile_status="assigned", apple_profile_uuid="A" * 32, wish=Wish.PROFILE, profile=profile)
    a_run(token, status=SyncStatus.FAILED, finished_at=timezone.now())
    vpp_token = a_vpp_token(name="Licences", read_at=timezone.now())
    values = {"adam_id": "719171358", "pricing_param": "STDQ", "total": 500, "assigned": 180, "available": 320}
    Licences.objects.create(vpp_token=vpp_token, **values)
    Installation.objects.update_or_create(pk=1, defaults={"clock_at": timezone.now()})
    return token


def test_each_of_its_parsers_reads_it(alice):
    one_of_everything()
    plain, open_one = ask(alice), ask(alice, OPENMETRICS)
    assert plain["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert open_one["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert open_one.content.endswith(b"# EOF\n")

    def samples(families):
        found = {(s.name, *s.labels.items()): s.value for family in families for s in family.samples}
        return {key: value for key, value in found.items() if "key" not in str(key)}

    first, second = samples(read_text(plain.content.decode())), samples(read_openmetrics(open_one.content.decode()))
    assert first == second
    assert ("pomona_token_expiry_timestamp_seconds", ("token", 'Shops "North"\\')) in first
    assert plain["Cache-Control"] == "no-store"


@pytest.mark.parametrize("accept", ["", "*/*", "application/openmetrics-text;version=x", "text/html", "nonsense;;"])
def test_whatever_is_asked_for_it_answers(alice, accept):
    assert ask(alice, accept).status_code == 200


def test_names_and_units_are_as_prometheus_wants_them(alice):
    """What `promtool check metrics` looks at, and the base units."""
    one_of_everything()
    families = list(read_text(ask(alice).content.decode()))
    assert len(families) > 18
    assert len({family.name for family in families}) == len(families)
    for family in families:
        assert re.fullmatch(r"pomona_[a-z]+(_[a-z]+)*", family.name)
        assert family.documentation.endswith(".")
        assert family.type in ("gauge", "counter"), family.name
        names = {sample.name for sample in family.samples}
        is_counter = all(name.endswith("_total") for name in names)
        assert is_counter == (family.type == "counter"), family.name
        assert not re.search(r"_(gauge|counter|count|sum|bucket|metric)\b", family.name)
        assert not re.search(r"_(milli|micro)?(minutes|hours|ms|milliseconds|percent|kilobytes)\b", family.name)
        if "timestamp" in family.name or "age" in family.name.split("_"):
            assert family.name.endswith("_seconds")
        for sample in family.samples:
            for label, value in sample.labels.items():
                assert re.fullmatch(r"[a-z]+(_[a-z]+)*", label)
                assert value


def test_tokens(alice):
    a_synced_token(START - timedelta(hours=3), name="Shops", expires_at=within(36.5))
    a_token(name="Vans", expires_at=within(-2), synced_at=None)
    found = figures(alice)
    assert found["pomona_token_expiry_timestamp_seconds"][("Shops",)] == within(36.5).timestamp()
    assert found["pomona_token_days_left"] == {("Shops",): 36.5, ("Vans",): -2}
    assert found["pomona_token_last_sync_timestamp_seconds"] == {("Shops",): START.timestamp() - 10_800}
    assert found["pomona_token_last_sync_age_seconds"] == {("Shops",): 10_800}
    assert found["pomona_token_status"] == {("Shops", "active"): 1, ("Vans", "expired"): 1}
    assert found["pomona_tokens"][("expired",)] == 1
    assert found["pomona_tokens"][("rejected",)] == 0


def test_failed_syncs_are_counted_and_never_less(alice):
    token = a_token(name="Shops")
    for status in (SyncStatus.FAILED, SyncStatus.FAILED, SyncStatus.DONE, SyncStatus.TIMED_OUT):
        a_run(token, status=status, finished_at=timezone.now())
    assert figures(alice)["pomona_token_syncs_failed_total"] == {("Shops",): 2}


def test_devices(alice, bob):
    token, other = a_token(name="Shops"), a_token(name="Vans")
    profile = a_profile(token, apple_uuid="A" * 32)
    wanted = {"wish": Wish.PROFILE, "profile": profile, "next_try_at": within(1)}
    a_device(token, apple_profile_status="pushed")
    a_device(token, apple_profile_status="pushed", released_at=timezone.now())
    a_device(token, answer="throttled", **wanted)
    for _two in range(2):
        a_device(token, answer="failed", **wanted)
    a_device(token, appeared_at=within(-1))
    found = figures(bob)
    assert found["pomona_devices"][("Shops", "pushed")] == 1
    assert found["pomona_devices"][("Shops", "empty")] == 4
    assert found["pomona_devices"][(other.name, "empty")] == 0
    assert found["pomona_devices_released"] == {("Shops",): 1, ("Vans",): 0}
    assert found["pomona_devices_without_profile"] == {("Shops",): 1, ("Vans",): 0}
    failing = found["pomona_devices_failing"]
    reasons = ("throttled", "failed", "not_accessible")
    assert [failing["Shops", reason] for reason in reasons] == [1, 2, 0]


def test_what_waits(alice):
    token, idle = a_token(name="Shops"), a_token(name="Vans")
    profile = a_profile(token, apple_uuid="A" * 32)
    wanted = {"wish": Wish.PROFILE, "profile": profile}
    for _three in range(3):
        a_device(token, **wanted)
    sent = {"answer": "success", "asked_for": "A" * 32, "asked_at": within(-1)}
    a_device(token, **wanted, **sent, next_try_at=within(-0.1))
    a_device(token, **wanted, **sent, next_try_at=within(1))
    a_run(token)
    a_run(idle, status=SyncStatus.WAITING, wait_until=within(1))
    a_vpp_token(next_read_at=None)
    a_vpp_token(next_read_at=within(1))
    Operation.objects.create(kind=OperationKind.ASSIGN, status=OperationStatus.WAITING)
    alert = Alert.objects.create(key="x", condition="token_expired", since=timezone.now())
    delivery = {"alert": alert, "person": alice, "created_at": timezone.now()}
    Delivery.objects.create(**delivery, step="30", due_at=within(-1))
    Delivery.objects.create(**delivery, step="14", due_at=within(1))
    assert {queue: depth for (queue,), depth in figures(alice)["pomona_queue_depth"].items()} == {
        "syncs": 1,
        "licences": 1,
        "assignments": 3,
        "read_backs": 1,
        "operations": 1,
        "messages": 1,
    }


def test_messages_given_up_are_told_as_long_as_their_warning_holds(alice):
    alert = Alert.objects.create(key="x", condition="token_expired", since=timezone.now())
    now = timezone.now()
    values = {"created_at": now, "due_at": now, "dropped_at": now}
    Delivery.objects.create(alert=alert, person=alice, dropped_because="given_up", **values)
    Delivery.objects.create(alert=alert, step="1", person=alice, dropped_because="snoozed", **values)
    assert figures(alice)["pomona_messages_given_up"] == {(): 1}
    Alert.objects.update(ended_at=now)
    assert figures(alice)["pomona_messages_given_up"] == {(): 0}


def test_licences_and_vpp_tokens(alice):
    one_of_everything()
    found = figures(alice)
    assert found["pomona_company_portal_licences"] == {("Licences", "free"): 320, ("Licences", "used"): 180}
    assert found["pomona_vpp_token_days_left"] == {("Licences",): 200}
    assert found["pomona_vpp_token_expiry_timestamp_seconds"] == {("Licences",): within(200).timestamp()}
    assert found["pomona_vpp_token_last_read_timestamp_seconds"] == {("Licences",): START.timestamp()}


def test_warnings_the_clock_and_the_version(alice):
    a_synced_token(START, name="Shops", expires_at=within(-1))
    a_synced_token(START, name="Vans", expires_at=within(20))
    Installation.objects.update_or_create(pk=1, defaults={"clock_at": timezone.now()})
    found = figures(alice)
    assert found["pomona_warnings"][("unhealthy", "false")] == 1
    assert found["pomona_warnings"][("warning", "false")] == 1
    assert found["pomona_warnings"][("warning", "true")] == 0
    assert found["pomona_clock_last_run_timestamp_seconds"] == {(): START.timestamp()}
    assert list(found["pomona_build_info"].values()) == [1]


def test_a_key_shows_only_what_it_sees(alice):
    token, seen = one_of_everything(), a_token(name="Vans")
    a_device(seen, apple_profile_status="pushed")
    seen.scope_tags.add(tag := ScopeTag.objects.create(name="Vans"))
    narrowed = ask(alice, scope_tags=[tag]).content.decode()
    assert token.name not in narrowed
    assert "Shops" not in narrowed
    assert '"Licences"' not in narrowed
    found = figures(alice, scope_tags=[tag])
    assert found["pomona_devices"] == {("Vans", status): status == "pushed" for status in STATUSES}
    assert sum(found["pomona_tokens"].values()) == 1
    for of_the_whole in ("pomona_messages_given_up", "pomona_clock_last_run_timestamp_seconds"):
        assert of_the_whole not in found
    assert ("messages",) not in found["pomona_queue_depth"]


STATUSES = ("empty", "assigned", "pushed", "removed")


def test_devices_are_for_who_may_read_them(alice):
    one_of_everything()
    role = Role.objects.create(key="tokens", name="Tokens", permissions=["read_token"])
    found = figures(alice, role=role)
    assert not [name for name in found if name.startswith("pomona_devices")]
    assert set(found["pomona_queue_depth"]) == {("syncs",), ("licences",), ("messages",)}
    nothing = Role.objects.create(key="profiles", name="Profiles", permissions=["read_profile"])
    refused = ask(alice, role=nothing)
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")


def test_it_wants_a_key_and_nothing_else_opens_it(alice, as_alice):
    assert Client().get("/metrics").status_code == 401
    assert Client().get("/metrics")["WWW-Authenticate"] == "Bearer"
    assert as_alice.get("/metrics").status_code == 401, "a browser has no business here"
    assert ask(alice).status_code == 200
    key = make_api_key(alice, name="Revoked", by=None)
    revoke_api_key(ApiKey.objects.get(name="Revoked"), by=alice)
    assert Client().get("/metrics", headers={"authorization": f"Bearer {key}"}).status_code == 401
    assert Client().get(f"/metrics?key={key}").status_code == 401
    Person.objects.filter(pk=alice.pk).update(is_active=False)
    assert Client().post("/metrics").status_code in (401, 405)


def test_nothing_secret_is_in_it(alice):
    token = one_of_everything()
    text = ask(alice).content.decode()
    for secret in (token.apple_id, token.consumer_key_end, token.server_mark, "pomona_calendar"):
        assert secret not in text.replace(token.name, "")


def test_it_asks_as_much_for_eleven_tokens_as_for_one(alice):
    def world():
        token = a_synced_token(START)
        profile = a_profile(token, apple_uuid="A" * 32)
        a_device(token, wish=Wish.PROFILE, profile=profile)
        a_vpp_token()

    def questions():
        with CaptureQueriesContext(connection) as captured:
            assert ask(alice).status_code == 200
        return len(captured)

    world()
    ask(alice)
    one = questions()
    for _ten in range(10):
        world()
    assert questions() == one


def test_the_documentation_tells_of_all_there_is_and_of_nothing_else(alice):
    one_of_everything()
    told = set(re.findall(r"`(pomona_\w+)`", DOCUMENTATION.read_text().partition("## What there is")[2]))
    there = {family.name for family in read_text(ask(alice).content.decode())}
    counters = {"pomona_token_syncs_failed"}
    assert told == (there - counters) | {f"{name}_total" for name in counters}


def test_each_alert_of_the_documentation_names_what_there_is(alice):
    one_of_everything()
    there = {sample.name for family in read_text(ask(alice).content.decode()) for sample in family.samples}
    rules = yaml.safe_load(re.search(r"## Three alerts\n```yaml\n(.*?)```", DOCUMENTATION.read_text(), re.DOTALL)[1])
    alerts = rules["groups"][0]["rules"]
    assert len(alerts) == 3
    for alert in alerts:
        named = set(re.findall(r"pomona_\w+", alert["expr"]))
        assert named
        assert named <= there
