from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """How bad a warning is (WARN-1), from bad to worse. A notice is worth knowing and leaves all healthy."""

    NOTICE = "notice", _("Notice")
    WARNING = "warning", _("Warning")
    UNHEALTHY = "unhealthy", _("Unhealthy")

    @property
    def rank(self) -> int:
        """Higher is worse."""
        return list(Severity).index(self)


class Health(models.TextChoices):
    """How an object is, by the worst that holds for it."""

    HEALTHY = "healthy", _("Healthy")
    WARNING = "warning", _("Warning")
    UNHEALTHY = "unhealthy", _("Unhealthy")


def health(severities: Iterable[Severity]) -> Health:
    """The health of what these are about."""
    worst = max(severities, key=lambda one: one.rank, default=Severity.NOTICE)
    return Health.HEALTHY if worst == Severity.NOTICE else Health(worst.value)
