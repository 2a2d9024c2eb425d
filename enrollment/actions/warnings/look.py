from datetime import datetime
from functools import cached_property

from enrollment.models import Person, Token, VppToken
from enrollment.models.token import TokenQuerySet
from enrollment.models.vpp_token import VppTokenQuerySet


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

    @property
    def sees_everything(self) -> bool:
        """Whether what belongs to the installation as a whole is theirs to see."""
        return self.person is None or self.person.sees_everything
