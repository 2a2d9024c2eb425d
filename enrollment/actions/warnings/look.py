from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from enrollment import limits
from enrollment.actions.warnings.device_figures import DeviceFigures, device_figures
from enrollment.models import Licences, Person, Token, TokenStatus, VppToken, VppTokenStatus
from enrollment.models.licence_stock import ShortApp, short_apps
from enrollment.models.token import TokenQuerySet
from enrollment.models.vpp_token import VppTokenQuerySet

# What tells how a token is: two thousand whole ones would take ten times as long.
TOLD = (
    "name",
    "created_at",
    "expires_at",
    "verified_at",
    "synced_at",
    "rejected_at",
    "terms_since",
    "unreachable_since",
    "trouble_sentence",
    "trouble_advice",
    "trouble_details",
)


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
        return list(self.tokens.with_status(self.now).exclude(is_well).only(*TOLD))

    @cached_property
    def troubled_vpp_tokens(self) -> list[VppToken]:
        """The same of VPP tokens: not active, soon over, long not read, or read and without the Company Portal.

        Each with `status_now` and `has_portal`.
        """
        soon = self.now + timedelta(days=max(limits.EXPIRY_WARNING_DAYS))
        late = self.now - limits.LICENCES_UNREAD
        portal = Licences.objects.filter(vpp_token=OuterRef("pk"), adam_id=settings.COMPANY_PORTAL_APP)
        is_troubled = ~Q(status_now=VppTokenStatus.ACTIVE) | Q(expires_at__lte=soon)
        is_late = Q(read_at__lte=late) | Q(read_at=None, created_at__lte=late)
        lacks_it = Q(read_at__isnull=False, has_portal=False)
        tokens = self.vpp_tokens.with_status(self.now).annotate(has_portal=Exists(portal))  # type: ignore[no-redef]
        return list(tokens.filter(is_troubled | is_late | lacks_it).defer("sealed_token"))

    @cached_property
    def short_apps(self) -> list[tuple[VppToken, list[ShortApp]]]:
        """Of which apps few licences are left, or none, by token and in the order of the tokens' names."""
        few_left = Licences.objects.filter(vpp_token=OuterRef("pk")).few_left()
        tokens = list(self.vpp_tokens.filter(Exists(few_left)).order_by("name").only("name"))
        found: dict[int, list[ShortApp]] = {token.pk: [] for token in tokens}
        for app in short_apps(found):
            found[app.vpp_token].append(app)
        return [(token, found[token.pk]) for token in tokens]

    @cached_property
    def devices(self) -> DeviceFigures:
        """Of all tokens, the person's and others'."""
        return device_figures(self.now)

    @cached_property
    def counted_tokens(self) -> dict[int, Token]:
        """The person's tokens of whose devices something is told, by key and in the order of their names."""
        return {token.pk: token for token in self.tokens_of(self.devices.tokens)}

    def tokens_of(self, keys: Collection[int]) -> list[Token]:
        """Those of these keys that the person sees; of each no more than its name, and whether it has a default."""
        return list(self.tokens.filter(pk__in=keys).only("name", "default_profile")) if keys else []

    @property
    def sees_everything(self) -> bool:
        """Whether what belongs to the installation as a whole is theirs to see."""
        return self.person is None or self.person.sees_everything
