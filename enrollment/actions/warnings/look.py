from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Q

from enrollment import limits
from enrollment.actions.warnings.device_figures import DeviceFigures, device_figures
from enrollment.models import Person, Token, TokenStatus, VppToken
from enrollment.models.token import TokenQuerySet
from enrollment.models.vpp_token import VppTokenQuerySet

SEALED = ("sealed_credentials", "sealed_session")


class Look:
    """What conditions look at: only what the person sees, what several need fetched once. None is the clock."""

    def __init__(self, person: Person | None, now: datetime) -> None:
        self.person, self.now = person, now

    @cached_property
    def tokens(self) -> TokenQuerySet:
        return Token.objects.visible_to(self.person) if self.person else TokenQuerySet(Token)

    @cached_property
    def vpp_tokens(self) -> VppTokenQuerySet:
        return VppToken.objects.visible_to(self.person) if self.person else VppTokenQuerySet(VppToken)

    @cached_property
    def troubled_tokens(self) -> list[Token]:
        """Those whose own row tells of something: not active, soon over, or long not synced. Each with `status_now`."""
        soon = self.now + timedelta(days=max(limits.EXPIRY_WARNING_DAYS))
        late = self.now - limits.SYNC_IS_LATE
        is_late = Q(synced_at__lte=late) | Q(synced_at=None, verified_at__lte=late)
        is_well = Q(status_now=TokenStatus.ACTIVE, expires_at__gt=soon) & ~is_late
        return list(self.tokens.with_status(self.now).exclude(is_well).defer(*SEALED))

    @cached_property
    def devices(self) -> DeviceFigures:
        """Of all tokens, the person's and others'."""
        return device_figures(self.now)

    @cached_property
    def counted_tokens(self) -> dict[int, Token]:
        """The person's tokens of whose devices something is told, by key and in the order of their names."""
        return {token.pk: token for token in self.tokens_of(self.devices.tokens)}

    def tokens_of(self, keys: Collection[int]) -> list[Token]:
        """Those of these keys that the person sees."""
        return list(self.tokens.filter(pk__in=keys).defer(*SEALED)) if keys else []

    @property
    def sees_everything(self) -> bool:
        """Whether what belongs to the installation as a whole is theirs to see."""
        return self.person is None or self.person.sees_everything
