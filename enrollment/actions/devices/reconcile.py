from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.confirm_seen import confirm_seen
from enrollment.actions.devices.note_events import note_events
from enrollment.actions.devices.read_back import TakenOver, read_back
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.actions.tokens.note_success import note_success
from enrollment.apple.client import Client
from enrollment.apple.errors import AppleError, ProfileNotFound, TemporarilyUnavailable
from enrollment.apple.messages import AssignResult, SerialResult
from enrollment.connection import connect
from enrollment.models import Answer, Device, EventKind, ProfileRevision, Token, TokenStatus, Wish
from enrollment.models.assignment import NO_PROFILE_ASKED
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_groups import likely_otherwise_than_wanted
from enrollment.models.token import TokenQuerySet

ANSWERS = {
    SerialResult.SUCCESS: Answer.SUCCESS,
    SerialResult.THROTTLED: Answer.THROTTLED,
    SerialResult.NOT_ACCESSIBLE: Answer.NOT_ACCESSIBLE,
}
# Apple would refuse every call: the clock probes such a token and comes back when it is well.
CANNOT_ASK = (TokenStatus.EXPIRED, TokenStatus.REJECTED, TokenStatus.TERMS_NOT_SIGNED)


@dataclass(frozen=True)
class Batch:
    """Devices for one call: what they are to get (None: their profile is taken off), serial number → tries so far."""

    revision: ProfileRevision | None
    tries: dict[str, int]


def tokens_to_reconcile(now: datetime) -> TokenQuerySet:
    """Tokens of which Apple has to be asked about any device now."""
    devices = Device.objects.filter(token=OuterRef("pk")).exclude(wish=Wish.NOTHING_SAID)
    likely = devices.filter(likely_otherwise_than_wanted(Device))
    has_work = Exists(likely.to_ask_for(now)) | Exists(devices.to_read_back(now))
    is_free = Q(reconcile_until=None) | Q(reconcile_until__lte=now)
    return Token.objects.not_in_status(*CANNOT_ASK).filter(is_free, ~_waits_for_its_probe(now)).filter(has_work)


def _waits_for_its_probe(now: datetime) -> Q:
    """While something is wrong with a token, asking again has one rhythm, the probe's."""
    return Q(next_probe_at__isnull=False, next_probe_at__gt=now)


def reconcile(token: Token, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Bring Apple in line with what is wanted of the token's devices (design.md section 4).

    The work list comes from the rows, batch by batch, so it can be killed anywhere and run twice without harm.
    """
    waits = Token.objects.filter(_waits_for_its_probe(timezone.now()), pk=token.pk).exists()
    if token.status in CANNOT_ASK or waits or not token.claim_reconcile():
        return
    pause_until = None
    try:
        confirm_seen(Device.objects.filter(token=token))
        read_back(token, stop=stop)
        _define(token)
        with connect(token) as apple:
            for batch in _batches(token):
                _ask(apple, token, batch)
                if stop():
                    break
    except AppleError as error:
        note_refusal(token, error)
        pause_until = timezone.now() + _pause(error)
    except TakenOver:
        return
    finally:
        token.end_reconcile(pause_until=pause_until)


def _pause(error: AppleError) -> timedelta:
    """What trying again does not mend is not asked every minute."""
    if not error.try_again:
        return limits.ASK_AGAIN_AFTER[0]
    return timedelta(seconds=max(error.retry_after or 0, 60))


def _define(token: Token) -> None:
    """Revisions that devices are to get and Apple does not have yet."""
    wanted = ProfileRevision.objects.filter(profile__token=token, profile__current__isnull=False, apple_uuid="")
    for revision in wanted.select_related("profile__token"):
        if revision.profile.current_id != revision.pk or revision.refusal_sentence:
            continue
        if not token.renew_reconcile():
            raise TakenOver
        try:
            define_revision(revision, by=None)
        except TemporarilyUnavailable:
            # Apple also says 500 to a profile it dislikes (pitfall 10): the others must not wait for this one.
            continue


def _batches(token: Token) -> Iterator[Batch]:
    """Devices with the same wish, at most 1,000 at a time (LIM-19). What is behind stays behind until the next tick."""
    for wish, profile_id in list(_work(token).order_by("profile_id").values_list("wish", "profile_id").distinct()):
        same, after = Q(wish=wish, profile=profile_id), ""
        while found := list(
            _work(token)
            .filter(same, serial__gt=after)
            .order_by("serial")
            .values_list("serial", flat=True)[: limits.SERIALS_PER_LOOK]
        ):
            for start in range(0, len(found), limits.SERIALS_PER_CALL):
                # Looked at again before each call: somebody may have decided otherwise meanwhile.
                still = _work(token).filter(same, serial__in=found[start : start + limits.SERIALS_PER_CALL])
                if tries := dict(still.values_list("serial", "tries")):
                    current = ProfileRevision.objects.filter(profile__current=F("pk"), profile=profile_id)
                    yield Batch(current.first(), tries)
            after = found[-1]


def _work(token: Token) -> DeviceQuerySet:
    """What can be asked for: a revision Apple does not have yet waits until it is defined."""
    work = Device.objects.filter(token=token).to_ask_for(timezone.now())
    return work.exclude(wish=Wish.PROFILE, profile__current__apple_uuid="")


def _ask(apple: Client, token: Token, batch: Batch) -> None:
    serials = list(batch.tries)
    revision = batch.revision
    if revision is None:
        _write(token, batch, NO_PROFILE_ASKED, AssignResult(apple.remove_profile(serials)))
        return
    try:
        result = apple.assign_profile(revision.apple_uuid, serials)
    except ProfileNotFound:
        # Apple has lost or never had it: it is defined anew, and the devices follow.
        ProfileRevision.objects.filter(pk=revision.pk).update(apple_uuid="", defined_at=None)
        return
    _write(token, batch, revision.apple_uuid, result)


def _write(token: Token, batch: Batch, asked_for: str, result: AssignResult) -> None:
    """Every serial number's answer with its next try, in one transaction; nothing when another has taken over."""
    now = timezone.now()
    alike = defaultdict(list)
    for serial, tries in batch.tries.items():
        answer = ANSWERS.get(result.results.get(serial, SerialResult.UNKNOWN), Answer.FAILED)
        next_try_at = _next_try(answer, tries, now, result.retry_after_seconds)
        alike[answer, next_try_at, 0 if answer == Answer.SUCCESS else tries + 1].append(serial)
    with transaction.atomic():
        if not token.renew_reconcile():
            raise TakenOver
        for (answer, next_try_at, tries), serials in alike.items():
            Device.objects.filter(token=token, serial__in=serials).update(
                answer=answer,
                next_try_at=next_try_at,
                tries=tries,
                asked_for=asked_for,
                asked_at=now,
                confirmed_at=None,
            )
            if answer != Answer.SUCCESS:  # that one shows when it is read back
                note_events(token, serials, EventKind.ANSWERED, at=now, value=answer.value, uuid=asked_for)
    if token.trouble_sentence:
        note_success(token)


def _next_try(answer: Answer, tries: int, now: datetime, retry_after: int | None) -> datetime:
    if answer == Answer.SUCCESS:
        return now + limits.READ_BACK_AFTER[0]
    if answer == Answer.NOT_ACCESSIBLE:
        return now + limits.ASK_AGAIN_AFTER[-1]
    if answer == Answer.THROTTLED and retry_after is not None:
        return now + timedelta(seconds=retry_after)
    return now + limits.ASK_AGAIN_AFTER[min(tries, len(limits.ASK_AGAIN_AFTER) - 1)]
