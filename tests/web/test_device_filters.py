"""DEV-1: every filter of the device list, alone and with others, finds what a look at each device finds; API-3: the
same on the page, in the export, for programs and for all that match."""

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from enrollment.actions.access.make_api_key import make_api_key
from enrollment.models import Answer, AppleProfileStatus, Device, ForeignProfile, ProfileRevision, ScopeTag, Wish
from enrollment.models.device_filter import DeviceFilter
from tests.cast import a_device, a_profile, a_token

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, tzinfo=UTC)
TIMES = ("assigned_at", "profile_assigned_at", "profile_pushed_at", "released_at")


class Fleet:
    """Devices of two tokens with everything a filter looks at, by dice that always fall the same."""

    def __init__(self):
        self.dice = random.Random(7)
        self.tokens = [a_token(name="North"), a_token(name="South")]
        self.profiles = [a_profile(token, apple_uuid=f"{number:032X}") for number, token in enumerate(self.tokens, 1)]
        # An older copy at Apple of the first profile, which some devices still have.
        first = self.profiles[0].current
        ProfileRevision.objects.create(
            profile=first.profile, number=0, settings={}, payload={}, apple_uuid="E" * 32, defined_at=START
        )
        self.foreign = ForeignProfile.objects.create(token=self.tokens[0], apple_uuid="F" * 32, name="Other tool")
        for _ in range(70):
            self.add()
        self.devices = list(Device.objects.with_state().with_needs_wipe().order_by("serial"))

    def add(self):
        dice, token = self.dice, self.dice.choice(self.tokens)
        profile = self.profiles[self.tokens.index(token)]
        wish = dice.choice(Wish.values)
        times = {name: dice.choice([None, self.moment()]) for name in TIMES}
        a_device(
            token,
            serial="".join(dice.choices("ABC12", k=12)),
            model=dice.choice(["iPad Air (M2)", "iPad mini", "Mac mini (M4)"]),
            description=dice.choice(["IPAD AIR 128GB BLUE", "MAC MINI 100% new", "ipad_mini"]),
            color=dice.choice(["BLUE", "Space Grey", ""]),
            family=dice.choice(["iPad", "Mac", "iPhone"]),
            asset_tag=dice.choice(["", "", "ROOM-12", "room-13"]),
            assigned_by=dice.choice(["store@orchard.example", "Ann@orchard.example", ""]),
            apple_profile_status=dice.choice(AppleProfileStatus.values),
            apple_profile_uuid=dice.choice(["", profile.current.apple_uuid, "E" * 32, "F" * 32]),
            wish=wish,
            profile=profile if wish == Wish.PROFILE else None,
            asked_for=dice.choice(["", profile.current.apple_uuid]),
            answer=dice.choice(Answer.values),
            next_try_at=dice.choice([None, timezone.now() + timedelta(hours=1)]),
            given_uuid=profile.current.apple_uuid if times["profile_pushed_at"] else "",
            given_at=times["profile_pushed_at"],
            appeared_at=self.moment(),
            **times,
        )

    def moment(self):
        """Often the first or the last moment of a day."""
        day = START + timedelta(days=self.dice.randrange(6))
        return day + self.dice.choice([timedelta(), timedelta(hours=11), timedelta(days=1, microseconds=-1)])

    def has(self, device, token, uuids):
        has_one = device.apple_profile_status in ("assigned", "pushed")
        return device.token_id == token.pk and has_one and device.apple_profile_uuid in uuids

    def is_without_profile(self, device):
        return device.wish == "nothing" and device.apple_profile_status not in ("assigned", "pushed")

    def questions(self):
        """What an address can say, and what is true of the devices that are meant."""
        north, south = self.tokens
        first = self.profiles[0]
        day = date(2026, 3, 3)

        def holds(text):
            return lambda value: text.upper() in value.upper()

        yield "q", "ab1", lambda d: any(map(holds("ab1"), (d.serial, d.asset_tag, d.description)))
        yield "q", "100%", lambda d: holds("100%")(d.description)
        yield "q", "d_m", lambda d: holds("d_m")(d.description)
        yield "token", south.pk, lambda d: d.token_id == south.pk
        yield "profile", first.pk, lambda d: d.profile_id == first.pk
        yield "apple_profile", first.pk, lambda d: self.has(d, north, {first.current.apple_uuid, "E" * 32})
        yield "foreign_profile", self.foreign.pk, lambda d: self.has(d, north, {"F" * 32})
        yield "model", "mini", lambda d: holds("mini")(d.model)
        yield "color", "space g", lambda d: holds("space g")(d.color)
        yield "serial", "a", lambda d: d.serial.startswith("A")
        yield "asset_tag", "room-1", lambda d: holds("room-1")(d.asset_tag)
        yield "description", "mac", lambda d: holds("mac")(d.description)
        yield "assigned_by", "ANN@", lambda d: holds("ann@")(d.assigned_by)
        yield "family", "Mac", lambda d: d.family == "Mac"
        for state in {d.state_now for d in self.devices}:
            yield "state", state, lambda d, state=state: d.state_now == state
        for status in AppleProfileStatus.values:
            yield "apple_status", status, lambda d, status=status: d.apple_profile_status == status
        for wish in Wish.values:
            yield "wish", wish, lambda d, wish=wish: d.wish == wish
        for said, truth in (("true", True), ("false", False)):
            yield "needs_wipe", said, lambda d, truth=truth: d.needs_wipe is truth
            yield "without_profile", said, lambda d, truth=truth: self.is_without_profile(d) is truth
            yield "released", said, lambda d, truth=truth: bool(d.released_at) is truth
        for name, column in (
            ("assigned", "assigned_at"),
            ("profile_assigned", "profile_assigned_at"),
            ("handed", "profile_pushed_at"),
            ("appeared", "appeared_at"),
            ("released", "released_at"),
        ):
            yield f"{name}_since", day, lambda d, c=column: bool(getattr(d, c)) and getattr(d, c).date() >= day
            yield f"{name}_until", day, lambda d, c=column: bool(getattr(d, c)) and getattr(d, c).date() <= day


