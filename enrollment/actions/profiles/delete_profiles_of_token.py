from django.db import transaction

from enrollment.actions.profiles.delete_profile import delete_profile, in_the_way
from enrollment.actions.profiles.set_default_profile import set_default_profile
from enrollment.actions.rules.delete_rule import delete_rule
from enrollment.models import Device, Person, Token


def delete_profiles_of_token(token: Token, *, by: Person | None) -> int:
    """Delete the token's profiles that no device has; how many.

    The default one, too: it is unset first (DEL-1), and rules that give one of them are deleted.
    """
    deleted = 0
    with transaction.atomic():
        default = token.default_profile
        if default is not None and not Device.objects.filter(profile=default).exists():
            set_default_profile(token, None, by=by)
        for rule in token.rules.select_related("profile"):
            if not rule.profile.devices.exists():
                delete_rule(rule, by=by)
        for profile in token.profiles.all():
            if not in_the_way(profile):
                delete_profile(profile, by=by)
                deleted += 1
    return deleted
