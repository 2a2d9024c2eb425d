"""What a list of serial numbers answers its reader: about each row, and about all of them (DEV-3)."""

from collections.abc import Iterable

from django.db.models import QuerySet

from enrollment.models.listed_devices import facts_of, listed_devices
from enrollment.models.person import Person
from enrollment.models.profile import Profile
from enrollment.models.serial_list import SerialList, SerialRow, SerialVerdict
from enrollment.models.token import Token
from enrollment.models.typed_key import typed_key


def rows_answered(serials: SerialList, person: Person, *, verdict: str = "", token: str = "") -> QuerySet[SerialRow]:
    """The rows with that answer, or whose device is in that token now; all where neither is asked for."""
    if verdict in SerialVerdict.values:
        return serials.rows.filter(verdict=verdict)
    if token.isdecimal():
        it = Token.objects.visible_to(person).filter(pk=typed_key(token))  # by itself, any figure may be asked for
        there = listed_devices(serials, person).present().filter(token__in=it)
        return serials.rows.filter(serial__in=there.values("serial"))
    return serials.rows.all()


def tell_devices(rows: Iterable[SerialRow], person: Person) -> None:
    """Each row with its `devices` now, whether one `has_come` since, and whether the profile it names is nowhere."""
    rows = list(rows)
    facts = facts_of(rows, person)
    named = Profile.objects.visible_to(person).filter(name__in={row.profile_name for row in rows})
    known = set(named.values_list("token", "name"))
    for row in rows:
        row.devices = facts.get(row.serial, [])
        row.has_come = bool(row.devices) and row.verdict == SerialVerdict.UNKNOWN
        row.names_nothing = bool(row.profile_name and row.devices) and not any(
            (device.token_id, row.profile_name) in known for device in row.devices
        )


def counts_by_token(serials: SerialList, person: Person) -> list[tuple[Token, int]]:
    """In which tokens the devices of the list are now, most of them first."""
    counts = listed_devices(serials, person).present().counts_by("token")
    tokens = Token.objects.visible_to(person).in_bulk(list(counts))
    return sorted(((tokens[key], count) for key, count in counts.items() if key in tokens), key=lambda one: -one[1])
