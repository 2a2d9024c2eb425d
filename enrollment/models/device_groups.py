"""Where to look for devices in a rare state: what a state follows from stands in three tables, which no index knows.

The devices of a profile fall into few groups by what Apple shows of them, and by what they were activated with. Which
groups can hold what is looked for is decided here; `assignment` decides device by device.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import F, Model, Q

from enrollment.models.assignment import HAS_A_PROFILE, Answer, AssignmentState, Wish
from enrollment.models.distinct_values import distinct_values
from enrollment.models.profile import Profile, ProfileRevision

MOST_CONDITIONS = 500  # joined by "or": SQLite takes 1,000
MOST_PARTS = 8  # then all that are wanted to be something are looked at
WANTED = ~Q(wish=Wish.NOTHING_SAID)
Group = tuple[int, str, str]  # a profile, Apple's uuid and Apple's status
_ANSWERED = Q(answer__gt=Answer.NONE)  # said although it follows: else SQLite does not see that an index knows these
_BY_ANSWER = {
    AssignmentState.THROTTLED: _ANSWERED & Q(answer=Answer.THROTTLED),
    AssignmentState.NOT_ACCESSIBLE: _ANSWERED & Q(answer=Answer.NOT_ACCESSIBLE),
    AssignmentState.SENT: _ANSWERED & Q(answer=Answer.SUCCESS, confirmed_at=None),
}


def likely_in_state(devices: type[Model], state: AssignmentState, profile: Profile | None = None) -> Q:
    """Holds for every device in the state (of the profile), and is found by indexes where the state is rare."""
    if state in _BY_ANSWER:
        return _BY_ANSWER[state]
    if state == AssignmentState.NOTHING_WANTED:
        return Q(profile=None)
    if state == AssignmentState.FAILED:
        refused = Profile.objects.filter(current__refusal_sentence__gt="").values_list("pk", flat=True)
        return _ANSWERED & Q(answer__in=[Answer.FAILED, Answer.NOT_SEEN]) | Q(profile__in=list(refused))
    return Q() if state == AssignmentState.CONFIRMED else likely_otherwise_than_wanted(devices, profile)


def likely_otherwise_than_wanted(devices: type[Model], profile: Profile | None = None) -> Q:
    """Holds for every device (of the profile) of which Apple does not show what is wanted."""
    columns = ("profile_id", "apple_profile_uuid", "apple_profile_status")
    parts = otherwise_among(distinct_values(devices, columns, _where(profile)))
    return parts[0] if len(parts) == 1 else WANTED


def otherwise_among(groups: Collection[Group] | None) -> list[Q]:
    """The same, for who knows the groups there are, in parts: each device is in one of them at the most."""
    if groups is None:
        return [WANTED]
    current = _current_uuids()
    likely = defaultdict(set)
    for key, uuid, status in groups:
        if not uuid or uuid != current.get(key) or status not in HAS_A_PROFILE:
            likely[key, status].add(uuid)
    terms = [
        Q(profile=key, apple_profile_status=status, apple_profile_uuid__in=uuids)
        for (key, status), uuids in likely.items()
    ]
    if len(terms) > MOST_PARTS * MOST_CONDITIONS:
        return [WANTED]
    uncleared = Q(wish=Wish.NO_PROFILE, apple_profile_status__in=HAS_A_PROFILE)
    return [Q(*part, _connector=Q.OR) for part in _in_parts([uncleared, *terms])]


def _in_parts(terms: list[Q]) -> list[list[Q]]:
    return [terms[start : start + MOST_CONDITIONS] for start in range(0, len(terms), MOST_CONDITIONS)]


def _current_uuids() -> dict[int, str]:
    """What Apple calls the current revision of each profile, of all of them: these are few columns of few rows."""
    return dict(Profile.objects.filter(current__isnull=False).values_list("pk", "current__apple_uuid"))


def likely_to_need_a_wipe(devices: type[Model], profile: Profile | None = None) -> Q:
    """Holds for every device (of the profile) activated with something else than its profile's current revision."""
    groups = distinct_values(devices, ("profile_id", "given_uuid"), f"{_where(profile)} AND given_at IS NOT NULL")
    current = _current_revisions(key for key, _uuid in groups or ())
    likely, terms = defaultdict(set), []
    for key, uuid in groups or ():
        revision = current.get(key)
        if revision is None or uuid != revision.apple_uuid:
            likely[key].add(uuid)
        elif revision.defined_at is None or revision.defined_at < revision.created_at:
            # It keeps Apple's uuid of the one before: the time decides.
            terms.append(Q(profile=key, given_uuid=uuid, given_at__lt=revision.created_at))
    terms += [Q(profile=key, given_uuid__in=uuids, given_at__isnull=False) for key, uuids in likely.items()]
    if groups is None or len(terms) > MOST_CONDITIONS:
        return Q(profile__isnull=False, given_at__isnull=False)
    return Q(Q(pk__in=()), *terms, _connector=Q.OR)


def _where(profile: Profile | None) -> str:
    return f"profile_id = {int(profile.pk)}" if profile else "profile_id IS NOT NULL"


def _current_revisions(profiles: Iterable[int]) -> dict[int, ProfileRevision]:
    """By profile, without what they say: that is large."""
    found = ProfileRevision.objects.filter(profile__in=set(profiles), pk=F("profile__current"))
    return {one.profile_id: one for one in found.only("profile", "apple_uuid", "defined_at", "created_at")}
