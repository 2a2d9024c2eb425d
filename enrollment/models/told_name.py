from typing import TYPE_CHECKING

from django.db.models import Model

if TYPE_CHECKING:
    from enrollment.models.person import Person

UNTOLD = "…"


def told_name(row: Model, reader: "Person | None") -> str:
    """What a reader is told it is called: what they do not see has no name for them (ROLE-3). None sees everything."""
    rows = type(row)._default_manager
    if reader is None or rows.visible_to(reader).filter(pk=row.pk).exists():  # type: ignore[attr-defined]
        return str(row)
    return UNTOLD
