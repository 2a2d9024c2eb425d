from collections.abc import Collection

from enrollment.models import Person
from enrollment.models.device_list import COLUMNS


def choose_device_columns(person: Person, names: Collection[str]) -> None:
    """The device list shows the person these columns from now on; none of those we know are the usual ones.

    A taste, not a change of anything others see: it is not recorded.
    """
    person.device_columns = [name for name in COLUMNS if name in names]
    person.save(update_fields=["device_columns"])
