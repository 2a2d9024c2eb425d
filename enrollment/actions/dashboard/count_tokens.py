from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest

from enrollment.actions.warnings.token_health import health_by_token
from enrollment.actions.warnings.warning import StandingWarning
from enrollment.models import Health, Person, Token

SHOWN = 6
_WORST_FIRST = [Health.UNHEALTHY, Health.WARNING, Health.HEALTHY]


@dataclass(frozen=True)
class TokenCounts:
    """How many tokens are how well, and the first of them: the worst, and of equals those that expire first."""

    total: int
    by_health: dict[Health, int]
    first: list[tuple[Token, Health]]


def count_tokens(person: Person, warnings: Iterable[StandingWarning]) -> TokenCounts:
    """The tokens the person sees, by what stands for them."""
    tokens, healths = Token.objects.visible_to(person), health_by_token(warnings)
    ends: dict[int, datetime] = dict(tokens.order_by().values_list("pk", "expires_at"))
    of = {key: healths.get(key, Health.HEALTHY) for key in ends}
    counts = Counter(of.values())
    first = nsmallest(SHOWN, ends, key=lambda key: (_WORST_FIRST.index(of[key]), ends[key], key))
    rows = tokens.with_status().defer("sealed_credentials", "sealed_session").in_bulk(first)
    return TokenCounts(
        total=len(ends),
        by_health={one: counts[one] for one in _WORST_FIRST},
        first=[(rows[key], of[key]) for key in first if key in rows],
    )
