"""Wanted and actual (design.md section 4): the words for both, and how one follows from a device's columns."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from enrollment import limits

NO_PROFILE_ASKED = "none"  # in Device.asked_for: the profile was asked to be taken off
HAS_A_PROFILE = ("assigned", "pushed")
HAS_NO_PROFILE = ("empty", "removed")
DRIFT_REPAIRED_EVERY = timedelta(days=1)  # DEV-4


class Wish(models.TextChoices):
    """What is wanted of a device."""

    NOTHING_SAID = "nothing", _("Nothing said")
    PROFILE = "profile", _("This profile")
    NO_PROFILE = "none", _("No profile")


class WishedBy(models.TextChoices):
    """Why it is wanted."""

    PERSON = "person", _("Assigned by a person")
    DEFAULT = "default", _("Default profile of the token")
    RULE = "rule", _("Assignment rule")


class Answer(models.TextChoices):
    """What Apple said of this serial number when it was last asked to assign or take off."""

    NONE = "", _("Not asked")
    SUCCESS = "success", _("Accepted")
    THROTTLED = "throttled", _("Throttled")
    FAILED = "failed", _("Failed")
    NOT_ACCESSIBLE = "not_accessible", _("Not accessible")
    NOT_SEEN = "not_seen", _("Accepted, but never seen at Apple")


class AssignmentState(models.TextChoices):
    """How far a wish has come (DEV-4). Nothing is confirmed that Apple has not confirmed."""

    NOTHING_WANTED = "nothing_wanted", _("Nothing wanted")
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    CONFIRMED = "confirmed", _("Confirmed")
    THROTTLED = "throttled", _("Throttled")
    FAILED = "failed", _("Failed")
    NOT_ACCESSIBLE = "not_accessible", _("Not accessible")
    DRIFTED = "drifted", _("Changed at Apple")


WANTED_UUID = F("profile__current__apple_uuid")


def has_what_is_wanted() -> Q:
    """Apple's side is as wished."""
    has_it = Q(wish=Wish.PROFILE, apple_profile_uuid=WANTED_UUID, apple_profile_status__in=HAS_A_PROFILE)
    has_none = Q(wish=Wish.NO_PROFILE) & ~Q(apple_profile_status__in=HAS_A_PROFILE)
    return (has_it & ~Q(apple_profile_uuid="")) | has_none


def is_without_profile() -> Q:
    """Nothing is wanted of it, and Apple has none for it: turned on now, it would not enroll."""
    # Named, not left out, for the index that begins with the status; the profile is what other indexes know.
    return Q(wish=Wish.NOTHING_SAID, profile=None, apple_profile_status__in=HAS_NO_PROFILE)


def has_just_come(now: datetime) -> Q:
    """It was first seen, or came back, a moment ago: its default profile or a rule may still speak."""
    return Q(appeared_at__gt=now - limits.WITHOUT_PROFILE_FOR)


def was_asked_for_what_is_wanted() -> Q:
    """What we last asked Apple for is still what is wished."""
    return Q(wish=Wish.PROFILE, asked_for=WANTED_UUID) | Q(wish=Wish.NO_PROFILE, asked_for=NO_PROFILE_ASKED)


def needs_wipe() -> Q:
    """Activated with something else than the current revision of what is wanted (PB-2): only an erase brings that.

    Apple's uuid tells, but for a revision that differs only in what the enrollment service applies: it keeps the uuid
    of the one before (so it was defined before it was made), and then the time tells.
    """
    made_at = F("profile__current__created_at")
    was_there = Q(profile__current__defined_at__gte=made_at) | Q(given_at__gte=made_at)
    has_current = Q(given_uuid=WANTED_UUID) & was_there
    return Q(profile__isnull=False, given_at__isnull=False, released_at=None) & ~has_current


def state_expression(now: datetime) -> Case:
    """The AssignmentState of each device, from its columns; the first that holds. Waiting is what is left."""
    held_back = Q(next_try_at__gt=now)
    state = AssignmentState
    cases = [
        (Q(wish=Wish.NOTHING_SAID), state.NOTHING_WANTED),
        (has_what_is_wanted(), state.CONFIRMED),
        (Q(answer=Answer.THROTTLED) & held_back, state.THROTTLED),
        (Q(answer__in=[Answer.FAILED, Answer.NOT_SEEN]) & held_back, state.FAILED),
        (Q(answer=Answer.NOT_ACCESSIBLE) & held_back, state.NOT_ACCESSIBLE),
        (Q(wish=Wish.PROFILE, profile__current__refusal_sentence__gt=""), state.FAILED),
        (was_asked_for_what_is_wanted() & Q(confirmed_at__isnull=False), state.DRIFTED),
        (was_asked_for_what_is_wanted() & Q(answer=Answer.SUCCESS), state.SENT),
    ]
    return Case(*(When(q, then=Value(name.value)) for q, name in cases), default=Value(state.WAITING.value))
