from enrollment.actions.profiles.apply_default_profile import waiting_for_a_default
from enrollment.actions.profiles.assign_profile import assign_profile
from enrollment.models import Person, Token, WishedBy


def give_default_profile(token: Token, *, by: Person | None) -> int:
    """Give the default profile also to the devices that were there before it was set; how many."""
    if token.default_profile is None:
        return 0
    return assign_profile(waiting_for_a_default(token), token.default_profile, by=by, because=WishedBy.DEFAULT)
