"""The real client against the pretend Apps and Books: tokens, licences, pages, faults; and what only a reader sees."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import requests

from enrollment.apple import apps_and_books_errors as content_errors
from enrollment.apple import errors
from enrollment.apple.apps_and_books import AppsAndBooks
from enrollment.apple.content_token import read_content_token
from enrollment.simulator import World
from enrollment.simulator.faults import CONTENT_REFUSALS
from enrollment.simulator.location import COMPANY_PORTAL, Licences
from enrollment.simulator.saved_state import load, save


@pytest.fixture
def location(world):
    return world.add_location("Caen")


@pytest.fixture
def text(location):
    return read_content_token(location.download_token(), now=datetime.now(UTC)).text


@pytest.fixture
def base(apple):
    return f"{apple.url}/mdm/v2/"


@pytest.fixture
def client(base, text):
    with AppsAndBooks(text, base, timeout=(2, 2)) as client:
        yield client


def get(base, path, text, **parameters):
    headers = {"Authorization": f"Bearer {text}"}
    return requests.get(base + path, params=parameters, headers=headers, timeout=5)


def counts(client):
    return {one.key: (one.total, one.assigned, one.available, one.retired) for one in client.assets()}


# --- Whose token it is -------------------------------------------------------------------------------------------


def test_the_service_tells_its_addresses_to_anybody(base):
    with AppsAndBooks("no token", base) as nobody:
        found = nobody.service_config()
    assert found.urls["getAssets"] == f"{base}assets"
    assert found.limits["maxSerialNumbers"] == 1000


def test_a_token_speaks_for_its_location(client, location):
    found = client.client_config()
    assert (found.location_name, found.country, found.uid) == ("Caen", "FR", location.uid)
    assert found.expires_at == location.tokens[0].expires_at


def test_a_newer_token_leaves_the_older_one_as_it_is(client, base, location):
    newer = AppsAndBooks(location.download_token().decode(), base)
    assert newer.client_config().uid == client.client_config().uid


def test_the_token_of_the_portal_works(apple, base, world):
    files = [requests.post(f"{apple.url}/portal/content-token", timeout=5).content for _ in range(2)]
    assert len(world.locations) == 1, "both are of the same location"
    for file in files:
        assert AppsAndBooks(file.decode(), base).client_config().location_name == "Orchard Foods"


@pytest.mark.parametrize(
    ("header", "number"),
    [(None, 9601), ("Basic abc", 9722), ("Bearer", 9722), ("Bearer  x", 9722), ("Bearer nobody's", 9622)],
)
def test_who_has_no_token_is_refused(base, header, number):
    answer = requests.get(f"{base}assets", headers={"Authorization": header}, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["errorNumber"] == number


def test_an_expired_and_a_revoked_token_are_refused(client, location, world):
    now = datetime.now(UTC)
    world.clock = lambda: now + timedelta(days=365, minutes=1)
    with pytest.raises(content_errors.ContentTokenExpired):
        client.client_config()
    world.clock = lambda: now
    location.revoke_tokens()
    with pytest.raises(content_errors.ContentTokenRevoked):
        counts(client)


def test_a_token_near_its_end_says_so_in_every_answer(base, text, location):
    assert "tokenExpirationDate" not in get(base, "assets", text).json()
    location.expire_tokens(in_=timedelta(days=14))
    end = location.tokens[0].expires_at
    assert get(base, "assets", text).json()["tokenExpirationDate"] == f"{end:%Y-%m-%dT%H:%M:%S}+0000"


# --- Licences ----------------------------------------------------------------------------------------------------


def test_a_demo_has_the_company_portal_an_app_with_few_and_one_with_none(client):
    found = counts(client)
    assert found[COMPANY_PORTAL, "STDQ"] == (500, 180, 320, 0)
    free = [available for _total, _assigned, available, _retired in found.values()]
    assert 0 in free
    assert any(0 < count <= 10 for count in free)
    outlook = [price for adam_id, price in found if adam_id == "951937596"]
    assert outlook == ["STDQ", "PLUS"], "one app, two prices"
    (book,) = (one for one in client.assets() if one.product_type == "Book")
    assert not book.device_assignable
    assert all(sum((assigned, free, gone)) == total for total, assigned, free, gone in found.values())


def test_what_a_portal_administrator_does_shows_in_the_counts(client, location):
    location.buy(COMPANY_PORTAL, 100)
    location.assign(COMPANY_PORTAL, 20)
    location.retire(COMPANY_PORTAL, 5)
    assert counts(client)[COMPANY_PORTAL, "STDQ"] == (600, 200, 395, 5)
    location.leave_free(COMPANY_PORTAL, 3)
    assert counts(client)[COMPANY_PORTAL, "STDQ"] == (600, 592, 3, 5)
    location.assign(COMPANY_PORTAL, -592)
    assert counts(client)[COMPANY_PORTAL, "STDQ"] == (600, 0, 595, 5)
    location.buy("1", 7, name="New", platforms=("macOS",))
    assert counts(client)["1", "STDQ"] == (7, 0, 7, 0)
    location.remove("1")
    assert ("1", "STDQ") not in counts(client)


def test_nobody_can_use_more_than_there_is(location):
    for too_many in (321, -181):
        with pytest.raises(ValueError, match=str(too_many)):
            location.assign(COMPANY_PORTAL, too_many)
    with pytest.raises(ValueError, match="321"):
        location.retire(COMPANY_PORTAL, 321)
    with pytest.raises(KeyError):
        location.assign("1", 1)


def test_another_locations_licences_are_its_own(client, world, base):
    other = world.add_location("Lyon", licences=[Licences("1", "One", 1)])
    assert counts(AppsAndBooks(other.download_token().decode(), base)) == {("1", "STDQ"): (1, 0, 1, 0)}
    assert ("1", "STDQ") not in counts(client)


def test_counts_are_set_from_other_processes_too(apple, client, location):
    said = {"adam_id": COMPANY_PORTAL, "free": 2}
    assert requests.post(f"{apple.url}/_simulator/licences", json=said, timeout=5).status_code == 200
    assert counts(client)[location.licences[0].adam_id, "STDQ"][2] == 2


# --- Names -------------------------------------------------------------------------------------------------------


def test_the_app_store_tells_names(client, base, location):
    location.buy("1", 7)
    assert client.app_name(COMPANY_PORTAL, country="FR") == "Intune Company Portal"
    assert client.app_name("1") == "", "it has none"
    assert client.app_name("2") == "", "the location does not own it"
    assert client.requests_made == 4, "the address is asked for once"
    with pytest.raises(content_errors.ContentTokenInvalid):
        AppsAndBooks("nobody's", base).app_name(COMPANY_PORTAL)


# --- Pages and filters -------------------------------------------------------------------------------------------


def test_pages_as_apple_cuts_them(client, base, text, world, location):
    whole = counts(client)
    world.assets_per_page = 3
    first, last = get(base, "assets", text).json(), get(base, "assets", text, pageIndex=2).json()
    assert (first["currentPageIndex"], first["nextPageIndex"], first["totalPages"], first["size"]) == (0, 1, 3, 3)
    assert (last["currentPageIndex"], last["size"], "nextPageIndex" in last) == (2, 2, False)
    assert first["versionId"] == last["versionId"]
    location.buy(COMPANY_PORTAL, 1)
    assert get(base, "assets", text).json()["versionId"] != first["versionId"]
    location.assign(COMPANY_PORTAL, 1)
    assert counts(client) == {**whole, (COMPANY_PORTAL, "STDQ"): (501, 181, 320, 0)}


def test_a_location_may_own_nothing(world, base):
    empty = world.add_location("New", licences=[])
    assert counts(AppsAndBooks(empty.download_token().decode(), base)) == {}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"adamId": COMPANY_PORTAL}, 1),
        ({"adamId": "951937596"}, 2),
        ({"adamId": "951937596", "pricingParam": "PLUS"}, 1),
        ({"productType": "Book"}, 1),
        ({"adamId": "7"}, 0),
        ({"revocable": "false"}, 1),
        ({"revocable": "true"}, 7),
        ({"deviceAssignable": "false", "productType": "Book"}, 1),
        ({"deviceAssignable": "false", "productType": "App"}, 0),
        ({"maxAvailableCount": "7"}, 2),
        ({"minAvailableCount": "1", "maxAvailableCount": "7"}, 1),
        ({"minAssignedCount": "243"}, 1),
        ({"minAssignedCount": "212", "maxAssignedCount": "243"}, 2),
    ],
)
def test_filters(base, text, asked, found):
    assert len(get(base, "assets", text, **asked).json()["assets"]) == found


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({"productType": "Song"}, 9602),
        ({"pricingParam": "GOLD"}, 9602),
        ({"revocable": "perhaps"}, 9602),
        ({"minAvailableCount": "few"}, 9602),
        ({"maxAssignedCount": "-1"}, 9602),
        ({"adamID": COMPANY_PORTAL}, 9602),
        ({"unlimited": "true"}, 9602),
        ({"pageIndex": "1"}, 9650),
        ({"pageIndex": "-1"}, 9650),
        ({"pageIndex": "²"}, 9650),
    ],
)
def test_what_it_does_not_know_is_refused(base, text, asked, number):
    answer = get(base, "assets", text, **asked)
    assert (answer.status_code, answer.json()["errorNumber"]) == (400, number)


def test_it_only_reads(base, text):
    headers = {"Authorization": f"Bearer {text}"}
    posted = requests.post(f"{base}client/config", json={"mdmInfo": {}}, headers=headers, timeout=5)
    assert (posted.status_code, posted.json()["errorNumber"]) == (405, 9726)
    assert get(base, "users", text).status_code == 404


# --- Faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_200", [False, True])
@pytest.mark.parametrize("kind", CONTENT_REFUSALS)
def test_every_refusal_on_demand_also_with_status_200(client, world, kind, as_200):
    status, number, message = CONTENT_REFUSALS[kind]
    world.faults.add(kind, times=1)
    if as_200:
        world.faults.add("content_errors_as_200", times=1)
    with pytest.raises(errors.AppleError) as refused:
        client.client_config()
    assert type(refused.value) is content_errors.NUMBERS[number]
    assert refused.value.body == f"{number} {message}"
    assert refused.value.status == (200 if as_200 else status)
    assert client.client_config(), "once is once"


@pytest.mark.parametrize("kind", ["429", "503", "500", "content_too_many_requests", "content_unavailable"])
@pytest.mark.parametrize("retry_after", [None, 90])
def test_it_asks_for_patience_with_or_without_a_time(client, world, kind, retry_after):
    world.faults.add(kind, times=1, retry_after=retry_after)
    with pytest.raises((errors.TooManyRequests, errors.TemporarilyUnavailable)) as refused:
        counts(client)
    assert refused.value.retry_after == retry_after
    assert refused.value.try_again


def test_licences_that_move_while_they_are_read(client, world):
    world.assets_per_page = 3
    world.faults.add("content_version_moves", times=3)
    assert len(counts(client)) == 8, "the fourth reading is whole"
    world.faults.add("content_version_moves")
    with pytest.raises(content_errors.LicencesKeepChanging):
        counts(client)


def test_a_page_that_leads_to_itself(client, world):
    world.assets_per_page = 3
    world.faults.add("content_same_page")
    with pytest.raises(errors.NotUnderstood):
        counts(client)


def test_answers_that_are_cut_off_or_never_come(client, world):
    world.faults.add("truncated_json", times=1)
    with pytest.raises(errors.NotUnderstood):
        counts(client)
    world.faults.add("hang_up", times=1)
    with pytest.raises(errors.Unreachable):
        counts(client)
    world.faults.add("slow", times=1, seconds=3)
    with pytest.raises(errors.Unreachable):
        counts(client)
    assert counts(client)


def test_a_slow_answer_keeps_nobody_else_waiting(client, base, text, world):
    world.faults.add("slow", times=1, seconds=3, path="client/config")
    slow = threading.Thread(target=get, args=(base, "client/config", text))
    slow.start()
    assert counts(client)
    assert slow.is_alive()
    slow.join()


# --- On disk -----------------------------------------------------------------------------------------------------


def test_locations_survive_a_restart(world, location, text, tmp_path):
    location.buy("1", 7, name="New", platforms=("macOS", "iOS"))
    location.revoke_tokens()
    save(world, tmp_path / "apple.json")
    (loaded,) = load(tmp_path / "apple.json").locations
    assert loaded.to_json() == location.to_json()
    assert loaded.licences == location.licences
    assert loaded.token(text).is_revoked


def test_a_world_from_before_there_were_locations_is_loaded(tmp_path):
    save(World(), tmp_path / "apple.json")
    said = json.loads((tmp_path / "apple.json").read_text())
    del said["locations"]
    (tmp_path / "apple.json").write_text(json.dumps(said))
    assert load(tmp_path / "apple.json").locations == []
