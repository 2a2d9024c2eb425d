"""A token's year: it is coming to its end, or over (WARN-1)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enrollment import limits
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import Condition, StandingWarning
from enrollment.models import Severity, Token, VppToken

SEVERE_DAYS = 7


def expiry_step(expires_at: datetime, now: datetime) -> int | None:
    """The newest step of an expiry that has come: 60, 30, 14, 7 or 1 days; None before, and when it is over."""
    left = expires_at - now
    if left <= timedelta():
        return None
    return min((days for days in limits.EXPIRY_WARNING_DAYS if left <= timedelta(days=days)), default=None)


def severity_of(step: int) -> Severity:
    return Severity.UNHEALTHY if step <= SEVERE_DAYS else Severity.WARNING


def which_year(expires_at: datetime) -> str:
    """Of a key: a token that was renewed starts its steps anew."""
    return f"{expires_at:%Y%m%d}"


def is_rejected(row: Token | VppToken) -> bool:
    return row.rejected_at is not None


class Expiring(Condition):
    """Of what Apple gives for a year: one warning with a step for each of so many days left."""

    def rows(self, look: Look) -> Iterable[Token | VppToken]:
        """Those among which it is looked for."""
        raise NotImplementedError

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for row in self.rows(look):
            # One that is rejected says so, and is mended by the same renewal.
            if not is_rejected(row) and (step := expiry_step(row.expires_at, look.now)):
                yield StandingWarning(
                    condition=self,
                    severity=severity_of(step),
                    **about(row),
                    part=which_year(row.expires_at),
                    step=str(step),
                    details={"name": row.name, "days": (row.expires_at - look.now).days},
                    since=row.expires_at - timedelta(days=step),
                )


class Expired(Condition):
    """Its year is over."""

    def rows(self, look: Look) -> Iterable[Token | VppToken]:
        """Those among which it is looked for."""
        raise NotImplementedError

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for row in self.rows(look):
            if row.expires_at <= look.now:
                yield StandingWarning(
                    condition=self,
                    severity=Severity.UNHEALTHY,
                    **about(row),
                    part=which_year(row.expires_at),
                    details={"name": row.name},
                    since=row.expires_at,
                )


def about(row: Token | VppToken) -> dict[str, Any]:
    """As a warning names what it is about."""
    return {"token": row} if isinstance(row, Token) else {"vpp_token": row}


class TokenExpiring(Expiring):
    id = "token_expiring"
    label = gettext_lazy("Token expires soon")
    watches = gettext_lazy("In steps before the year of a token is over, the first 60 days ahead.")

    def rows(self, look: Look) -> Iterable[Token]:
        return look.troubled_tokens

    def sentence(self, warning: StandingWarning) -> str:
        if not warning.details["days"]:
            return _("The token “%(name)s” expires within a day.") % warning.details
        sentence = ngettext(
            "The token “%(name)s” expires in %(days)d day.",
            "The token “%(name)s” expires in %(days)d days.",
            warning.details["days"],
        )
        return sentence % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        return _("Renew it before then: download a new server token in Apple's portal, and upload it here.")


class TokenExpired(Expired):
    id = "token_expired"
    label = gettext_lazy("Token expired")
    watches = gettext_lazy("The year of a token is over: nothing is synced and no profile is assigned.")

    def rows(self, look: Look) -> Iterable[Token]:
        return look.troubled_tokens

    def sentence(self, warning: StandingWarning) -> str:
        return _("The token “%(name)s” has expired.") % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        return _("Until it is renewed nothing is synced and no profile is assigned. Renew it now.")
