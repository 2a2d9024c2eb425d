"""A device's time line: what its row tells of the past, and the events written down, as one list (DEV-7)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from enrollment.models.assignment import NO_PROFILE_ASKED, Answer, Wish, WishedBy
from enrollment.models.device import AppleProfileStatus, Device
from enrollment.models.device_event import DeviceEvent, EventKind
from enrollment.models.operation import Result
from enrollment.models.person import Person
from enrollment.models.profile import ForeignProfile, Profile, ProfileRevision

SHOWN = 30


@dataclass(frozen=True)
class Happening:
    """When, what, more about it, by whom, and the state whose colour it has."""

    at: datetime
    what: str
    more: str = ""
    who: str = ""
    state: str = ""


def timeline(device: Device, at_most: int = SHOWN) -> list[Happening]:
    """The newest first."""
    events = list(DeviceEvent.objects.filter(token=device.token_id, serial=device.serial)[:at_most])
    told = [*_in_words(device, events), *_of_the_row(device)]
    return sorted(told, key=lambda one: one.at, reverse=True)[:at_most]


def timeline_before(device: Device, before: datetime | None, at_most: int) -> tuple[list[Happening], datetime | None]:
    """A page of it: what happened before that time, and where the next page begins, None when there is none.

    All that happened at the time of the last one is on the same page.
    """
    events = DeviceEvent.objects.filter(token=device.token_id, serial=device.serial)
    known = list((events.filter(at__lt=before) if before else events)[: at_most + 1])
    of_the_row = [one for one in _of_the_row(device) if before is None or one.at < before]
    told = sorted([*_in_words(device, known), *of_the_row], key=lambda one: one.at, reverse=True)
    if len(told) <= at_most:
        return told, None
    until = told[at_most - 1].at
    same = _in_words(device, list(events.filter(at=until)))
    page = [*(one for one in told if one.at > until), *same, *(one for one in of_the_row if one.at == until)]
    is_last = not events.filter(at__lt=until).exists() and all(one.at >= until for one in of_the_row)
    return page, None if is_last else until


def _of_the_row(device: Device) -> Iterator[Happening]:
    yield Happening(device.appeared_at, _("First seen here, or seen again"))
    if device.assigned_at:
        yield Happening(device.assigned_at, _("Assigned to the server in the portal"), who=device.assigned_by)
    if device.profile_pushed_at:
        yield Happening(device.profile_pushed_at, _("Apple handed the device a profile"), state="pushed")
    if device.migration_deadline:
        yield Happening(device.migration_deadline, _("Deadline of the migration"), state="waiting")


def _in_words(device: Device, events: list[DeviceEvent]) -> Iterator[Happening]:
    people = Person.objects.in_bulk({event.person_id for event in events if event.person_id})
    profiles = Profile.objects.in_bulk({event.profile_id for event in events if event.profile_id})
    names = _names_at_apple(device, (event.uuid for event in events))
    for event in events:
        what, more, state = _WORDS[EventKind(event.kind)](event, profiles, names)
        yield Happening(event.at, what, more, str(people.get(event.person_id, "")), state)


def _names_at_apple(device: Device, uuids: Iterable[str]) -> dict[str, str]:
    """Apple's uuid → what we call it."""
    wanted = {uuid for uuid in uuids if uuid and uuid != NO_PROFILE_ASKED}
    foreign = ForeignProfile.objects.filter(token=device.token_id, apple_uuid__in=wanted)
    ours = ProfileRevision.objects.filter(profile__token=device.token_id, apple_uuid__in=wanted)
    named = {one.apple_uuid: _("%(name)s, made by another tool") % {"name": one} for one in foreign}
    for uuid, name, number in ours.order_by("number").values_list("apple_uuid", "profile__name", "number"):
        named[uuid] = _("%(name)s, revision %(number)d") % {"name": name, "number": number}
    return named


Words = tuple[str, str, str]


def _wished(event: DeviceEvent, profiles: dict[int, Profile], _names: dict[str, str]) -> Words:
    because = str(WishedBy(event.because).label) if event.because else ""
    if event.value == Wish.PROFILE:
        profile = profiles.get(event.profile_id or 0)
        name = profile.name if profile else _("a profile that has been deleted")
        return _("Wanted: %(profile)s") % {"profile": name}, because, "waiting"
    return _("Wanted: no profile"), because, "waiting"


def _at_apple(event: DeviceEvent, _profiles: dict[int, Profile], names: dict[str, str]) -> Words:
    status = str(AppleProfileStatus(event.value).label).lower()
    return _("At Apple: %(status)s") % {"status": status}, names.get(event.uuid, event.uuid), event.value


def _answered(event: DeviceEvent, _profiles: dict[int, Profile], names: dict[str, str]) -> Words:
    asked = _("taking the profile off") if event.uuid == NO_PROFILE_ASKED else names.get(event.uuid, "")
    return _("Apple answered: %(answer)s") % {"answer": str(Answer(event.value).label).lower()}, asked, event.value


def _plain(event: DeviceEvent, _profiles: dict[int, Profile], _names: dict[str, str]) -> Words:
    kind = EventKind(event.kind)
    result = str(Result(event.value).label) if kind in (EventKind.DISOWNED, EventKind.LOCKED) else ""
    return str(kind.label), result, event.value


_WORDS: dict[EventKind, Any] = dict.fromkeys(EventKind, _plain) | {
    EventKind.WISHED: _wished,
    EventKind.AT_APPLE: _at_apple,
    EventKind.ANSWERED: _answered,
}
