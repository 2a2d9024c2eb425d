"""What is told, as values: words in the receiver's language, and what programs want to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Item:
    """One warning. Links are complete addresses; `about` names its object, empty for the installation."""

    key: str
    condition: str
    severity: str
    severity_word: str
    sentence: str
    remedy: str
    link: str
    since: datetime | None = None
    step: str = ""
    about: Mapping[str, str | int] | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message: what it says first, the worst of what it tells of, how much that is, and where the rest stands.

    The id stays the same however often it is sent: who gets it twice can tell.
    """

    id: str
    kind: str  # "warnings" or "test"
    made_at: datetime
    language: str
    subject: str
    items: tuple[Item, ...] = ()
    count: int = 0
    link: str
    link_text: str
    # What is said of those that a receiver has no room for; "%d" is how many.
    more_text: str = "+ %d"
    footer: str = ""

    def shown(self, most: int) -> tuple[Item, ...]:
        """The first ones, the worst before all others."""
        return self.items[:most]

    def more(self, most: int) -> str:
        """That there are more than were shown; empty when there are none."""
        left = self.count - min(most, len(self.items))
        return self.more_text % left if left > 0 else ""
