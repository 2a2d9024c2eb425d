from datetime import timedelta

from django.utils import timezone

from enrollment.apple.errors import AppleError, ProfileNotFound
from enrollment.apple.messages import text
from enrollment.connection import connect
from enrollment.models import Device, ForeignProfile, ProfileRevision, Token
from enrollment.models.assignment import HAS_A_PROFILE

AT_ONCE = 20
TRY_AGAIN = timedelta(days=1)


def fetch_foreign_profiles(token: Token) -> None:
    """Profiles on our devices that we did not make are fetched and shown, and never taken off (DEV-4b)."""
    _note_new_ones(token)
    now = timezone.now()
    due = list(token.foreign_profiles.filter(fetched_at=None).exclude(next_try_at__gt=now)[:AT_ONCE])
    if not due:
        return
    with connect(token) as apple:
        for profile in due:
            try:
                payload = apple.get_profile(profile.apple_uuid)
            except ProfileNotFound:
                # It belonged to another server before the devices moved: Apple does not tell us what is in it.
                ForeignProfile.objects.filter(pk=profile.pk).update(next_try_at=now + TRY_AGAIN)
                continue
            except AppleError:
                return
            profile.name, profile.payload, profile.fetched_at = text(payload.get("profile_name"))[:125], payload, now
            profile.save(update_fields=["name", "payload", "fetched_at"])


def _note_new_ones(token: Token) -> None:
    ours = ProfileRevision.objects.filter(profile__token=token).exclude(apple_uuid="").values("apple_uuid")
    known = token.foreign_profiles.values("apple_uuid")
    with_profile = Device.objects.filter(token=token, apple_profile_status__in=HAS_A_PROFILE).present()
    new = with_profile.exclude(apple_profile_uuid="").exclude(apple_profile_uuid__in=ours)
    uuids = new.exclude(apple_profile_uuid__in=known).order_by().values_list("apple_profile_uuid", flat=True)
    rows = [ForeignProfile(token=token, apple_uuid=uuid) for uuid in uuids.distinct()]
    ForeignProfile.objects.bulk_create(rows, ignore_conflicts=True)
