"""What Apple says no with, token by token (WARN-1)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from enrollment import limits
from enrollment.actions.warnings.look import Look
from enrollment.actions.warnings.warning import Condition, StandingWarning
from enrollment.models import Severity, Token, TokenStatus


class _Trouble(Condition):
    """A status of a token that somebody has to do something about; `since` names the column that knows since when."""

    status: TokenStatus
    severity = Severity.UNHEALTHY
    since: str
    says: str
    helps: str

    def find(self, look: Look) -> Iterator[StandingWarning]:
        for token in look.troubled_tokens:
            if token.status_now == self.status:
                yield self.of(token, look.now)

    def of(self, token: Token, now: datetime) -> StandingWarning:
        return StandingWarning(
            condition=self,
            severity=self.severity,
            token=token,
            details={"name": token.name},
            since=getattr(token, self.since),
        )

    def sentence(self, warning: StandingWarning) -> str:
        return _(self.says) % warning.details

    def remedy(self, warning: StandingWarning) -> str:
        """What Apple's answer calls for, where it gave one."""
        token = warning.token
        return _(token.trouble_advice) % token.trouble_details if token and token.trouble_advice else _(self.helps)


class TokenNotVerified(_Trouble):
    """Apple has never answered for it. As it cannot be synced either, that is told by this alone."""

    id = "token_not_verified"
    label = gettext_lazy("Token not verified")
    watches = gettext_lazy("Apple has never answered for a token that was connected.")
    status, since = TokenStatus.NOT_VERIFIED, "created_at"
    patience = timedelta(minutes=30)  # whoever connects it sees on its page what Apple said
    says = gettext_noop("Apple has not yet answered for the token “%(name)s”: nothing is synced.")
    helps = gettext_noop("Apple is asked again by itself. Check that this server reaches Apple.")

    def find(self, look: Look) -> Iterator[StandingWarning]:
        return (one for one in super().find(look) if one.token and one.token.expires_at > look.now)

    def of(self, token: Token, now: datetime) -> StandingWarning:
        is_long = now - token.created_at >= limits.SYNC_IS_TOO_LATE
        return StandingWarning(
            condition=self,
            severity=Severity.UNHEALTHY if is_long else Severity.WARNING,
            token=token,
            step=str(limits.SYNC_IS_TOO_LATE.days) if is_long else "",
            details={"name": token.name},
            since=token.created_at,
        )


class TokenRejected(_Trouble):
    id = "token_rejected"
    label = gettext_lazy("Token rejected")
    watches = gettext_lazy("Apple does not accept a token any more.")
    status, since = TokenStatus.REJECTED, "rejected_at"
    says = gettext_noop("Apple rejects the token “%(name)s”.")
    helps = gettext_noop(
        "A newer token was downloaded, its administrator left, or their password changed. Renew it with a new file."
    )


class TermsNotSigned(_Trouble):
    id = "terms_not_signed"
    label = gettext_lazy("Terms not signed")
    watches = gettext_lazy("Apple has new terms, and answers nothing until they are accepted.")
    status, since = TokenStatus.TERMS_NOT_SIGNED, "terms_since"
    says = gettext_noop("Apple's new terms must be accepted for “%(name)s”.")
    helps = gettext_noop(
        "An administrator signs in to Apple Business Manager or Apple School Manager and accepts them there. "
        "It is noticed here within the hour."
    )

    def remedy(self, warning: StandingWarning) -> str:
        return _(self.helps)


class TokenUnreachable(_Trouble):
    id = "token_unreachable"
    label = gettext_lazy("Apple cannot be reached")
    watches = gettext_lazy("Apple does not answer, or this server does not get there.")
    status, since, severity = TokenStatus.UNREACHABLE, "unreachable_since", Severity.WARNING
    patience = timedelta(minutes=30)  # a connection that is away for a moment is nobody's business
    says = gettext_noop("Apple cannot be reached for “%(name)s”.")
    helps = gettext_noop(
        "Check this server's way to the internet, its name service and its firewall. It is tried again."
    )
