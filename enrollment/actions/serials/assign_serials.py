from django.db.models import Exists, OuterRef

from enrollment.actions.devices.start_operation import Choice, start_operation
from enrollment.models import Device, Operation, OperationKind, Person, Profile, SerialList
from enrollment.models.listed_devices import in_place_for, listed_devices, looked_for, named_profiles


def assign_serials(serials: SerialList, profile: Profile | None, *, by: Person, chosen_by: str = "") -> Operation:
    """Preview an assignment of the devices of a list: one profile for all, or None for the one each row names."""
    choices = [_one(serials, profile, by)] if profile else _named(serials, by)
    return start_operation(OperationKind.ASSIGN, choices, by=by, chosen_by=chosen_by)


def _one(serials: SerialList, profile: Profile, by: Person) -> Choice:
    return Choice(in_place_for(listed_devices(serials, by), profile.token, by), profile)


def _named(serials: SerialList, by: Person) -> list[Choice]:
    """A name means the profile of that name in the device's own token."""
    choices = []
    for profile in named_profiles(serials, by):
        rows = looked_for(serials).filter(profile_name=profile.name)
        choices.append(Choice(listed_devices(serials, by, rows).filter(token=profile.token_id), profile))
    return choices


def rows_without_a_profile(serials: SerialList, by: Person) -> int:
    """How many rows with a device here name no profile, or one that their device's token does not have."""
    named = Profile.objects.visible_to(by).filter(name=OuterRef("profile_name"))
    theirs = Device.objects.visible_to(by).filter(serial=OuterRef("serial"))
    has_one = named.filter(token__in=Device.objects.filter(serial=OuterRef(OuterRef("serial"))).values("token"))
    return looked_for(serials).filter(Exists(theirs)).exclude(Exists(has_one)).count()
