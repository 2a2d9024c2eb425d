"""VPP-1: licences are read hourly from Apple, kept as it told, and nothing is lost when it does not."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine
from cryptography.fernet import Fernet
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrollment import limits, tasks
from enrollment.actions.licences.name_apps import without_name_key
from enrollment.actions.licences.read_licences import read_licences
from enrollment.actions.licences.renew_vpp_token import renew_vpp_token
from enrollment.actions.licences.request_reading import request_reading
from enrollment.actions.licences.verify_vpp_token import verify_vpp_token
from enrollment.connection import AppleAskedInsideTransaction
from enrollment.models import AuditEntry, Licences, VppToken, VppTokenStatus
from enrollment.models.licence_stock import COMPANY_PORTAL
from enrollment.simulator.faults import CONTENT_REFUSALS
from enrollment.simulator.location import Licences as Bought
from tests.cast import a_vpp_token, a_vpp_token_at, some_licences

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
REFUSED = ("content_login_required", "content_token_invalid", "content_token_revoked", "content_facilitator_token")
AWAY = ("content_too_many_requests", "content_internal_error", "content_unavailable", "429", "500", "503", "hang_up")


@pytest.fixture
def location(world):
    return world.add_location("Caen")


@pytest.fixture
def licences(apple, location):
    """A VPP token of the location."""
    token = a_vpp_token_at(apple, location, name="Orchard licences")
    cache.delete(without_name_key(VppToken(country=location.country)))
    return token


def read(token):
    done = read_licences(token)
    token.refresh_from_db()
    return done


def counts(token):
    return {
        (one.adam_id, one.pricing_param): (one.total, one.assigned, one.available, one.retired)
        for one in token.licences.all()
    }


# --- What is kept ------------------------------------------------------------------------------------------------


def test_counts_names_and_the_location_are_kept(licences, location, world):
    world.assets_per_page = 3
    location.mdm_info = {"id": "x", "name": "Another product", "metadata": ""}
    assert read(licences)
    assert counts(licences)[COMPANY_PORTAL, "STDQ"] == (500, 180, 320, 0)
    assert len(counts(licences)) == len(location.licences)
    assert licences.licences.get(adam_id=COMPANY_PORTAL).name == "Intune Company Portal"
    assert (licences.location_name, licences.country, licences.uid) == ("Caen", "FR", location.uid)
    assert licences.managed_by == "Another product"
    book = licences.licences.get(product_type="Book")
    assert (book.device_assignable, book.revocable) == (False, False)
    assert licences.licences.get(adam_id="1113153706").platforms == ["iOS", "visionOS"]
    assert timezone.now() - licences.read_at < MINUTE
    assert licences.next_read_at - licences.read_at == HOUR
    assert licences.reading_until is None


def test_what_changed_is_changed_what_is_new_comes_and_what_is_gone_goes(licences, location):
    read(licences)
    before = {one.adam_id: one.pk for one in licences.licences.all()}
    location.leave_free(COMPANY_PORTAL, 3)
    location.buy("1", 7, name="New")
    location.remove("1288723196")
    assert read(licences)
    assert counts(licences)[COMPANY_PORTAL, "STDQ"] == (500, 497, 3, 0)
    assert counts(licences)["1", "STDQ"] == (7, 0, 7, 0)
    assert not licences.licences.filter(adam_id="1288723196").exists()
    assert licences.licences.get(adam_id=COMPANY_PORTAL).pk == before[COMPANY_PORTAL], "the same row"


def test_many_are_written_in_few_statements(licences, location, django_assert_max_num_queries):
    location.licences = [Bought(str(number), "", 5) for number in range(1, 2_001)]
    location.touch()
    with django_assert_max_num_queries(45):
        assert read(licences)
    assert licences.licences.count() == 2_000
    with django_assert_max_num_queries(20):
        assert read(licences)  # nothing new is nothing to write
    location.licences = location.licences[:1]
    location.touch()
    assert read(licences)
    assert licences.licences.count() == 1


def test_a_location_may_own_nothing(licences, location):
    read(licences)
    location.licences = []
    location.touch()
    assert read(licences)
    assert counts(licences) == {}
    assert licences.read_at


def test_what_the_clock_learns_of_the_location_is_recorded_once(licences, location):
    read(licences)
    read(licences)
    entry = AuditEntry.objects.get(action="vpp_token.verified")
    assert entry.after["location_name"] == "Caen"
    assert entry.before["location_name"] == ""
    location.name = "Caen and around"
    read(licences)
    assert AuditEntry.objects.filter(action="vpp_token.verified").count() == 2
    assert AuditEntry.objects.latest("pk").after == {"location_name": "Caen and around"}


def test_apple_knows_best_when_the_token_ends(licences, location, world):
    end = timezone.now().replace(microsecond=0) + timedelta(days=10)
    location.tokens[0].expires_at = end
    read(licences)
    assert licences.expires_at == end
    assert licences.status == VppTokenStatus.EXPIRES_SOON


# --- Names -------------------------------------------------------------------------------------------------------


def lookups(world):
    return [path for _method, path in world.calls if path.endswith("/lookup")]


def test_names_are_asked_for_only_when_nobody_knows_them(licences, location, world, apple):
    read(licences)
    assert len(lookups(world)) == 7, "one an app, whatever its prices"
    read(licences)
    assert len(lookups(world)) == 7
    other = a_vpp_token_at(apple, world.add_location("Lyon"))
    read(other)
    assert len(lookups(world)) == 7, "an app is called the same everywhere"
    assert other.licences.get(adam_id=COMPANY_PORTAL).name == "Intune Company Portal"


@pytest.mark.parametrize("kind", ["500", "hang_up", "truncated_json", "content_token_invalid"])
def test_without_names_the_counts_are_kept_and_names_come_later(licences, world, kind, caplog):
    caplog.set_level("INFO")
    world.faults.add(kind, path="lookup")
    assert read(licences)
    assert counts(licences)[COMPANY_PORTAL, "STDQ"] == (500, 180, 320, 0)
    assert (licences.status, licences.trouble_sentence) == (VppTokenStatus.ACTIVE, "")
    assert len(lookups(world)) == 1, "the first no is enough"
    assert "asked for again at the next reading" in caplog.text
    world.faults.clear()
    read(licences)
    assert licences.licences.get(adam_id=COMPANY_PORTAL).name == "Intune Company Portal"


def test_a_name_apple_does_not_tell_is_in_nobodys_way(licences, location, world):
    location.licences = [Bought(str(number), "", 50) for number in range(1, 200)]
    location.buy("1000", 5, name="The one with a name")
    for _hour in range(60):
        read(licences)
        if licences.licences.exclude(name="").exists():
            break
    assert licences.licences.get(adam_id="1000").name == "The one with a name"
    assert len(lookups(world)) % limits.NAMES_PER_READING == 0


def test_a_name_apple_does_not_tell_is_asked_for_once_a_day(licences, location, world, apple):
    location.licences = [Bought(str(number), "", 50) for number in range(1, 4)]
    other = a_vpp_token_at(apple, world.add_location("Lyon", licences=location.licences))
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        read(licences)
        assert len(lookups(world)) == 3
        read(licences)
        read(other)
        assert len(lookups(world)) == 3, "it is the same store"
        clock.shift(timedelta(days=1, seconds=1))
        location.licences[0].name = "Notes"
        read(licences)
    assert len(lookups(world)) == 6
    assert licences.licences.get(adam_id="1").name == "Notes"


def test_names_are_written_in_one_statement_and_to_the_tokens_own_licences(licences, location, world, apple):
    location.licences = [Bought(str(number), f"App {number}", 50) for number in range(1, 31)]
    other = a_vpp_token_at(apple, world.add_location("Lyon"))
    some_licences(other, adam_id="1", total=5, free=5, name="")
    with CaptureQueriesContext(connection) as asked:
        read(licences)
    naming = [one["sql"] for one in asked.captured_queries if '"name" = ' in one["sql"].partition("WHERE")[0]]
    assert len(naming) == 1
    assert not licences.licences.filter(name="").exists()
    assert other.licences.get(adam_id="1").name == "", "it learns that when it is read itself"
    with CaptureQueriesContext(connection) as asked:
        read(licences)
    looked_for = [one["sql"] for one in asked.captured_queries if "enrollment_licences" in one["sql"]]
    assert all(f'"vpp_token_id" = {licences.pk}' in sql for sql in looked_for), "nobody else's rows are gone through"


# --- What Apple says no with -------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_200", [False, True])
@pytest.mark.parametrize("kind", REFUSED)
def test_a_token_apple_does_not_take_is_rejected_also_with_status_200(licences, world, kind, as_200):
    world.faults.add(kind)
    if as_200:
        world.faults.add("content_errors_as_200")
    assert read(licences) is False
    assert licences.status == VppTokenStatus.REJECTED
    assert licences.trouble_sentence
    assert licences.trouble_advice
    assert licences.next_read_at - timezone.now() > HOUR - MINUTE, "nothing helps but a person"
    since = licences.rejected_at
    read(licences)
    assert licences.rejected_at == since
    world.faults.clear()
    assert read(licences)
    assert (licences.status, licences.trouble_sentence, licences.failures) == (VppTokenStatus.ACTIVE, "", 0)


def test_a_token_that_expired_at_apple_earlier_than_its_file_says(licences, location):
    location.expire_tokens()
    assert read(licences) is False
    assert licences.status == VppTokenStatus.REJECTED
    assert licences.trouble_sentence == "The content token has expired."


@pytest.mark.parametrize("kind", AWAY)
def test_apple_that_is_away_is_asked_again_ever_more_seldom(licences, world, kind):
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        read(licences)
        before = counts(licences)
        world.faults.add(kind)
        pauses = []
        for _try in range(8):
            assert read(licences) is False
            pauses.append(licences.next_read_at - timezone.now())
            clock.shift(MINUTE)
        assert [pause // MINUTE for pause in pauses] == [1, 2, 4, 8, 16, 32, 60, 60]
        assert licences.status == VppTokenStatus.UNREACHABLE
        assert timezone.now() - licences.unreachable_since == 8 * MINUTE
        assert counts(licences) == before, "what was last told stays"
        world.faults.clear()
        assert read(licences)
        assert (licences.failures, licences.status) == (0, VppTokenStatus.ACTIVE)


@pytest.mark.parametrize("kind", ["content_too_many_requests", "content_unavailable"])
def test_apples_retry_after_is_kept_to(licences, world, kind):
    world.faults.add(kind, times=1, retry_after=3 * 3600)
    read(licences)
    assert licences.next_read_at - timezone.now() > 3 * HOUR - MINUTE
    assert not VppToken.objects.to_read(timezone.now() + 2 * HOUR).exists()


def test_an_apple_that_is_away_does_not_hide_that_it_rejects_the_token(licences, world):
    world.faults.add("content_token_revoked", times=1)
    read(licences)
    said = licences.trouble_sentence
    world.faults.add("503")
    read(licences)
    assert (licences.status, licences.trouble_sentence) == (VppTokenStatus.REJECTED, said)
    assert licences.unreachable_since


def test_licences_that_move_while_they_are_read(licences, world):
    world.assets_per_page = 3
    world.faults.add("content_version_moves", times=3)
    assert read(licences), "the fourth reading is whole"
    world.faults.add("content_version_moves")
    assert read(licences) is False
    assert licences.status == VppTokenStatus.ACTIVE, "the token is good, and Apple there"
    assert "kept changing" in licences.trouble_sentence
    assert licences.next_read_at - timezone.now() <= MINUTE


@pytest.mark.parametrize("kind", ["content_service_gone", "content_bad_argument"])
def test_what_says_nothing_of_the_token_is_told_and_asked_again_in_an_hour(licences, world, kind):
    world.faults.add(kind)
    assert read(licences) is False
    assert licences.status == VppTokenStatus.ACTIVE
    assert licences.trouble_sentence
    assert licences.next_read_at - timezone.now() > HOUR - MINUTE


@pytest.mark.parametrize("kind", ["truncated_json", "content_same_page"])
def test_half_a_list_is_never_taken_for_the_whole(licences, world, kind):
    read(licences)
    before = counts(licences)
    world.assets_per_page = 3
    world.faults.add(kind, path="assets")
    assert read(licences) is False
    assert counts(licences) == before


@pytest.fixture
def lost_key(licences, settings):
    """The secret was stored with a key that is not on the ring any more."""
    keys = settings.FIELD_KEYS
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    return keys


def test_a_secret_that_no_key_reads_is_told_and_tried_again_in_an_hour(licences, location, world, lost_key, settings):
    assert read(licences) is False
    assert world.calls == [], "nothing could be asked"
    assert licences.status == VppTokenStatus.UNREACHABLE
    assert "FIELD_KEYS" in licences.trouble_sentence
    assert licences.trouble_advice
    assert licences.next_read_at - timezone.now() > HOUR - MINUTE
    assert licences.reading_until is None
    settings.FIELD_KEYS = lost_key
    assert read(licences)
    assert (licences.status, licences.trouble_sentence) == (VppTokenStatus.ACTIVE, "")


def test_whoever_asks_whose_token_it_is_hears_of_the_lost_key_too(licences, world, lost_key, alice):
    assert verify_vpp_token(licences, by=alice) is False
    assert world.calls == []
    licences.refresh_from_db()
    assert "FIELD_KEYS" in licences.trouble_sentence
    assert licences.reading_until is None


def test_a_token_whose_key_is_lost_is_renewed_with_its_file(licences, location, lost_key, alice):
    read(licences)
    renew_vpp_token(licences, location.download_token(), by=alice)
    assert read(licences)


def test_every_refusal_leaves_a_reading_that_is_not_held(licences, world):
    for kind in CONTENT_REFUSALS:
        world.faults.add(kind, times=1)
        assert read(licences) is False
        assert licences.reading_until is None


# --- One at a time -----------------------------------------------------------------------------------------------


def test_two_workers_never_read_one_token_together(licences, world):
    world.faults.add("slow", times=1, seconds=1, path="assets")
    done = []

    def work():
        done.append(read_licences(VppToken.objects.get(pk=licences.pk)))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [False, True]
    assert [path for _method, path in world.calls].count("/mdm/v2/assets") == 1


def test_a_reading_whose_worker_died_is_taken_over_and_the_dead_one_writes_nothing(licences, location):
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        assert licences.claim_reading()
        other = VppToken.objects.get(pk=licences.pk)
        assert not read_licences(other), "it may be at work yet"
        clock.shift(limits.LICENCES_LEASE + timedelta(seconds=1))
        assert read_licences(other)
        assert licences.end_reading(location_name="Late") is False
    licences.refresh_from_db()
    assert licences.location_name == "Caen"


def test_what_was_read_with_a_token_that_is_replaced_meanwhile_is_not_written(licences, world):
    def renew_meanwhile():
        VppToken.objects.update(reading_until=None, next_read_at=None)
        return datetime.now(UTC)

    world.clock = renew_meanwhile  # asked for when Apple looks at the token
    assert read_licences(licences) is False
    assert not Licences.objects.exists()


def test_a_token_that_is_deleted_meanwhile(licences, world):
    def delete_meanwhile():
        VppToken.objects.all().delete()
        return datetime.now(UTC)

    world.clock = delete_meanwhile
    assert read_licences(licences) is False
    assert not Licences.objects.exists()


def test_apple_is_never_asked_inside_a_transaction(licences):
    with pytest.raises(AppleAskedInsideTransaction), transaction.atomic():
        read_licences(licences)


# --- The clock ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(world):
    return lambda: [path for _method, path in world.calls].count("/mdm/v2/assets")


def test_the_clock_reads_every_hour_and_a_message_too_many_does_nothing(licences, hours_pass, asked, clock):
    VppToken.objects.update(expires_at=timezone.now() + timedelta(days=300))
    licences.refresh_from_db()
    hours_pass(3)
    assert 3 <= asked() <= 4
    before = asked()
    tasks.run_read_licences(licences.pk)
    assert asked() == before, "it is not due"


def test_the_clock_leaves_alone_what_has_expired_or_is_not_due(licences, messages):
    VppToken.objects.update(expires_at=timezone.now() - MINUTE)
    tasks.every_minute()
    VppToken.objects.update(expires_at=timezone.now() + HOUR, next_read_at=timezone.now() + HOUR)
    tasks.every_minute()
    assert "enrollment.tasks.run_read_licences" not in [name for name, _message in messages]


def test_after_an_outage_not_all_are_read_in_one_minute(messages):
    for _ in range(limits.READINGS_AT_ONCE + 5):
        a_vpp_token(next_read_at=None)
    tasks.every_minute()
    assert [name for name, _message in messages].count("enrollment.tasks.run_read_licences") == limits.READINGS_AT_ONCE


# --- Verified when it is added -----------------------------------------------------------------------------------


def test_whose_it_is_is_known_at_once_and_its_licences_are_due(licences, world, alice):
    assert verify_vpp_token(licences, by=alice)
    licences.refresh_from_db()
    assert (licences.location_name, licences.read_at, licences.next_read_at) == ("Caen", None, None)
    assert AuditEntry.objects.get(action="vpp_token.verified").person == alice


def test_when_apple_says_no_it_is_kept_and_says_so(licences, world, alice):
    world.faults.add("content_token_invalid")
    assert verify_vpp_token(licences, by=alice) is False
    licences.refresh_from_db()
    assert licences.status == VppTokenStatus.REJECTED
    assert licences.next_read_at


# --- Through the portal ------------------------------------------------------------------------------------------


def test_what_an_administrator_does_in_the_portal_shows_after_the_next_reading(licences, location, apple, alice):
    read(licences)
    here = f"{apple.url}/portal/licences/{location.uid}"
    requests.post(f"{here}/change", data={"app": f"{COMPANY_PORTAL} STDQ", "what": "leave", "count": 4}, timeout=5)
    request_reading(licences, by=alice)
    tasks.run_read_licences(licences.pk)
    assert counts(licences)[COMPANY_PORTAL, "STDQ"] == (500, 496, 4, 0)
    requests.post(f"{here}/tokens", data={"what": "revoke"}, timeout=5)
    assert read(licences) is False
    assert licences.status == VppTokenStatus.REJECTED
    requests.post(f"{apple.url}/portal/faults", data={"kind": "content_errors_as_200"}, timeout=5)
    assert read(licences) is False
    assert licences.status == VppTokenStatus.REJECTED
