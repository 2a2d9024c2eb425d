"""Who is told of a warning: people by mail, and channels (WARN-3)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Channel, Person, Severity, Token, VppToken
from enrollment.models.person import NOTHING
from enrollment.permissions import may

Tags = frozenset[int]
NONE: Tags = frozenset()


@dataclass(frozen=True)
class Recipient:
    """A person or a channel, and the scope tags that narrow them; without any they are told of everything."""

    row: Person | Channel
    tags: Tags

    @property
    def columns(self) -> tuple[int | None, int | None]:
        """As a delivery names them: person and channel."""
        return (self.row.pk, None) if isinstance(self.row, Person) else (None, self.row.pk)

    @property
    def rhythm(self) -> str:
        return self.row.told_rhythm if isinstance(self.row, Person) else self.row.rhythm

    @property
    def language(self) -> str:
        """Empty: the installation's."""
        return self.row.language

    @property
    def email(self) -> str:
        """Of a person."""
        return self.row.email if isinstance(self.row, Person) else ""

    def wants(self, warning: StandingWarning) -> bool:
        """Whether it is bad enough for them, and theirs to do something about; whoever's object it is."""
        if isinstance(self.row, Channel):
            return self.row.takes(warning.severity) and self.row != warning.channel
        return _is_told(self.row, warning)


class Audience:
    """Everybody who could be told anything, read at once; who is told of which warning.

    What somebody sees is decided here as visible_to does for rows: at 2,000 tokens nobody asks for each of them.
    """

    def __init__(self) -> None:
        self.recipients = [*_people(), *_channels()]
        self._want: dict[tuple[str, Severity, Channel | None], list[Recipient]] = {}

    def of(self, warning: StandingWarning) -> Iterator[Recipient]:
        return (recipient for recipient in self._wanting(warning) if self._sees(recipient, warning))

    def is_told(self, recipient: Recipient, warning: StandingWarning) -> bool:
        return recipient.wants(warning) and self._sees(recipient, warning)

    def _wanting(self, warning: StandingWarning) -> list[Recipient]:
        """Decided once for all warnings of a kind."""
        kind = (warning.condition.id, warning.severity, warning.channel)
        if kind not in self._want:
            self._want[kind] = [recipient for recipient in self.recipients if recipient.wants(warning)]
        return self._want[kind]

    def _sees(self, recipient: Recipient, warning: StandingWarning) -> bool:
        if not recipient.tags:
            return True
        if warning.token:
            return not recipient.tags.isdisjoint(self._token_tags.get(warning.token.pk, NONE))
        if warning.vpp_token:
            return not recipient.tags.isdisjoint(self._vpp_tags.get(warning.vpp_token.pk, NONE))
        return False  # what is the installation's is for those who see all of it

    @cached_property
    def _token_tags(self) -> dict[int, Tags]:
        return _by_object(Token.scope_tags.through.objects.values_list("token_id", "scopetag_id"))

    @cached_property
    def _vpp_tags(self) -> dict[int, Tags]:
        return _by_object(VppToken.scope_tags.through.objects.values_list("vpptoken_id", "scopetag_id"))


def _is_told(person: Person, warning: StandingWarning) -> bool:
    """Who may act is told; from warnings on, unless they chose otherwise."""
    if person.told_from == NOTHING:
        return False
    least = Severity(person.told_from or Severity.WARNING)
    condition = warning.condition
    return warning.severity.rank >= least.rank and may(person, condition.acts) and may(person, condition.needed)


def _people() -> list[Recipient]:
    people = Person.objects.filter(is_active=True, is_service=False).exclude(email="").order_by("pk")
    return [_recipient(person) for person in people.prefetch_related("roles", "scope_tags")]


def _channels() -> list[Recipient]:
    return [_recipient(channel) for channel in Channel.objects.order_by("pk").prefetch_related("scope_tags")]


def _recipient(row: Person | Channel) -> Recipient:
    return Recipient(row, frozenset(tag.pk for tag in row.scope_tags.all()))


def _by_object(pairs: Iterable[Sequence[int]]) -> dict[int, Tags]:
    found: dict[int, set[int]] = {}
    for key, tag in pairs:
        found.setdefault(key, set()).add(tag)
    return {key: frozenset(tags) for key, tags in found.items()}
