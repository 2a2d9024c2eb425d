"""What stands for whoever asks for a page: the bell and the page itself look at the same, once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.actions.warnings.current_warnings import current_warnings
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Channel, Severity, Token

SHOWN = 8


def standing_warnings(request: HttpRequest) -> list[StandingWarning]:
    """Everything that holds for whoever asks, the worst first; looked up once a request, and only when asked for."""
    if not hasattr(request, "standing_warnings"):
        request.standing_warnings = current_warnings(request.user)
    return request.standing_warnings


def warnings_about(
    request: HttpRequest, *, token: Token | None = None, vpp_token: int | None = None, channel: Channel | None = None
) -> list[StandingWarning]:
    """Those of a token, of a VPP token by its key, and of a channel."""
    return [
        warning
        for warning in standing_warnings(request)
        if (token and warning.token == token)
        or (vpp_token and warning.vpp_token and warning.vpp_token.pk == vpp_token)
        or (channel and warning.channel == channel)
    ]


@dataclass(frozen=True)
class Bell:
    """What the bar tells of all that is not snoozed: notices are listed, and not counted."""

    told: list[StandingWarning]

    @classmethod
    def of(cls, warnings: Iterable[StandingWarning]) -> "Bell":
        return cls([warning for warning in warnings if not warning.is_snoozed])

    @property
    def first(self) -> list[StandingWarning]:
        return self.told[:SHOWN]

    @property
    def left(self) -> int:
        return max(len(self.told) - SHOWN, 0)

    @property
    def count(self) -> int:
        return sum(warning.severity != Severity.NOTICE for warning in self.told)

    @property
    def unhealthy(self) -> int:
        return sum(warning.severity == Severity.UNHEALTHY for warning in self.told)

    @property
    def worst(self) -> Severity | None:
        """Of what is counted."""
        return self.told[0].severity if self.count else None

    @property
    def words(self) -> str:
        """Such as "3 warnings, 1 unhealthy": what colour and figure tell, for who sees neither."""
        if not self.count:
            return _("No warnings")
        said = [ngettext("%(count)d warning", "%(count)d warnings", self.count) % {"count": self.count}]
        if self.unhealthy:
            said.append(ngettext("%(n)d unhealthy", "%(n)d unhealthy", self.unhealthy) % {"n": self.unhealthy})
        return ", ".join(said)
