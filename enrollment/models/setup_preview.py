"""Setup Assistant as a user will meet it: the screens in order, for a family and a major version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enrollment.apple.setup_panes import Pane, panes_for
from enrollment.models.profile_field import Affinity, AuthenticationMethod

FAMILIES = ("iPhone", "iPad")
FIRST_WITH_WEB_SIGN_IN = 13  # also the first that can await its configuration
_ICONS = {
    "start": "star",
    "security": "lock",
    "account": "person",
    "transfer": "transfer",
    "privacy": "eye",
    "display": "sun",
    "system": "sync",
}


@dataclass(frozen=True)
class Screen:
    """One screen in the reader's language. `kind` chooses its drawing; `key` is Apple's, where one can hide it."""

    kind: str
    title: str
    text: str = ""
    button: str = ""
    fields: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    key: str = ""
    note: str = ""
    icon: str = ""


def screens(
    settings: Mapping[str, Any], *, family: str, major: int, organisation: str, platform: str = "ios"
) -> list[Screen]:
    """What is seen from the first switch-on to the home screen."""
    panes = [
        pane
        for pane in panes_for(platform)
        if pane.is_met(platform, major) and pane.is_on(family) and pane.key not in settings["hidden_panes"]
    ]
    early = [pane for pane in panes if not pane.is_always_skippable]
    late = [pane for pane in panes if pane.is_always_skippable]
    found = [*_beginning(family), *(_pane(pane) for pane in early), *_management(settings, family, organisation)]
    if settings["is_shared_ipad"]:
        return [*found, _await(family), _shared_sign_in(settings)]
    found += [*_sign_in(settings, major), *(_pane(pane) for pane in late)]
    if settings["await_configured"] and major >= FIRST_WITH_WEB_SIGN_IN:
        found.append(_await(family))
    return [*found, *_end(settings)]


def _beginning(family: str) -> Iterator[Screen]:
    yield Screen("hello", _("Hello"), note=_("Always shown."))
    yield Screen(
        "pane",
        _("Language and region"),
        _("Choose a language, then a country or region."),
        _("Continue"),
        note=_("Always shown."),
        icon="globe",
    )
    yield Screen(
        "wifi",
        _("Choose a Wi-Fi network"),
        _("The %(family)s is activated over it.") % {"family": family},
        _("Continue"),
        note=_("Shown unless the device is online already."),
        icon="wifi",
    )


def _management(settings: Mapping[str, Any], family: str, organisation: str) -> Iterator[Screen]:
    details = (
        (_("About Configuration"), str(settings["department"] or "")),
        (_("Need help?"), str(settings["department_phone"] or "")),
        (_("E-mail"), str(settings["support_email"] or "")),
    )
    yield Screen(
        "management",
        _("Remote Management"),
        _("“%(organisation)s” will automatically configure your %(family)s.")
        % {"organisation": organisation, "family": family},
        _("Enroll this %(family)s") % {"family": family},
        details=tuple(detail for detail in details if detail[1]),
        note=_("Always shown. From here the device knows this profile."),
        icon="shield",
    )


def _sign_in(settings: Mapping[str, Any], major: int) -> Iterator[Screen]:
    """The step the method chooses; a device too old for the web view asks for a name and a password."""
    if settings["affinity"] != Affinity.WITH:
        return
    if settings["method"] == AuthenticationMethod.MODERN and major >= FIRST_WITH_WEB_SIGN_IN:
        host = urlsplit(str(settings["web_url"])).hostname or ""
        yield Screen(
            "web",
            _("Sign in"),
            host,
            _("Next"),
            fields=(_("Work account"),),
            note=_("Modern authentication, on the web page of your sign-in service."),
            icon="person",
        )
    elif settings["method"] in (AuthenticationMethod.LEGACY, AuthenticationMethod.MODERN):
        yield Screen(
            "sign-in",
            _("Sign in"),
            _("Sign in with your work account to enroll this device."),
            _("Next"),
            fields=(_("User name"), _("Password")),
            note=_("Legacy authentication: no second factor."),
            icon="person",
        )


def _pane(pane: Pane) -> Screen:
    language = get_language() or "en"
    return Screen(
        "pane",
        pane.label(language),
        pane.description(language),
        _("Continue"),
        key=pane.key,
        note=pane.note(language),
        icon=_ICONS[pane.group],
    )


def _await(family: str) -> Screen:
    return Screen(
        "await",
        _("Awaiting final configuration"),
        _("Your %(family)s is being configured by your organisation.") % {"family": family},
        note=_("Without a button: the device is released when its policies are installed."),
    )


def _shared_sign_in(settings: Mapping[str, Any]) -> Screen:
    if settings["temporary_only"]:
        return Screen(
            "shared", _("Temporary session"), _("Data is erased at sign-out."), _("Start as guest"), icon="person"
        )
    return Screen(
        "shared",
        "iPad",
        _("Sign in with a Managed Apple ID, or as guest."),
        _("Next"),
        fields=(_("Managed Apple ID"),),
        icon="person",
    )


def _end(settings: Mapping[str, Any]) -> Iterator[Screen]:
    if settings["single_app_mode"]:
        yield Screen(
            "portal",
            _("Company Portal"),
            _("The device stays in this app until the user has signed in."),
            _("Sign in"),
            note=_("Single App Mode."),
            icon="lock",
        )
    elif settings["affinity"] == Affinity.WITH and settings["method"] == AuthenticationMethod.COMPANY_PORTAL:
        yield Screen(
            "portal",
            _("Company Portal"),
            _("The user opens the app and signs in."),
            _("Sign in"),
            note=_("After the home screen; until then the device is enrolled without a user."),
            icon="person",
        )
    yield Screen("home", _("Home screen"), note=_("Set-up is over."))
