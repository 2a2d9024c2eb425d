from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from enrollment.messengers.errors import NotDelivered
from enrollment.models import Channel, Person


def note_outcome(recipient: Person | Channel, problem: NotDelivered | None, *, arrived: bool) -> None:
    """Write down how it went: since when messages do not arrive and why, or that nothing is known to be wrong."""
    now = timezone.now()
    columns: dict[str, Any] = {"sent_at": now} if arrived and isinstance(recipient, Channel) else {}
    if problem is None:
        columns |= {"failing_since": None, "trouble_sentence": "", "trouble_details": {}}
    else:
        since = Coalesce(F("failing_since"), now)
        columns |= {
            "failing_since": since,
            "trouble_sentence": problem.sentence,
            "trouble_details": problem.details,
        }
    type(recipient)._default_manager.filter(pk=recipient.pk).update(**columns)
