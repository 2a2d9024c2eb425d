"""PB-6: what is allowed and yet not what somebody wants; small rules, each with its sentence and its remedy."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from enrollment import limits
from enrollment.apple.setup_panes import PANES, Pane
from enrollment.models import Person, VppToken, VppTokenStatus
from enrollment.models.certificate import NotACertificate, stored_certificate
from enrollment.models.licence_stock import Stock, Supply, company_portal_stock
from enrollment.models.profile_field import Affinity, AuthenticationMethod


class Severity(StrEnum):
    """How much it matters, the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass
class Subject:
    """What is looked at: settings (clean or as typed), and the VPP token they name, if it is here."""

    settings: Mapping[str, Any]
    platform: str = "ios"
    vpp_token: VppToken | None = None

    @cached_property
    def portal(self) -> Stock | None:
        """What the VPP token has of the Company Portal."""
        return company_portal_stock([self.vpp_token]).get(self.vpp_token.pk) if self.vpp_token else None

    def shows(self, key: str) -> bool:
        return key not in self.settings["hidden_panes"] and not self.settings["is_shared_ipad"]

    def hidden(self) -> list[Pane]:
        return [PANES[key] for key in self.settings["hidden_panes"] if key in PANES]


@dataclass(frozen=True)
class Finding:
    """A rule that spoke. Sentence and remedy are in the reader's language."""

    rule: str
    severity: Severity
    sentence: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """`finds` answers None, or what fills the placeholders of the sentence."""

    id: str
    severity: Severity
    sentence: str
    remedy: str
    finds: Callable[[Subject], Mapping[str, Any] | None] = field(repr=False)


def lint_profile(settings: Mapping[str, Any], *, reader: Person | None, platform: str = "ios") -> list[Finding]:
    """What the rules say of settings to a reader (None: the operator), the gravest first."""
    token = VppToken.objects.told_to(reader, settings.get("company_portal_vpp"))
    subject = Subject(settings, platform, token)
    return sorted(_findings(subject), key=lambda finding: list(Severity).index(finding.severity))


def _findings(subject: Subject) -> Iterator[Finding]:
    for rule in RULES:
        details = rule.finds(subject)
        if details is not None:
            yield Finding(rule.id, rule.severity, _(rule.sentence) % details, _(rule.remedy))


def _when(holds: Callable[[Subject], Any]) -> Callable[[Subject], Mapping[str, Any] | None]:
    return lambda subject: {} if holds(subject) else None


def _panes(which: Callable[[Subject, Pane], bool]) -> Callable[[Subject], Mapping[str, Any] | None]:
    def finds(subject: Subject) -> Mapping[str, Any] | None:
        language = get_language() or "en"
        names = [pane.label(language) for pane in subject.hidden() if which(subject, pane)]
        return {"screens": ", ".join(names)} if names else None

    return finds


def _certificates_ending(within: timedelta, after: timedelta) -> Callable[[Subject], Mapping[str, Any] | None]:
    def finds(subject: Subject) -> Mapping[str, Any] | None:
        now = timezone.now()
        names = []
        for text in (*subject.settings["host_certificates"], *subject.settings["anchor_certificates"]):
            try:
                read = stored_certificate(text)
            except NotACertificate:
                continue
            if now + after < read.expires_at <= now + within:
                names.append(read.subject)
        return {"names": ", ".join(names)} if names else None

    return finds


def _vpp_in(status: VppTokenStatus) -> Callable[[Subject], Mapping[str, Any] | None]:
    def finds(subject: Subject) -> Mapping[str, Any] | None:
        token = subject.vpp_token
        if token is None or token.status != status:
            return None
        return {"name": token.name, "day": date_format(localtime(token.expires_at), "SHORT_DATE_FORMAT")}

    return finds


def _licences(supply: Supply) -> Callable[[Subject], Mapping[str, Any] | None]:
    """Of the Company Portal, as they were last read; one that has none at all has none left."""

    def finds(subject: Subject) -> Mapping[str, Any] | None:
        token, stock = subject.vpp_token, subject.portal
        if token is None or token.read_at is None or (stock.supply if stock else Supply.GONE) != supply:
            return None
        if token.is_untold and supply == Supply.LOW:
            return None  # how many another part of the organisation has left is not told
        numbers = (("free", stock.free), ("total", stock.owned)) if stock else ()
        return {"name": token.name, **{name: number_format(count, force_grouping=True) for name, count in numbers}}

    return finds


def _uses_company_portal(subject: Subject) -> bool:
    method = subject.settings["method"]
    return method == AuthenticationMethod.COMPANY_PORTAL or bool(subject.settings["install_company_portal"])


