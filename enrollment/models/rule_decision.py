"""Which rule decides about a device, and whether the device gets what it decides."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast

from enrollment.models.assignment import HAS_A_PROFILE, WishedBy
from enrollment.models.assignment_rule import AssignmentRule, RuleMode, RulesAbout
from enrollment.models.device import DeviceQuerySet
from enrollment.models.device_verdict import verdict
from enrollment.models.operation import OperationKind, Verdict
from enrollment.models.profile import Profile, ProfileRevision
from enrollment.models.rule_condition import query_of

UNSAVED = 0  # stands for a rule that has no key yet


def winner(rules: Iterable[AssignmentRule], now: datetime, mode: RuleMode = RuleMode.ACTIVE, *, of: str = "") -> Case:
    """Per device the key of the rule that wins, or None: the first active one whose conditions hold.

    With SHADOW the one in shadow mode that would win if it were active. `of` leads from the rows to the device.
    """
    part = [rule for rule in rules if rule.mode in (RuleMode.ACTIVE, mode)]
    last = max((number for number, rule in enumerate(part) if rule.mode == mode), default=-1)
    cases = []
    for rule in part[: last + 1]:
        holds = query_of(rule.conditions, now, of=of)
        if holds is not None:
            cases.append(When(holds, then=Value((rule.pk or UNSAVED) if rule.mode == mode else None)))
    # PostgreSQL takes a bare NULL for a text, and there may be no case at all.
    return Case(*cases, default=Cast(None, IntegerField()), output_field=IntegerField())


def judged(devices: DeviceQuerySet, profile: Profile, about: RulesAbout) -> QuerySet[Any]:
    """Each device with `said`, the Verdict when a rule decides for the profile; some it must leave alone."""
    gets = Q(would=Verdict.GETS)
    cases = [When(gets & has_foreign_profile(profile.token_id), then=Value(Verdict.FOREIGN.value))]
    if about != RulesAbout.ALL:
        cases.append(When(gets & Q(wished_because=WishedBy.PERSON), then=Value(Verdict.BY_PERSON.value)))
    said = Case(*cases, default=F("would"), output_field=CharField())
    return devices.annotate(would=verdict(OperationKind.ASSIGN, profile)).annotate(said=said)


def has_foreign_profile(token_id: int, *, of: str = "") -> Q:
    """Holds for devices that have a profile at Apple which is none of ours: never taken off by itself (DEV-4b)."""
    ours = ProfileRevision.objects.filter(profile__token=token_id, apple_uuid__gt="").values("apple_uuid")
    has = Q(**{f"{of}apple_profile_status__in": HAS_A_PROFILE})
    return has & ~Q(**{f"{of}apple_profile_uuid__in": ours})
