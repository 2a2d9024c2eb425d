from django.utils import timezone

from enrollment import limits
from enrollment.models import IdempotentAnswer


def forget_answers() -> int:
    """Delete the answers that nobody can be given again: their Idempotency-Keys are free (API-3); how many."""
    deleted, _rows = IdempotentAnswer.objects.filter(made_at__lte=timezone.now() - limits.ANSWERS_KEPT_FOR).delete()
    return deleted