@pytest.fixture
def fleet():
    return Fleet()


class Doors:
    """What a query finds behind every door."""

    def __init__(self, browser, person):
        self.browser, self.person = browser, person
        self.headers = {"Authorization": f"Bearer {make_api_key(person, name='test', by=person)}"}

    def found(self, query):
        page = self.browser.get(f"{reverse('device-list')}?size=200&{query}")
        lines = self.browser.get(f"{reverse('device-export')}?{query}").getvalue().decode("utf-8-sig")
        said = self.answer(query).json()
        return {
            "page": [device.serial for device in page.context["page"].rows],
            "export": [row[0] for row in csv.reader(io.StringIO(lines, newline=""))][1:],
            "api": sorted(device["serial"] for device in said["results"]),
            "bulk": list(DeviceFilter(QueryDict(query), person=self.person).devices.values_list("serial", flat=True)),
        }

    def answer(self, query):
        return self.browser.get(f"/api/v1/devices/?page_size=1000&{query}", headers=self.headers)


@pytest.fixture
def doors(as_alice, alice):
    return Doors(as_alice, alice)


def test_every_filter_alone_finds_what_is_meant_behind_every_door(fleet, doors):
    asked = set()
    for name, value, is_meant in fleet.questions():
        wanted = [device.serial for device in fleet.devices if is_meant(device)]
        assert 0 < len(wanted) < len(fleet.devices), f"{name}={value} tells nothing apart"
        assert doors.found(urlencode({name: value})) == dict.fromkeys(("page", "export", "api", "bulk"), wanted), name
        asked.add(name)
    assert asked == set(DeviceFilter.base_filters)


