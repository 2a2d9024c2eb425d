"""What happened to devices, one row each (DEV-7): written where it happens, in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from enrollment.models import DeviceEvent, EventKind, Person, Profile, Token, Wish, WishedBy
from enrollment.models.device import DeviceQuerySet
from enrollment.models.insert_select import insert_select


def note_events(
    token: Token, serials: Iterable[str], kind: EventKind, *, at: datetime, by: Person | None = None, **what: str
) -> None:
    """The same happened to each of these serial numbers. `what`: value, uuid, as EventKind says."""
    events = [DeviceEvent(token=token, serial=serial, kind=kind, at=at, person=by, **what) for serial in serials]
    DeviceEvent.objects.bulk_create(events, batch_size=1_000)


def note_wishes(
    devices: DeviceQuerySet,
    wish: Wish,
    profile: Profile | None,
    *,
    by: Person | None,
    because: WishedBy,
    at: datetime,
) -> None:
    """Something else is wanted of these devices now."""
    same = {
        "kind": EventKind.WISHED.value,
        "value": wish.value,
        "profile": profile.pk if profile else None,
        "person": by.pk if by else None,
        "because": because.value,
        "at": at,
    }
    insert_select(DeviceEvent, devices.values_list("token_id", "serial"), ["token", "serial"], same)
