from django.db import transaction
from django.utils import timezone

from enrollment.apple.errors import MalformedRequest, ProfileRefused
from enrollment.connection import connect
from enrollment.models import AuditEntry, Person, ProfileRevision


def define_revision(revision: ProfileRevision, *, by: Person | None) -> bool:
    """Tell Apple about a revision; cut in the middle, it can simply be done again.

    False when Apple refuses the profile: the revision then says why, and which field it is about where Apple says so.
    AppleErrors that are about the token or the moment are the caller's.
    """
    try:
        with connect(revision.profile.token) as apple:
            uuid = apple.define_profile(revision.payload).profile_uuid
    except (ProfileRefused, MalformedRequest) as error:
        _remember_refusal(revision, error, by=by)
        return False
    with transaction.atomic():
        revision.apple_uuid, revision.defined_at, revision.refusal_sentence = uuid, timezone.now(), ""
        revision.save(update_fields=["apple_uuid", "defined_at", "refusal_sentence"])
        AuditEntry.record("profile.defined", revision.profile, by=by, revision=revision.number, uuid=uuid)
    return True


def _remember_refusal(
    revision: ProfileRevision, error: ProfileRefused | MalformedRequest, *, by: Person | None
) -> None:
    with transaction.atomic():
        revision.refusal_sentence, revision.refusal_advice = error.sentence, error.advice
        revision.refusal_details, revision.refused_field = error.details, getattr(error, "field", "")
        revision.save(update_fields=["refusal_sentence", "refusal_advice", "refusal_details", "refused_field"])
        AuditEntry.record_refusal("profile.refused", revision.profile, error, by=by, revision=revision.number)