RULES = (
    Rule(
        "single-app-mode-without-vpp-token",
        Severity.ERROR,
        gettext_noop("Single App Mode is on, and no VPP token is there to install the Company Portal with."),
        gettext_noop(
            "Choose a VPP token, or turn Single App Mode off: the device would wait for an app that never comes."
        ),
        _when(lambda subject: subject.settings["single_app_mode"] and subject.vpp_token is None),
    ),
    Rule(
        "locked-without-supervised",
        Severity.ERROR,
        gettext_noop("Locked enrollment is on without supervision."),
        gettext_noop("Turn Supervised on: Apple refuses one without the other."),
        _when(lambda subject: subject.settings["is_locked"] and not subject.settings["is_supervised"]),
    ),
    Rule(
        "vpp-token-expired",
        Severity.ERROR,
        gettext_noop("The VPP token “%(name)s” has expired: enrollment is blocked."),
        gettext_noop("Upload a new one from Apple Business or School Manager, and choose it here."),
        _vpp_in(VppTokenStatus.EXPIRED),
    ),
    Rule(
        "vpp-token-rejected",
        Severity.ERROR,
        gettext_noop("Apple rejects the VPP token “%(name)s”: enrollment is blocked."),
        gettext_noop("Renew it with a new content token of the location, or choose another one."),
        _vpp_in(VppTokenStatus.REJECTED),
    ),
    Rule(
        "company-portal-licences-gone",
        Severity.ERROR,
        gettext_noop("No Company Portal licence is left in “%(name)s”: enrollment is blocked."),
        gettext_noop("Buy licences, take back those of devices that are gone, or choose another VPP token."),
        _licences(Supply.GONE),
    ),
    Rule(
        "certificate-expired",
        Severity.ERROR,
        gettext_noop("A certificate has expired: %(names)s."),
        gettext_noop("Remove it and add its successor."),
        _certificates_ending(timedelta(), after=timedelta(days=-36_500)),
    ),
    Rule(
        "vpp-token-expires-soon",
        Severity.WARNING,
        gettext_noop("The VPP token “%(name)s” expires on %(day)s; then enrollment is blocked."),
        gettext_noop("Download a new one from Apple Business or School Manager in time."),
        _vpp_in(VppTokenStatus.EXPIRES_SOON),
    ),
    Rule(
        "company-portal-licences-low",
        Severity.WARNING,
        gettext_noop("Only %(free)s of %(total)s Company Portal licences are left in “%(name)s”."),
        gettext_noop("Buy more before the last one is used: then enrollment is blocked."),
        _licences(Supply.LOW),
    ),
    Rule(
        "certificate-expires-soon",
        Severity.WARNING,
        gettext_noop("A certificate expires within 30 days: %(names)s."),
        gettext_noop("Add its successor in time; a device learns of it when it is erased and activated again."),
        _certificates_ending(limits.TOKEN_EXPIRES_SOON, after=timedelta()),
    ),
    Rule(
        "company-portal-without-vpp-token",
        Severity.WARNING,
        gettext_noop("The Company Portal is to be installed without a VPP token."),
        gettext_noop(
            "From the App Store it is not compatible with automated enrollment and does not update by itself."
        ),
        _when(lambda subject: _uses_company_portal(subject) and subject.vpp_token is None),
    ),
    Rule(
        "passcode-screen-shown",
        Severity.WARNING,
        gettext_noop("The Passcode screen is shown; it does not work on 14.5 and later."),
        gettext_noop("Hide it, and require a passcode by a policy."),
        _when(lambda subject: subject.shows("Passcode")),
    ),
    Rule(
        "biometric-screen-shown",
        Severity.WARNING,
        gettext_noop("The Touch ID and Face ID screen is shown; it does not work on 14.5 and later."),
        gettext_noop("Hide it; users can enroll them in Settings."),
        _when(lambda subject: subject.shows("Biometric")),
    ),
    Rule(
        "sim-setup-hidden-with-cellular-plan",
        Severity.WARNING,
        gettext_noop("SIM Setup is hidden while the cellular data plan is to be activated."),
        gettext_noop("Show it: hiding it prevents the automatic setup of an eSIM."),
        _when(lambda subject: subject.settings["activate_cellular"] and "SIMSetup" in subject.settings["hidden_panes"]),
    ),
    Rule(
        "shared-ipad-with-await",
        Severity.WARNING,
        gettext_noop("Await final configuration is set beside Shared iPad, where it is not a choice."),
        gettext_noop("Save the profile once: a Shared iPad is always held until its settings have arrived."),
        _when(lambda subject: subject.settings["is_shared_ipad"] and subject.settings["await_configured"]),
    ),
    Rule(
        "shared-mode-not-locked",
        Severity.WARNING,
        gettext_noop("Shared mode is set up without locked enrollment."),
        gettext_noop("Turn Locked enrollment on, so that nobody at the counter removes management."),
        _when(lambda subject: subject.settings["affinity"] == Affinity.SHARED and not subject.settings["is_locked"]),
    ),
    Rule(
        "unsupervised",
        Severity.WARNING,
        gettext_noop("Supervised is off, which concerns only devices before 13.0."),
        gettext_noop("Turn it on: later, such a device can be supervised only with Apple Configurator over USB."),
        _when(lambda subject: not subject.settings["is_supervised"]),
    ),
    Rule(
        "legacy-method",
        Severity.INFO,
        gettext_noop("The legacy method knows no multi-factor authentication."),
        gettext_noop("Prefer modern authentication where your service offers it."),
        _when(lambda subject: subject.settings["method"] == AuthenticationMethod.LEGACY),
    ),
    Rule(
        "device-to-device-migration-shown",
        Severity.INFO,
        gettext_noop("Device to Device Migration is shown; it has no effect for automated enrollment on 13 and later."),
        gettext_noop("Hide it, unless devices before 13 are meant."),
        _when(lambda subject: subject.shows("DeviceToDeviceMigration")),
    ),
    Rule(
        "screens-not-always-skippable",
        Severity.INFO,
        gettext_noop("May appear although hidden: %(screens)s."),
        gettext_noop("Such a screen can come before the device has fetched its profile. Nothing has to be done."),
        _panes(lambda _subject, pane: not pane.is_always_skippable),
    ),
    Rule(
        "deprecated-screens",
        Severity.INFO,
        gettext_noop("Hidden, and no longer there on current versions: %(screens)s."),
        gettext_noop("It does no harm; older devices still ask."),
        _panes(lambda subject, pane: subject.platform in pane.deprecated or subject.platform in pane.removed),
    ),
)
