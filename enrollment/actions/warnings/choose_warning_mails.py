from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment.actions.access.what_may_be_given import AccessRefused
from enrollment.actions.warnings.next_time import next_time
from enrollment.models import AuditEntry, Delivery, Person

COLUMNS = ("told_from", "told_rhythm")
LESS = gettext_noop("This key is less than its person, who chooses which warnings are mailed to them.")


def choose_warning_mails(person: Person, *, told_from: str, told_rhythm: str, by: Person | None) -> None:
    """From which severity on warnings are mailed to somebody ("" as the program does, "nothing" never), and how often.

    AccessRefused for a key that is less than its person: whoever finds it must not silence what tells of them.
    """
    if by and by.key and by.key.is_less:
        raise AccessRefused(LESS)
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
