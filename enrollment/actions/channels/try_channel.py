import uuid

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from enrollment.actions.channels.carry_message import carry_message
from enrollment.actions.warnings.note_outcome import note_outcome
from enrollment.actions.warnings.word_message import word_message
from enrollment.messengers.errors import NotDelivered
from enrollment.models import AuditEntry, Channel, Delivery, Dropped, Permission, Person
from enrollment.permissions import check_everywhere


def try_channel(channel: Channel, *, by: Person | None) -> None:
    """Send a test message now; NotDelivered with what went wrong.

    When it arrives, what could not be told there before is due at once, as far as it still holds.
    """
    check_everywhere(by, Permission.MANAGE_ACCESS)
    now = timezone.now()
    message = word_message([], identity=str(uuid.uuid4()), made_at=now, language=channel.language)
    try:
        carry_message(message, channel)
    except NotDelivered as error:
        _note(channel, error, by)
        raise
    _note(channel, None, by)


def _note(channel: Channel, problem: NotDelivered | None, by: Person | None) -> None:
    arrived = problem is None or bool(problem.reached)
    with transaction.atomic():
        note_outcome(channel, problem, arrived=arrived)
        if arrived:
            _take_up_again(channel)
        if problem:
            AuditEntry.record_refusal("channel.tested", channel, problem, by=by)
        else:
            AuditEntry.record("channel.tested", channel, by=by)


def _take_up_again(channel: Channel) -> None:
    """What has failed; not what another worker is sending just now, of which no trouble is known (claim_message)."""
    failed = Q(dropped_at=None, tries__gt=0, trouble_sentence__gt="") | Q(dropped_because=Dropped.GIVEN_UP)
    Delivery.objects.filter(failed, channel=channel, sent_at=None, alert__ended_at=None).update(
        due_at=timezone.now(), tries=0, dropped_at=None, dropped_because=""
    )
