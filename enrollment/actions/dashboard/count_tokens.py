from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

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
    total = tokens.count()
    counts = Counter(healths.values())
    by_health = {one: counts[one] for one in _WORST_FIRST}
    by_health[Health.HEALTHY] = max(0, total - counts[Health.UNHEALTHY] - counts[Health.WARNING])
    return TokenCounts(total, by_health, _first(person, healths))


def _first(person: Person, healths: dict[int, Health]) -> list[tuple[Token, Health]]:
    """Those with warnings are asked for by their keys, and others only where these are few."""
    rows = Token.objects.visible_to(person).with_status().defer("sealed_credentials", "sealed_session")
    rows, first = rows.order_by("expires_at", "pk"), list[tuple[Token, Health]]()
    for one in (Health.UNHEALTHY, Health.WARNING):
        keys = [key for key, health in healths.items() if health == one]
        first += [(token, one) for token in rows.filter(pk__in=keys)[: SHOWN - len(first)]]
    unwell = [key for key, health in healths.items() if health != Health.HEALTHY]
    healthy = rows.exclude(pk__in=unwell)[: SHOWN - len(first)]
    return first + [(token, Health.HEALTHY) for token in healthy]
