from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from enrollment import limits
from enrollment.actions.licences.note_unread import WAIT_UNTIL
from enrollment.models import AuditEntry, Person, VppToken

ACTION = "vpp_token.reading_asked"
MINUTE = timedelta(minutes=1)
EXPIRED = gettext_noop("The VPP token has expired: Apple tells nothing more until it is renewed.")
APPLE_WAITS = gettext_noop("Apple has asked to be left alone for a while.")
# Of one person, of one VPP token.
TOO_OFTEN = (
    gettext_noop("You may ask for the licences of %(most)d VPP tokens a minute."),
    gettext_noop("The licences of this VPP token were asked for a moment ago."),
)


@dataclass
class ReadingRefused(Exception):
    """Why the licences are not read now, and when they may be."""

    sentence: str
    until: datetime | None
    details: dict[str, int] = field(default_factory=dict)


def request_reading(token: VppToken, *, by: Person | None) -> None:
    """Wish for the licences to be read at once; ReadingRefused. While they are being read, that is what was wished."""
    if token.has_expired:
        raise ReadingRefused(EXPIRED, None)
    if token.is_being_read:
        return
    now = timezone.now()
    if (said := token.trouble_details.get(WAIT_UNTIL)) and (until := datetime.fromisoformat(said)) > now:
        raise ReadingRefused(APPLE_WAITS, until)
    _check_rate(token, by, now)
    with transaction.atomic():
        VppToken.objects.filter(pk=token.pk).update(next_read_at=None)
        AuditEntry.record(ACTION, token, by=by)
    token.next_read_at = None


def _check_rate(token: VppToken, by: Person | None, now: datetime) -> None:
    last_minute = AuditEntry.objects.filter(action=ACTION, at__gt=now - MINUTE)
    of_the_token = last_minute.filter(object_type=VppToken._meta.model_name, object_id=token.pk)
    whose = (last_minute.filter(person=by), of_the_token)
    for entries, most, sentence in zip(whose, limits.READINGS_PER_MINUTE, TOO_OFTEN, strict=True):
        asked = list(entries.order_by("at").values_list("at", flat=True))
        if len(asked) >= most:
            raise ReadingRefused(sentence, asked[-most] + MINUTE, {"most": most})
