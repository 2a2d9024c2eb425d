from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from enrollment.models import Permission, Person, Token, VppToken
from enrollment.models.token import APPLE, is_pretend_address
from enrollment.models.vpp_token import APPS_AND_BOOKS
from enrollment.permissions import may, may_everywhere
from enrollment.web.guidance import PAGES
from enrollment.web.standing import Bell, standing_warnings

# Everybody's: what warnings stand there is what they may read.
ALWAYS = [(_("Home"), "home", "home"), (_("Warnings"), "warning-list", "bell")]
# What may be read, by whom: name, URL name, icon.
NAVIGATION = [
    (Permission.READ_DEVICE, (_("Devices"), "device-list", "device")),
    (Permission.READ_DEVICE, (_("Apple serial numbers"), "serial-lists", "barcode")),
    (Permission.READ_DEVICE, (_("Serial doctor"), "serial-doctor", "doctor")),
    (Permission.READ_DEVICE, (_("Operations"), "operation-list", "transfer")),
    (Permission.READ_TOKEN, (_("Enrollment program tokens"), "token-list", "token")),
    (Permission.READ_PROFILE, (_("Profiles"), "profile-list", "profile")),
    (Permission.READ_TOKEN, (_("VPP tokens"), "vpp-token-list", "apple")),
    (Permission.READ_AUDIT, (_("Activity"), "activity-list", "activity")),
]
MAILS = (_("Mails"), "mail-list", "mail")
# Of the whole installation: for those who manage it, or read who may what; keys are everybody's.
PEOPLE = (_("People"), "person-list", "people")
ROLES = (_("Roles"), "role-list", "shield")
SCOPE_TAGS = (_("Scope tags"), "scope-tag-list", "tag")
SIGN_IN = (_("Sign-in"), "sign-in-settings", "lock")
CHANNELS = (_("Channels"), "channel-list", "channel")
API_KEYS = (_("API keys"), "api-key-list", "token")
GUIDANCE = (_("Guidance"), "guidance", "book")

ENTRANCE = "account/base_entrance.html"


def frame(request: HttpRequest) -> dict[str, Any]:
    """What every page needs around its content; looked up only when a template asks for it."""
    # A request refused before anybody asked who sent it has no user.
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return _entrance()
    navigation = [*ALWAYS, *(link for needed, link in NAVIGATION if may(person, needed))]
    if settings.SHOW_MAILS and may_everywhere(person, Permission.MANAGE_ACCESS):
        navigation.append(MAILS)
    navigation.append(GUIDANCE)
    needs_second_factor = getattr(request, "needs_second_factor", False)
    return {
        # Who has yet to prove who they are sees nothing of the installation.
        "layout": ENTRANCE if needs_second_factor else "base.html",
        "needs_second_factor": needs_second_factor,
        "navigation": navigation,
        "access_navigation": _access(person),
        "guidance": PAGES,
        "portal_url": f"{settings.APPLE_URL}/portal",
        "is_pretend": SimpleLazyObject(lambda: _is_pretend(person)),
        "bell": SimpleLazyObject(lambda: Bell.of(standing_warnings(request))),
    }


def _entrance() -> dict[str, Any]:
    """Before anybody has signed in."""
    return {
        "layout": ENTRANCE,
        "is_pretend": is_pretend_address(settings.APPLE_URL),
        "is_new": SimpleLazyObject(lambda: not Person.objects.exists()),
        "oidc": settings.OIDC,
    }


def _access(person: Any) -> list[Any]:
    reads = may(person, Permission.MANAGE_ACCESS) or may(person, Permission.READ_AUDIT)
    links = [PEOPLE, ROLES, SCOPE_TAGS, API_KEYS] if reads else [API_KEYS]
    return [*links, SIGN_IN, CHANNELS] if may_everywhere(person, Permission.MANAGE_ACCESS) else links


def _is_pretend(person: Any) -> bool:
    """Whether this installation, or any token the person sees, speaks with a pretend Apple."""
    if is_pretend_address(settings.APPLE_URL):
        return True
    tokens, vpp_tokens = Token.objects.visible_to(person), VppToken.objects.visible_to(person)
    return tokens.exclude(apple_url=APPLE).exists() or vpp_tokens.exclude(apple_url=APPS_AND_BOOKS).exists()
