from typing import Any

from django.db import transaction
from django.utils import timezone

from enrollment.actions.warnings.next_time import next_time
from enrollment.models import AuditEntry, Delivery, Person

COLUMNS = ("told_from", "told_rhythm")


def choose_warning_mails(person: Person, *, told_from: str, told_rhythm: str, by: Person | None) -> None:
    """From how bad on warnings are mailed to somebody ("" as the program does, "nothing" never), and how often."""
    after: dict[str, Any] = {"told_from": told_from, "told_rhythm": told_rhythm}
    before = {name: getattr(person, name) for name in COLUMNS}
    if after == before:
        return
    with transaction.atomic():
        person.told_from, person.told_rhythm = told_from, told_rhythm
        person.save(update_fields=COLUMNS)
        # What nobody has tried to tell them yet keeps to the new rhythm; what is too little is dropped when it is due.
        untried = Delivery.objects.waiting().filter(person=person, tries=0)
        untried.update(due_at=next_time(told_rhythm, timezone.now()))
        AuditEntry.record("person.warning_mails_chosen", person, by=by, before=before, **after)
