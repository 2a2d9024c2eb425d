from enrollment.actions.profiles.start_profile import Beginning, start_profile
from enrollment.models import Person, ProfileDraft, Token, VppToken
from enrollment.models.profile_file import read_profile


def import_profile(content: bytes, *, token: Token, by: Person) -> tuple[ProfileDraft, list[str]]:
    """A draft from a file, and the keys that were left out. NotAProfileFile or TokenNotActive: nothing is changed."""
    read = read_profile(content, vpp_tokens=VppToken.objects.visible_to(by))
    beginning = Beginning("file", read.settings, read.name, read.description, read.platform)
    return start_profile(token, by=by, beginning=beginning), read.left_out
