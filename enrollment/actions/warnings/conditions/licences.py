"""Licences and the content tokens that speak for them: VPP-1's part of WARN-1."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment import limits
from enrollment.actions.licences.delete_vpp_token import chosen_vpp_tokens
from enrollment.actions.warnings.conditions.expiry import Expired, Expiring
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import A_DAY, Condition, StandingWarning
from enrollment.models import Licences, Severity, VppToken, VppTokenStatus
from enrollment.models.licence_stock import ShortApp, Supply, app_title

_NUMBERS = ("free", "total", "count", "most")


class VppTokenExpiring(Expiring):
    id = "vpp_token_expiring"
    label = gettext_lazy("VPP token expires soon")
    watches = gettext_lazy("In steps before the year of a VPP token is over, the first 60 days ahead.")

    def rows(self, look: Look) -> Iterable[VppToken]:
        return look.troubled_vpp_tokens

    def sentence(self, warning: StandingWarning) -> str:
        if not warning.details["days"]:
            return _("The VPP token “%(name)s” expires within a day.") % warning.details
        sentence = ngettext(
            "The VPP token “%(name)s” expires in %(days)d day.",
            "The VPP token “%(name)s” expires in %(days)d days.",
            warning.details["days"],
        )
        return sentence % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        return _("Renew it before then: download a new content token in Apple's portal, and upload it here.")


class VppTokenExpired(Expired):
    id = "vpp_token_expired"
    label = gettext_lazy("VPP token expired")
    watches = gettext_lazy("The year of a VPP token is over: enrollment is blocked where a profile needs it.")

    def rows(self, look: Look) -> Iterable[VppToken]:
        return look.troubled_vpp_tokens

    def sentence(self, warning: StandingWarning) -> str:
        return _("The VPP token “%(name)s” has expired.") % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        return _(
            "Enrollment is blocked where a profile installs the Company Portal with it. Renew it: download a new "
            "content token in Apple's portal, and upload it here."
        )


class VppTokenRejected(Condition):
    id = "vpp_token_rejected"
    label = gettext_lazy("VPP token rejected")
    watches = gettext_lazy("Apple does not accept a VPP token any more.")

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for token in look.troubled_vpp_tokens:
            if token.status_now == VppTokenStatus.REJECTED:
                yield StandingWarning(
                    condition=self,
                    severity=Severity.UNHEALTHY,
                    vpp_token=token,
                    details={"name": token.name},
                    since=token.rejected_at,
                )

    def sentence(self, warning: StandingWarning) -> str:
        return _("Apple rejects the VPP token “%(name)s”.") % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        return _advice_of(warning) or _("Download the content token of the location again, and renew it here.")


class LicencesUnread(Condition):
    """No reading succeeded for a day. One that has expired or is rejected says so itself."""

    id = "licences_unread"
    label = gettext_lazy("Licences not read")
    watches = gettext_lazy("The licences of a VPP token could not be read for a day.")

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for token in look.troubled_vpp_tokens:
            late_at = (token.read_at or token.created_at) + limits.LICENCES_UNREAD
            if late_at <= look.now and token.status_now not in (VppTokenStatus.EXPIRED, VppTokenStatus.REJECTED):
                yield StandingWarning(
                    condition=self,
                    severity=Severity.WARNING,
                    vpp_token=token,
                    details={"name": token.name},
                    since=late_at,
                )

    def sentence(self, warning: StandingWarning) -> str:
        return _("The licences of “%(name)s” have not been read for a day: its counts are old.") % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        return _advice_of(warning) or _("Apple is asked again by itself. Check that this server reaches Apple.")


def _advice_of(warning: StandingWarning) -> str:
    """What Apple answered, and what that calls for."""
    token = warning.vpp_token
    said = (token.trouble_sentence, token.trouble_advice) if token else ()
    return " ".join(_(words) % token.trouble_details for words in said if words) if token else ""


class _OfApps(Condition):
    """Of one app, which `part` tells: its number in the App Store; or, without it, of others of the token together."""

    severity: Severity  # of the others
    supply: Supply
    grace = A_DAY

    def names_of(self, parts: Collection[str]) -> Mapping[str, str]:
        called = Licences.objects.filter(adam_id__in=parts).exclude(name="").values_list("adam_id", "name")
        names = dict(called.order_by())
        return {adam_id: app_title(adam_id, names.get(adam_id, "")) for adam_id in parts}

    def of_app(self, token: VppToken, app: ShortApp, **more: Any) -> StandingWarning:
        values = {"severity": self.severity, "part": app.adam_id, **more}
        return StandingWarning(condition=self, vpp_token=token, details=_details(token, app), **values)

    def of_others(self, token: VppToken, apps: Sequence[ShortApp]) -> StandingWarning:
        """Of one it says which; of several their list does."""
        details = {**_details(token, apps[0]), "count": len(apps), "most": limits.LICENCES_LOW}
        return StandingWarning(condition=self, severity=self.severity, vpp_token=token, details=details)

    def link(self, warning: StandingWarning) -> str:
        page = super().link(warning)
        return page if warning.part else f"{page}?{urlencode({'supply': self.supply.value, 'kind': 'app'})}#licences"


class LicencesGone(_OfApps):
    """Where a profile has chosen the VPP token, nothing of the Company Portal left blocks enrollment.

    An app that was never owned in numbers is told with the others of its kind: its few copies are meant to be used.
    """

    id = "licences_gone"
    label = gettext_lazy("No licences left")
    watches = gettext_lazy("An app has no free licence left; without one of the Company Portal enrollment is blocked.")
    severity, supply = Severity.WARNING, Supply.GONE

    def find(self, look: Look) -> Iterator[StandingWarning]:
        gone = [(token, [app for app in apps if app.supply_now == self.supply]) for token, apps in look.short_apps]
        lacking = [token for token in look.troubled_vpp_tokens if token.read_at and not token.has_portal]
        of_portal = (token for token, apps in gone if any(app.is_company_portal for app in apps))
        chosen = chosen_vpp_tokens([*of_portal, *lacking])
        for token in lacking:
            if token.pk in chosen:
                yield self._blocking(token, ShortApp(token.pk, settings.COMPANY_PORTAL_APP, "", 0, 0, Supply.GONE))
        for token, apps in gone:
            for app in sorted(filter(_is_told_alone, apps), key=_place):
                if app.is_company_portal and token.pk in chosen:
                    yield self._blocking(token, app)
                elif app.owned:
                    yield self.of_app(token, app)
            if others := [app for app in apps if app.owned and not _is_told_alone(app)]:
                yield self.of_others(token, others)

    def _blocking(self, token: VppToken, app: ShortApp) -> StandingWarning:
        """Told anew when a profile comes to need what was only missed."""
        return self.of_app(token, app, severity=Severity.UNHEALTHY, step="blocks")

    def sentence(self, warning: StandingWarning) -> str:
        details = _in_words(warning)
        if warning.details["count"] > 1:
            sentence = ngettext(
                "“%(name)s” has no licence left of %(count)s app of which it owns %(most)s licences at most.",
                "“%(name)s” has no licence left of %(count)s apps of which it owns %(most)s licences at most.",
                warning.details["count"],
            )
            return sentence % details
        if warning.severity != Severity.UNHEALTHY:
            return _("No licence of “%(app)s” is left in “%(name)s”.") % details
        if not warning.details["total"]:
            return _("“%(name)s” has no licence of “%(app)s”: enrollment is blocked.") % details
        return _("No licence of “%(app)s” is left in “%(name)s”: enrollment is blocked.") % details

    def remedy(self, warning: StandingWarning) -> str:
        if warning.severity == Severity.UNHEALTHY:
            return _(
                "Buy licences in Apple Business or School Manager, or take back those of devices that are gone; or "
                "choose another VPP token in the profiles that have this one."
            )
        return _("Buy licences in Apple Business or School Manager, or take back those that are not needed.")


class LicencesLow(_OfApps):
    """At most 10 % or 10 free. Of the Company Portal it is a warning, of other apps worth knowing: of all together."""

    id = "licences_low"
    label = gettext_lazy("Few licences left")
    watches = gettext_lazy("Few licences of an app are free: 10, or a tenth of all, at the most.")
    severity, supply = Severity.NOTICE, Supply.LOW

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for token, apps in look.short_apps:
            low = [app for app in apps if app.supply_now == self.supply]
            for app in filter(_is_told_alone, low):
                yield self.of_app(token, app, severity=Severity.WARNING)
            if others := [app for app in low if not _is_told_alone(app)]:
                yield self.of_others(token, others)

    def sentence(self, warning: StandingWarning) -> str:
        if warning.details["count"] > 1:
            sentence = ngettext(
                "%(count)s app has few licences left in “%(name)s”.",
                "%(count)s apps have few licences left in “%(name)s”.",
                warning.details["count"],
            )
        else:
            sentence = ngettext(
                "“%(name)s” has %(free)s of %(total)s licences of “%(app)s” left.",
                "“%(name)s” has %(free)s of %(total)s licences of “%(app)s” left.",
                warning.details["free"],
            )
        return sentence % _in_words(warning)

    def remedy(self, warning: StandingWarning) -> str:
        if warning.details["count"] > 1:
            return _(
                "The list of its licences tells which. Buy more in Apple Business or School Manager of those that are "
                "still to be given to somebody."
            )
        return _("Buy more in Apple Business or School Manager before the last one is used.")


def _is_told_alone(app: ShortApp) -> bool:
    """What enrollment needs, and what has run out of many."""
    return app.is_company_portal or (app.supply_now == Supply.GONE and app.owned > limits.LICENCES_LOW)


def _place(app: ShortApp) -> tuple[bool, str, str]:
    """The Company Portal first."""
    return not app.is_company_portal, app.called, app.adam_id


def _details(token: VppToken, app: ShortApp) -> dict[str, Any]:
    return {
        "name": token.name,
        "adam_id": app.adam_id,
        "called": app.called,
        "free": app.free,
        "total": app.owned,
        "count": 1,
    }


def _in_words(warning: StandingWarning) -> dict[str, Any]:
    """The details with the app's title and the numbers as they are written in the reader's language."""
    said = warning.details
    numbers = {name: number_format(said[name], force_grouping=True) for name in _NUMBERS if name in said}
    return {**said, **numbers, "app": app_title(said["adam_id"], said["called"])}
