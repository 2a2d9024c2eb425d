from contextlib import suppress

from enrollment import tasks
from enrollment.actions.profiles.define_revision import define_revision
from enrollment.apple.errors import AppleError
from enrollment.models import Person, Profile


def tell_apple(profile: Profile, person: Person) -> None:
    """Ask Apple at once about a profile just saved, so that a refusal is in the answer; if Apple is away, it is tried
    again."""
    revision = profile.current
    if revision is not None and not revision.apple_uuid:
        with suppress(AppleError):
            define_revision(revision, by=person)
    tasks.enqueue(tasks.run_reconcile, profile.token_id)
