from enrollment.models.device import Device
from enrollment.models.distinct_values import AT_MOST, distinct_values
from enrollment.models.person import Person


def known_models(person: Person) -> list[str]:
    """The models of the devices a person sees, in alphabetical order; none when they are too many to choose from.

    Of all devices an index knows; of a part of them each has to be looked at.
    """
    if person.sees_everything:
        return sorted(distinct_values(Device, ("model",)) or [])
    seen = Device.objects.visible_to(person).order_by().values_list("model", flat=True).distinct()
    found = list(seen[: AT_MOST + 1])
    return sorted(found) if len(found) <= AT_MOST else []
