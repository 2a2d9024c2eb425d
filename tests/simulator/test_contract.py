"""The real client against the pretend Apple over sockets: sessions, lists, profiles, faults."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from enrollment.apple import errors
from enrollment.apple.client import Client
from enrollment.apple.messages import SerialResult
from enrollment.apple.session import MemorySessionStore, authorization
from enrollment.apple.token_file import Credentials, make_key_pair, open_token
from enrollment.simulator import Simulator, World

PAYLOAD = {"profile_name": "Kiosk", "url": "https://mdm.orchard.example/ade"}


@pytest.fixture
def server(world):
    return world.add_server("Orchard")


@pytest.fixture
def client(apple, server):
    with Client(apple.url, Credentials.from_json(server.credentials_json()), MemorySessionStore()) as client:
        yield client


def test_the_test_vector_of_the_reference():
    held = Credentials("CK_test", "CS_test", "AT_test", "AS_test", datetime(2030, 1, 1, tzinfo=UTC))
    for url, wanted in [
        ("https://mdmenrollment.apple.com/session", "oACFga1%2FBY15q7R6U%2Fp6QoHGrh0%3D"),
        ("http://127.0.0.1:9000/session", "4wSxFyD6O1J%2FGhDNm8ZAmleJ9zM%3D"),
    ]:
        header = authorization(url, held, timestamp="1790000000", nonce="0123456789abcdef")
        assert f'oauth_signature="{wanted}"' in header
        assert 'realm="ADM"' in header


def test_the_token_of_the_portal_opens_a_session(apple, server):
    pair = make_key_pair("x")
    server.upload_certificate(pair.certificate_pem)
    first = open_token(server.download_token(), [pair]).credentials
    second = open_token(server.download_token(), [pair]).credentials
    assert first.consumer_key == second.consumer_key
    assert Client(apple.url, second, MemorySessionStore()).account().server_name == "Orchard"
    with pytest.raises(errors.TokenRejected):
        Client(apple.url, first, MemorySessionStore()).session()


def test_a_wrong_secret_a_stale_clock_and_an_expired_token_are_refused(apple, server, world):
    held = Credentials.from_json(server.credentials_json())
    forged = Credentials(held.consumer_key, "CS_wrong", held.access_token, held.access_secret, held.expires_at)
    with pytest.raises(errors.TokenRejected):
        Client(apple.url, forged, MemorySessionStore()).session()
    world.clock = lambda: datetime.now(UTC) + timedelta(minutes=6)
    with pytest.raises(errors.TokenRejected):
        Client(apple.url, held, MemorySessionStore()).session()
    world.clock = lambda: datetime.now(UTC)
    server.expire_token()
    with pytest.raises(errors.TokenExpired):
        Client(apple.url, held, MemorySessionStore()).session()


def test_a_nonce_is_good_once(apple, server):
    url = f"{apple.url}/session"
    headers = {
        "Authorization": authorization(url, Credentials.from_json(server.credentials_json())),
        "User-Agent": "T/1",
    }
    assert requests.get(url, headers=headers, timeout=5).status_code == 200
    assert requests.get(url, headers=headers, timeout=5).status_code == 401


@pytest.mark.parametrize("agent", ["", "python-requests/2.32", "Go-http-client/1.1"])
def test_the_names_of_libraries_are_refused(apple, agent):
    answer = requests.get(f"{apple.url}/session", headers={"User-Agent": agent}, timeout=5)
    assert answer.status_code == 400
    assert answer.text == ("USER_AGENT_INVALID" if agent else "USER_AGENT_MISSING")


def test_a_session_is_rotated_and_the_rotation_kept(client, world):
    world.rotate_every = 1
    seen = set()
    for _ in range(4):
        client.account()
        seen.add(client._store.load())
    assert len(seen) == 4
    assert [path for _method, path in world.calls].count("/session") == 1


def test_an_expired_session_is_renewed_once_and_the_call_repeated(client, world):
    client.account()
    world.faults.add("session_expired", times=1, path="/account")
    assert client.account().server_name == "Orchard"


@pytest.mark.parametrize("fault", ["session_expired", "session_forbidden"])
def test_a_second_refusal_is_a_refusal(client, world, fault):
    client.account()
    world.faults.add(fault, path="/account")
    before = len(world.calls)
    with pytest.raises(errors.SessionRefused):
        client.account()
    assert len(world.calls) - before == 3, "the call, one renewal, the call"


def test_another_processs_newer_session_is_used_rather_than_renewed(apple, server, world):
    held, store = Credentials.from_json(server.credentials_json()), MemorySessionStore()
    client = Client(apple.url, held, store)
    client.session()
    newer = store.load()
    store.save("stale")

    class Racing(MemorySessionStore):
        loads = 0

        def load(self):
            self.loads += 1
            return "stale" if self.loads == 1 else newer

    before = [path for _m, path in world.calls].count("/session")
    assert Client(apple.url, held, Racing()).account().server_name == "Orchard"
    assert [path for _m, path in world.calls].count("/session") == before


def test_terms_withdrawn_before_and_after_the_session(client, world):
    client.account()
    world.withdraw_terms()
    with pytest.raises(errors.TermsNotSigned):
        client.account()
    with pytest.raises(errors.TermsNotSigned):
        client.session()
    world.accept_terms()
    client.account()


def fetch_all(client):
    cursor, devices = None, []
    while True:
        page = client.fetch_devices(cursor)
        devices += page.devices
        cursor = page.cursor
        if not page.more_to_follow:
            return devices, cursor


def test_the_state_machine_of_the_lists(client, world, server):
    serials = world.add_devices(server, 2_100)
    devices, cursor = fetch_all(client)
    assert [device.serial for device in devices] == serials, "oldest first"
    with pytest.raises(errors.CursorExhausted):
        client.fetch_devices(cursor)
    assert client.sync_devices(cursor).devices == []
    world.release(serials[0])
    world.unassign(serials[1])
    (new,) = world.add_devices(server, 1)
    page = client.sync_devices(cursor)
    assert [(d.serial, d.op_type) for d in page.devices] == [
        (serials[0], "deleted"),
        (serials[1], "deleted"),
        (new, "added"),
    ]
    assert client.sync_devices(page.cursor).devices == []


def test_what_changes_during_a_fetch_is_in_the_sync_after_it(client, world, server):
    serials = world.add_devices(server, 1_500)
    first = client.fetch_devices()
    world.release(serials[0])
    last = client.fetch_devices(first.cursor)
    assert serials[0] in [device.serial for device in client.sync_devices(last.cursor).devices]


def test_cursors_expire_after_seven_days_and_garbage_is_invalid(client, world, server):
    world.add_devices(server, 1)
    _devices, cursor = fetch_all(client)
    with pytest.raises(errors.CursorInvalid):
        client.sync_devices("garbage")
    now = datetime.now(UTC)
    client.session()
    world.session_idle = timedelta(days=30)
    world.clock = lambda: now + timedelta(days=7, minutes=1)
    with pytest.raises(errors.CursorExpired):
        client.sync_devices(cursor)


def test_a_moved_device_leaves_one_server_and_starts_empty_on_the_other(client, world, server):
    (serial,) = world.add_devices(server, 1)
    uuid = client.define_profile(PAYLOAD).profile_uuid
    client.assign_profile(uuid, [serial])
    other = world.add_server("Elsewhere")
    world.move(serial, other)
    assert client.device_details([serial]) == {serial: None}
    assert other.device(serial).profile_status == "empty"
    assert client.assign_profile(uuid, [serial]).results == {serial: SerialResult.NOT_ACCESSIBLE}


def test_assign_push_and_remove(client, world, server):
    serials = world.add_devices(server, 3)
    uuid = client.define_profile(PAYLOAD).profile_uuid
    assert set(client.assign_profile(uuid, serials).results.values()) == {SerialResult.SUCCESS}
    world.activate(serials[0])
    told = client.device_details(serials)
    assert [told[serial].profile_status for serial in serials] == ["pushed", "assigned", "assigned"]
    assert told[serials[0]].profile_uuid == uuid
    assert set(client.remove_profile(serials).values()) == {SerialResult.SUCCESS}
    assert client.device_details(serials)[serials[0]].profile_status == "removed"
    with pytest.raises(errors.ProfileNotFound):
        client.assign_profile("F" * 32, serials)


def test_a_serial_assigned_too_often_is_throttled_with_a_time(client, world, server):
    (serial,) = world.add_devices(server, 1)
    world.throttle.often = 2
    uuid = client.define_profile(PAYLOAD).profile_uuid
    for _ in range(2):
        client.assign_profile(uuid, [serial])
    answer = client.assign_profile(uuid, [serial])
    assert (answer.results[serial], answer.retry_after_seconds) == (SerialResult.THROTTLED, 45)


def test_consistency_comes_after_a_while(client, world, server):
    (serial,) = world.add_devices(server, 1)
    world.consistency_delay = 60
    client.assign_profile(client.define_profile(PAYLOAD).profile_uuid, [serial])
    assert client.device_details([serial])[serial].profile_status == "empty"
    world.clock = lambda: datetime.now(UTC) + timedelta(seconds=61)
    assert client.device_details([serial])[serial].profile_status == "assigned"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"profile_name": ""}, errors.NameRefused),
        ({"profile_name": "x" * 126}, errors.NameRefused),
        ({"url": "not an address"}, errors.UrlRefused),
        ({"url": "https://x.example/" + "a" * 2000}, errors.UrlRefused),
        ({"department": ""}, errors.DepartmentRefused),
        ({"support_phone_number": "1" * 51}, errors.PhoneRefused),
        ({"support_email_address": "e" * 251}, errors.EmailRefused),
        ({"org_magic": ""}, errors.MagicRefused),
        ({"is_mdm_removable": False}, errors.FlagsRefused),
        ({"language": "en"}, errors.LocaleRefused),
        ({"is_supervised": "yes"}, errors.MalformedRequest),
    ],
)
def test_a_profile_apple_dislikes_is_refused_by_name(client, change, error):
    with pytest.raises(error):
        client.define_profile({**PAYLOAD, **change})


def test_every_other_endpoint(client, world, server):
    (serial,) = world.add_devices(server, 1, device_family="iPhone", os="iOS", model="iPhone 16")
    uuid = client.define_profile(PAYLOAD).profile_uuid
    assert client.get_profile(uuid)["is_mdm_removable"] is True
    assert client.activation_lock(serial) == "SUCCESS"
    assert client.activation_lock(serial) == "DEVICE_ALREADY_LOCKED"
    assert client.beta_tokens()[0]["os"] == "iOS"
    with pytest.raises(errors.DeviceNotFound):
        client.replacement_details(serial)
    new = world.replace(serial)
    assert client.replacement_details(new).original_serial == serial
    assert client.disown([new, "NOBODY"]) == {new: SerialResult.SUCCESS, "NOBODY": SerialResult.NOT_ACCESSIBLE}


def test_a_thousand_serials_are_the_most_in_one_call(client):
    with pytest.raises(ValueError, match="LIM-19"):
        client.assign_profile("A" * 32, ["X"] * 1_001)


@pytest.mark.parametrize(
    ("fault", "how", "error", "retry_after"),
    [
        ("429", {"retry_after": 7}, errors.TooManyRequests, 7),
        ("503", {"retry_after": 120}, errors.TemporarilyUnavailable, 120),
        ("500", {}, errors.TemporarilyUnavailable, None),
        ("truncated_json", {}, errors.NotUnderstood, None),
        ("hang_up", {}, errors.Unreachable, None),
    ],
)
def test_faults_have_their_meaning(client, world, fault, how, error, retry_after):
    client.account()
    world.faults.add(fault, times=1, path="/account", **how)
    with pytest.raises(error) as caught:
        client.account()
    assert caught.value.retry_after == retry_after
    assert caught.value.try_again
    assert client.account()


def test_a_slow_apple_runs_into_the_time_out(apple, server, world):
    client = Client(apple.url, Credentials.from_json(server.credentials_json()), MemorySessionStore(), timeout=(1, 0.2))
    client.session()
    world.faults.add("slow", times=1, path="/account", seconds=1)
    with pytest.raises(errors.Unreachable):
        client.account()


def test_quoted_bodies_and_texts_for_booleans_are_understood(client, world, server):
    world.add_devices(server, 1)
    world.faults.add("quoted_errors", times=1)
    with pytest.raises(errors.CursorInvalid):
        client.sync_devices("garbage")
    world.faults.add("more_as_string", times=1)
    assert client.fetch_devices().more_to_follow is False


def test_clients_that_are_not_ours_are_served(apple, server, world):
    """PUT as well as POST, no realm, protocol version 7."""
    (serial,) = world.add_devices(server, 1, device_family="iPad", os="iPadOS")
    held = Credentials.from_json(server.credentials_json())
    header = authorization(f"{apple.url}/session", held).replace('realm="ADM",', "")
    session = requests.Session()
    session.headers.update({"User-Agent": "Other/2.0", "X-Server-Protocol-Version": "7"})
    token = session.get(f"{apple.url}/session", headers={"Authorization": header}, timeout=5).json()
    session.headers["X-ADM-Auth-Session"] = token["auth_session_token"]
    uuid = session.post(f"{apple.url}/profile", json=PAYLOAD, timeout=5).json()["profile_uuid"]
    answer = session.put(f"{apple.url}/profile/devices", json={"profile_uuid": uuid, "devices": [serial]}, timeout=5)
    assert answer.json()["devices"] == {serial: "SUCCESS"}
    told = session.post(f"{apple.url}/server/devices", json={}, timeout=5).json()["devices"][0]
    assert told["os"] == "iPadOS"
    assert "wifi_mac_address" not in told, "came with version 10"


def test_the_same_seed_makes_the_same_devices():
    assert World(3).add_devices(None, 50) == World(3).add_devices(None, 50)


def test_the_world_survives_a_restart(tmp_path, world, server):
    from enrollment.simulator.saved_state import load, save

    serials = world.add_devices(server, 20)
    with Simulator.running(world) as apple:
        client = Client(apple.url, Credentials.from_json(server.credentials_json()), MemorySessionStore())
        uuid = client.define_profile(PAYLOAD).profile_uuid
        client.assign_profile(uuid, serials[:5])
        _devices, cursor = fetch_all(client)
    save(world, tmp_path / "world.json")

    again = load(tmp_path / "world.json")

    assert (tmp_path / "world.json").stat().st_mode & 0o777 == 0o600
    with Simulator.running(again) as apple:
        client = Client(apple.url, Credentials.from_json(server.credentials_json()), MemorySessionStore())
        devices, _cursor = fetch_all(client)
        assert [device.serial for device in devices] == serials
        assert [device.profile_status for device in devices[:6]] == ["assigned"] * 5 + ["empty"]
        assert client.get_profile(uuid)["profile_name"] == "Kiosk"
        assert client.sync_devices(cursor).devices == []
        again.release(serials[0])
        assert [device.op_type for device in client.sync_devices(cursor).devices] == ["deleted"]