def test_filters_combine(fleet, doors):
    dice, questions, sizes = random.Random(3), list(fleet.questions()), set()
    for _ in range(40):
        chosen = {name: (value, is_meant) for name, value, is_meant in dice.sample(questions, dice.randint(2, 4))}
        query = urlencode({name: value for name, (value, _) in chosen.items()})
        wanted = [one.serial for one in fleet.devices if all(is_meant(one) for _, is_meant in chosen.values())]
        assert doors.found(query) == dict.fromkeys(("page", "export", "api", "bulk"), wanted), query
        sizes.add(len(wanted))
    assert len(sizes) > 5, "most combinations found nothing"


def test_days_are_those_of_the_clock_on_the_wall(alice):
    token = a_token()
    early = a_device(token, assigned_at=datetime(2026, 3, 1, 11, 0, tzinfo=UTC))  # midnight in Auckland
    a_device(token, assigned_at=datetime(2026, 3, 1, 10, 59, tzinfo=UTC))
    with timezone.override("Pacific/Auckland"):
        found = DeviceFilter(QueryDict("assigned_since=2026-03-02&assigned_until=2026-03-02"), person=alice)
        assert list(found.devices) == [early]


@pytest.mark.parametrize(
    "query",
    [
        "assigned_since=01/02/2026",
        "assigned_since=0001-01-01",
        "assigned_until=9999-12-31",
        "appeared_until=yesterday",
        "foreign_profile=7777",
        "apple_profile=x",
        "wish=odd",
        "model=%00",
    ],
)
def test_a_filter_that_cannot_be_understood_matches_nothing_and_says_so_at_its_field(as_alice, alice, query):
    a_device(a_token(), assigned_at=timezone.now())
    page = as_alice.get(f"{reverse('device-list')}?{query}")
    name = query.partition("=")[0]
    assert page.context["page"].rows == []
    (chip,) = page.context["chips"]
    assert chip.error
    shown = page.content.decode()
    assert 'aria-invalid="true"' in shown
    assert f'id="id_{name}_error"' in shown
    assert Doors(as_alice, alice).answer(query).status_code == 400


def test_what_may_be_chosen_is_what_may_be_seen(as_charlie):
    ours = a_token(name="Not for Charlie")
    profile = a_profile(ours, apple_uuid="A" * 32, name="Secret kiosk")
    a_device(ours, model="Secret model", apple_profile_uuid="A" * 32, apple_profile_status="pushed")
    theirs = a_token(name="Theirs")
    theirs.scope_tags.set([ScopeTag.objects.get(name="Elsewhere")])
    a_device(theirs)
    shown = as_charlie.get(reverse("device-list")).content.decode()
    assert "Theirs" in shown
    assert "Secret" not in shown
    assert "Not for Charlie" not in shown
    found = as_charlie.get(reverse("device-list"), {"apple_profile": profile.pk})
    assert found.context["page"].rows == []


def test_all_that_match_are_those_of_the_list(fleet, as_alice):
    page = as_alice.get(reverse("device-list"), {"family": "iPad", "color": "blue", "model": "", "sort": "-color"})
    wanted = [one for one in fleet.devices if (one.family, one.color) == ("iPad", "BLUE")]
    said = {"query": page.context["query"], "all_matching": "1"}
    answer = as_alice.post(reverse("operation-new", args=["assign"]), said)
    assert answer.context["count"] == len(wanted) > 0


def test_programs_are_told_of_every_filter(client):
    schema = client.get("/api/v1/schema/?format=json").json()
    told = {one["name"]: one["schema"] for one in schema["paths"]["/api/v1/devices/"]["get"]["parameters"]}
    assert set(DeviceFilter.base_filters) <= set(told)
    assert told["foreign_profile"]["type"] == "integer"
    assert told["needs_wipe"]["type"] == "boolean"
    assert told["appeared_until"] == {"type": "string", "format": "date"}


@pytest.mark.parametrize("name", ["released", "needs_wipe"])
def test_neither_yes_nor_no_matches_nothing(as_alice, name):
    a_device(a_token())
    page = as_alice.get(reverse("device-list"), {name: "perhaps"})
    assert page.context["page"].rows == []
    assert page.context["chips"][0].error
    assert len(as_alice.get(reverse("device-list"), {name: "false"}).context["page"].rows) == 1
