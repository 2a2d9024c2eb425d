"""Licences and the content tokens that speak for them: VPP-1's part of WARN-1."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment import limits
from enrollment.actions.licences.delete_vpp_token import chosen_vpp_tokens
from enrollment.actions.warnings.conditions.expiry import Expired, Expiring
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import Condition, StandingWarning
from enrollment.models import Licences, Severity, VppToken, VppTokenStatus
from enrollment.models.licence_stock import Stock, Supply, app_title


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


class _OfAnApp(Condition):
    """`part` tells which app: its number in the App Store."""

    def names_of(self, parts: Collection[str]) -> Mapping[str, str]:
        called = Licences.objects.filter(adam_id__in=parts).exclude(name="").values_list("adam_id", "name")
        names = dict(called.order_by())
        return {adam_id: app_title(adam_id, names.get(adam_id, "")) for adam_id in parts}


class LicencesGone(_OfAnApp):
    """Where a profile has chosen the VPP token, nothing of the Company Portal left blocks enrollment."""

    id = "licences_gone"
    label = gettext_lazy("No licences left")
    watches = gettext_lazy("An app has no free licence left; without one of the Company Portal enrollment is blocked.")

    def find(self, look: Look) -> Iterator[StandingWarning]:
        gone = [(token, stock) for token, stock in look.short_stocks if stock.supply == Supply.GONE]
        lacking = [token for token in look.troubled_vpp_tokens if token.read_at and not token.has_portal]
        chosen = chosen_vpp_tokens([*(token for token, stock in gone if stock.is_company_portal), *lacking])
        for token in lacking:
            if token.pk in chosen:
                yield self._of(token, settings.COMPANY_PORTAL_APP, "", owned=0, blocks=True)
        for token, stock in gone:
            blocks = stock.is_company_portal and token.pk in chosen
            if stock.owned or blocks:
                yield self._of(token, stock.adam_id, stock.called, owned=stock.owned, blocks=blocks)

    def _of(self, token: VppToken, adam_id: str, called: str, *, owned: int, blocks: bool) -> StandingWarning:
        return StandingWarning(
            condition=self,
            severity=Severity.UNHEALTHY if blocks else Severity.WARNING,
            vpp_token=token,
            part=adam_id,
            step="blocks" if blocks else "",  # told anew when a profile comes to need what was only missed
            details={"name": token.name, "adam_id": adam_id, "called": called, "total": owned, "blocks": blocks},
        )

    def sentence(self, warning: StandingWarning) -> str:
        details = _in_words(warning)
        if not warning.details["blocks"]:
            return _("No licence of “%(app)s” is left in “%(name)s”.") % details
        if not warning.details["total"]:
            return _("“%(name)s” has no licence of “%(app)s”: enrollment is blocked.") % details
        return _("No licence of “%(app)s” is left in “%(name)s”: enrollment is blocked.") % details

    def remedy(self, warning: StandingWarning) -> str:
        if warning.details["blocks"]:
            return _(
                "Buy licences in Apple Business or School Manager, or take back those of devices that are gone; or "
                "choose another VPP token in the profiles that have this one."
            )
        return _("Buy licences in Apple Business or School Manager, or take back those that are not needed.")


class LicencesLow(_OfAnApp):
    """At most 10 % or 10 free. Of the Company Portal it is a warning, of other apps worth knowing."""

    id = "licences_low"
    label = gettext_lazy("Few licences left")
    watches = gettext_lazy("Few licences of an app are free: 10, or a tenth of all, at the most.")

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for token, stock in look.short_stocks:
            if stock.supply == Supply.LOW:
                yield StandingWarning(
                    condition=self,
                    severity=Severity.WARNING if stock.is_company_portal else Severity.NOTICE,
                    vpp_token=token,
                    part=stock.adam_id,
                    details=_details(token, stock),
                )

    def sentence(self, warning: StandingWarning) -> str:
        sentence = ngettext(
            "“%(name)s” has %(free)s of %(total)s licences of “%(app)s” left.",
            "“%(name)s” has %(free)s of %(total)s licences of “%(app)s” left.",
            warning.details["free"],
        )
        return sentence % _in_words(warning)

    def remedy(self, warning: StandingWarning) -> str:
        return _("Buy more in Apple Business or School Manager before the last one is used.")


def _details(token: VppToken, stock: Stock) -> dict[str, Any]:
    return {
        "name": token.name,
        "adam_id": stock.adam_id,
        "called": stock.called,
        "free": stock.free,
        "total": stock.owned,
    }


def _in_words(warning: StandingWarning) -> dict[str, Any]:
    """The details with the app's title and the numbers as they are written in the reader's language."""
    said = warning.details
    numbers = {name: number_format(said[name], force_grouping=True) for name in ("free", "total") if name in said}
    return {**said, **numbers, "app": app_title(said["adam_id"], said["called"])}
