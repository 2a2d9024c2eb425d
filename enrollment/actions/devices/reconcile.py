from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from enrollment import limits
from enrollment.actions.devices.confirm_seen import confirm_seen
from enrollment.actions.devices.read_back import read_back
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.actions.tokens.note_refusal import note_refusal
from enrollment.actions.tokens.note_success import note_success
from enrollment.apple.client import Client
from enrollment.apple.errors import AppleError, ProfileNotFound, TemporarilyUnavailable
from enrollment.apple.messages import AssignResult, SerialResult
from enrollment.connection import connect
from enrollment.models import Answer, Device, ProfileRevision, Token, TokenStatus, Wish
from enrollment.models.assignment import NO_PROFILE_ASKED

ANSWERS = {
    SerialResult.SUCCESS: Answer.SUCCESS,
    SerialResult.THROTTLED: Answer.THROTTLED,
    SerialResult.NOT_ACCESSIBLE: Answer.NOT_ACCESSIBLE,
}
# Apple would refuse every call: the clock probes such a token and comes back when it is well.
CANNOT_ASK = (TokenStatus.EXPIRED, TokenStatus.REJECTED, TokenStatus.TERMS_NOT_SIGNED)


class TakenOver(Exception):
    """Another worker reconciles this token: nothing was written."""


def has_reconcile_work(token: Token) -> bool:
    """Whether Apple has to be asked about any device of the token now."""
    now = timezone.now()
    is_held = token.reconcile_until is not None and token.reconcile_until > now
    if is_held or token.status in CANNOT_ASK:
        return False
    devices = Device.objects.filter(token=token).exclude(wish=Wish.NOTHING_SAID)
    return devices.to_ask_for(now).exists() or devices.to_read_back(now).exists()


def reconcile(token: Token, *, stop: Callable[[], bool] = lambda: False) -> None:
    """Bring Apple in line with what is wanted of the token's devices (design.md section 4).

    The work list comes from the rows, batch by batch, so it can be killed anywhere and run twice without harm.
    """
    if token.status in CANNOT_ASK or not token.claim_reconcile():
        return
    pause_until = None
    try:
        confirm_seen(token)
        read_back(token)
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
        try:
            define_revision(revision, by=None)
        except TemporarilyUnavailable:
            # Apple also says 500 to a profile it dislikes (pitfall 10): the others must not wait for this one.
            continue


def _batches(token: Token) -> Iterator[list[Device]]:
    """Devices with the same wish, at most 1,000 at a time (LIM-19), as long as there is work."""
    asked: set[int] = set()
    while True:
        work = Device.objects.filter(token=token).to_ask_for(timezone.now())
        work = work.exclude(wish=Wish.PROFILE, profile__current__apple_uuid="")
        first = work.order_by("profile_id", "serial").first()
        if first is None:
            return
        same = work.filter(wish=first.wish, profile=first.profile).select_related("profile__current")
        batch = list(same.order_by("serial")[: limits.SERIALS_PER_CALL])
        if asked.issuperset(device.pk for device in batch):
            return  # nothing an answer changes: the next tick of the clock looks again
        asked.update(device.pk for device in batch)
        yield batch


def _ask(apple: Client, token: Token, batch: list[Device]) -> None:
    serials = [device.serial for device in batch]
    if batch[0].wish == Wish.NO_PROFILE:
        _write(token, batch, NO_PROFILE_ASKED, AssignResult(apple.remove_profile(serials)))
        return
    profile = batch[0].profile
    revision = profile.current if profile else None
    if revision is None:
        return
    try:
        result = apple.assign_profile(revision.apple_uuid, serials)
    except ProfileNotFound:
        # Apple has lost or never had it: it is defined anew, and the devices follow.
        ProfileRevision.objects.filter(pk=revision.pk).update(apple_uuid="", defined_at=None)
        return
    _write(token, batch, revision.apple_uuid, result)


def _write(token: Token, batch: list[Device], asked_for: str, result: AssignResult) -> None:
    """Every serial number's answer with its next try, in one transaction; nothing when another has taken over."""
    now = timezone.now()
    for device in batch:
        said = result.results.get(device.serial, SerialResult.UNKNOWN)
        device.answer = ANSWERS.get(said, Answer.FAILED)
        device.next_try_at = _next_try(device, now, result.retry_after_seconds)
        device.tries = 0 if device.answer == Answer.SUCCESS else device.tries + 1
        device.asked_for, device.asked_at, device.confirmed_at = asked_for, now, None
    names = ["answer", "next_try_at", "tries", "asked_for", "asked_at", "confirmed_at"]
    with transaction.atomic():
        if not token.renew_reconcile():
            raise TakenOver
        Device.objects.bulk_update(batch, names, batch_size=200)
    if token.trouble_sentence:
        note_success(token)


def _next_try(device: Device, now: datetime, retry_after: int | None) -> datetime:
    if device.answer == Answer.SUCCESS:
        return now + limits.READ_BACK_AFTER[0]
    if device.answer == Answer.NOT_ACCESSIBLE:
        return now + limits.ASK_AGAIN_AFTER[-1]
    if device.answer == Answer.THROTTLED and retry_after is not None:
        return now + timedelta(seconds=retry_after)
    return now + limits.ASK_AGAIN_AFTER[min(device.tries, len(limits.ASK_AGAIN_AFTER) - 1)]
