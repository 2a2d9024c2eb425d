from enrollment.models import AuditEntry, Person, Profile
from enrollment.models.profile_file import write_profile


def export_profile(profile: Profile, *, as_yaml: bool, by: Person | None) -> str:
    """The profile as a file's text; exports are recorded (AUD-1)."""
    AuditEntry.record("profile.exported", profile, by=by, format="yaml" if as_yaml else "json")
    return write_profile(profile, as_yaml=as_yaml, reader=by)
