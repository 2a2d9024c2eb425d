"""Where to look for devices in a rare state: what a state follows from stands in three tables, which no index knows.

The devices of a profile fall into few groups by what Apple shows of them, and by what they were activated with. Which
groups can hold what is looked for is decided here; `assignment` decides device by device.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, Model, Q

from enrollment.models.assignment import HAS_A_PROFILE, Answer, AssignmentState, Wish
from enrollment.models.distinct_values import distinct_values
from enrollment.models.profile import Profile, ProfileRevision

MOST_CONDITIONS = 500  # joined by "or": SQLite takes 1,000
_BY_ANSWER = {
    AssignmentState.THROTTLED: Q(answer=Answer.THROTTLED),
    AssignmentState.NOT_ACCESSIBLE: Q(answer=Answer.NOT_ACCESSIBLE),
    AssignmentState.SENT: Q(answer=Answer.SUCCESS, confirmed_at=None),
}


def likely_in_state(devices: type[Model], state: AssignmentState) -> Q:
    """Holds for every device in the state, and is found by indexes where the state is rare."""
    if state in _BY_ANSWER:
        return _BY_ANSWER[state]
    if state == AssignmentState.NOTHING_WANTED:
        return Q(profile=None)
    if state == AssignmentState.FAILED:
        refused = Profile.objects.filter(current__refusal_sentence__gt="").values_list("pk", flat=True)
        return Q(answer__in=[Answer.FAILED, Answer.NOT_SEEN]) | Q(profile__in=list(refused))
    return Q() if state == AssignmentState.CONFIRMED else likely_otherwise_than_wanted(devices)


def likely_otherwise_than_wanted(devices: type[Model]) -> Q:
    """Holds for every device of which Apple does not show what is wanted."""
    columns = ("profile_id", "apple_profile_uuid", "apple_profile_status")
    groups = distinct_values(devices, columns, "profile_id IS NOT NULL")
    if groups is None:
        return ~Q(wish=Wish.NOTHING_SAID)
    current = _current_revisions(profile for profile, _uuid, _status in groups)
    likely = defaultdict(set)
    for profile, uuid, status in groups:
        revision = current.get(profile)
        if revision is None or uuid != revision.apple_uuid or not uuid or status not in HAS_A_PROFILE:
            likely[profile, status].add(uuid)
    if len(likely) > MOST_CONDITIONS:
        return ~Q(wish=Wish.NOTHING_SAID)
    found = Q(wish=Wish.NO_PROFILE, apple_profile_status__in=HAS_A_PROFILE)
    for (profile, status), uuids in likely.items():
        found |= Q(profile=profile, apple_profile_status=status, apple_profile_uuid__in=uuids)
    return found


def likely_to_need_a_wipe(devices: type[Model]) -> Q:
    """Holds for every device that was activated with something else than its profile's current revision."""
    groups = distinct_values(devices, ("profile_id", "given_uuid"), "profile_id IS NOT NULL AND given_at IS NOT NULL")
    if groups is None:
        return Q(profile__isnull=False, given_at__isnull=False)
    current = _current_revisions(profile for profile, _uuid in groups)
    likely = defaultdict(set)
    found = Q(pk__in=())
    for profile, uuid in groups:
        revision = current.get(profile)
        if revision is None or uuid != revision.apple_uuid:
            likely[profile].add(uuid)
        elif revision.defined_at is None or revision.defined_at < revision.created_at:
            # It keeps Apple's uuid of the one before: the time decides.
            found |= Q(profile=profile, given_uuid=uuid, given_at__lt=revision.created_at)
    for profile, uuids in likely.items():
        found |= Q(profile=profile, given_uuid__in=uuids, given_at__isnull=False)
    return found if len(found) <= MOST_CONDITIONS else Q(profile__isnull=False, given_at__isnull=False)


def _current_revisions(profiles: Iterable[int]) -> dict[int, ProfileRevision]:
    """By profile, without what they say: that is large."""
    found = ProfileRevision.objects.filter(profile__in=set(profiles), pk=F("profile__current"))
    return {one.profile_id: one for one in found.only("profile", "apple_uuid", "defined_at", "created_at")}
